"""The algorithms that the page of truth for tuning compares, all trained on one batch of copies (``TuneVectorEnv``).

Table and tiles learn as in ``agent.q_learning.episode``: each knob of each copy is an agent of its own that shares the
values. Networks see the next knob as the next state. All of them are given the same environment steps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from train_tone import ASTRAY, HYPER
from truth_learners import Looks

from agent.network import DeepHyper
from agent.policy import Values
from agent.q_learning import Hyper, Learner, QTable
from agent.tile_coding import LinearQ, TileHyper
from agent.tone.environment import ToneScene
from agent.tone.features import GROUPS
from agent.tone.moves import MOVES
from agent.tone.tuning import LAYOUT
from agent.tone.vector_environment import TuneVectorEnv

STEPS = 100_000
COPIES = 128
TILES = TileHyper(
    gamma=0.5, alpha_min=0.02, alpha_decay=0.65, epsilon_start=0.5, epsilon_end=0.2, optimism=0.02, double=False
)
DEEP = DeepHyper(copies=COPIES, updates=4, batch=256)
ALGORITHMS: dict[str, Hyper | DeepHyper] = {
    "table": replace(HYPER, double=False),
    "double table": HYPER,
    "tiles": TILES,
    "DQN": DEEP,
    "QR-DQN": replace(DEEP, quantiles=25),
}


def trained(scenes: Sequence[ToneScene], hyper: Hyper | DeepHyper, steps: int, seed: int, looks: Looks) -> Values:
    """Train from nothing for so many environment steps."""
    discrete = type(hyper) is Hyper
    env = TuneVectorEnv(
        scenes,
        COPIES,
        astray=ASTRAY,
        observations="discrete" if discrete else "continuous",
        autoreset=AutoresetMode.SAME_STEP,
    )
    if isinstance(hyper, DeepHyper):
        from agent.deep import train_on  # noqa: PLC0415 - an extra that takes seconds to import

        return train_on(env, hyper, steps=steps, seed=seed, so_far=looks)
    values = fresh(hyper)
    learned_together(env, values.learner(hyper, np.random.default_rng(seed)), hyper, steps, seed, lambda: values, looks)
    return values


def fresh(hyper: Hyper) -> QTable | LinearQ:
    """Return values that have learned nothing."""
    if isinstance(hyper, TileHyper):
        return LinearQ.fresh(hyper, len(MOVES), GROUPS)
    return QTable.fresh(hyper, LAYOUT.states, len(LAYOUT.actions))


@dataclass(slots=True)
class _Waiting:
    """What a knob of a copy did last; it is learned from when its turn comes again."""

    state: Any
    action: int
    reward: float


def learned_together(
    env: TuneVectorEnv,
    learner: Learner,
    hyper: Hyper,
    steps: int,
    seed: int,
    values: Callable[[], Values],
    looks: Looks,
) -> None:
    """Let table or tiles learn in all copies of a batch (``SAME_STEP``) at once."""
    read = learner.reader(env.single_observation_space)
    seen, infos = env.reset(seed=seed)
    waiting: list[dict[int, _Waiting]] = [{} for _ in range(env.num_envs)]
    done = 0
    while done < steps:
        epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
        states, strips, masks = [read(one) for one in seen], infos["strip"].tolist(), infos["action_mask"]
        for copy, (state, strip) in enumerate(zip(states, strips, strict=True)):
            last = waiting[copy].pop(strip, None)
            if last is not None:
                learner.learn(last.state, last.action, last.reward, state, masks[copy])
        actions = [learner.act(state, mask, epsilon) for state, mask in zip(states, masks, strict=True)]
        seen, rewards, terminated, truncated, infos = env.step(np.array(actions))
        for copy, (state, strip) in enumerate(zip(states, strips, strict=True)):
            waiting[copy][strip] = _Waiting(state, actions[copy], float(rewards[copy]))
        _ended(learner, waiting, terminated, truncated)
        done += env.num_envs
        looks(done, values)


def _ended(
    learner: Learner,
    waiting: list[dict[int, _Waiting]],
    terminated: NDArray[np.bool_],
    truncated: NDArray[np.bool_],
) -> None:
    """Learn from all that waits in copies that came to an end; where they were only cut off nothing is known of it."""
    for copy in np.flatnonzero(terminated).tolist():
        for last in waiting[copy].values():
            learner.learn(last.state, last.action, last.reward, None, None)
    for copy in np.flatnonzero(terminated | truncated).tolist():
        waiting[copy].clear()
