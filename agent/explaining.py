"""What a table has learned: V(s) and the greedy actions over its axes, and which states it is sure of.

A table does not hold which actions are open in a state, so what counts in a state are the actions that were tried
there: V(s) is the highest of their Q, the greedy action the one that has it. In a double table Q is the mean of both.

How sure a state is: gap / (gap + doubt). The gap is that between the Q of the best action and of the next best; the
doubt is half of how far the two tables disagree about it, plus σ / √n, where n is how often the less tried one of the
two was tried and σ how far the V of all states are spread.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from agent.q_learning import QTable
from agent.vocabulary import Vocabulary

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)

# States are worth naming among those that together have this share of all visits.
OFTEN = 0.9
PAIRS = 2
NEVER = -1


@dataclass(frozen=True, slots=True)
class Shown:
    """A state, what the table would do there, and how sure it is of that, 0 to 1 (a half: gap and doubt are equal)."""

    state: int
    words: str
    action: str
    q: float
    next_best: str
    next_q: float
    visits: int
    disagreement: float | None
    sure: float


@dataclass(frozen=True, slots=True)
class ActionShare:
    """How often an action is the greedy one: in how many states seen, and in what share of all visits."""

    action: str
    states: int
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """The table over two of its axes (rows, columns), all others averaged by visits.

    ``visits`` (R, C); ``value`` (R, C): the mean V(s), NaN where nothing was seen; ``greedy`` (R, C): the action that
    is greedy at most visits, ``NEVER`` where nothing was seen; ``share`` (R, C): at how many of them, 0 to 1.
    """

    axes: tuple[str, str]
    bins: tuple[tuple[str, ...], tuple[str, ...]]
    visits: I64
    value: F64
    greedy: I64
    share: F64


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a table has learned; ``states`` has so many, of which ``seen`` were seen, with ``visits`` in all."""

    subject: str
    actions: tuple[str, ...]
    states: int
    seen: int
    visits: int
    maps: tuple[Map, ...] = field(compare=False)
    greedy: tuple[ActionShare, ...]
    most_certain: tuple[Shown, ...]
    least_certain: tuple[Shown, ...]


def explain(
    table: QTable,
    words: Vocabulary,
    *,
    pairs: Sequence[tuple[str, str]] = (),
    states: int = 5,
    looks: I64 | None = None,
) -> Explanation:
    """Return what a table has learned.

    ``pairs`` of axes are drawn; none: those that tell most. ``states``: how many of the most and of the least certain
    states are named. ``looks``: how often each state was looked at, where that is not how often an action was tried
    there (``agent.sampling``). Raises ``KeyError`` with the name of an axis that there is none of.
    """
    told = _Told(table, words, looks)
    chosen = [(words.axis(rows), words.axis(columns)) for rows, columns in pairs] or told.telling_pairs(PAIRS)
    most, least = told.certain(states)
    return Explanation(
        words.subject,
        words.layout.actions,
        words.layout.states,
        len(told.seen),
        int(told.weight.sum()),
        tuple(told.map(*pair) for pair in chosen),
        tuple(told.shares()),
        tuple(map(told.shown, most)),
        tuple(map(told.shown, least)),
    )


