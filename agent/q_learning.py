"""Tabular Q-learning (Watkins 1989; Sutton & Barto 2018, section 6.5), one table shared by all strips.

    Q(s, a) ← Q(s, a) + α (r + γ max_a′ Q(s′, a′) − Q(s, a))        V(s) = max_a Q(s, a)

Every strip is an agent of its own that shares the table: its next state s′ is what is seen when its turn comes again,
and its reward is what its own step earned. α falls with the visits of (s, a): α = max(α_min, (1 + n)^−κ). Actions are
ε-greedy among those that are open. With ``double`` two tables are kept, each evaluating the other's greedy action
(van Hasselt 2010), and their mean is what acts.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent.actions import ACTIONS
from agent.observation import SHAPE

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
STATES = int(np.prod(SHAPE))
Observations = Literal["discrete", "continuous"]


@dataclass(frozen=True, slots=True)
class Hyper:
    """Hyper-parameters, with the figures that ship (docs/results.md has the runs behind them)."""

    gamma: float = 0.5
    alpha_min: float = 0.02
    alpha_decay: float = 0.65
    epsilon_start: float = 0.5
    epsilon_end: float = 0.3
    optimism: float = 0.05
    double: bool = True


class QTable:
    """Action values. ``tables`` (1 or 2, states, actions) and ``visits`` (states, actions)."""

    observations: Observations = "discrete"

    def __init__(self, tables: F64, visits: I64) -> None:
        self.tables, self.visits = tables, visits

    @classmethod
    def fresh(cls, hyper: Hyper, states: int = STATES, actions: int = len(ACTIONS)) -> "QTable":
        """Return an optimistic table: every action looks ``optimism`` better than nothing until it is tried."""
        return cls(
            np.full((2 if hyper.double else 1, states, actions), hyper.optimism), np.zeros((states, actions), np.int64)
        )

    def learner(self, hyper: Hyper, rng: np.random.Generator) -> "QLearning":
        """Return what plays by this table and goes on learning it, with two tables where there are two."""
        return QLearning(self, replace(hyper, double=len(self.tables) == 2), rng)

    def copy(self) -> "QTable":
        """Return a table of its own with the same values."""
        return QTable(self.tables.copy(), self.visits.copy())

    def q(self, state: int) -> F64:
        """Return Q(s, ·), shape (actions,)."""
        values: F64 = self.tables[0, state] if len(self.tables) == 1 else self.tables[:, state].mean(0)
        return values

    def value(self, state: int, mask: Mask) -> float:
        """Return V(s) = max over the open actions of Q(s, a)."""
        return float(self.q(state)[mask].max())

    def greedy(self, state: int, mask: Mask) -> int:
        """Return the best open action; the first of equals, so that play is reproducible."""
        return int(np.where(mask, self.q(state), -np.inf).argmax())


class QLearning:
    """The update and the behaviour policy. Owns the table and the random draws."""

    def __init__(self, table: QTable, hyper: Hyper, rng: np.random.Generator) -> None:
        self.table, self.hyper, self.rng = table, hyper, rng
        self.n_step, self.gamma = 1, hyper.gamma

    def reader(self, space: spaces.Space[Any]) -> Callable[[NDArray[Any]], int]:
        """Return what turns an observation of a space into a row of the table."""
        assert isinstance(space, spaces.MultiDiscrete)
        return partial(state_of, shape=space.nvec.tolist())

    def act(self, state: int, mask: Mask, epsilon: float) -> int:
        """Draw an ε-greedy action among the open ones."""
        if self.rng.random() < epsilon:
            return int(self.rng.choice(np.flatnonzero(mask)))
        return self.table.greedy(state, mask)

    def learn(self, state: int, action: int, reward: float, after: int | None, mask: Mask | None) -> float:
        """Update Q(s, a) and return the TD error. ``after`` is None where the episode terminated.

        Raises ``FloatingPointError`` where the reward is no finite number: the table is left as it was.
        """
        if not np.isfinite(reward):
            raise FloatingPointError(f"a reward of {reward} can not be learned from")
        table, hyper = self.table, self.hyper
        which = int(self.rng.integers(2)) if hyper.double else 0
        other = 1 - which if hyper.double else 0
        future = 0.0
        if after is not None:
            assert mask is not None
            best = int(np.where(mask, table.tables[which, after], -np.inf).argmax())
            future = hyper.gamma * float(table.tables[other, after, best])
        alpha = max(hyper.alpha_min, (1.0 + float(table.visits[state, action])) ** -hyper.alpha_decay)
        error = reward + future - float(table.tables[which, state, action])
        table.tables[which, state, action] += alpha * error
        table.visits[state, action] += 1
        return error


def state_of(observation: NDArray[np.int64], shape: Sequence[int] = SHAPE) -> int:
    """Return the row of the table for an observation; ``shape``: how many values each of its axes has."""
    index = 0
    for value, size in zip(observation.tolist(), shape, strict=True):
        index = index * size + value
    return index


class ActionValues(Protocol):
    """Q(s, a): the table, or what stands in for one (tiles, a network). States are its own affair."""

    @property
    def observations(self) -> Observations:
        """Which form of the environment's observations it reads."""
        ...

    def copy(self) -> "ActionValues":
        """Return values of its own."""
        ...

    def q(self, state: Any) -> NDArray[np.floating]:
        """Return Q(s, ·), shape (actions,)."""
        ...

    def value(self, state: Any, mask: Mask) -> float:
        """Return V(s) = max over the open actions of Q(s, a)."""
        ...

    def greedy(self, state: Any, mask: Mask) -> int:
        """Return the best open action."""
        ...

    def learner(self, hyper: Hyper, rng: np.random.Generator) -> "Learner":
        """Return what plays by these values and goes on learning them."""
        ...


