"""Training by workers: they hear nothing and play only, on the sessions that they get once; one learner merges."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from agent.policy import About
from agent.q_learning import Hyper, QTable
from agent.shards import Played, Player, Shard, train_in_shards
from bridge.learning import Recording, training_scenes
from bridge.workers import Crew, hired, in_order


def train_by_workers(
    recordings: Sequence[Recording],
    who: Crew,
    names: Sequence[str],
    *,
    steps: int,
    seed: int,
    hyper: Hyper | None = None,
    command: str = "",
    checkpoint: Path | None = None,
    every: int = 50_000,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> tuple[QTable, About]:
    """Train as ``agent.shards.train_in_shards`` does. The policy does not depend on who played, or how many.

    Raises ``NotResumable``, and ``WorkersFailed`` where a shard can not be played.
    """
    with hired(partial(player, recordings), who) as workers:

        def play(shards: Sequence[Shard]) -> Iterator[Played]:
            return (ended.value for ended in in_order(workers.run(shards)))

        return train_in_shards(
            play,
            names,
            hyper=hyper,
            steps=steps,
            seed=seed,
            command=command,
            checkpoint=checkpoint,
            every=every,
            progress=progress,
        )


def player(recordings: Sequence[Recording]) -> Player:
    """Return what plays shards in a worker."""
    return Player(training_scenes(recordings))
