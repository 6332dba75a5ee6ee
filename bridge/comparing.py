"""Before and after: the last mix brought up as it was found and as it was written, in turn, at the same loudness.

The louder of the two is turned down to the quieter by the master fader, so that neither clips and neither is liked for
being louder. Which of them is up is read from the DAW. Values that somebody else set since the mix are left as they
are. A tempo is not compared, since it moves what is heard. Whichever is up, ``bridge.undoing`` takes the mix back: the
journal has all values as they were before the mix, and what a comparison did to the master is known from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bridge.changes import MASTER, Change, Value, same
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, JournalError
from bridge.last_job import last_job, track_values
from bridge.live import LiveDaw
from bridge.live_job import LeftInBetween, not_recording
from bridge.notes import listed


class Side(StrEnum):
    """One of the two."""

    BEFORE = "before"
    AFTER = "after"

    @property
    def other(self) -> "Side":
        """The other one."""
        return Side.AFTER if self is Side.BEFORE else Side.BEFORE


@dataclass(frozen=True, slots=True)
class Compared:
    """What is up now, by how many dB the master is turned down for that (None: not known), and what was left alone."""

    entry: Entry
    up: Side
    cut_db: float | None
    left: tuple[str, ...]
    gone: tuple[str, ...]


def compare(daw: LiveDaw, journal: Journal, *, others: Sequence[LiveDaw] = ()) -> Compared:
    """Bring the other side of the last job in the open project up. Raises ``DawError`` and ``JournalError``."""
    job = last_job(daw, journal, others)
    daw, entry = job.daw, job.entry
    if entry.state.unfinished:
        raise JournalError(f"the last job ({entry.title}) was cut off in the middle: run faderbot undo first")
    if entry.made is not None:
        raise JournalError(f"the last job added {entry.made.words}: nothing to compare, mute it to hear without")
    changes = compared(entry)
    values = daw.standing(changes)
    not_recording(daw)
    pairs = list(zip(changes, values, strict=True))
    tracks = track_values(changes, values)
    if not changes or (tracks and all(value is None for value in tracks)):
        raise JournalError(f"nothing of that job is in {daw.project}: open the project that was mixed")
    to = side_up(entry, pairs).other
    gone = [change for change, value in pairs if value is None]
    left = [change for change, value in pairs if value is not None and not is_ours(entry, change, value)]
    away = [
        change.model_copy(update={"found": value, "wanted": value_on(entry, change, to)})
        for change, value in pairs
        if value is not None and change not in left and not same(value, value_on(entry, change, to))
    ]
    with undisturbed():
        journal.set_compared(job.file)
        if away:
            daw.put(away, f"Faderbot: {to.value}")
        now = daw.standing(away)
        refused = [c.words for c, value in zip(away, now, strict=True) if value is None or not same(value, c.wanted)]
    if refused:
        raise LeftInBetween(f"not set: {listed(refused)}; compare again, or faderbot undo takes the mix back")
    is_matched = entry.heard is not None and any(c.track == MASTER for c in changes) and MASTER not in _tracks(left)
    return Compared(entry, to, cut_db(entry, to) if is_matched else None, _words(left), _words(gone))


def compared(entry: Entry) -> tuple[Change, ...]:
    """Return what of a job is compared, the master's fader with it where it is needed to match the two."""
    changes = tuple(change for change in entry.changes if change.what != "tempo")
    return (*changes, *master_left(entry)) if changes else ()


def master_left(entry: Entry) -> tuple[Change, ...]:
    """Return the master's fader, found and wanted alike, where the job did not move it and a comparison does."""
    master = None if entry.heard is None else entry.heard.master
    moved = any(change.track == MASTER and change.what == "fader" for change in entry.changes)
    return () if master is None or moved else (master,)


def side_up(entry: Entry, pairs: Sequence[tuple[Change, Value | None]]) -> Side:
    """Return which side is up: the one that more values stand at. Where that is none, the one before."""
    moved = [(c, value) for c, value in pairs if not same(c.found, c.wanted)]
    after, before = (
        sum(same(value, value_on(entry, c, side)) or same(value, end(c)) for c, value in moved)
        for side, end in ((Side.AFTER, _wanted), (Side.BEFORE, _found))
    )
    return Side.AFTER if after > before else Side.BEFORE


def is_ours(entry: Entry, change: Change, value: Value | None) -> bool:
    """Tell whether a value is one that the mix found or wrote, or a comparison set."""
    sides = (value_on(entry, change, side) for side in Side)
    return any(same(value, known) for known in (change.found, change.wanted, *sides))


def value_on(entry: Entry, change: Change, side: Side) -> Value:
    """Return a value as it stands while a side is up."""
    value = change.wanted if side is Side.AFTER else change.found
    if change.track != MASTER or change.what != "fader" or not isinstance(value, float):
        return value
    return float(value * 10.0 ** (cut_db(entry, side) / 20.0))


def cut_db(entry: Entry, side: Side) -> float:
    """Return by how many dB a side is turned down, 0 or less: 0 for the quieter, and where loudness is not known."""
    if entry.heard is None:
        return 0.0
    loudness_lufs = {Side.BEFORE: entry.heard.before_lufs, Side.AFTER: entry.heard.after_lufs}
    return min(loudness_lufs.values()) - loudness_lufs[side]


def lines(made: Compared) -> list[str]:
    """Return in words what came of a comparison."""
    what = "before: as it was found" if made.up is Side.BEFORE else "after: as it was mixed"
    if made.cut_db is None:
        matched = "not matched in loudness"
    elif made.cut_db < 0.0:
        matched = f"the master {made.cut_db:.1f} dB lower, to be as loud as the other".replace("-", "−")
    else:
        matched = "as loud as the other"
    told = [f"Now up: {what}, {matched}"]
    if made.left:
        told.append(f"left as it is, since it was changed since the mix: {listed(made.left)}")
    if made.gone:
        told.append(f"not there any more: {listed(made.gone)}")
    return told


def _found(change: Change) -> Value:
    return change.found


def _wanted(change: Change) -> Value:
    return change.wanted


def _words(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(change.words for change in changes)


def _tracks(changes: Sequence[Change]) -> set[str]:
    return {change.track for change in changes if change.what == "fader"}
