"""What stands in for a table, tiles or a network, as a table of what it says: played, and averaged state by state.

Tiles and networks see continuous features, and have no states to count. They are played ε-greedily in scenes, and what
they say of each action that is open is averaged over all looks that a table would have taken for one state.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent import observation
from agent.actions import ACTIONS
from agent.environment import MixEnv, Scene
from agent.q_learning import I64, STATES, ActionValues, Hyper, QTable, state_of
from agent.training import SCRAMBLE_DB

EPISODES = 40
EPSILON = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Values by states. ``table``: their means, and as its visits how often an action was open; ``looks`` (states,)."""

    table: QTable
    looks: I64

    @property
    def steps(self) -> int:
        """How many looks there were in all."""
        return int(self.looks.sum())


def sampled(
    values: ActionValues, scenes: Sequence[Scene], rng: np.random.Generator, *, episodes: int = EPISODES
) -> Sampled:
    """Play values in scenes with scrambled faders, and return what they say of each state met there."""
    env = MixEnv(scenes, scramble_db=SCRAMBLE_DB, observations=values.observations)
    player = values.learner(Hyper(double=False), rng)
    read = player.reader(env.observation_space)
    sums, opened = np.zeros((STATES, len(ACTIONS))), np.zeros((STATES, len(ACTIONS)), np.int64)
    looks = np.zeros(STATES, np.int64)
    for _ in range(episodes):
        seen, info = env.reset(seed=int(rng.integers(2**31)))
        reach, over = observation.eq_reach(env.twin), False
        while not over:
            state, mask, strip = read(seen), info["action_mask"], int(info["strip"])
            has_eq = env.eq and strip not in env.scene.goal.bare
            row = state_of(np.array(observation.observe(env.sound, strip, reach, env.limits, eq=has_eq)))
            sums[row, mask] += values.q(state)[mask]
            opened[row, mask] += 1
            looks[row] += 1
            seen, _, terminated, truncated, info = env.step(player.act(state, mask, EPSILON))
            over = terminated or truncated
    return Sampled(QTable((sums / np.maximum(opened, 1))[None], opened), looks)
