"""Train the table with many players: what they see is gathered in shards, and one learner merges it.

Training goes in rounds. In each, a fixed number of shards, one episode a shard, are played with a copy of the table as
the round found it, each with random numbers of its own, drawn from the run's seed, the round and the shard's number.
The learner then applies what was seen, shard by shard in their order, by the rule of ``agent.q_learning``. So it does
not matter who played which shard, or how many players there are: the same seed gives the same bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from agent import policy
from agent.environment import MixEnv, Scene
from agent.q_learning import Hyper, Mask, QLearning, QTable, episode
from agent.training import SCRAMBLE_DB, STEPS, NotResumable

SHARDS = 8


@dataclass(frozen=True, slots=True)
class Shard:
    """An episode to be played: with which table, how greedily, and which random numbers."""

    table: QTable
    epsilon: float
    seed: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A step as the learner takes it: Q(s, a) earned a reward and led to a state, in which these actions were open."""

    state: int
    action: int
    reward: float
    after: int | None
    mask: Mask | None


@dataclass(frozen=True, slots=True)
class Played:
    """What was seen in a shard, in its order; its steps and its return."""

    seen: tuple[Seen, ...]
    steps: int
    total: float


Play = Callable[[Sequence[Shard]], Iterable[Played]]


class Player:
    """Plays shards on scrambled scenes, wherever it stands. Owns the environment, which each shard begins anew."""

    def __init__(self, scenes: Sequence[Scene], *, eq: bool = True) -> None:
        self._env = MixEnv(scenes, eq=eq, scramble_db=SCRAMBLE_DB)

    def __call__(self, shard: Shard) -> Played:
        """Play a shard to its end."""
        rng = np.random.default_rng(shard.seed)
        writer = _Writer(shard.table, rng)
        with threadpool_limits(1, "blas"):
            steps, total = episode(self._env, writer, shard.epsilon, seed=int(rng.integers(2**31)))
        return Played(tuple(writer.seen), steps, total)


class _Writer(QLearning):
    """Acts by the table, and writes down what it would learn. Owns what was seen."""

    def __init__(self, table: QTable, rng: np.random.Generator) -> None:
        super().__init__(table, Hyper(), rng)
        self.seen: list[Seen] = []

    def learn(self, state: int, action: int, reward: float, after: int | None, mask: Mask | None) -> float:
        self.seen.append(Seen(state, action, reward, after, mask))
        return 0.0


def train_in_shards(
    play: Play,
    names: Sequence[str],
    *,
    hyper: Hyper | None = None,
    steps: int = STEPS,
    seed: int = 0,
    command: str = "",
    shards: int = SHARDS,
    checkpoint: Path | None = None,
    every: int = 50_000,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> tuple[QTable, policy.About]:
    """Train on what players see; ``play`` yields what came of a round's shards, in their order.

    For the rest see ``agent.training.train_policy``: the checkpoints are of another kind, and are not taken up there.
    Raises ``NotResumable``.
    """
    hyper = hyper or Hyper()
    learner = QLearning(QTable.fresh(hyper), hyper, np.random.default_rng(seed))
    made = policy.about(hyper, steps=steps, seed=seed, sessions=tuple(names), command=command)
    done = rounds = 0
    if checkpoint is not None and checkpoint.exists():
        done, rounds = _take_up(checkpoint, made, shards, learner)
    saved = done
    while done < steps:
        epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
        frozen = _acting(learner.table)
        for played in play([Shard(frozen, epsilon, (seed, rounds, number)) for number in range(shards)]):
            for one in played.seen:
                learner.learn(one.state, one.action, one.reward, one.after, one.mask)
            done += played.steps
            progress(min(done, steps), played.total)
        rounds += 1
        if checkpoint is not None and done - saved >= every:
            saved = done
            state = {
                "done": done,
                "rounds": rounds,
                "shards": shards,
                "learner": learner.rng.bit_generator.state,
            }
            policy.save(checkpoint, learner.table, made.model_copy(update={"resume": state}))
    return learner.table, made


def _acting(table: QTable) -> QTable:
    """Return a copy to act by: one table that says what the two of double learning say together."""
    return QTable(table.tables.mean(0, keepdims=True), np.zeros((0, 0), np.int64))


def _take_up(checkpoint: Path, made: policy.About, shards: int, learner: QLearning) -> tuple[int, int]:
    learner.table, before = policy.load(checkpoint)
    same = ("algorithm", "hyper_parameters", "steps", "seed", "sessions")
    unlike = [name for name in same if getattr(before, name) != getattr(made, name)]
    if before.resume is None:
        unlike.append("it is a finished policy")
    elif before.resume.get("shards") != shards:
        unlike.append("whether and how it was trained by workers")
    if before.resume is None or unlike:
        what = ", ".join(unlike)
        raise NotResumable(f"the checkpoint is of another training run ({what}): delete it or name another --out")
    learner.rng.bit_generator.state = before.resume["learner"]
    return int(before.resume["done"]), int(before.resume["rounds"])
