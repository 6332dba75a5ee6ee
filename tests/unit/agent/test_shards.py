import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent import policy
from agent.environment import MixEnv
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.shards import Play, Played, Player, Ranks, Shard, train_in_shards
from agent.training import SCRAMBLE_DB, NotResumable, train_policy
from tests.unit.agent.test_training import NAMES, PowerCut, raw, scenes

STEPS, EVERY = 700, 200


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
        play,
        NAMES,
        hyper=hyper,
        steps=steps,
        seed=seed,
        shards=4,
        checkpoint=checkpoint,
        every=EVERY,
        progress=progress,
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
    ranks = Ranks.of(QTable.fresh(Hyper()))
    seeds = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]
    seen = [play(Shard(ranks, 1.0, seed)) for seed in seeds]
    assert len({tuple(one.actions.tolist()) for one in seen}) == len(seeds)


def test_the_players_act_by_the_table_as_the_round_found_it() -> None:
    given: list[Sequence[Shard]] = []
    there = players(1)

    def play(shards: Sequence[Shard]) -> Iterator[Played]:
        given.append(shards)
        yield from there(shards)

    table, _ = train(play)
    first, last = given[0], given[-1]
    assert all(shard.ranks is first[0].ranks for shard in first)
    assert len(first[0].ranks.states) == 0, "a fresh table stays fresh while its round is played"
    assert len(last[0].ranks.states) > 0
    assert first[0].epsilon == Hyper().epsilon_start > last[0].epsilon > Hyper().epsilon_end
    assert np.isfinite(table.tables).all()


def test_ranks_choose_as_the_table_does_whatever_is_open() -> None:
    rng = np.random.default_rng(5)
    table = QTable.fresh(Hyper())
    states = rng.choice(len(table.visits), 400, replace=False)
    table.tables[:, states] = rng.integers(-2, 3, (2, 400, 15)) / 8  # with many equals
    table.visits[states] = 1
    ranks = Ranks.of(table)
    assert len(pickle.dumps(ranks)) < 40 * 400
    acting = ranks.table()
    for state in [*states.tolist(), *range(50)]:
        mask = rng.random(15) < 0.5
        mask[0] = True
        assert acting.greedy(state, mask) == table.greedy(state, mask)


def test_a_step_comes_back_as_it_was_seen() -> None:
    """The learner takes from the arrays what it would have learned playing by itself."""

    class Listening(QLearning):
        def learn(self, *step: Any) -> float:
            heard.append(step)
            return 0.0

    heard: list[Any] = []
    seed = (3, 1, 4)
    played = Player(scenes())(Shard(Ranks.of(QTable.fresh(Hyper())), 0.7, seed))
    rng = np.random.default_rng(seed)
    learner = Listening(QTable.fresh(Hyper()), Hyper(), rng)
    env = MixEnv(scenes(), scramble_db=SCRAMBLE_DB)
    steps, total = episode(env, learner, 0.7, seed=int(rng.integers(2**31)))
    assert (played.steps, played.total) == (steps, total)
    assert len(heard) > 20
    for one, other in zip(played.seen(15), heard, strict=True):
        assert one[:4] == other[:4]
        assert np.array_equal(one[4], other[4]) if other[3] is not None else one[4] is None


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
    assert told[0] > EVERY, "it went on, rather than beginning again"
    assert raw(resumed) == raw(train(players(1))[0])


def test_what_was_learned_is_kept_when_the_players_are_lost(tmp_path: Path) -> None:
    checkpoint = tmp_path / "part.npz"
    there, rounds = players(1), []

    def play(shards: Sequence[Shard]) -> Iterator[Played]:
        rounds.append(len(shards))
        for number, played in enumerate(there(shards)):
            if (len(rounds), number) == (2, 1):  # in the middle of the second round, before the first checkpoint
                raise PowerCut
            yield played

    with pytest.raises(PowerCut):
        train_in_shards(play, NAMES, steps=STEPS, shards=4, checkpoint=checkpoint, every=10 * STEPS)
    told: list[int] = []
    resumed, _ = train(players(2), checkpoint=checkpoint, progress=lambda done, _return: told.append(done))
    whole: list[int] = []
    alone, _ = train(players(1), progress=lambda done, _return: whole.append(done))
    assert told == whole[4:], "the whole round was kept, and the half one played again"
    assert raw(resumed) == raw(alone)


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
