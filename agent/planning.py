"""Dyna: refine the shipped table on the session's own twin before anything is applied (Sutton & Barto 2018, ch. 8).

The twin is the model. Simulated episodes start where the session stands, later ones also at the best setting seen, and
every step updates a copy of the table by the same rule as in training. The plan is the best setting seen in any of
them, then walked down greedily one step at a time until no single step lowers the cost (planning at decision time
with the exact model, ibid. section 8.8).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from agent.actions import EQ_STEP_DB, HOLD, mask, turn
from agent.environment import MixEnv
from agent.hearing.twin import Twin
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.reward import Cost, Sound, no_term_worse
from agent.session import Settings

REFINING = Hyper(gamma=0.5, alpha_min=0.05, alpha_decay=0.5, epsilon_start=0.3, epsilon_end=0.02)
EPISODES = 60
# An EQ step stays only where it lowers J by this much: without it exploration leaves EQ that nobody needs.
TIDINESS = 0.0003
_WORTH = 1e-5  # rounding must not keep the descent going round in circles


@dataclass(frozen=True, slots=True)
class Plan:
    """The best setting found, its cost, the refined table, and the steps on the twin it took."""

    settings: Settings
    cost: Cost
    table: QTable
    steps: int


def plan(
    env: MixEnv,
    table: QTable,
    start: Settings,
    *,
    seed: int,
    episodes: int = EPISODES,
    hyper: Hyper = REFINING,
    progress: Callable[[float], None] = lambda _share: None,
) -> Plan:
    """Plan a mix of the environment's session from ``start``. ``episodes=0`` plays the table as it is, once."""
    hyper = replace(hyper, double=len(table.tables) == 2)
    learner = QLearning(table.copy(), hyper, np.random.default_rng(seed))
    env.reset(options={"start": start})
    best = _Best(start, env.cost)
    steps = 0
    for count in range(max(1, episodes)):
        share = count / max(1, episodes)
        epsilon = 0.0 if count == 0 else hyper.epsilon_start + share * (hyper.epsilon_end - hyper.epsilon_start)
        here = best.settings if count % 2 else start
        options: dict[str, object] = {"start": here, "found": start}
        played, _ = episode(env, learner, epsilon, learn=episodes > 0, options=options, seen_by=lambda: best.see(env))
        steps += played
        progress(share)
    if episodes > 0:
        steps += descend(env, best, start)
    progress(1.0)
    return Plan(best.settings, best.cost, learner.table, steps)


class _Best:
    """Keeps the best setting seen: the lowest cost, with a small price on each EQ step away from what was found.

    Settings that make any single term of the cost worse than its dead zone allows do not count.
    """

    def __init__(self, found: Settings, cost: Cost) -> None:
        self.settings, self.cost, self._before = found, cost, cost
        self.found_eq_db = np.array([s.eq_gains_db for s in found.strips])
        self._score = cost.total

    def score(self, twin: Twin, cost: Cost) -> float:
        """Return J plus the price of the EQ; infinite where a term got worse."""
        if not no_term_worse(self._before, cost):
            return np.inf
        turned = float(np.abs(twin.eq_db - self.found_eq_db).sum()) / EQ_STEP_DB
        return cost.total + turned * TIDINESS

    def see(self, env: MixEnv) -> None:
        score = self.score(env.twin, env.cost)
        if score < self._score:
            self.settings, self.cost, self._score = env.twin.settings, env.cost, score


def descend(env: MixEnv, best: _Best, found: Settings) -> int:
    """Take the best single step at every strip in turn until none helps; return the steps tried."""
    env.reset(options={"start": best.settings, "found": found})
    twin, goal = env.twin, env.scene.goal
    tried, idle, at = 0, 0, 0
    cost = env.cost
    while idle < len(env.strips):
        strip = env.strips[at % len(env.strips)]
        at += 1
        chosen, lowest, least = HOLD, cost, best.score(twin, cost) - _WORTH
        for index in np.flatnonzero(mask(twin, strip, env.limits, eq=env.eq)[1:]) + 1:
            back = turn(twin, strip, int(index))
            there = Sound(twin, goal).cost()
            score = best.score(twin, there)
            back()
            tried += 1
            if score < least:
                chosen, lowest, least = int(index), there, score
        if chosen == HOLD:
            idle += 1
            continue
        turn(twin, strip, chosen)
        cost, idle = lowest, 0
    env.sound, env.cost = Sound(twin, goal), cost
    best.see(env)
    return tried
