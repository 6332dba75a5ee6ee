"""How good is a policy? Scramble sessions it never saw, mix them, and set the result beside the ceilings.

Share: the agent's improvement of J as a share of what the best known solution reaches from the same start.
Residual: mean |fader error| in dB against the levels the session came with, the common gain removed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from agent import ceilings
from agent.environment import MixEnv, Scene, scramble
from agent.planning import EPISODES, plan
from agent.q_learning import ActionValues, Hyper, QTable
from agent.reward import Cost, Sound
from agent.session import Settings
from agent.training import SCRAMBLE_DB

AGENT = "agent"
CEILINGS = ("closed form", "coordinate descent", "CMA-ES")
METHODS = (AGENT, "table alone", "untrained", "agent, faders only", "equal loudness", *CEILINGS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One method from one start: the cost it ended at, the settings tried, the time, the residual fader error."""

    cost: float
    evaluations: int
    seconds: float
    residual_db: float
    terms: Cost


@dataclass(frozen=True, slots=True)
class Trial:
    """All methods from one scrambled start."""

    start_cost: float
    start_residual_db: float
    start_terms: Cost
    outcomes: dict[str, Outcome]

    @property
    def best_known(self) -> float:
        """The lowest cost of any ceiling."""
        return min(self.outcomes[name].cost for name in CEILINGS if name in self.outcomes)

    def share(self, method: str) -> float:
        """Return a method's improvement over the best known one's; 1 where there is nothing to improve."""
        possible = self.start_cost - self.best_known
        return (self.start_cost - self.outcomes[method].cost) / possible if possible > 1e-9 else 1.0


def evaluate(
    scene: Scene,
    table: ActionValues,
    *,
    scrambles: int,
    seed: int,
    episodes: int = EPISODES,
    cma_evaluations: int = 10_000,
    progress: Callable[[], None] = lambda: None,
) -> list[Trial]:
    """Return a trial for each scramble of a scene. CMA-ES is left out where its package is not installed."""
    rng = np.random.default_rng(seed)
    trials = []
    for count in range(scrambles):
        start = scramble(scene, SCRAMBLE_DB, rng)
        trials.append(_trial(scene, table, start, seed + count, episodes, cma_evaluations))
        progress()
    return trials


def _trial(scene: Scene, table: ActionValues, start: Settings, seed: int, episodes: int, cma_evaluations: int) -> Trial:
    def environment(values: ActionValues, *, eq: bool = True) -> MixEnv:
        return MixEnv([scene], eq=eq, observations=values.observations)

    bench = ceilings.Bench(scene, start)
    start_cost = bench.cost(bench.origin)

    def terms(settings: Settings) -> Cost:
        scene.twin.set(settings)
        return Sound(scene.twin, scene.goal).cost()

    def agent(values: ActionValues, count: int, *, eq: bool = True) -> ceilings.Solution:
        made = plan(environment(values, eq=eq), values, start, seed=seed, episodes=count)
        return ceilings.Solution(made.settings, made.cost.total, made.steps)

    methods: dict[str, Callable[[], ceilings.Solution]] = {
        AGENT: lambda: agent(table, episodes),
        "table alone": lambda: agent(table, 0),
        "untrained": lambda: agent(QTable.fresh(Hyper()), episodes),
        "agent, faders only": lambda: agent(table, episodes, eq=False),
        "equal loudness": lambda: ceilings.equal_loudness(_fresh(scene, start)),
        "closed form": lambda: ceilings.closed_form(_fresh(scene, start)),
        "coordinate descent": lambda: ceilings.coordinate_descent(_fresh(scene, start), np.random.default_rng(seed)),
        "CMA-ES": lambda: ceilings.cma_es(_fresh(scene, start), seed=seed, evaluations=cma_evaluations),
    }
    outcomes = {}
    for name, run in methods.items():
        before = time.perf_counter()
        try:
            found = run()
        except ModuleNotFoundError:
            continue
        spent = time.perf_counter() - before
        outcomes[name] = Outcome(
            found.cost, found.evaluations, spent, residual_db(scene, found.settings), terms(found.settings)
        )
    return Trial(start_cost, residual_db(scene, start), terms(start), outcomes)


def _fresh(scene: Scene, start: Settings) -> ceilings.Bench:
    return ceilings.Bench(scene, start)


def residual_db(scene: Scene, settings: Settings) -> float:
    """Return the mean |fader error| in dB of the audible tracks against the scene's own, their common gain removed."""
    audible = scene.goal.audible
    if not audible.any():
        return 0.0
    wanted = np.array([s.gain_db for s in scene.start.strips])
    error = (np.array([s.gain_db for s in settings.strips]) - wanted)[audible]
    return float(np.abs(error - error.mean()).mean())


def summary(trials: Sequence[Trial], method: str) -> tuple[float, float, float, float, float, float]:
    """Return mean and worst share, mean cost, evaluations, seconds and residual of a method over trials."""
    shares = [t.share(method) for t in trials]
    outcomes = [t.outcomes[method] for t in trials]
    return (
        float(np.mean(shares)),
        float(np.min(shares)),
        float(np.mean([o.cost for o in outcomes])),
        float(np.mean([o.evaluations for o in outcomes])),
        float(np.mean([o.seconds for o in outcomes])),
        float(np.mean([o.residual_db for o in outcomes])),
    )
