"""Why this move: the greedy play of a policy from where a session was found, step by step, with the Q behind it.

Of the policy as it was trained, or of its values refined on the session.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agent import observation
from agent.actions import ACTIONS, HOLD
from agent.environment import MixEnv, Scene
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.q_learning import ActionValues, Hyper, QTable
from agent.session import Settings
from agent.targets import Goal


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the policy: where (``strip`` is None for the master), what it saw, what it did, and what that earned.

    ``next_best`` is the open action with the next highest Q. ``earned`` is the reward.
    ``visits``: how often a table has seen this state; None where it is no table that decides. ``trained_q``: where
    refined values play, what the action was worth before.
    """

    strip: int | None
    seen: str
    action: str
    q: float
    next_best: str
    next_q: float
    earned: float
    visits: int | None
    trained_q: float | None = None


def moves(
    heard: Heard,
    goal: Goal,
    found: Settings,
    policy: ActionValues,
    *,
    eq: bool = True,
    trained: ActionValues | None = None,
) -> tuple[Move, ...]:
    """Play a policy greedily on the session's twin until it holds at every strip; holding is no move.

    A plan may end elsewhere: it keeps the best setting that it saw. ``trained``: what the values were refined from.
    """
    if not goal.audible.any():
        return ()
    env = MixEnv([Scene(Twin(heard, found), goal, found)], eq=eq, observations=policy.observations)
    return tuple(_played(env, policy, found, trained))


def _played(env: MixEnv, policy: ActionValues, found: Settings, trained: ActionValues | None) -> Iterator[Move]:
    read = policy.learner(Hyper(double=False), np.random.default_rng(0)).reader(env.observation_space)
    seen, info = env.reset(options={"start": found})
    reach = observation.eq_reach(env.twin)
    over = False
    while not over:
        state, mask, strip = read(seen), info["action_mask"], int(info["strip"])
        action = policy.greedy(state, mask)
        values = policy.q(state)
        has_eq = env.eq and strip not in env.scene.goal.bare
        words = observation.describe(observation.observe(env.sound, strip, reach, env.limits, eq=has_eq))
        seen, earned, terminated, truncated, info = env.step(action)
        over = terminated or truncated
        if action == HOLD:
            continue
        others = np.where(mask, values, -np.inf)
        others[action] = -np.inf
        rival = int(others.argmax())  # holding is always open, and it is not what was done
        yield Move(
            None if strip == len(found.strips) else strip,
            words,
            ACTIONS[action].name,
            float(values[action]),
            ACTIONS[rival].name,
            float(others[rival]),
            earned,
            int(policy.visits[state].sum()) if isinstance(policy, QTable) else None,
            None if trained is None else float(trained.q(state)[action]),
        )
