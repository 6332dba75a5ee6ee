"""Dyna: refine the shipped table on the session's own twin before anything is applied (Sutton & Barto 2018, ch. 8).

The twin is the model. Simulated episodes start where the session stands, later ones also at the best setting seen, and
every step updates a copy of the table by the same rule as in training. The plan is the best setting seen in any of
them, then walked down greedily one step at a time until no single step lowers the cost (planning at decision time
with the exact model, ibid. section 8.8).

It plans in any environment that says what it can try and how a setting counts: mixing's and tuning's.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import gymnasium
import numpy as np
from numpy.typing import NDArray

from agent.q_learning import ActionValues, Hyper, episode
from agent.session import Settings

REFINING = Hyper(gamma=0.5, alpha_min=0.05, alpha_decay=0.5, epsilon_start=0.3, epsilon_end=0.02)
EPISODES = 60


Turn = Callable[[], None]


class Totalled(Protocol):
    """A cost of several terms."""

    @property
    def total(self) -> float:
        """The cost."""
        ...


C = TypeVar("C", bound=Totalled)


class PlannedEnv(gymnasium.Env[NDArray[Any], np.int64], Generic[C]):
    """An environment that can be planned in: beside playing episodes, its moves can be tried and taken back.

    ``cost`` is that of the present setting. ``worth``: a step of a descent that gains less is none; rounding must not
    keep it going round in circles.
    """

    cost: C
    worth = 1e-5

    @property
    @abstractmethod
    def settings(self) -> Settings:
        """The settings the episode is at."""

    @property
    @abstractmethod
    def places(self) -> int:
        """At how many places there is something to turn."""

    @abstractmethod
    def turns(self, place: int) -> Iterator[int]:
        """Yield the moves that are open at a place, without hold."""

    @abstractmethod
    def turn(self, place: int, index: int) -> Turn:
        """Carry out a move and return what takes it back; ``hear_again`` tells what came of it."""

    @abstractmethod
    def hear_again(self) -> C:
        """Hear the present setting, keep what was heard, and return its cost."""

    def elsewhere(self, found: Settings, rng: np.random.Generator) -> Settings | None:  # noqa: ARG002 - nowhere
        """Return a setting that an episode may begin at to see other parts of the session; None for nowhere."""
        return None

    @abstractmethod
    def judge(self, found: Settings, before: C) -> Callable[[C], float]:
        """Return how the present setting counts, given its cost, in a plan from ``found`` that cost ``before``.

        The lowest counts best; infinity is out of the question.
        """


@dataclass(frozen=True, slots=True)
class Plan(Generic[C]):
    """The best setting found, its cost, the refined table, and the steps it took."""

    settings: Settings
    cost: C
    table: ActionValues
    steps: int


def plan(
    env: PlannedEnv[C],
    table: ActionValues,
    start: Settings,
    *,
    seed: int,
    episodes: int = EPISODES,
    hyper: Hyper = REFINING,
    progress: Callable[[float], None] = lambda _share: None,
) -> Plan[C]:
    """Plan what becomes of the environment's session from ``start``. ``episodes=0`` plays the table as it is, once."""
    learner = table.copy().learner(hyper, np.random.default_rng(seed))
    env.reset(options={"start": start})
    best = _Best(env, start)
    steps = 0
    for count in range(max(1, episodes)):
        share = count / max(1, episodes)
        epsilon = 0.0 if count == 0 else hyper.epsilon_start + share * (hyper.epsilon_end - hyper.epsilon_start)
        here = best.settings if count % 2 else start
        if count % 3 == 2:
            here = env.elsewhere(start, learner.rng) or here
        options: dict[str, object] = {"start": here, "found": start}
        played, _ = episode(env, learner, epsilon, learn=episodes > 0, options=options, seen_by=lambda: best.see(env))
        steps += played
        progress(share)
    if episodes > 0:
        steps += _descend(env, best, start)
    progress(1.0)
    return Plan(best.settings, best.cost, learner.table, steps)


class _Best(Generic[C]):
    """Keeps the best setting seen, as the environment judges them."""

    def __init__(self, env: PlannedEnv[C], found: Settings) -> None:
        self.settings, self.cost = found, env.cost
        self.score = env.judge(found, env.cost)
        self._least = self.score(env.cost)

    def see(self, env: PlannedEnv[C]) -> None:
        score = self.score(env.cost)
        if score < self._least:
            self.settings, self.cost, self._least = env.settings, env.cost, score


def _descend(env: PlannedEnv[C], best: _Best[C], found: Settings) -> int:
    """Take the best single step at every place in turn until none helps; return the steps tried."""
    env.reset(options={"start": best.settings, "found": found})
    tried, idle, at = 0, 0, 0
    cost = env.cost
    while idle < env.places:
        place = at % env.places
        at += 1
        chosen, lowest, least = None, cost, best.score(cost) - env.worth
        for index in env.turns(place):
            back = env.turn(place, index)
            there = env.hear_again()
            score = best.score(there)
            back()
            tried += 1
            if score < least:
                chosen, lowest, least = index, there, score
        if chosen is None:
            idle += 1
            continue
        env.turn(place, chosen)
        cost, idle = lowest, 0
    env.hear_again()
    env.cost = cost
    best.see(env)
    return tried
