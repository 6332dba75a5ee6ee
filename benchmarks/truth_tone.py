"""One page of truth for tuning: every algorithm, seed by seed, on mis-equalised songs it never saw, beside the ceiling.

    python benchmarks/truth_tone.py TRAIN_DIR HELD_OUT_DIR [--seeds 3] [--every 3] [--out truth_tone]

Each algorithm is trained from nothing with each seed, on scenes of the training songs, for the same environment steps.
Then it tunes the held-out cases of ``benchmarks/tone.py``: alone, and (the first seeds of three of them) refined by
Dyna as ``faderbot tune`` refines the table that ships. Each result is rendered and judged by its RMS error over third
octaves; shares are of the improvement that a least-squares fit of the same EQ reaches. Whatever was measured stays in
--out, so the same command goes on where it was stopped. Prints Markdown, and draws learning curves into --out: those
are of every third case, as the twin hears it. Networks need the extra ``deep``.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from tone import Case, by_agent, by_least_squares, cases, ear, judge, measured, planned
from tone_learners import ALGORITHMS, STEPS, trained
from train_tone import scenes_of
from truth_learners import Looks, marks
from truth_runs import Measured, Runs
from truth_tone_page import page, picture

from agent.hearing.heard import Heard
from agent.network import DeepHyper, Network
from agent.policy import Values, about, save
from agent.q_learning import ActionValues, Hyper, QTable, episode
from agent.tile_coding import LinearQ, TileCoder, TileHyper
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.features import GROUPS
from agent.tone.searching import EPISODES
from agent.tone.targets import ToneTarget
from agent.tone.tuning import LAYOUT, shipped_tone
from bridge.learning import listen, roles_of, session_folders

CASES, SECONDS, CURVE_EVERY = 36, 30.0, 3
SHIPPED = "shipped table"
REFINED = ("double table", "tiles", "DQN")
_DECISIONS = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is measured: of so many cases one in so many; ``refined``: of so many seeds, where ``REFINED`` says."""

    seeds: int
    steps: int
    only: tuple[str, ...]
    cases: int
    every: int
    seconds: float
    refined: int


@dataclass(frozen=True, slots=True)
class Known:
    """A case of the learning curve: what was heard, what is wanted, the error before and at the ceiling in dB."""

    heard: Heard
    wanted: ToneTarget
    before_db: float
    ceiling_db: float

    def share(self, values: ActionValues) -> float:
        """Return a policy's improvement over the ceiling's, as the twin hears it."""
        after_db = planned(self.heard, self.wanted, values, 0, episodes=0).after.third_octave_rms_db
        assert after_db is not None
        return (self.before_db - after_db) / (self.before_db - self.ceiling_db)


def measured_all(
    scenes: Sequence[ToneScene], names: Sequence[str], folders: list[Path], asked: Asked, runs: Runs
) -> dict[str, Measured]:
    """Measure what was not measured yet and return all of it by the names of the runs."""
    with threadpool_limits(1, "blas"):
        found: dict[str, Measured] = {}
        known: list[Known] = []
        numbers = range(0, asked.cases, asked.every)
        runs.begin("ceilings", len(numbers))
        for number, case in zip(numbers, _cases(folders, asked), strict=True):
            found[f"case {number}"] = runs.of(f"case {number}", partial(_ceiling, case, number))
            if number % CURVE_EVERY == 0:
                known.append(_known(case, found[f"case {number}"]))
        runs.begin("algorithms", len(asked.only) * asked.seeds)
        policies: dict[str, ActionValues] = {SHIPPED: shipped_tone()[0]}
        for seed in range(asked.seeds):
            for name in asked.only:
                key = f"{name} {seed}"
                found[key] = runs.of(key, partial(_learned, name, seed, scenes, names, known, asked, runs.folder))
                policies[key] = _kept(runs.folder / f"{key}.npz", ALGORITHMS[name])
        ways = list(_ways(policies, asked))
        runs.begin("held-out cases", len(numbers) * len(ways))
        for number, case in zip(numbers, _cases(folders, asked), strict=True):
            heard = ear(case.wrong, case.rate_hz)
            wanted = measured(case.clean, case.rate_hz)
            for name, values, episodes in ways:
                key = f"{name}, case {number}"
                tune = partial(by_agent, case, heard, wanted, values, number, episodes=episodes)
                found[key] = runs.of(key, lambda tune=tune: asdict(tune()))
    return found


def _cases(folders: list[Path], asked: Asked) -> Iterator[Case]:
    return cases(folders, asked.cases, asked.seconds, every=asked.every)


