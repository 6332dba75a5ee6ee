from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from agent import policy
from agent.q_learning import Hyper, QTable
from agent.shards import Play, Played, Player, Shard, train_in_shards
from agent.training import NotResumable, train_policy
from tests.unit.agent.test_training import NAMES, PowerCut, raw, scenes

STEPS = 700


def players(count: int) -> Play:
    """So many players, each with an environment of its own, who take turns and finish last to first."""
    there = [Player(scenes()) for _ in range(count)]

    def play(shards: Sequence[Shard]) -> Iterator[Played]:
        played = {n: there[n % count](shards[n]) for n in reversed(range(len(shards)))}
        yield from (played[n] for n in range(len(shards)))

    return play


def train(
    play: Play,
    *,
    seed: int = 0,
    hyper: Hyper | None = None,
    steps: int = STEPS,
    checkpoint: Path | None = None,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> tuple[QTable, policy.About]:
    return train_in_shards(
        play, NAMES, hyper=hyper, steps=steps, seed=seed, checkpoint=checkpoint, every=300, progress=progress
    )


@pytest.mark.parametrize("double", [False, True])
def test_the_table_does_not_depend_on_how_many_play(double: bool) -> None:
    hyper = Hyper(double=double)
    alone = raw(train(players(1), hyper=hyper)[0])
    assert raw(train(players(3), hyper=hyper)[0]) == alone


def test_the_table_depends_on_the_seed() -> None:
    assert raw(train(players(1), seed=1)[0]) != raw(train(players(2))[0])


def test_no_two_shards_are_alike() -> None:
    play = Player(scenes())
    table = QTable.fresh(Hyper())
    seeds = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]
    seen = [play(Shard(table, 1.0, seed)) for seed in seeds]
    assert len({tuple(step.action for step in one.seen) for one in seen}) == len(seeds)


def test_the_players_act_by_the_table_as_the_round_found_it() -> None:
    given: list[Sequence[Shard]] = []
    there = players(1)

    def play(shards: Sequence[Shard]) -> Iterator[Played]:
        given.append(shards)
        yield from there(shards)

    table, _ = train(play)
    first, last = given[0], given[-1]
    assert all(shard.table is first[0].table for shard in first)
    assert np.ptp(first[0].table.tables) == 0, "a fresh table stays fresh while its round is played"
    assert np.ptp(last[0].table.tables) > 0
    assert first[0].epsilon == Hyper().epsilon_start > last[0].epsilon > Hyper().epsilon_end
    assert np.isfinite(table.tables).all()


def test_what_was_learned_earns_more_than_what_was_not() -> None:
    returns: list[float] = []
    train(players(1), steps=6_000, progress=lambda _done, total: returns.append(total))
    fifth = len(returns) // 5
    assert np.mean(returns[-fifth:]) > np.mean(returns[:fifth]) + 0.3


@pytest.mark.parametrize("cut_at", [400, 600])
def test_a_run_that_was_cut_ends_as_one_that_was_not(tmp_path: Path, cut_at: int) -> None:
    checkpoint = tmp_path / "part.npz"

    def cut(done: int, _return: float) -> None:
        if done > cut_at and checkpoint.exists():
            raise PowerCut

    with pytest.raises(PowerCut):
        train(players(2), checkpoint=checkpoint, progress=cut)
    told: list[int] = []
    resumed, _ = train(players(3), checkpoint=checkpoint, progress=lambda done, _return: told.append(done))
    assert told[0] > 300, "it went on, rather than beginning again"
    assert raw(resumed) == raw(train(players(1))[0])


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "part.npz"
    train(players(1), checkpoint=checkpoint)
    with pytest.raises(NotResumable, match="seed"):
        train(players(1), checkpoint=checkpoint, seed=1)


def test_the_plain_loop_and_the_shards_refuse_each_others_checkpoints(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.npz", tmp_path / "theirs.npz"
    train(players(1), checkpoint=ours)
    train_policy(scenes(), NAMES, steps=STEPS, checkpoint=theirs, every=400)
    with pytest.raises(NotResumable, match="workers"):
        train(players(1), checkpoint=theirs)
    with pytest.raises(NotResumable, match="workers"):
        train_policy(scenes(), NAMES, steps=STEPS, checkpoint=ours)


def test_a_finished_policy_is_no_checkpoint(tmp_path: Path) -> None:
    table, made = train(players(1))
    policy.save(tmp_path / "done.npz", table, made)
    with pytest.raises(NotResumable, match="finished"):
        train(players(1), checkpoint=tmp_path / "done.npz")
