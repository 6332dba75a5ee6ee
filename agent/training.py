"""Train the table on sessions, with checkpoints that a later run takes up to the byte; teach one the tempo."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from agent import policy
from agent.environment import MixEnv, Scene
from agent.network import Network
from agent.observation import shows_tempo
from agent.q_learning import Hyper, Mask, QLearning, QTable, episode
from agent.tempo import TempoGoal
from agent.tile_coding import LinearQ, TileHyper

STEPS = 300_000
SCRAMBLE_DB = 12.0
TEMPO_STEPS = 300_000
SCRAMBLE_TEMPO = 0.3


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
) -> tuple[QTable | LinearQ, policy.About]:
    """Train on scrambled scenes (every movable fader off by up to ± 12 dB) for ``steps`` environment steps.

    ``hyper``: those of a table, or ``TileHyper`` for tiles. ``checkpoint``: written every ``every`` steps, and taken up
    where it is there already; the result is the same to the byte as without the break. ``progress`` is told the steps
    done and the last episode's return. Raises ``NotResumable`` where the checkpoint belongs to another run.
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
) -> tuple[QTable | LinearQ, policy.About]:
    values: QTable | LinearQ = LinearQ.fresh(hyper) if isinstance(hyper, TileHyper) else QTable.fresh(hyper)
    rng = np.random.default_rng(seed)
    env = MixEnv(scenes, eq=eq, scramble_db=SCRAMBLE_DB, observations=values.observations)
    made = policy.about(hyper, steps=steps, seed=seed, sessions=tuple(names), command=command)
    env.reset(seed=seed)
    done = 0
    if checkpoint is not None and checkpoint.exists():
        kept, before = policy.load_any(checkpoint)
        done = _take_up(before, made, rng, env)
        assert not isinstance(kept, Network), "an algorithm of its own"
        values = kept
    learner = values.learner(hyper, rng)
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
                "learner": rng.bit_generator.state,
                "env": env.np_random.bit_generator.state,
            }
            policy.save(checkpoint, values, made.model_copy(update={"resume": state}))
    return values, made


def _take_up(before: policy.About, made: policy.About, rng: np.random.Generator, env: MixEnv) -> int:
    unlike = [
        name
        for name in ("algorithm", "hyper_parameters", "steps", "seed", "sessions")
        if getattr(before, name) != getattr(made, name)
    ]
    if before.resume is not None and "env" not in before.resume:
        unlike.append("whether workers played")
    if unlike or before.resume is None:
        what = ", ".join(unlike) or "it is a finished policy"
        raise NotResumable(
            f"the checkpoint is of another training run ({what} differ): delete it or name another --out"
        )
    rng.bit_generator.state = before.resume["learner"]
    env.np_random.bit_generator.state = before.resume["env"]
    return int(before.resume["done"])


def train_tempo(
    scenes: Sequence[Scene],
    table: QTable,
    *,
    hyper: Hyper | None = None,
    steps: int = TEMPO_STEPS,
    seed: int = 0,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> QTable:
    """Return a trained table that has learned to turn the tempo too; every row that shows no tempo stays as it was.

    Each episode starts with faders and tempo off, and ends as any other.
    """
    hyper = replace(hyper or Hyper(), double=len(table.tables) == 2)
    env = tempo_environment(scenes)
    learner = _TempoRows(table.copy(), hyper, np.random.default_rng(seed))
    env.reset(seed=seed)
    done = 0
    with threadpool_limits(1, "blas"):
        while done < steps:
            epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
            taken, total = episode(env, learner, epsilon)
            done += taken
            progress(min(done, steps), total)
    return learner.table


def tempo_environment(scenes: Sequence[Scene]) -> MixEnv:
    """Return scenes, scrambled in faders and tempo, of which each is wanted at the tempo that it came with."""
    wanted = [replace(scene, goal=replace(scene.goal, tempo=TempoGoal(scene.start.tempo_bpm))) for scene in scenes]
    return MixEnv(wanted, scramble_db=SCRAMBLE_DB, scramble_tempo=SCRAMBLE_TEMPO)


class _TempoRows(QLearning):
    """Learns the rows in which the master shows where the tempo must go, and no other."""

    def learn(self, state: int, action: int, reward: float, after: int | None, mask: Mask | None) -> float:
        return super().learn(state, action, reward, after, mask) if shows_tempo(state) else 0.0
