"""What ``faderbot rhythm`` does: hear a folder or a running DAW, write drums, leave files or a track, report."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.daw import SessionUnreadable
from agent.session import Session
from bridge.connecting import Door, connected
from bridge.embedded import EmbeddedDaw
from bridge.journal import Journal, default_folder
from bridge.json_progress import ProgressForm, showing
from bridge.live import LiveDaw, MidiDaw, takes_midi
from bridge.live_command import OPEN_PORT
from bridge.made_track import add_track
from bridge.midi_file import bars_of, midi_file, save
from bridge.one_job import only_job
from bridge.progress import Progress, Stage
from bridge.reaper.file_report import FileProgress, telling
from bridge.rhythm_document import RhythmDocument, document
from bridge.rhythm_files import Kind, Places, Wanted, places, wanted_files
from bridge.rhythm_job import RhythmOptions, write_part
from bridge.rhythm_picture import draw
from bridge.rhythm_preview import faders, frames_of, write_preview
from bridge.rhythm_report import report
from bridge.rhythm_result import RhythmResult, drums_of
from bridge.terminal import show, tell, write

FloatArray = NDArray[np.float32]

TRACK = "Faderbot drums"
NO_INSTRUMENT = (
    f"The track {TRACK} has no instrument yet: put a drum sampler on it to hear it.\n"
    "One step in the undo history takes it away, and so does: faderbot undo"
)
_BY_FADERS = "the preview has faders and pans, but no EQ and no effects of the DAW's"


@dataclass(frozen=True, slots=True)
class How:
    """How a rhythm is gone about: the files that are named, and what is shown."""

    outs: tuple[Path, ...] = ()
    dry_run: bool = False
    as_json: bool = False
    progress: ProgressForm = ProgressForm.BARS


def rhythm_folder(stems: Path, options: RhythmOptions, how: How, *, said: tuple[str, ...] = ()) -> None:
    """Write drums to a folder of stems and print the report; ``said`` are notes that come first.

    Raises one of ``bridge.expected.EXPECTED``.
    """
    options.wish()  # what is unclear is said before anything is opened
    daw = EmbeddedDaw.open_stems(stems)
    session = daw.read()
    files = () if how.dry_run else wanted_files(how.outs, stems)
    with places(files, frames_of(session.length_s, session.sample_rate_hz)) as made, showing(how.progress) as bars:
        notes = (*said, *daw.notes)
        result = write_part(session, daw.audio(), options, bars, daw="embedded", dry_run=how.dry_run, said=notes)
        told = document(result, files=tuple(file.name for file in files))
        _fill(made, files, result, told, daw.render, session, bars)
        made.commit()
    _print(told, how)
    if files:
        _print_files(files, how)


def rhythm_daw(door: Door, options: RhythmOptions, how: How) -> None:
    """Write drums to the session in a running DAW, as a track of its own, and print the report.

    Raises as ``rhythm_folder``.
    """
    options.wish()
    files = () if how.dry_run else wanted_files(how.outs, None)
    if not door.local:
        tell(f"faderbot: note: {OPEN_PORT}\n")
    with (
        telling(door.through) as told,
        nullcontext() if how.dry_run else only_job(default_folder(), door.daw, door.machine),
        connected(door) as daw,
        showing(how.progress) as shown,
    ):
        if not takes_midi(daw):
            raise SessionUnreadable(f"no MIDI reaches {daw.name} by this way: use reapy or the button")
        bars: Progress = shown if door.through is None else FileProgress(door.through, shown)
        bars.begin(Stage.READ, 1.0)
        session = daw.read()
        ruler = daw.midi.ruler()
        bars.advance(1.0)
        with places(files, frames_of(session.length_s, session.sample_rate_hz)) as made:
            notes = (*daw.notes, *((_BY_FADERS,) if any(file.kind is Kind.PREVIEW for file in files) else ()))
            result = write_part(
                session, daw.audio(), options, bars, daw=daw.name, dry_run=how.dry_run, ruler=ruler, said=notes
            )
            written = bool(result.plan.hits) and not how.dry_run
            names = tuple(file.name for file in files)
            said = document(result, track=TRACK if written else None, files=names)
            _fill(made, files, result, said, lambda: _by_faders(daw, session), session, bars)
            if written:
                _add(daw, result, made.commit)
            else:
                made.commit()
        told({"document": said.model_dump(mode="json"), "written": written, "changes": []})
    _print(said, how)
    if files:
        _print_files(files, how)
    if written and not how.as_json:
        write(f"\n{NO_INSTRUMENT}\n")


def _by_faders(daw: LiveDaw, session: Session) -> Iterable[FloatArray]:
    return faders(daw.audio(), session.settings)


def _add(daw: MidiDaw, result: RhythmResult, deliver: Callable[[], None]) -> None:
    name = f"Faderbot: {drums_of(result.plan.style)} ({result.plan.pattern.bars} bars)"
    add_track(
        daw,
        Journal(default_folder()),
        TRACK,
        result.midi,
        start_s=result.start_s,
        end_s=result.end_s,
        undo_name=name,
        deliver=deliver,
    )


def _fill(
    made: Places,
    files: tuple[Wanted, ...],
    result: RhythmResult,
    told: RhythmDocument,
    music: Callable[[], Iterable[FloatArray]],
    session: Session,
    progress: Progress,
) -> None:
    """Make each file in its hidden place."""
    for file in files:
        path = made.of(file)
        match file.kind:
            case Kind.MIDI:
                bars = bars_of(result.pulse.beats_s, result.pulse.downbeat, result.meter)
                save(midi_file(result.session, TRACK, result.midi, bars), path)
            case Kind.PREVIEW:
                write_preview(path, music(), session.sample_rate_hz, result, progress)
            case Kind.PICTURE:
                draw(result, path)
            case Kind.DOCUMENT:
                with path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as text:
                    text.write(told.text())


def _print(told: RhythmDocument, how: How) -> None:
    if how.as_json:
        write(told.text(ascii_only=True))
    else:
        show(*report(told))


def _print_files(files: tuple[Wanted, ...], how: How) -> None:
    if how.as_json:
        return
    if how.outs:
        write(f"\nWritten: {', '.join(file.name for file in files)}\n")
    else:
        write(f"\nWritten to {files[0].path.parent}: {', '.join(file.name for file in files)}\n")
