"""The jobs that a server starts, each a run of ``faderbot``: the words it is started with, what its end means. Pure."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from bridge.control.requests import Button
from bridge.control.values import Values
from bridge.notes import lufs
from bridge.osc.packets import Argument, Message
from bridge.rhythm_document import RhythmDocument
from bridge.schema import MixDocument
from bridge.tune_document import TuneDocument

DONE, ERROR, TRACKS, LESSONS = "/faderbot/done", "/faderbot/error", "/faderbot/tracks", "/faderbot/learn/list"
STOPPED = 130
LONGEST_TEXT = 400
REAPER = "--daw=reaper"
MOST_NAMES, LONGEST_NAME = 256, 60  # so that all of them fit into a datagram
MOST_LESSONS, LONGEST_LESSON = 64, 200  # the same


class Kind(StrEnum):
    """What a job does, in words."""

    MIX = "mixing"
    DRY_RUN = "trying a mix without writing it"
    UNDO = "undoing"
    COMPARE = "comparing"
    RHYTHM = "writing a rhythm"
    TUNE = "tuning"
    LEARN = "learning from your changes"
    UNLEARN = "taking the last lesson back"
    LESSONS = "listing what was learned"
    TRACKS = "listing the tracks"


JOBS = {
    Button.MIX: Kind.MIX,
    Button.DRY_RUN: Kind.DRY_RUN,
    Button.UNDO: Kind.UNDO,
    Button.COMPARE: Kind.COMPARE,
    Button.RHYTHM: Kind.RHYTHM,
    Button.TUNE: Kind.TUNE,
    Button.LEARN: Kind.LEARN,
    Button.UNLEARN: Kind.UNLEARN,
    Button.LESSONS: Kind.LESSONS,
    Button.TRACKS: Kind.TRACKS,
}
TELLING = frozenset({Kind.MIX, Kind.DRY_RUN, Kind.RHYTHM, Kind.TUNE})
"""The jobs that tell how far they are."""
ASKING = frozenset({Kind.TRACKS, Kind.LESSONS})
"""The jobs that only ask: what they answer is no outcome to be kept."""
_WITHOUT_DAW = frozenset({Kind.UNLEARN, Kind.LESSONS})
_COMMANDS = {
    Kind.MIX: ("mix", "--json", "--progress=json"),
    Kind.DRY_RUN: ("mix", "--dry-run", "--json", "--progress=json"),
    Kind.UNDO: ("undo",),
    Kind.COMPARE: ("compare",),
    Kind.RHYTHM: ("rhythm", "--json", "--progress=json"),
    Kind.TUNE: ("tune", "--json", "--progress=json"),
    Kind.LEARN: ("learn", "--json"),
    Kind.UNLEARN: ("learn", "--undo", "--json"),
    Kind.LESSONS: ("learn", "--list", "--json"),
    Kind.TRACKS: ("status", "--json"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """How ``faderbot`` is to reach the DAW: options, those of a mix alone, and the folder of stems, if any."""

    options: tuple[str, ...] = ()
    mixing: tuple[str, ...] = ()
    stems: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a job: its exit code, what it printed, and in words what its journal says is left half done."""

    code: int
    out: str = ""
    err: str = ""
    left: str | None = None


def words(kind: Kind, values: Values, way: Way) -> tuple[str, ...]:
    """Return the words after ``faderbot`` that start a job."""
    command, *options = _COMMANDS[kind]
    if kind in _WITHOUT_DAW:
        return (command, *options)
    wishes = {
        "mix": (*way.mixing, *values.options()),
        "rhythm": values.rhythm.options(),
        "tune": values.tune_options(),
    }.get(command, ())
    hears_itself = kind is Kind.RHYTHM and REAPER in way.options
    stems = () if way.stems is None or hears_itself else ("--", way.stems)
    return (command, *options, *way.options, *wishes, *stems)


def outcome(kind: Kind, ended: Ended, *, killed_after_s: float | None = None) -> Message:
    """Return what everybody is told of a job's end."""
    if killed_after_s is not None:
        return error(f"{kind.value} did not stop within {killed_after_s:.0f} s and was ended; {_left(ended)}")
    if ended.code == STOPPED:
        return Message(DONE, (plain(_complaint(ended) or "stopped"),))
    if ended.code != 0:
        told = _complaint(ended)
        return error(told or f"{kind.value} ended unexpectedly (code {ended.code}); {_left(ended)}")
    return _read(kind, ended.out)