class Learner(Protocol):
    """What plays and learns in an episode."""

    @property
    def table(self) -> ActionValues:
        """What it has learned."""
        ...

    @property
    def rng(self) -> np.random.Generator:
        """Its random draws."""
        ...

    @property
    def n_step(self) -> int:
        """Over how many of a strip's own steps a return is summed before it is learned from."""
        ...

    @property
    def gamma(self) -> float:
        """The discount of a step."""
        ...

    def reader(self, space: spaces.Space[Any]) -> Callable[[NDArray[Any]], Any]:
        """Return what turns an observation of a space into a state."""
        ...

    def act(self, state: Any, mask: Mask, epsilon: float) -> int:
        """Draw an action among the open ones."""
        ...

    def learn(self, state: Any, action: int, reward: float, after: Any, mask: Mask | None) -> float:
        """Learn from the return until the state ``n_step`` steps after; None where the episode terminated before."""
        ...


def episode(
    env: gymnasium.Env[NDArray[Any], np.int64],
    learner: Learner,
    epsilon: float,
    *,
    learn: bool = True,
    seed: int | None = None,
    options: dict[str, object] | None = None,
    seen_by: Callable[[], None] = lambda: None,
    is_over: Callable[[], bool] = lambda: False,
) -> tuple[int, float]:
    """Play one episode, learning from it where told, and return its steps and its return.

    ``seed`` and ``options`` go to the environment's reset; ``seen_by`` is called at the start and after every step;
    ``is_over`` may end it before its time, as a truncation does. The environment's ``info`` tells the ``strip`` that
    is looked at (each is an agent of its own) and its ``action_mask``.
    """
    read = learner.reader(env.observation_space)
    seen, info = env.reset(seed=seed, options=options)
    seen_by()
    pending: dict[int, deque[tuple[Any, int, float]]] = {}
    steps, total, over = 0, 0.0, False
    while not over:
        strip, state, mask = info["strip"], read(seen), info["action_mask"]
        queue = pending.pop(strip, None) or deque()
        if len(queue) == learner.n_step:
            _learn_first(learner, queue, state, mask)
        action = learner.act(state, mask, epsilon)
        seen, reward, terminated, truncated, info = env.step(np.int64(action))
        earned = float(reward)
        seen_by()
        if learn:
            queue.append((state, action, earned))
            pending[strip] = queue
        steps, total, over = steps + 1, total + earned, terminated or truncated or is_over()
        if terminated:
            for queue in pending.values():
                while queue:
                    _learn_first(learner, queue, None, None)
    return steps, total


def _learn_first(learner: Learner, queue: deque[tuple[Any, int, float]], after: Any, mask: Mask | None) -> None:
    """Learn from the oldest step that waits, by the return of all that do."""
    discounted = sum(learner.gamma**k * earned for k, (_, _, earned) in enumerate(queue))
    state, action, _ = queue.popleft()
    learner.learn(state, action, discounted, after, mask)