class _Told:
    """A table's figures for the states that were seen; rows count those."""

    def __init__(self, table: QTable, words: Vocabulary, looks: I64 | None) -> None:
        self._words, self._shape = words, words.layout.state_shape
        visits = table.visits
        self.seen = np.flatnonzero(visits.any(1))
        self._visits = visits[self.seen]
        self.weight = self._visits.sum(1) if looks is None else looks[self.seen]
        self._tables = table.tables[:, self.seen]
        tried = np.where(self._visits > 0, self._tables.mean(0), -np.inf)
        # The first of equals is the best, as when the table acts.
        order = np.argsort(-tried, axis=1, kind="stable")
        self.best, self._next = order[:, 0], order[:, 1]
        self.value, self._next_q = self._of(tried, self.best), self._of(tried, self._next)
        self._at = np.array(np.unravel_index(self.seen, self._shape))

    @staticmethod
    def _of(table: NDArray[Number], actions: I64) -> NDArray[Number]:
        values: NDArray[Number] = np.take_along_axis(table, actions[:, None], axis=1)[:, 0]
        return values

    def map(self, rows: int, columns: int) -> Map:
        shape = (self._shape[rows], self._shape[columns])
        cell, cells = self._cells(rows, columns)
        visits = np.bincount(cell, self.weight, cells)
        chosen = self._chosen(cell, cells)
        seen = visits > 0
        with np.errstate(invalid="ignore"):
            value = np.bincount(cell, self.weight * self.value, cells) / visits
            share = chosen.max(1) / visits
        names = self._words.layout.state_axes
        return Map(
            (names[rows], names[columns]),
            (self._words.bins[rows], self._words.bins[columns]),
            visits.astype(np.int64).reshape(shape),
            value.reshape(shape),
            np.where(seen, chosen.argmax(1), NEVER).reshape(shape),
            share.reshape(shape),
        )

    def telling_pairs(self, count: int) -> list[tuple[int, int]]:
        """Return the pairs of axes that tell most of V and of the greedy action; the longer axis is the rows."""
        if not len(self.seen):
            return []
        pairs = combinations(range(len(self._shape)), 2)
        best = sorted(pairs, key=lambda pair: -self._tells(*pair))[:count]
        return [pair if self._shape[pair[0]] >= self._shape[pair[1]] else pair[::-1] for pair in best]

    def _tells(self, one: int, other: int) -> float:
        """Return how much of V's variance, and of the greedy action's entropy, two axes explain; the mean of both."""
        cell, cells = self._cells(one, other)
        visits = np.maximum(np.bincount(cell, self.weight, cells), 1)
        mean = np.bincount(cell, self.weight * self.value, cells) / visits
        whole = self._spread() ** 2
        left = float(np.average((self.value - mean[cell]) ** 2, weights=self.weight))
        chosen = self._chosen(cell, cells)
        entropy = _entropy(chosen.sum(0))
        each = sum(float(row.sum()) * _entropy(row) for row in chosen) / float(self.weight.sum())
        return (1.0 - left / whole if whole > 0 else 0.0) + (1.0 - each / entropy if entropy > 0 else 0.0)

    def shares(self) -> Iterator[ActionShare]:
        """Yield how often each action is greedy, the most often first."""
        actions = self._words.layout.actions
        states = np.bincount(self.best, minlength=len(actions))
        visits = np.bincount(self.best, self.weight, len(actions))
        whole = max(1, int(self.weight.sum()))
        for action in np.argsort(-visits, kind="stable").tolist():
            if states[action]:
                yield ActionShare(actions[action], int(states[action]), float(visits[action]) / whole)

    def certain(self, count: int) -> tuple[list[int], list[int]]:
        """Return the rows of the most and of the least certain states, among those that come often."""
        falling = np.argsort(-self.weight, kind="stable")
        before = np.cumsum(self.weight[falling]) - self.weight[falling]
        often = falling[before < OFTEN * self.weight.sum()]
        # Where a single action was tried, there was nothing to choose.
        rows = often[np.isfinite(self._next_q[often])]
        sure = self._sure()[rows]
        rising = rows[np.argsort(sure, kind="stable")].tolist()
        count = min(count, len(rising) // 2)
        return rising[::-1][:count], rising[:count]

    def shown(self, row: int) -> Shown:
        actions = self._words.layout.actions
        return Shown(
            int(self.seen[row]),
            self._words.state_in_words(int(self.seen[row])),
            actions[self.best[row]],
            float(self.value[row]),
            actions[self._next[row]],
            float(self._next_q[row]),
            int(self.weight[row]),
            float(self._disagreement()[row]) if len(self._tables) > 1 else None,
            float(self._sure()[row]),
        )

    def _sure(self) -> F64:
        gap = np.where(np.isfinite(self._next_q), self.value - self._next_q, 0.0)
        tried = np.minimum(self._of(self._visits, self.best), self._of(self._visits, self._next))
        doubt = self._disagreement() + self._spread() / np.sqrt(np.maximum(tried, 1))
        return np.divide(gap, gap + doubt, out=np.zeros_like(gap), where=gap > 0)

    def _disagreement(self) -> F64:
        """Return half of how far the two tables are apart about the gap; 0 where there is one table."""
        gaps = [self._of(one, self.best) - self._of(one, self._next) for one in self._tables]
        apart: F64 = np.abs(gaps[0] - gaps[-1]) / 2
        return apart

    def _spread(self) -> float:
        if not len(self.seen):
            return 0.0
        mean = np.average(self.value, weights=self.weight)
        return math.sqrt(float(np.average((self.value - mean) ** 2, weights=self.weight)))

    def _cells(self, rows: int, columns: int) -> tuple[I64, int]:
        return self._at[rows] * self._shape[columns] + self._at[columns], self._shape[rows] * self._shape[columns]

    def _chosen(self, cell: I64, cells: int) -> F64:
        """Return at how many visits of each cell each action is greedy, (cells, actions)."""
        actions = len(self._words.layout.actions)
        counted = np.bincount(cell * actions + self.best, self.weight, cells * actions)
        return counted.reshape(cells, actions).astype(np.float64)


def _entropy(counts: F64) -> float:
    shares = counts[counts > 0] / max(1.0, float(counts.sum()))
    return float(-(shares * np.log(shares)).sum())