def error(text: str) -> Message:
    """Return an error's message."""
    return Message(ERROR, (plain(text),))


def plain(text: str) -> str:
    """Return a text as OSC can carry it, and a label show it: one line, not long."""
    printable = "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode())
    line = " ".join(printable.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


def _read(kind: Kind, out: str) -> Message:
    try:
        return _READ[kind](out)
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
        return error(f"{kind.value} is done, but its report can not be read: is faderbot installed twice?")


def _printed(out: str) -> Message:
    return Message(DONE, (plain("; ".join(line for line in out.splitlines() if line.strip())),))


def _learned(out: str) -> Message:
    return Message(DONE, (plain("; ".join(_lines(out))),))


def _lessons(out: str) -> Message:
    return Message(LESSONS, tuple(plain(line)[:LONGEST_LESSON] for line in _lines(out)[-MOST_LESSONS:]))


def _lines(out: str) -> list[str]:
    """Return what a report says line by line."""
    return [str(line) for line in json.loads(out)["lines"]]


def _tracks(out: str) -> Message:
    names = json.loads(out)["tracks"][:MOST_NAMES]
    return Message(TRACKS, tuple(plain(str(name))[:LONGEST_NAME] for name in names))


def _mixed(out: str) -> Message:
    made = MixDocument.model_validate_json(out)
    before, after = (part.figures.loudness_lufs for part in (made.before, made.after))
    moved = [track.name for track in made.tracks if track.before != track.after]
    what = f"{'would move' if made.dry_run else 'mixed'} {len(moved)} of {len(made.tracks)} tracks of {made.session}"
    known = [value for value in (before, after) if value is not None]
    text = f"{what}: {' → '.join(map(_loudness, (before, after)))}"
    arguments: tuple[Argument, ...] = (plain(text), *known) if len(known) == 2 else (plain(text),)
    return Message(DONE, arguments)


def _written(out: str) -> Message:
    made = RhythmDocument.model_validate_json(out)
    where = "" if made.track is None else f" on the track {made.track}"
    what = f"{made.bars} bars of {made.style} at {made.tempo_bpm:.1f} BPM, {sum(made.hits.values())} hits"
    return Message(DONE, (plain(f"wrote {what}{where} for {made.session}"),))


def _tuned(out: str) -> Message:
    made = TuneDocument.model_validate_json(out)
    moved = [track.name for track in made.tracks if track.before != track.after]
    what = "the master" if made.scope == "master" else f"{len(moved)} of {len(made.tracks)} tracks"
    errors = (made.before.third_octave_rms_db, made.after.third_octave_rms_db)
    how_far = " → ".join("unknown" if value is None else f"{value:.1f} dB" for value in errors)
    known = [value for value in (made.before.loudness_lufs, made.after.loudness_lufs) if value is not None]
    text = plain(f"tuned {what} of {made.session} to {made.target}: {how_far} from it")
    arguments: tuple[Argument, ...] = (text, *known) if len(known) == 2 else (text,)
    return Message(DONE, arguments)


_READ: Mapping[Kind, Callable[[str], Message]] = {
    Kind.MIX: _mixed,
    Kind.DRY_RUN: _mixed,
    Kind.UNDO: _printed,
    Kind.COMPARE: _printed,
    Kind.RHYTHM: _written,
    Kind.TUNE: _tuned,
    Kind.LEARN: _learned,
    Kind.UNLEARN: _learned,
    Kind.LESSONS: _lessons,
    Kind.TRACKS: _tracks,
}
"""What a job that ended well is told as, from what it printed."""


def _loudness(value: float | None) -> str:
    return lufs(-math.inf if value is None else value)


def _complaint(ended: Ended) -> str:
    """Return the last thing a job said of its own accord."""
    lines = [line for line in ended.err.splitlines() if line.startswith("faderbot: ")]
    return lines[-1].removeprefix("faderbot: ") if lines else ""


def _left(ended: Ended) -> str:
    return ended.left or "the journal has nothing half done"


def listed_words(state: str, values: Values, last: str) -> tuple[str, ...]:
    """Return the arguments of a status: what goes on, the values, how the last job ended."""
    parts: Sequence[str] = (state, *values.words(), *([f"last: {last}"] if last else []))
    return tuple(map(plain, parts))
