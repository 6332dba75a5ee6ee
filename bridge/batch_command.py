"""What ``faderbot batch`` does: find the sessions, mix those that are not mixed yet, and say what came of each."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from threadpoolctl import threadpool_limits

from agent.daw import SessionUnreadable
from bridge.batch import FILE, Asked, BatchLine, asked_for, kept, recorded
from bridge.json_progress import ProgressForm, showing
from bridge.learning import session_folders
from bridge.mix_command import Options, mix_into
from bridge.outputs import OutputError, default_folder, sweep
from bridge.progress import Progress, Silent, Stage
from bridge.terminal import complain, show, write
from bridge.wishes import WishUnclear, wish
from bridge.workers import Crew, hired


@dataclass(frozen=True, slots=True)
class Mixed:
    """What is told of a mix: its loudness and its cost before and after."""

    loudness_lufs: float | None
    cost_before: float
    cost_after: float


def mix_batch(
    folders: Sequence[Path],
    options: Options,
    *,
    out: Path | None,
    who: Crew,
    progress: ProgressForm = ProgressForm.BARS,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Mix all sessions in these folders that are not mixed yet, and tell whether all are now.

    A session that fails is named with its reason, and the others go on. Raises ``OutputError``, ``WishUnclear``,
    ``PolicyUnreadable``, ``SessionUnreadable`` (a folder that is not there) or ``WorkersFailed`` for the whole.
    """
    begun_s = clock()
    as_recorded = recorded(options, options.table()[1].sha256)
    _check(options)
    where = _where(folders, out)
    everything = asked_for(sessions_in(folders, where), where)
    with kept(where) as ledger:
        due = [one for one in everything if not one.is_done(ledger.of(one.session), as_recorded)]
        ledger.begin([one.session for one in due])
        lines: list[BatchLine] = []
        with showing(progress) as bars:
            bars.begin(Stage.MIX, len(everything))
            bars.advance(len(everything) - len(due))
            if due:
                for line in _mixed(due, options, as_recorded, who):
                    ledger.add(line)
                    lines.append(line)
                    bars.advance(1)
    _tell(everything, lines, where, clock() - begun_s)
    return all(line.status == "done" for line in lines)


def sessions_in(folders: Sequence[Path], where: Path, say: Callable[[str], None] = complain) -> list[Path]:
    """Return the sessions in these folders as ``session_folders`` does, the output folder and other batches left out.

    A folder in which there is no session counts as one, which then fails and stops no other. Raises
    ``SessionUnreadable`` where a folder is not there.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        try:
            inside = session_folders([folder], say)
        except SessionUnreadable:
            if not folder.is_dir():
                raise
            inside = [folder]
        for session in inside:
            home = os.path.realpath(session)
            if home == os.path.realpath(where) or (session / FILE).exists():
                say(f"left out: {session} (the mixes of a batch)")
            else:
                found.setdefault(home, session)
    return list(found.values())


def mixer(options: Options) -> Callable[[Asked], Mixed]:
    """Return what mixes a session in a worker."""
    return partial(_mix_one, options)


def _mix_one(options: Options, asked: Asked) -> Mixed:
    sweep(asked.out)
    with threadpool_limits(1, "blas"):
        made = mix_into(asked.out, asked.session, options, nullcontext[Progress](Silent()))
    return Mixed(made.after.figures.loudness_lufs, made.before.cost.total, made.after.cost.total)


def _mixed(due: Sequence[Asked], options: Options, as_recorded: dict[str, Any], who: Crew) -> Iterator[BatchLine]:
    """Yield a session's line as soon as it has ended."""
    with hired(partial(mixer, options), who) as workers:
        for ended in workers.run(due):
            asked, made = due[ended.number], ended.result
            yield BatchLine(
                session=str(asked.session),
                out=str(asked.out),
                status="done" if made is not None else "failed",
                reason=ended.problem,
                loudness_lufs=None if made is None else made.loudness_lufs,
                cost_before=None if made is None else made.cost_before,
                cost_after=None if made is None else made.cost_after,
                options=as_recorded,
                stems=asked.stems,
            )


def _check(options: Options) -> None:
    """Find out before the first session what would fail in each."""
    wish([], target=options.target, style=options.style, strength=options.strength, eq=options.eq)
    options.tempo_wish()


def _where(folders: Sequence[Path], out: Path | None) -> Path:
    if out is None and len(folders) > 1:
        raise WishUnclear("several folders are named: say with --out where the mixes go")
    where = default_folder(folders[0], "mixes") if out is None else out
    if where.exists() and not where.is_dir():
        raise OutputError(f"{where} is a file: choose another folder with --out")
    return where


def _tell(everything: Sequence[Asked], lines: Sequence[BatchLine], where: Path, seconds: float) -> None:
    failed = [line for line in lines if line.status == "failed"]
    made = [line for line in lines if line.status == "done"]
    table = Table(title=f"{len(everything)} sessions", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("mixed", str(len(made)))
    table.add_row("mixed before, skipped", str(len(everything) - len(lines)))
    table.add_row("failed", str(len(failed)))
    if made:
        before, after = (np.mean([getattr(line, name) for line in made]) for name in ("cost_before", "cost_after"))
        table.add_row("cost J, mean before and after", f"{before:.4f} → {after:.4f}")
    if lines:
        table.add_row("seconds, and sessions a second", f"{seconds:.1f}, {len(lines) / max(seconds, 1e-9):.2f}")
    show(table)
    for line in sorted(failed, key=lambda line: line.session):
        complain(f"failed: {Path(line.session).name}: {line.reason}")
    write(f"Written to {where}: a folder a session, and a line a session in {FILE}\n")
