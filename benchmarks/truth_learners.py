"""The algorithms that the page of truth for mixing compares, and how each is trained with looks on the way."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from agent.environment import MixEnv, Scene
from agent.network import DeepHyper, Network
from agent.policy import Values
from agent.q_learning import Hyper, QTable, episode
from agent.tile_coding import LinearQ, TileHyper
from agent.training import SCRAMBLE_DB

Look = Callable[[Values], None]
_HALFWAY = (0.03, 0.1, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An algorithm by its figures, and the environment steps that it is given."""

    hyper: Hyper | DeepHyper
    steps: int


ALGORITHMS = {
    "table": Algorithm(replace(Hyper(), double=False), 300_000),
    "double table": Algorithm(Hyper(), 300_000),
    "tiles": Algorithm(TileHyper(double=False), 300_000),
    "DQN": Algorithm(DeepHyper(), 150_000),
    "QR-DQN": Algorithm(DeepHyper(quantiles=25), 150_000),
    "tiles, two steps": Algorithm(TileHyper(double=False, n_step=2), 300_000),
    "tiles, Expected SARSA": Algorithm(TileHyper(double=False, expected=True), 300_000),
}


class Looks:
    """Looks at what was learned after so many steps and keeps time without the looking. Owns the clock.

    ``seconds``: of training alone, at each mark that was reached.
    """

    def __init__(self, marks: Sequence[int], look: Look) -> None:
        self.marks, self._look = tuple(marks), look
        self.seconds: list[float] = []
        self._began = time.perf_counter()

    def __call__(self, done: int, learned: Callable[[], Values]) -> None:
        """Look, once for each mark that so many steps have reached."""
        while len(self.seconds) < len(self.marks) and done >= self.marks[len(self.seconds)]:
            here = time.perf_counter()
            self.seconds.append(here - self._began)
            self._look(learned())
            self._began += time.perf_counter() - here


def marks(steps: int) -> list[int]:
    """Return after how many of so many steps a learning curve is measured."""
    return [round(share * steps) for share in _HALFWAY]


def trained(scenes: Sequence[Scene], hyper: Hyper | DeepHyper, steps: int, seed: int, looks: Looks) -> Values:
    """Train on scrambled scenes as ``faderbot train`` does."""
    if isinstance(hyper, DeepHyper):
        return _deep(scenes, hyper, steps, seed, looks)
    values = fresh(hyper)
    env = MixEnv(scenes, scramble_db=SCRAMBLE_DB, observations=values.observations)
    learn_in(env, values, hyper, steps, seed, looks)
    return values


def learn_in(
    env: gymnasium.Env[NDArray[Any], np.int64],
    values: QTable | LinearQ,
    hyper: Hyper,
    steps: int,
    seed: int,
    looks: Looks,
) -> None:
    """Let a table or tiles learn in any environment that ``agent.q_learning.episode`` plays."""
    learner = values.learner(hyper, np.random.default_rng(seed))
    env.reset(seed=seed)
    done = 0
    while done < steps:
        epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
        done += episode(env, learner, epsilon)[0]
        looks(done, lambda: values)


def fresh(hyper: Hyper) -> QTable | LinearQ:
    """Return values that have learned nothing."""
    return LinearQ.fresh(hyper) if isinstance(hyper, TileHyper) else QTable.fresh(hyper)


def _deep(scenes: Sequence[Scene], hyper: DeepHyper, steps: int, seed: int, looks: Looks) -> Network:
    from agent.deep import train_deep  # noqa: PLC0415 - an extra that takes seconds to import

    return train_deep(scenes, hyper, steps=steps, seed=seed, so_far=looks)
