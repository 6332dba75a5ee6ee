"""What ``faderbot mix --daw``, ``faderbot status`` and ``faderbot undo`` do with a running DAW."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from agent.daw import SessionUnreadable
from bridge.comparing import compare, lines
from bridge.connecting import Door, connected, faders_alone, metered
from bridge.doctor import Verdict, examine
from bridge.document import document
from bridge.journal import Journal, State, default_folder
from bridge.json_progress import ProgressForm, showing
from bridge.live import LiveDaw
from bridge.live_job import mix_live
from bridge.metered_job import mix_live_by_meters
from bridge.mix_command import Options
from bridge.mix_whys import why_report, with_whys
from bridge.notes import listed
from bridge.one_job import job_under_way, only_job
from bridge.progress import Progress, Stage
from bridge.reaper.file_report import FileProgress, telling
from bridge.reaper.file_wish import wished
from bridge.report import report
from bridge.results import MixResult
from bridge.tempo_hearing import chosen_tempo
from bridge.terminal import show, tell, write
from bridge.undoing import Undone, undo_last
from bridge.wishes import style_name, wish

OPEN_PORT = (
    "the way to a REAPER on another machine is open to its whole network: reapy's port 2306 lets anybody there run "
    "programs in REAPER, without a password"
)
ONE_STEP = "One step in the undo history takes it back, and so does: faderbot undo"
OVER_THE_WEB = "One step in the undo history takes it back, and so does: faderbot undo STEMS_DIR, with the same folder"
STEPS = "To take it back: faderbot undo --daw"
NOTHING_TO_DO = "Nothing was to be changed, so nothing was written."


def mix_daw(
    door: Door,
    options: Options,
    *,
    stems: Path | None = None,
    only_selected: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
    listen_s: float | None = None,
    progress: ProgressForm = ProgressForm.BARS,
) -> None:
    """Mix the session that is open in a running DAW and print the report. Raises as ``mix_folder`` does.

    With ``listen_s`` it is played for that long at most, and mixed by its meters.
    """
    policy, about = options.table()
    warn_of_open_port(door)
    journal = Journal(default_folder())
    with (
        telling(door.through) as told,
        nullcontext() if dry_run else alone(door),
        _opened(door, stems, only_selected=only_selected, listen_s=listen_s) as (daw, mixed),
        showing(progress) as shown,
    ):
        bars: Progress = shown if door.through is None else FileProgress(door.through, shown)
        bars.begin(Stage.READ, 1.0)
        session = daw.read()
        bars.advance(1.0)
        names = [track.name for track in session.tracks]
        more = wished(door.through, names)
        wanted = wish(
            names,
            target=options.target,
            style=options.style,
            focus=(*options.focus, *more.focus),
            lock=(*options.lock, *more.lock),
            strength=options.strength,
            eq=options.eq and daw.eq,
            liked=options.liked(),
        )
        choice = chosen_tempo(daw, session, options.tempo_wish(), bars, audible=listen_s is None)
        if choice is not None:
            wanted = replace(wanted, tempo=choice.goal)
        result = mixed(wanted, policy, journal, session, seed=options.seed, progress=bars, dry_run=dry_run)
        changes = daw.changes(result.settings)
        written = bool(changes) and not dry_run
        style = style_name(options.style)
        made = document(result, about, [None] * len(names), style=style, more_notes=more.notes, tempo=choice)
        if options.explain:
            made = with_whys(made, result, policy)
        told(
            {
                "document": made.model_dump(mode="json"),
                "written": written,
                "changes": [change.model_dump(mode="json") for change in changes],
            }
        )
    if as_json:
        write(made.text(ascii_only=True))
        return
    show(*report(made), *why_report(made))
    if not dry_run:
        write(f"\n{way_back(door, stems) if written else NOTHING_TO_DO}\n")


@contextmanager
def _opened(
    door: Door, stems: Path | None, *, only_selected: bool, listen_s: float | None
) -> Iterator[tuple[LiveDaw, Callable[..., MixResult]]]:
    """Connect to a DAW; with it comes what mixes it, by ear or by its meters."""
    if listen_s is None:
        with connected(door, stems=stems, only_selected=only_selected) as daw:
            yield daw, partial(mix_live, daw)
    else:
        with metered(door, only_selected=only_selected) as playing:
            yield playing, partial(mix_live_by_meters, playing, budget_s=listen_s)


def warn_of_open_port(door: Door) -> None:
    """Say on stderr what a way to REAPER on another machine lays open."""
    if not door.local and door.osc is None:
        tell(f"faderbot: note: {OPEN_PORT}\n")


def way_back(door: Door, stems: Path | None) -> str:
    """Say how a job is taken back that came through a door."""
    if door.osc is not None:
        return f"{STEPS} {'osc' if door.other is None else door.other.called}"
    return ONE_STEP if stems is None else OVER_THE_WEB


def undo_daw(door: Door, *, everything: bool = False, stems: Path | None = None) -> None:
    """Take the last job in the open project back and say what became of each value."""
    with telling(door.through) as told, alone(door), connected(door, stems=stems) as daw:
        others = faders_alone(door) if stems is None else ()
        undone = undo_last(daw, Journal(default_folder()), everything=everything, others=others)
        told({"lines": list(_on_undone(undone))})
    for line in _on_undone(undone):
        write(line + "\n")


def compare_daw(door: Door, *, stems: Path | None = None) -> None:
    """Bring the other side of the last job up, before or after, and say which it is."""
    with telling(door.through) as told, alone(door), connected(door, stems=stems) as daw:
        others = faders_alone(door) if stems is None else ()
        said = lines(compare(daw, Journal(default_folder()), others=others))
        told({"lines": said})
    for line in said:
        write(line + "\n")


def status_of(door: Door, *, stems: Path | None = None, as_json: bool = False) -> None:
    """Print what is open in the DAW and what Faderbot last did there; as JSON {tracks, lines}."""
    by_meters = door.other is not None and stems is None  # such a DAW has nothing else to be read for
    way: AbstractContextManager[LiveDaw] = metered(door) if by_meters else connected(door, stems=stems)
    with telling(door.through) as told, way as daw:
        said, tracks = _on_project(daw)
        said = [*said, *_on_jobs(door, daw)]
        told({"lines": said})
    if as_json:
        write(json.dumps({"tracks": tracks, "lines": said}, indent=1) + "\n")
        return
    for line in said:
        write(line + "\n")


def _on_project(daw: LiveDaw) -> tuple[list[str], list[str]]:
    """Return what is to be said of the open project, and the names of the tracks that can be mixed."""
    tracks: list[str] = []
    try:
        session = daw.read()
    except SessionUnreadable as error:
        said = [f"{daw.name} at {daw.where}: {daw.project}", f"can not be mixed as it is: {error}"]
    else:
        size = f"{len(session.tracks)} tracks to mix, {session.length_s:.1f} s"
        said = [f"{daw.name} at {daw.where}: {daw.project}, {size}", *daw.notes]
        tracks = [track.name for track in session.tracks]
    undo_name = daw.undo_name()
    if undo_name:
        said.append(f"undo would take back: {undo_name}")
    return said, tracks


def _on_jobs(door: Door, daw: LiveDaw) -> Iterator[str]:
    folder = default_folder()
    under_way = job_under_way(folder, door.daw, door.machine)
    if under_way:
        yield under_way
    journal = Journal(folder)
    for unread in journal.unread():
        yield f"{unread}: passed over"
    for _, entry in journal.entries():
        if (entry.daw, entry.project) == (daw.name, daw.project):
            how = _how(entry.state, under_way)
            yield f"last job: {entry.undo_name}, {entry.when}, {entry.size}, {how}"
            return
    yield "last job: none in this project"


def _how(state: State, under_way: str | None) -> str:
    if not state.unfinished:
        return state.value
    return "is being written, or was cut off" if under_way else "was cut off in the middle: run faderbot undo"


def alone(door: Door) -> AbstractContextManager[None]:
    """Hold the one place there is for a job in a DAW. Raises ``DawError`` where another job has it."""
    return only_job(default_folder(), door.daw, door.machine)


def _on_undone(undone: Undone) -> Iterator[str]:
    made = undone.entry.made
    if made is not None and undone.left:
        yield f"Left: {made.words} was worked on since: delete it there (--all does, where only notes were changed)"
        return
    yield f"Undone: {undone.entry.title}"
    yield _restored(len(undone.restored)) if made is None or not undone.restored else f"{made.words} is gone again"
    if undone.left:
        yield f"left, since they were changed afterwards (--all puts them back too): {listed(undone.left)}"
    if undone.gone:
        yield f"not there any more: {listed(undone.gone)}"


def _restored(values: int) -> str:
    if not values:
        return "nothing was to be put back"
    return "1 value is as it was before" if values == 1 else f"{values} values are as they were before"


def doctor_of(door: Door) -> bool:
    """Print what can be reached and what is missing; tell whether nothing is."""
    findings = []
    with telling(door.through) as told:
        for finding in examine(door):
            write(f"{finding}\n")
            findings.append(finding)
        told({"lines": [str(finding) for finding in findings]})
    return all(finding.verdict is not Verdict.BAD for finding in findings)