def _ways(policies: Mapping[str, ActionValues], asked: Asked) -> Iterator[tuple[str, ActionValues, int]]:
    """Yield every way in which a policy is used: its name, the policy, and the episodes that refine it."""
    for name, values in policies.items():
        yield f"{name} alone", values, 0
        algorithm, _, seed = name.rpartition(" ")
        if name == SHIPPED or (algorithm in REFINED and int(seed) < asked.refined):
            yield f"{name} refined", values, EPISODES


def _ceiling(case: Case, number: int) -> Measured:
    wanted, heard = measured(case.clean, case.rate_hz), ear(case.wrong, case.rate_hz)
    before_db, _ = judge(case.wrong, case.rate_hz, wanted)
    return {"before_db": before_db, **asdict(by_least_squares(case, heard, wanted, number))}


def _known(case: Case, ceiling: Measured) -> Known:
    wanted, heard = measured(case.clean, case.rate_hz), ear(case.wrong, case.rate_hz)
    return Known(heard, wanted, ceiling["before_db"], ceiling["rms_db"])


def _learned(
    name: str,
    seed: int,
    scenes: Sequence[ToneScene],
    names: Sequence[str],
    known: Sequence[Known],
    asked: Asked,
    folder: Path,
) -> Measured:
    """Train one algorithm with one seed, with looks on the way, and keep what it learned."""
    hyper = ALGORITHMS[name]
    curve: list[float] = []

    def look(values: Values) -> None:
        curve.append(float(np.mean([one.share(values) for one in known])))

    looks = Looks(marks(asked.steps), look)
    values = trained(scenes, hyper, asked.steps, seed, looks)
    file = folder / f"{name} {seed}.npz"
    save(file, values, about(hyper, steps=asked.steps, seed=seed, sessions=tuple(names), layout=LAYOUT))
    return {
        "marks": list(looks.marks),
        "curve": curve,
        "seconds": looks.seconds,
        "bytes": file.stat().st_size,
        "decision_us": decision_us(values, scenes[0]),
    }


def _kept(file: Path, hyper: Hyper | DeepHyper) -> Values:
    """Return what a run has kept."""
    with np.load(file) as arrays:
        if isinstance(hyper, DeepHyper):
            layers = range(sum(name.startswith("weights") for name in arrays))
            return Network([(arrays[f"weights {layer}"], arrays[f"biases {layer}"]) for layer in layers])
        if isinstance(hyper, TileHyper):
            return LinearQ(arrays["tables"], arrays["visits"], TileCoder(GROUPS))
        return QTable(arrays["tables"], arrays["visits"])


def decision_us(values: ActionValues, scene: ToneScene) -> float:
    """Return the median time in µs of reading an observation and choosing the best open move."""
    env = TuneEnv([scene], observations=values.observations, astray=1.0)
    learner = values.learner(Hyper(), np.random.default_rng(0))
    read = learner.reader(env.observation_space)
    spent: list[float] = []

    class Timed:
        """Plays as the learner does, and keeps how long each greedy choice takes."""

        table, rng, n_step, gamma = learner.table, learner.rng, 1, 0.0

        def reader(self, _space: object) -> Callable[[np.ndarray], np.ndarray]:
            return lambda observed: observed

        def act(self, observed: np.ndarray, mask: np.ndarray, _epsilon: float) -> int:
            began = time.perf_counter()
            state = read(observed)
            values.greedy(state, mask)
            spent.append(time.perf_counter() - began)
            return learner.act(state, mask, 0.5)

        def learn(self, *_step: object) -> float:
            return 0.0

    while len(spent) < _DECISIONS:
        episode(env, Timed(), 0.5, learn=False, seed=len(spent))
    return float(np.median(spent)) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=STEPS, help="of every algorithm")
    parser.add_argument(
        "--only", action="append", choices=tuple(ALGORITHMS), help="this algorithm, and others so named"
    )
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--every", type=int, default=1, help="so many cases one is taken")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each case")
    parser.add_argument("--refined", type=int, default=1, help="seeds that are refined by Dyna too")
    parser.add_argument("--out", type=Path, default=Path("truth_tone"), help="keeps all runs; begin anew with another")
    args = parser.parse_args()
    only = tuple(args.only or ALGORITHMS)
    asked = Asked(args.seeds, args.steps, only, args.cases, args.every, args.seconds, args.refined)
    rng = np.random.default_rng(0)
    recordings = [listen(folder) for folder in session_folders([args.train])]
    scenes = [
        scene for one in recordings for scene in scenes_of(one.heard.coarse(), roles_of(one.session, one.heard), rng)
    ]
    names = [one.session.name for one in recordings]
    with Runs.kept_in(args.out) as runs:
        found = measured_all(scenes, names, session_folders([args.held_out]), asked, runs)
    picture(found, asked.only, args.out)
    print(page(found, asked.only, sessions=len(names), scenes=len(scenes)))


if __name__ == "__main__":
    main()
