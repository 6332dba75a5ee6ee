"""Train the table on sessions, with checkpoints that a later run takes up to the byte."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from agent import policy
from agent.environment import MixEnv, Scene
from agent.q_learning import Hyper, QLearning, QTable, episode

STEPS = 300_000
SCRAMBLE_DB = 12.0


class NotResumable(Exception):  # noqa: N818 - a state, named as the user sees it
    """A checkpoint of another training run."""


def train_policy(
    scenes: Sequence[Scene],
    names: Sequence[str],
    *,
    hyper: Hyper | None = None,
    steps: int = STEPS,
    seed: int = 0,
    command: str = "",
    eq: bool = True,
    checkpoint: Path | None = None,
    every: int = 50_000,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> tuple[QTable, policy.About]:
    """Train on scrambled scenes (every movable fader off by up to ± 12 dB) for ``steps`` environment steps.

    ``checkpoint``: written every ``every`` steps, and taken up where it is there already; the result is the same to
    the byte as without the break. ``progress`` is told the steps done and the last episode's return. Raises
    ``NotResumable`` where the checkpoint belongs to another run.
    """
    with threadpool_limits(1, "blas"):
        return _trained(scenes, names, hyper or Hyper(), steps, seed, command, eq, checkpoint, every, progress)


def _trained(
    scenes: Sequence[Scene],
    names: Sequence[str],
    hyper: Hyper,
    steps: int,
    seed: int,
    command: str,
    eq: bool,
    checkpoint: Path | None,
    every: int,
    progress: Callable[[int, float], None],
) -> tuple[QTable, policy.About]:
    env = MixEnv(scenes, eq=eq, scramble_db=SCRAMBLE_DB)
    learner = QLearning(QTable.fresh(hyper), hyper, np.random.default_rng(seed))
    made = policy.about(hyper, steps=steps, seed=seed, sessions=tuple(names), command=command)
    env.reset(seed=seed)
    done = 0
    if checkpoint is not None and checkpoint.exists():
        learner.table, before = policy.load(checkpoint)
        done = _take_up(before, made, learner, env)
    saved = done
    while done < steps:
        epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
        taken, total = episode(env, learner, epsilon)
        done += taken
        progress(min(done, steps), total)
        if checkpoint is not None and done - saved >= every:
            saved = done
            state = {
                "done": done,
                "learner": learner.rng.bit_generator.state,
                "env": env.np_random.bit_generator.state,
            }
            policy.save(checkpoint, learner.table, made.model_copy(update={"resume": state}))
    return learner.table, made


def _take_up(before: policy.About, made: policy.About, learner: QLearning, env: MixEnv) -> int:
    unlike = [
        name
        for name in ("algorithm", "hyper_parameters", "steps", "seed", "sessions")
        if getattr(before, name) != getattr(made, name)
    ]
    if unlike or before.resume is None:
        what = ", ".join(unlike) or "it is a finished policy"
        raise NotResumable(
            f"the checkpoint is of another training run ({what} differ): delete it or name another --out"
        )
    learner.rng.bit_generator.state = before.resume["learner"]
    env.np_random.bit_generator.state = before.resume["env"]
    return int(before.resume["done"])
