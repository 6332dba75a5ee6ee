"""Learning to drum: the table that ships, trained on songs, and its refinement on the music at hand (Dyna).

The environment is its own model: it knows what every stroke earns. So a part is written like a mix is planned
(Sutton & Barto 2018, chapter 8): the shipped table is refined in simulated episodes on the very chart, and the part is
then played looking one step ahead, r(s, a) + γ V(s′), drawn from a softmax over that.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from agent import policy
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.rhythm.chart import PHRASE_BARS, Chart
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.observation import NAMES, SHAPE
from agent.rhythm.reward import KIND_OF
from agent.rhythm.strokes import NAMES as STROKE_NAMES

F64 = NDArray[np.float64]

LAYOUT = policy.Layout(NAMES, SHAPE, STROKE_NAMES)
SHIPPED = "shipped_rhythm.npz"
TRAINING = Hyper(gamma=0.5, alpha_min=0.02, alpha_decay=0.65, epsilon_start=0.5, epsilon_end=0.1, optimism=0.0)
REFINING = Hyper(gamma=0.5, alpha_min=0.02, alpha_decay=0.65, epsilon_start=0.2, epsilon_end=0.02)
# Steps of the environment; an episode is as long as a phrase.
STEPS = 2_000_000
# Simulated steps on the music at hand: enough for a song's own states, short enough to wait for.
REFINING_STEPS = 16_000
TEMPERATURE = 0.01
_STRIDES = np.array([int(np.prod(SHAPE[axis + 1 :])) for axis in range(len(SHAPE))], np.int64)


class Played(NamedTuple):
    """A part as strokes of the table, one for each step, and what it earned in all."""

    strokes: tuple[int, ...]
    earned: float


def train_rhythm(
    charts: Sequence[Chart],
    names: Sequence[str],
    *,
    hyper: Hyper = TRAINING,
    steps: int = STEPS,
    seed: int = 0,
    command: str = "",
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> tuple[QTable, policy.About]:
    """Train a table on charts of songs for ``steps`` steps of the environment, in stretches of eight bars.

    ``progress`` is told the steps done and the last episode's return.
    """
    env = RhythmEnv(charts, bars=PHRASE_BARS)
    learner = QLearning(fresh(hyper), hyper, np.random.default_rng(seed))
    env.reset(seed=seed)
    done = 0
    with threadpool_limits(1, "blas"):
        while done < steps:
            epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
            taken, total = episode(env, learner, epsilon)
            done += taken
            progress(min(done, steps), total)
    made = policy.about(hyper, steps=steps, seed=seed, sessions=tuple(names), command=command, layout=LAYOUT)
    return learner.table, made


def fresh(hyper: Hyper = TRAINING) -> QTable:
    """Return a table that knows nothing."""
    return QTable.fresh(hyper, LAYOUT.states, len(LAYOUT.actions))


@cache
def shipped_rhythm() -> tuple[QTable, policy.About]:
    """Return the table that comes with the package; read only, for all share it."""
    data = (resources.files("agent.rhythm") / SHIPPED).read_bytes()
    table, made = policy.unpack(data, "the rhythm table in the package", LAYOUT)
    table.tables.setflags(write=False)
    table.visits.setflags(write=False)
    return table, made


def refine(
    chart: Chart,
    table: QTable,
    *,
    seed: int,
    steps: int = REFINING_STEPS,
    hyper: Hyper = REFINING,
    progress: Callable[[float], None] = lambda _share: None,
) -> tuple[QTable, int]:
    """Return a copy of the table that was refined on one chart, and the steps it took."""
    hyper = replace(hyper, double=len(table.tables) == 2)
    learner = QLearning(table.copy(), hyper, np.random.default_rng(seed))
    env = RhythmEnv([chart], bars=PHRASE_BARS)
    env.reset(seed=seed)
    done = 0
    while done < steps:
        share = done / steps
        epsilon = hyper.epsilon_start + share * (hyper.epsilon_end - hyper.epsilon_start)
        done += episode(env, learner, epsilon)[0]
        progress(min(1.0, done / steps))
    return learner.table, done


def play(
    chart: Chart,
    table: QTable,
    *,
    rng: np.random.Generator,
    temperature: float = TEMPERATURE,
    gamma: float = REFINING.gamma,
) -> Played:
    """Write the whole part with the table; ``temperature`` 0 is greedy, the first of equals."""
    env = RhythmEnv([chart])
    _, info = env.reset(options={"chart": 0, "bar": 0})
    total, over = 0.0, False
    while not over:
        worth = env.credits()
        after = env.after()
        if after is not None:
            best = table.tables[:, after @ _STRIDES].mean(0).max(1)
            worth = worth + gamma * best[KIND_OF]
        worth = np.where(info["action_mask"], worth, -np.inf)
        _, earned, over, _, info = env.step(_drawn(worth, temperature, rng))
        total += earned
    return Played(tuple(env.played), total)


def _drawn(worth: F64, temperature: float, rng: np.random.Generator) -> int:
    """Draw from a softmax over the worth (Sutton & Barto 2018, equation 2.11)."""
    if temperature <= 0:
        return int(worth.argmax())
    chances = np.exp((worth - worth.max()) / temperature)
    return int(np.searchsorted(np.cumsum(chances), rng.random() * chances.sum(), side="right").clip(0, len(worth) - 1))
