"""Function approximation: Q linear in tiles (Sutton & Barto 2018, sections 9.5.4 and 10.1), for continuous states.

The features of ``agent.features`` are looked at in small groups, each cut into several grids of tiles that are shifted
against each other. A state lights one tile of each grid, and Q(s, a) is the sum of the weights of the lit tiles:

    Q(s, a) = Σ w[i, a] over the lit tiles i        w[i, a] ← w[i, a] + α / lit · (G − Q(s, a))

G is the return of one or more steps, then the value of the best action (Q-learning) or of the ε-greedy mean (Expected
SARSA, ibid. section 6.6). α falls with the visits of the least visited lit tile. With ``double`` two sets of weights
evaluate each other's greedy action.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent import features
from agent.actions import ACTIONS
from agent.q_learning import F64, I64, Hyper, Mask, Observations

Lit = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Group:
    """Features that are looked at together, by number, and into how many tiles each axis from -1 to 1 is cut."""

    axes: tuple[int, ...]
    tiles: tuple[int, ...]


_KIND, _LEVEL, _MIX = range(3)
_BANDS = range(features.EQ.stop - features.EQ.start)
GROUPS = (
    Group((_KIND, _LEVEL, _MIX), (1, 12, 8)),
    Group((_KIND, _LEVEL, features.FADER), (1, 12, 4)),
    Group((_KIND, _LEVEL, features.HEADROOM), (1, 6, 4)),
    *(Group((features.TONE.start + band, features.EQ.start + band), (10, 4)) for band in _BANDS),
    *(Group((features.MASKING.start + band, features.EQ.start + band), (10, 4)) for band in _BANDS),
    Group((features.SPECTRUM, features.MASKED), (6, 4)),
)
TILINGS = 4
_AXES = 3


class TileCoder:
    """Turns features into the numbers of the lit tiles: one of each tiling of each group."""

    def __init__(self, groups: Sequence[Group] = GROUPS, tilings: int = TILINGS) -> None:
        shape = np.array([[*(t + 1 for t in g.tiles), *[1] * (_AXES - len(g.tiles))] for g in groups])
        used = np.array([[*g.axes, *[0] * (_AXES - len(g.axes))] for g in groups])
        self._axes = used
        self._scale = np.where(shape > 1, (shape - 1) / 2, 0.0)
        # Shifted by the first odd numbers, which spreads tiles better than the diagonal does (ibid., figure 9.11).
        shifts = np.arange(tilings)[:, None] * np.array([1, 3, 5]) % tilings / tilings
        self._shifts = np.where(shape[:, None] > 1, shifts, 0.0)
        self._last = shape[:, None] - 1
        self._strides = np.stack([shape[:, 1] * shape[:, 2], shape[:, 2], np.ones(len(shape), int)], axis=1)[:, None]
        sizes = np.repeat(shape.prod(axis=1), tilings)
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).reshape(len(shape), tilings)
        self.count, self.lit = int(sizes.sum()), len(sizes)

    def __call__(self, seen: NDArray[np.floating]) -> Lit:
        """Return the lit tiles of features (…, F), shape (…, lit)."""
        cells = ((seen[..., self._axes] + 1) * self._scale)[..., None, :] + self._shifts
        places = np.minimum(cells.astype(np.intp), self._last)
        lit: Lit = ((places * self._strides).sum(-1) + self._starts).reshape(*seen.shape[:-1], self.lit)
        return lit


class LinearQ:
    """Action values. ``tables`` (1 or 2, tiles, actions) are the weights; ``visits`` (tiles, actions)."""

    observations: Observations = "continuous"

    def __init__(self, tables: F64, visits: I64, coder: TileCoder | None = None) -> None:
        self.tables, self.visits, self.coder = tables, visits, coder or TileCoder()

    @classmethod
    def fresh(cls, hyper: Hyper, actions: int = len(ACTIONS), groups: Sequence[Group] = GROUPS) -> "LinearQ":
        """Return optimistic weights: every action looks ``optimism`` better than nothing until it is tried.

        ``groups``: which features are looked at together; mixing's unless told.
        """
        coder = TileCoder(groups)
        size = (coder.count, actions)
        tables = np.full((2 if hyper.double else 1, *size), hyper.optimism / coder.lit)
        return cls(tables, np.zeros(size, np.int64), coder)

    def learner(self, hyper: Hyper, rng: np.random.Generator) -> "TileLearning":
        """Return what plays by these weights and goes on learning them, with two sets of them where there are two."""
        own = hyper if isinstance(hyper, TileHyper) else TileHyper(**asdict(hyper))
        return TileLearning(self, replace(own, double=len(self.tables) == 2), rng)

    def copy(self) -> "LinearQ":
        """Return weights of its own with the same values."""
        return LinearQ(self.tables.copy(), self.visits.copy(), self.coder)

    def q(self, state: Lit) -> F64:
        """Return Q(s, ·), shape (actions,)."""
        values: F64 = self.tables[:, state].sum(1).mean(0)
        return values

    def value(self, state: Lit, mask: Mask) -> float:
        """Return V(s) = max over the open actions of Q(s, a)."""
        return float(self.q(state)[mask].max())

    def greedy(self, state: Lit, mask: Mask) -> int:
        """Return the best open action; the first of equals, so that play is reproducible."""
        return int(np.where(mask, self.q(state), -np.inf).argmax())


@dataclass(frozen=True, slots=True)
class TileHyper(Hyper):
    """Hyper-parameters of tiles: those of the table, the steps until a return, and which value ends it."""

    n_step: int = 1
    expected: bool = False


class TileLearning:
    """The semi-gradient update and the behaviour policy. Owns the weights and the random draws."""

    def __init__(self, table: LinearQ, hyper: TileHyper, rng: np.random.Generator) -> None:
        self.table, self.hyper, self.rng = table, hyper, rng
        self.n_step, self.gamma = hyper.n_step, hyper.gamma
        self._epsilon = 0.0

    def reader(self, space: spaces.Space[Any]) -> Callable[[NDArray[Any]], Lit]:
        """Return what turns an observation of a space into the tiles that it lights."""
        assert isinstance(space, spaces.Box)
        return self.table.coder

    def act(self, state: Lit, mask: Mask, epsilon: float) -> int:
        """Draw an ε-greedy action among the open ones."""
        self._epsilon = epsilon
        if self.rng.random() < epsilon:
            return int(self.rng.choice(np.flatnonzero(mask)))
        return self.table.greedy(state, mask)

    def learn(self, state: Lit, action: int, reward: float, after: Lit | None, mask: Mask | None) -> float:
        """Update Q(s, a) and return the TD error; ``reward`` is the return until ``after``, ``n_step`` steps later.

        ``after`` is None where the episode terminated before. Raises ``FloatingPointError`` where the return is no
        finite number: the weights are left as they were.
        """
        if not np.isfinite(reward):
            raise FloatingPointError(f"a reward of {reward} can not be learned from")
        tables, hyper = self.table.tables, self.hyper
        which = int(self.rng.integers(len(tables)))
        future = 0.0
        if after is not None:
            assert mask is not None
            future = hyper.gamma**hyper.n_step * self._future(which, after, mask)
        alpha = max(hyper.alpha_min, (1.0 + float(self.table.visits[state, action].min())) ** -hyper.alpha_decay)
        error = reward + future - float(tables[which, state, action].sum())
        tables[which, state, action] += alpha / len(state) * error
        self.table.visits[state, action] += 1
        return error

    def _future(self, which: int, after: Lit, mask: Mask) -> float:
        tables = self.table.tables
        chosen = np.where(mask, tables[which, after].sum(0), -np.inf)
        judged = tables[len(tables) - 1 - which, after].sum(0)
        best = float(judged[int(chosen.argmax())])
        if not self.hyper.expected:
            return best
        return (1 - self._epsilon) * best + self._epsilon * float(judged[mask].mean())
