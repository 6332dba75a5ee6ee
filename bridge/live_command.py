"""What ``faderbot mix --daw``, ``faderbot status`` and ``faderbot undo`` do with a running DAW."""

from collections.abc import Iterator
from pathlib import Path

from bridge.connecting import Door, connected
from bridge.doctor import Verdict, examine
from bridge.document import document
from bridge.journal import Journal, State, default_folder
from bridge.live import LiveDaw
from bridge.live_job import mix_live
from bridge.mix_command import Options
from bridge.notes import listed
from bridge.progress import Progress, Stage
from bridge.reaper.file_report import FileProgress, telling
from bridge.report import report
from bridge.terminal import Bars, show, tell, write
from bridge.undoing import Undone, undo_last
from bridge.wishes import style_name, wish

OPEN_PORT = (
    "the way to a REAPER on another machine is open to its whole network: reapy's port 2306 lets anybody there run "
    "programs in REAPER, without a password"
)
ONE_STEP = "One step in the undo history takes it back, and so does: faderbot undo"
OVER_THE_WEB = "One step in the undo history takes it back, and so does: faderbot undo STEMS_DIR, with the same folder"
STEPS = "To take it back: faderbot undo --daw osc"
NOTHING_TO_DO = "Nothing was to be changed, so nothing was written."


def mix_daw(
    door: Door,
    options: Options,
    *,
    stems: Path | None = None,
    only_selected: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
) -> None:
    """Mix the session that is open in a running DAW and print the report. Raises as ``mix_folder`` does."""
    policy, about = options.table()
    if not door.local and door.osc is None:
        tell(f"faderbot: note: {OPEN_PORT}\n")
    journal = Journal(default_folder())
    ways = connected(door, stems=stems, only_selected=only_selected)
    with telling(door.through) as told, ways as daw, Bars.on_stderr() as shown:
        bars: Progress = shown if door.through is None else FileProgress(door.through, shown)
        bars.begin(Stage.READ, 1.0)
        session = daw.read()
        bars.advance(1.0)
        wanted = wish(
            [track.name for track in session.tracks],
            target=options.target,
            style=options.style,
            focus=options.focus,
            lock=options.lock,
            strength=options.strength,
            eq=options.eq and daw.eq,
        )
        result = mix_live(daw, wanted, policy, journal, session, seed=options.seed, progress=bars, dry_run=dry_run)
        written = bool(daw.changes(result.settings))
        made = document(result, about, [None] * len(session.tracks), style=style_name(options.style))
        told({"document": made.model_dump(mode="json"), "written": written})
    if as_json:
        write(made.text(ascii_only=True))
        return
    show(*report(made))
    if not dry_run:
        write(f"\n{_way_back(door, stems) if written else NOTHING_TO_DO}\n")


def _way_back(door: Door, stems: Path | None) -> str:
    if door.osc is not None:
        return STEPS
    return ONE_STEP if stems is None else OVER_THE_WEB


def undo_daw(door: Door, *, everything: bool = False, stems: Path | None = None) -> None:
    """Take the last job in the open project back and say what became of each value."""
    with telling(door.through) as told, connected(door, stems=stems) as daw:
        undone = undo_last(daw, Journal(default_folder()), everything=everything)
        told({"lines": list(_on_undone(undone))})
    for line in _on_undone(undone):
        write(line + "\n")


def status_of(door: Door, *, stems: Path | None = None) -> None:
    """Print what is open in the DAW and what Faderbot last did there."""
    with telling(door.through) as told, connected(door, stems=stems) as daw:
        session = daw.read()
        lines = list(_on_status(daw, f"{len(session.tracks)} tracks to mix, {session.length_s:.1f} s"))
        told({"lines": lines})
    for line in lines:
        write(line + "\n")


def _on_status(daw: LiveDaw, size: str) -> Iterator[str]:
    yield f"{daw.name} at {daw.where}: {daw.project}, {size}"
    yield from daw.notes
    undo_name = daw.undo_name()
    if undo_name:
        yield f"undo would take back: {undo_name}"
    for _, entry in Journal(default_folder()).entries():
        if (entry.daw, entry.project) == (daw.name, daw.project):
            unfinished = entry.state is State.WRITING
            state = "was cut off in the middle: run faderbot undo" if unfinished else entry.state.value
            yield f"last job: {entry.undo_name}, {entry.at}, {len(entry.changes)} values, {state}"
            return
    yield "last job: none in this project"


def _on_undone(undone: Undone) -> Iterator[str]:
    yield f"Undone: {undone.entry.title}"
    yield _restored(len(undone.restored))
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
    whole = True
    for finding in examine(door):
        write(f"{finding}\n")
        whole = whole and finding.verdict is not Verdict.BAD
    return whole
