from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from agent import policy
from agent.environment import Scene
from agent.q_learning import Hyper, QTable
from agent.training import NotResumable, train_policy
from tests.unit.agent.test_environment import comb_scene

STEPS = 3000
NAMES = ("a", "b")


class PowerCut(Exception):  # noqa: N818
    pass


def scenes() -> list[Scene]:
    return [comb_scene(), comb_scene([3.0, -3.0])]


def train(
    *,
    seed: int = 0,
    steps: int = STEPS,
    hyper: Hyper | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
) -> tuple[QTable, policy.About]:
    return train_policy(
        scenes(), NAMES, hyper=hyper, steps=steps, seed=seed, checkpoint=checkpoint, every=400, progress=progress
    )


def raw(table: QTable) -> bytes:
    return table.tables.tobytes() + table.visits.tobytes()


@pytest.mark.parametrize("double", [False, True])
def test_the_same_seed_trains_the_same_table_to_the_byte(double: bool) -> None:
    hyper = Hyper(double=double)
    first = raw(train(hyper=hyper)[0])
    assert first == raw(train(hyper=hyper)[0])
    assert first != raw(train(hyper=hyper, seed=1)[0])


def test_training_fills_the_table_with_numbers_and_says_how_far_it_is() -> None:
    told: list[int] = []
    table, made = train(progress=lambda done, _return: told.append(done))
    assert told == sorted(told)
    assert told[-1] == STEPS
    assert np.isfinite(table.tables).all()
    assert np.count_nonzero(table.visits) > 50
    assert STEPS * 0.9 < table.visits.sum() <= STEPS + 200
    assert (made.steps, made.seed, made.sessions, made.algorithm) == (STEPS, 0, NAMES, "double q-learning")


def test_what_was_learned_earns_more_than_what_was_not() -> None:
    returns: list[float] = []
    train(steps=12_000, progress=lambda _done, total: returns.append(total))
    fifth = len(returns) // 5
    assert np.mean(returns[-fifth:]) > np.mean(returns[:fifth]) + 0.3


@pytest.mark.parametrize("cut_at", [500, 1700])
def test_a_run_that_was_cut_ends_as_one_that_was_not(tmp_path: Path, cut_at: int) -> None:
    checkpoint = tmp_path / "part.npz"

    def cut(done: int, _return: float) -> None:
        if done > cut_at:
            raise PowerCut

    with pytest.raises(PowerCut):
        train(checkpoint=checkpoint, progress=cut)
    assert checkpoint.exists()
    told: list[int] = []
    resumed, _ = train(checkpoint=checkpoint, progress=lambda done, _return: told.append(done))
    assert told[0] > 400, "it went on, rather than beginning again"
    assert raw(resumed) == raw(train()[0])


def test_checkpoints_change_nothing(tmp_path: Path) -> None:
    assert raw(train(checkpoint=tmp_path / "part.npz")[0]) == raw(train()[0])


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "part.npz"
    train(checkpoint=checkpoint)
    with pytest.raises(NotResumable, match="seed"):
        train(checkpoint=checkpoint, seed=1)
    with pytest.raises(NotResumable, match="hyper_parameters"):
        train(checkpoint=checkpoint, hyper=Hyper(gamma=0.7))


def test_a_finished_policy_is_no_checkpoint(tmp_path: Path) -> None:
    table, made = train()
    policy.save(tmp_path / "done.npz", table, made)
    with pytest.raises(NotResumable, match="finished"):
        train(checkpoint=tmp_path / "done.npz")
