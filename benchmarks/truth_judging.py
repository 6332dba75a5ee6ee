"""How the page of truth judges mixing: scrambled sessions, the best known of each, and what a policy reaches."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from truth_runs import Measured, Runs

from agent import ceilings
from agent.environment import MixEnv, Scene, scramble
from agent.evaluation import residual_db
from agent.planning import plan
from agent.q_learning import ActionValues, Hyper, episode
from agent.session import Settings
from agent.training import SCRAMBLE_DB

NOTHING = "nothing"
CEILINGS = ("closed form", "coordinate descent", "CMA-ES")
MODES = {"alone": 0, "then a descent": 1, "planned": 60}
"""Episodes of each way to use a policy: played greedily once; the same, then the greedy descent; Dyna."""
_DECISIONS = 400


@dataclass(frozen=True, slots=True)
class Start:
    """A scrambled session: its scene, the scramble's number, settings, J there, the lowest J known, all ceilings."""

    scene: int
    number: int
    settings: Settings
    cost: float
    best: float
    known: Measured

    def share(self, cost: float) -> float:
        """Return the improvement to a cost as a share of the best known one; 1 where there is nothing to improve."""
        possible = self.cost - self.best
        return (self.cost - cost) / possible if possible > 1e-9 else 1.0


def starts_of(
    scenes: Sequence[Scene], names: Sequence[str], runs: Runs, *, scrambles: int, evaluations: int
) -> list[Start]:
    """Return so many scrambles of each scene with their ceilings; each scramble is drawn by its own number."""
    found = []
    runs.begin("ceilings", len(scenes) * scrambles)
    for which, (scene, name) in enumerate(zip(scenes, names, strict=True)):
        for number in range(scrambles):
            start = scramble(scene, SCRAMBLE_DB, np.random.default_rng([number, *name.encode()]))

            def measure(start: Settings = start, scene: Scene = scene, number: int = number) -> Measured:
                return _ceilings(scene, start, number, evaluations)

            known = runs.of(f"start {name} {number}", measure)
            best = min(known[method]["cost"] for method in CEILINGS)
            found.append(Start(which, number, start, known[NOTHING]["cost"], best, known))
    return found


def _ceilings(scene: Scene, start: Settings, seed: int, evaluations: int) -> Measured:
    methods: dict[str, Callable[[ceilings.Bench], ceilings.Solution]] = {
        NOTHING: lambda bench: bench.solution(bench.origin),
        "closed form": ceilings.closed_form,
        "coordinate descent": lambda bench: ceilings.coordinate_descent(bench, np.random.default_rng(seed)),
        "CMA-ES": lambda bench: ceilings.cma_es(bench, seed=seed, evaluations=evaluations),
    }
    known = {}
    for name, method in methods.items():
        began = time.perf_counter()
        found = method(ceilings.Bench(scene, start))
        spent = time.perf_counter() - began
        known[name] = {
            "cost": found.cost,
            "seconds": spent,
            "residual_db": residual_db(scene, found.settings),
            "tried": found.evaluations,
        }
    return known


def judged(values: ActionValues, scenes: Sequence[Scene], starts: Sequence[Start], episodes: int) -> Measured:
    """Return what a policy reaches from each start: share of the best known, J, residual, seconds, settings tried."""
    found: Measured = {"share": [], "cost": [], "residual_db": [], "seconds": [], "tried": []}
    for start in starts:
        scene = scenes[start.scene]
        env = MixEnv([scene], observations=values.observations)
        began = time.perf_counter()
        made = plan(env, values, start.settings, seed=0, episodes=episodes)
        found["seconds"].append(time.perf_counter() - began)
        found["share"].append(start.share(made.cost.total))
        found["cost"].append(made.cost.total)
        found["residual_db"].append(residual_db(scene, made.settings))
        found["tried"].append(made.steps)
    return found


def decision_us(values: ActionValues, scene: Scene) -> float:
    """Return the median time in µs of reading an observation and choosing the best open action."""
    env = MixEnv([scene], observations=values.observations)
    learner = values.learner(Hyper(), np.random.default_rng(0))
    read, seen, spent = learner.reader(env.observation_space), [], []

    class Noting:
        """Plays as the learner does and notes the observations with their masks."""

        table, rng, n_step, gamma = learner.table, learner.rng, 1, 0.0

        def reader(self, _space: object) -> Callable[[np.ndarray], np.ndarray]:
            return lambda observed: observed

        def act(self, observed: np.ndarray, mask: np.ndarray, _epsilon: float) -> int:
            seen.append((observed, mask))
            return learner.act(read(observed), mask, 0.5)

        def learn(self, *_step: object) -> float:
            return 0.0

    while len(seen) < _DECISIONS:
        episode(env, Noting(), 0.5, learn=False, seed=len(seen))
    for observed, mask in seen[:_DECISIONS]:
        began = time.perf_counter()
        values.greedy(read(observed), mask)
        spent.append(time.perf_counter() - began)
    return float(np.median(spent)) * 1e6
