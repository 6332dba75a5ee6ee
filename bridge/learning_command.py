"""What ``faderbot train`` and ``faderbot evaluate`` do: hear the sessions, learn or try, write and print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agent.evaluation import Trial
from agent.network import DeepHyper, Network
from agent.planning import EPISODES
from agent.policy import About, Values, about, load_any, save, shipped
from agent.q_learning import Hyper, QTable
from agent.tile_coding import TileHyper
from agent.training import train_policy
from bridge.learning import (
    Recording,
    as_json,
    as_markdown,
    evaluate_all,
    listen,
    result_tables,
    session_folders,
    training_scenes,
)
from bridge.outputs import OutputError
from bridge.progress import Progress, Stage
from bridge.terminal import Bars, complain, show, write
from bridge.training_workers import train_by_workers
from bridge.wishes import WishUnclear, wish
from bridge.workers import Crew

HYPER: dict[str, Hyper | DeepHyper] = {
    "table": Hyper(),
    "tiles": TileHyper(double=False),
    "dqn": DeepHyper(),
    "qrdqn": DeepHyper(quantiles=25),
}
"""The algorithms by their names, with the figures that docs/results.md compares."""


def train(
    folders: Sequence[Path],
    out: Path,
    *,
    steps: int,
    seed: int,
    algorithm: str = "table",
    who: Crew | None = None,
) -> None:
    """Train a policy on the sessions in these folders and write it to ``out``.

    ``algorithm`` is one of ``HYPER``; ``who``: workers that play for it, for a table.

    A run that was stopped leaves ``out`` with ``.checkpoint`` appended and is taken up from there. Raises
    ``DawError``, ``PolicyUnreadable``, ``NotResumable``, ``WorkersFailed`` or ``OutputError``.
    """
    if who is not None and algorithm != "table":
        raise WishUnclear(f"--workers play for a table only: leave it out with --algorithm {algorithm}")
    checkpoint = out.with_name(out.name + ".checkpoint")
    _check_writable(out)
    with Bars.on_stderr() as bars:
        recordings = _listen(folders, bars)
        bars.begin(Stage.TRAIN, steps)
        how = "" if algorithm == "table" else f" --algorithm {algorithm}"
        command = (
            f"faderbot train SESSIONS_DIR{how} --steps {steps} --seed {seed}{'' if who is None else ' --workers N'}"
        )
        names = tuple(r.session.name for r in recordings)
        hyper = HYPER[algorithm]
        done = 0

        def learned(now: int, _return: float) -> None:
            nonlocal done
            bars.advance(now - done)
            done = now

        try:
            if isinstance(hyper, DeepHyper):
                made = about(hyper, steps=steps, seed=seed, sessions=names, command=command)
                train_network = _deep(checkpoint, made)
                values: Values = train_network(
                    training_scenes(recordings), hyper, steps=steps, seed=seed, progress=learned
                )
            else:
                trained = (
                    partial(train_policy, training_scenes(recordings), hyper=hyper)
                    if who is None
                    else partial(train_by_workers, recordings, who)
                )
                values, made = trained(
                    names,
                    steps=steps,
                    seed=seed,
                    command=command,
                    checkpoint=checkpoint,
                    progress=learned,
                )
        except KeyboardInterrupt:
            if checkpoint.exists():
                complain(f"what was learned so far is in {checkpoint}: the same command goes on from there")
            raise
        except OSError as error:
            problem = f"the checkpoint {checkpoint} can not be written ({error.strerror})"
            raise OutputError(f"{problem}: free some space, or name another --out") from error
    try:
        save(out, values, made)
        checkpoint.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{out} can not be written ({error.strerror}): name another --out") from error
    write(f"{out}: {steps} steps on {len(recordings)} sessions{_seen(values)}\n")


def _seen(values: Values) -> str:
    if isinstance(values, Network):
        return ""
    visited = int((values.visits.sum(1) > 0).sum())
    return f", {visited} of {len(values.visits)} {'states' if isinstance(values, QTable) else 'tiles'} seen"


def _deep(checkpoint: Path, made: About) -> Callable[..., Network]:
    """Return what trains networks. Raises ``WishUnclear``."""
    try:
        from agent.deep import train_deep  # noqa: PLC0415 - an extra that takes seconds to import
        from agent.deep_checkpoint import Legs  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        need = f"{error.name} is not installed, which training networks needs"
        raise WishUnclear(f"{need}: pip install 'faderbot[deep]'") from error
    return partial(train_deep, legs=Legs(checkpoint, made))


@dataclass(frozen=True, slots=True)
class Trying:
    """How a policy is tried: the options of ``faderbot evaluate``."""

    target: str = "streaming"
    scrambles: int = 20
    seed: int = 0
    episodes: int = EPISODES
    cma_evaluations: int = 10_000
    workers: int = 2


def evaluate(folders: Sequence[Path], policy: Path | None, how: Trying, form: str) -> None:
    """Try a policy on the sessions in these folders and print the results as table, markdown or json.

    Raises ``DawError``, ``PolicyUnreadable`` or ``WishUnclear``.
    """
    table, about = shipped() if policy is None else load_any(policy)
    loudness_lufs = wish([], target=how.target).loudness_lufs
    with Bars.on_stderr() as bars:
        recordings = _listen(folders, bars)
        bars.begin(Stage.TRY, how.scrambles * len(recordings))
        trials = evaluate_all(
            recordings,
            table,
            scrambles=how.scrambles,
            seed=how.seed,
            episodes=how.episodes,
            cma_evaluations=how.cma_evaluations,
            loudness_lufs=loudness_lufs,
            workers=how.workers,
            progress=lambda: bars.advance(1),
        )
    if form == "json":
        write(as_json(trials) + "\n")
    elif form == "markdown":
        write(as_markdown(trials) + "\n")
    else:
        show(*result_tables(trials))
    _say_what_is_unfair(about, recordings, trials)


def _listen(folders: Sequence[Path], bars: Progress) -> list[Recording]:
    found = session_folders(folders)
    bars.begin(Stage.HEAR, len(found))
    recordings = []
    for folder in found:
        recordings.append(listen(folder))
        bars.advance(1)
    return recordings


def _say_what_is_unfair(about: About, recordings: Sequence[Recording], trials: dict[str, list[Trial]]) -> None:
    known = sorted({r.session.name for r in recordings} & set(about.sessions))
    if known:
        complain(f"the policy was trained on {', '.join(known)}: no fair test of it")
    if not all("CMA-ES" in trial.outcomes for found in trials.values() for trial in found):
        complain("CMA-ES was left out, so the best known may not be very good: pip install 'faderbot[bench]'")


def _check_writable(out: Path) -> None:
    """Training takes minutes: find out first whether its result can be kept."""
    if out.is_dir():
        raise OutputError(f"{out} is a folder: name a file with --out, such as policy.npz")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        probe = out.with_name(f".{out.name}.part")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(f"{out} can not be written ({error.strerror}): name another --out") from error
