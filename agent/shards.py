"""Train the table with many players: what they see is gathered in shards, and one learner merges it.

Training goes in rounds. In each, a fixed number of shards, one episode a shard, are played with a copy of the table as
the round found it, each with random numbers of its own, drawn from the run's seed, the round and the shard's number.
The learner then applies what was seen, shard by shard in their order, by the rule of ``agent.q_learning``. So it does
not matter who played which shard, or how many players there are: the same seed gives the same bytes.

Little goes to and fro. What a player needs of a table is which action it likes better than which, and in the states
that were seen alone: in all others they are equal. What comes back are arrays, a few bytes a step.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from agent import policy
from agent.environment import MixEnv, Scene
from agent.q_learning import STATES, Hyper, Mask, QLearning, QTable, episode
from agent.training import SCRAMBLE_DB, STEPS, NotResumable

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
SHARDS = 32
"""How many episodes a round has: so many that those who are done first wait little for the others."""
Seen = tuple[int, int, float, int | None, Mask | None]
"""A step as the learner takes it: s, a, r, s′ and the actions that are open there."""
_NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """What is needed of a table to act by it: the states that were seen, and the ranks of their actions, 0 the best.

    ``states`` (N,) int64; ``ranks`` (N, actions) uint8.
    """

    states: I64
    ranks: NDArray[np.uint8]

    @classmethod
    def of(cls, table: QTable) -> "Ranks":
        """Return the ranks of a table; of equals the first is the best, as when the table itself acts."""
        states = np.flatnonzero(table.visits.any(1))
        values = table.tables[:, states].mean(0)
        order = np.argsort(-values, axis=1, kind="stable")
        return cls(states, np.argsort(order, axis=1, kind="stable").astype(np.uint8))

    def table(self) -> QTable:
        """Return a table that acts alike; its values are the ranks, and say no more than they."""
        values = np.zeros((1, STATES, self.ranks.shape[1]))
        values[0, self.states] = -self.ranks.astype(np.float64)
        return QTable(values, np.zeros((0, 0), np.int64))


@dataclass(frozen=True, slots=True)
class Shard:
    """An episode to be played: by which table, how greedily, and with which random numbers."""

    ranks: Ranks
    epsilon: float
    seed: tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What was seen in a shard, step by step as the learner takes it (N,); and its steps and its return.

    Q(s, a) of ``states`` and ``actions`` earned ``rewards`` and led to the states ``after`` (−1: the end), in which
    these actions were open: bit a of ``masks`` stands for action a.
    """

    states: I64
    actions: NDArray[np.uint8]
    rewards: F64
    after: I64
    masks: NDArray[np.uint32]
    steps: int
    total: float

    def seen(self, actions: int) -> Iterator[Seen]:
        """Yield the steps; ``actions``: how many there are."""
        masks = (self.masks[:, None] >> np.arange(actions, dtype=np.uint32) & 1).astype(np.bool_)
        parts = (self.states.tolist(), self.actions.tolist(), self.rewards.tolist(), self.after.tolist(), masks)
        for state, action, reward, after, mask in zip(*parts, strict=True):
            yield (state, action, reward, None, None) if after == _NONE else (state, action, reward, after, mask)


Play = Callable[[Sequence[Shard]], Iterable[Played]]
_Kept = tuple[QTable, policy.About]


class Player:
    """Plays shards on scrambled scenes, wherever it stands. Owns the environment, which each shard begins anew."""

    def __init__(self, scenes: Sequence[Scene], *, eq: bool = True) -> None:
        self._env = MixEnv(scenes, eq=eq, scramble_db=SCRAMBLE_DB)

    def __call__(self, shard: Shard) -> Played:
        """Play a shard to its end."""
        rng = np.random.default_rng(shard.seed)
        writer = _Writer(shard.ranks.table(), rng)
        with threadpool_limits(1, "blas"):
            steps, total = episode(self._env, writer, shard.epsilon, seed=int(rng.integers(2**31)))
        return writer.played(steps, total)


class _Writer(QLearning):
    """Acts by the table, and writes down what it would learn. Owns what was seen."""

    def __init__(self, table: QTable, rng: np.random.Generator) -> None:
        super().__init__(table, Hyper(), rng)
        self._seen: list[tuple[int, int, float, int, int]] = []

    def learn(self, state: int, action: int, reward: float, after: int | None, mask: Mask | None) -> float:
        bits = 0 if mask is None else sum(1 << number for number in np.flatnonzero(mask).tolist())
        self._seen.append((state, action, reward, _NONE if after is None else after, bits))
        return 0.0

    def played(self, steps: int, total: float) -> Played:
        """Return what was written down."""
        states, actions, rewards, after, masks = zip(*self._seen, strict=True) if self._seen else ((),) * 5
        return Played(
            np.array(states, np.int64),
            np.array(actions, np.uint8),
            np.array(rewards, np.float64),
            np.array(after, np.int64),
            np.array(masks, np.uint32),
            steps,
            total,
        )


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

    def kept() -> _Kept:
        state = {"done": done, "rounds": rounds, "shards": shards, "learner": learner.rng.bit_generator.state}
        return learner.table.copy(), made.model_copy(update={"resume": state})

    while done < steps:
        whole = kept()
        if checkpoint is not None and done - saved >= every:
            saved = done
            policy.save(checkpoint, *whole)
        epsilon = hyper.epsilon_start + done / steps * (hyper.epsilon_end - hyper.epsilon_start)
        ranks = Ranks.of(learner.table)
        with _not_lost(checkpoint if done > saved else None, whole):
            for played in play([Shard(ranks, epsilon, (seed, rounds, number)) for number in range(shards)]):
                for one in played.seen(learner.table.visits.shape[1]):
                    learner.learn(*one)
                done += played.steps
                progress(min(done, steps), played.total)
        rounds += 1
    return learner.table, made


@contextmanager
def _not_lost(checkpoint: Path | None, whole: _Kept) -> Iterator[None]:
    """Write what was learned in whole rounds before whatever stops training goes through: players that are gone too."""
    try:
        yield
    except BaseException:
        if checkpoint is not None:
            policy.save(checkpoint, *whole)
        raise


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
