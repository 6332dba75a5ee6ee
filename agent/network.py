"""A trained network as a policy: a plain NumPy forward pass, so that playing one needs no deep-learning library.

Fully connected layers with ReLU between them, as DQN trains them (Mnih et al. 2015); the last one gives Q(s, ·). Of a
quantile network (QR-DQN, Dabney et al. 2018) the mean over the quantiles is kept: it is linear in the last layer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent.q_learning import Hyper, Mask, Observations

F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DeepHyper:
    """Hyper-parameters: ``copies`` are stepped at once, and ``updates`` gradient steps follow each step of all.

    ``quantiles``: of a QR-DQN; none for a DQN.
    """

    gamma: float = 0.5
    learning_rate: float = 1e-3
    hidden: int = 128
    layers: int = 2
    copies: int = 128
    updates: int = 8
    batch: int = 512
    buffer: int = 200_000
    target_every: int = 20
    epsilon_start: float = 1.0
    epsilon_end: float = 0.3
    quantiles: int = 0


class Network:
    """Action values. ``layers`` are (weights (outputs, inputs), biases (outputs,)), float32, in their order."""

    observations: Observations = "continuous"

    def __init__(self, layers: Sequence[tuple[F32, F32]]) -> None:
        self.layers = tuple(layers)

    def q(self, state: F32) -> F32:
        """Return Q(s, ·) of features (…, inputs), shape (…, actions)."""
        *hidden, (weights, biases) = self.layers
        for inner, offset in hidden:
            state = np.maximum(state @ inner.T + offset, 0)
        values: F32 = state @ weights.T + biases
        return values

    def copy(self) -> "Network":
        """Return the same network: nobody changes one."""
        return self

    def learner(self, hyper: Hyper, rng: np.random.Generator) -> "Playing":
        """Return what plays this network; it learns nothing more."""
        del hyper
        return Playing(self, rng)

    def value(self, state: F32, mask: Mask) -> float:
        """Return V(s) = max over the open actions of Q(s, a)."""
        return float(self.q(state)[mask].max())

    def greedy(self, state: F32, mask: Mask) -> int:
        """Return the best open action; the first of equals, so that play is reproducible."""
        return int(np.where(mask, self.q(state), -np.inf).argmax())


class Playing:
    """Plays a network, ε-greedily where told, and learns nothing more. Owns the random draws."""

    n_step, gamma = 1, 0.0

    def __init__(self, table: Network, rng: np.random.Generator) -> None:
        self.table, self.rng = table, rng

    def reader(self, space: spaces.Space[Any]) -> Callable[[NDArray[Any]], F32]:
        """Return what turns an observation of a space into a state: the features are one."""
        assert isinstance(space, spaces.Box)
        return _as_it_is

    def act(self, state: F32, mask: Mask, epsilon: float) -> int:
        """Draw an ε-greedy action among the open ones."""
        if self.rng.random() < epsilon:
            return int(self.rng.choice(np.flatnonzero(mask)))
        return self.table.greedy(state, mask)

    def learn(self, state: F32, action: int, reward: float, after: F32 | None, mask: Mask | None) -> float:
        """Leave the network as it is."""
        del state, action, reward, after, mask
        return 0.0


def _as_it_is(seen: F32) -> F32:
    return seen
