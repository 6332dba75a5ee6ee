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
from bridge.progress import Stage
from bridge.report import report
from bridge.terminal import Bars, show, tell, write
from bridge.undoing import Undone, undo_last
from bridge.wishes import style_name, wish

OPEN_PORT = (
    "the way to a REAPER on another machine is open to its whole network: reapy's port 2306 lets anybody there run "
    "programs in REAPER, without a password"
)
ONE_STEP = "One step in the undo history takes it back, and so does: faderbot undo"
STEPS = "To take it back: faderbot undo --daw osc"


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
    with connected(door, stems=stems, only_selected=only_selected) as daw, Bars.on_stderr() as bars:
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
    made = document(result, about, [None] * len(session.tracks), style=style_name(options.style))
    if as_json:
        write(made.text(ascii_only=True))
        return
    show(*report(made))
    if not dry_run:
        write(f"\n{ONE_STEP if door.osc is None else STEPS}\n")


def undo_daw(door: Door, *, everything: bool = False, stems: Path | None = None) -> None:
    """Take the last job in the open project back and say what became of each value."""
    with connected(door, stems=stems) as daw:
        undone = undo_last(daw, Journal(default_folder()), everything=everything)
    for line in _on_undone(undone):
        write(line + "\n")


def status_of(door: Door, *, stems: Path | None = None) -> None:
    """Print what is open in the DAW and what Faderbot last did there."""
    with connected(door, stems=stems) as daw:
        session = daw.read()
        for line in _on_status(daw, f"{len(session.tracks)} tracks to mix, {session.length_s:.1f} s"):
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
    yield f"{len(undone.restored)} values are as they were before" if undone.restored else "nothing was to be put back"
    if undone.left:
        yield f"left, since they were changed afterwards (--all puts them back too): {listed(undone.left)}"
    if undone.gone:
        yield f"not there any more: {listed(undone.gone)}"


def doctor_of(door: Door) -> bool:
    """Print what can be reached and what is missing; tell whether nothing is."""
    whole = True
    for finding in examine(door):
        write(f"{finding}\n")
        whole = whole and finding.verdict is not Verdict.BAD
    return whole
