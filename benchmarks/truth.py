"""One page of truth for mixing: every algorithm, seed by seed, on sessions it never saw, beside the ceilings.

    python benchmarks/truth.py TRAIN_DIR HELD_OUT_DIR [--seeds 5] [--out truth] [--only table --only DQN]
    python benchmarks/truth.py TRAIN_DIR HELD_OUT_DIR --with-tuning               # and the page for tuning after it
    python benchmarks/truth.py TRAIN_DIR HELD_OUT_DIR --steps 3000 --seeds 2      # to see that it runs

Each algorithm is trained from nothing with each seed and looked at on the way; at the end it plays held-out sessions
alone, then with a descent, then planned by Dyna. Whatever was measured stays in --out, so the same command goes on
where it was stopped. Prints Markdown, and draws learning curves into --out. Networks need the extra ``deep``.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from threadpoolctl import threadpool_limits
from truth_ablations import ABLATIONS, ablated
from truth_judging import MODES, Start, decision_us, judged, starts_of
from truth_learners import ALGORITHMS, Looks, fresh, marks, trained
from truth_page import page, pictures
from truth_runs import Measured, Runs

from agent.environment import Scene
from agent.policy import Values, about, load, save, shipped
from agent.q_learning import Hyper
from agent.targets import LOUDNESS_LUFS
from agent.training import TEMPO_STEPS, train_tempo
from bridge.learning import listen, scene, session_folders, training_scenes

UNTRAINED, SHIPPED = "untrained table", "the shipped policy"
ABLATION_STEPS, ABLATION_SEEDS = 100_000, 3


@dataclass(frozen=True, slots=True)
class Trial:
    """What all runs share: the training scenes with their sessions' names, the held-out scenes, their starts."""

    train: Sequence[Scene]
    sessions: tuple[str, ...]
    held_out: Sequence[Scene]
    starts: Sequence[Start]


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is measured. ``steps``: of every algorithm; None for its own number. ``planned``: seeds with Dyna."""

    seeds: int = 5
    scrambles: int = 1
    steps: int | None = None
    only: tuple[str, ...] = tuple(ALGORITHMS)
    evaluations: int = 10_000
    planned: int = 5
    ablations: bool = True


def measured(
    train: Sequence[Scene], sessions: Sequence[str], held_out: Mapping[str, Scene], asked: Asked, runs: Runs
) -> dict[str, Measured]:
    """Measure what was not measured yet and return all of it by the names of the runs.

    ``sessions``: what the training scenes are of. The held-out ones go by their names.
    """
    with threadpool_limits(1, "blas"):
        scenes = list(held_out.values())
        starts = starts_of(scenes, list(held_out), runs, scrambles=asked.scrambles, evaluations=asked.evaluations)
        trial = Trial(train, tuple(sessions), scenes, starts)
        found = {f"start {number}": start.known for number, start in enumerate(starts)}
        runs.begin("algorithms", len(asked.only) * asked.seeds)
        for seed in range(asked.seeds):
            for name in asked.only:
                key = f"{name} {seed}"
                found[key] = runs.of(key, partial(_learned, name, seed, trial, asked, runs.folder))
        if "double table" in asked.only:
            found["tempo rows 0"] = runs.of("tempo rows 0", partial(_tempo_rows, trial, asked, runs.folder))
        for name, values in {UNTRAINED: fresh(Hyper()), SHIPPED: shipped()[0]}.items():
            found[f"{name} 0"] = runs.of(f"{name} 0", partial(_ends, values, trial, planned=asked.planned > 0))
        if asked.ablations:
            steps = min(asked.steps or ABLATION_STEPS, ABLATION_STEPS)
            seeds = min(asked.seeds, ABLATION_SEEDS)
            runs.begin("ablations", len(ABLATIONS) * seeds)
            for seed in range(seeds):
                for name in ABLATIONS:
                    left_out = partial(ablated, name, trial.train, scenes, starts, steps=steps, seed=seed)
                    found[f"{name} {seed}"] = runs.of(f"{name} {seed}", left_out)
        return found


def _learned(name: str, seed: int, trial: Trial, asked: Asked, folder: Path) -> Measured:
    """Train one algorithm with one seed, with looks on the way, and keep what it learned."""
    algorithm = ALGORITHMS[name]
    steps = asked.steps or algorithm.steps
    few = [start for start in trial.starts if start.number == 0]
    curve: list[float] = []

    def look(values: Values) -> None:
        shares = judged(values, trial.held_out, few, MODES["alone"])["share"]
        curve.append(sum(shares) / len(shares))

    looks = Looks(marks(steps), look)
    began = time.perf_counter()
    values = trained(trial.train, algorithm.hyper, steps, seed, looks)
    file = folder / f"{name} {seed}.npz"
    save(file, values, about(algorithm.hyper, steps=steps, seed=seed, sessions=trial.sessions))
    return {
        "marks": marks(steps)[: len(curve)],
        "curve": curve,
        "seconds": looks.seconds,
        "all_seconds": time.perf_counter() - began,
        "bytes": file.stat().st_size,
        **_ends(values, trial, planned=seed < asked.planned),
    }


def _tempo_rows(trial: Trial, asked: Asked, folder: Path) -> Measured:
    """Teach the first double table the tempo, as the shipped one was taught, and return the seconds it takes."""
    table, _ = load(folder / "double table 0.npz")
    began = time.perf_counter()
    train_tempo(trial.train, table, steps=asked.steps or TEMPO_STEPS)
    return {"seconds": [time.perf_counter() - began]}


def _ends(values: Values, trial: Trial, *, planned: bool) -> Measured:
    """Return where a policy ends on the held-out sessions in each way to use it, and how long a decision takes."""
    modes = {name: episodes for name, episodes in MODES.items() if planned or name != "planned"}
    ends = {name: judged(values, trial.held_out, trial.starts, episodes) for name, episodes in modes.items()}
    return {"ends": ends, "decision_us": decision_us(values, trial.held_out[0])}


def main() -> None:
    usual = Asked()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--seeds", type=int, default=usual.seeds)
    parser.add_argument("--scrambles", type=int, default=usual.scrambles, help="of each held-out session")
    parser.add_argument("--steps", type=int, help="of every algorithm, in place of its own number")
    parser.add_argument(
        "--only", action="append", choices=tuple(ALGORITHMS), help="this algorithm, and others so named"
    )
    parser.add_argument("--evaluations", type=int, default=usual.evaluations, help="of CMA-ES")
    parser.add_argument("--planned", type=int, default=usual.planned, help="seeds that are planned by Dyna too")
    parser.add_argument("--no-ablations", action="store_true", help="leave the ablations out")
    parser.add_argument("--with-tuning", action="store_true", help="then benchmarks/truth_tone.py on the same songs")
    parser.add_argument("--out", type=Path, default=Path("truth"), help="keeps all runs; begin anew with another")
    args = parser.parse_args()
    asked = Asked(
        args.seeds,
        args.scrambles,
        args.steps,
        tuple(args.only or ALGORITHMS),
        args.evaluations,
        args.planned,
        not args.no_ablations,
    )
    began = time.perf_counter()
    train = [listen(folder) for folder in session_folders([args.train])]
    heard_s = time.perf_counter() - began
    held_out = [listen(folder) for folder in session_folders([args.held_out])]
    scenes = {one.session.name: scene(one, LOUDNESS_LUFS["streaming"]) for one in held_out}
    with Runs.kept_in(args.out) as runs:
        found = measured(training_scenes(train), [one.session.name for one in train], scenes, asked, runs)
    pictures(found, asked.only, args.out)
    print(page(found, asked.only, sessions=(len(train), len(held_out)), heard_s=heard_s), flush=True)
    if args.with_tuning:
        tuning = Path(__file__).with_name("truth_tone.py")
        command = [sys.executable, tuning, args.train, args.held_out, "--out", args.out / "tuning"]
        subprocess.run(command, check=True)  # noqa: S603 - our own program


if __name__ == "__main__":
    main()
