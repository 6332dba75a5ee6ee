"""The search of a tuning on the twin: the table refined there by Dyna, the best it finds, then finer moves from it."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from agent.hearing.heard import Heard
from agent.planning import plan
from agent.q_learning import ActionValues, Hyper
from agent.session import Settings
from agent.tone.environment import ToneScene, TuneEnv

REFINING = Hyper(gamma=0.5, alpha_min=0.05, alpha_decay=0.5, epsilon_start=0.3, epsilon_end=0.05)
EPISODES = 24
FEWEST_EPISODES = 6
SEARCHES = 2
# After the moves that the table knows, the same moves at a fraction of their size.
FINE = (0.3, 0.1)
_FINE_HOPS = 300
_MOST_ROWS = 3000


def planning_ear(heard: Heard) -> Heard:
    """Return what a search listens to: longer sessions on hops of 400 ms, and of those as many as it has time for."""
    if len(heard.gram) <= _FINE_HOPS:
        return heard
    return heard.coarse().thinned(max(1, _MOST_ROWS // heard.tracks))


def searched(
    scene: ToneScene, table: ActionValues, seed: int, episodes: int, progress: Callable[[float], None], *, sweep: bool
) -> tuple[int, Settings]:
    """Refine and play the table, as often as a small session allows, and go on from the best with finer moves.

    Returns the steps tried and the best settings. ``episodes=0``: the table as it is, once.
    """
    env = TuneEnv([scene], sweep=sweep, observations=table.observations)
    movable = int(np.count_nonzero(scene.goal.movable))
    few = movable <= 1
    searches = SEARCHES if few and episodes > 0 else 1
    finer = (FINE if few else FINE[:1]) if episodes > 0 else ()
    stages = searches + len(finer)
    # An episode looks at every knob of every track: with many tracks fewer episodes see as much.
    count = min(episodes, max(FEWEST_EPISODES, episodes // max(1, movable)))
    steps, here, least = 0, scene.start, math.inf
    for stage in range(searches):
        part = partial(_part, progress, stage, stages)
        made = plan(env, table, scene.start, seed=seed + stage, episodes=count, hyper=REFINING, progress=part)
        steps += made.steps
        if made.cost.total - made.cost.loudness < least:
            here, least = made.settings, made.cost.total - made.cost.loudness
    for stage, fine in enumerate(finer, searches):
        env.fine = fine
        part = partial(_part, progress, stage, stages)
        made = plan(env, table, here, seed=seed, episodes=1, hyper=REFINING, progress=part)
        steps, here = steps + made.steps, made.settings
    return steps, here


def _part(progress: Callable[[float], None], stage: int, stages: int, share: float) -> None:
    progress((stage + share) / stages)
