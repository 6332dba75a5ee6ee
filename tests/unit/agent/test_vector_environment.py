from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from agent.actions import ACTIONS
from agent.environment import MixEnv, Scene
from agent.q_learning import Observations
from agent.tempo import TempoGoal
from agent.vector_environment import MixVectorEnv
from tests.sessions import Song, scene_of, song

COPIES = 6


@pytest.fixture(scope="module")
def short() -> Song:
    return song(3.0)


def scene_at(
    short: Song, *, locked: tuple[int, ...] = (), bare: frozenset[int] = frozenset(), **settings: Any
) -> Scene:
    """A scene found at other settings, with locked tracks."""
    made = scene_of(short, short.settings(**settings), heard=short.heard)
    made.goal.movable[list(locked)] = False
    return replace(made, goal=replace(made.goal, bare=bare))


def alone(scene: Scene, faders_db: Any, **ways: Any) -> tuple[MixEnv, Any, dict[str, Any]]:
    """The single environment that starts where a copy does."""
    env = MixEnv([scene], **ways)
    strips = tuple(replace(s, gain_db=float(g)) for s, g in zip(scene.start.strips, faders_db, strict=True))
    return env, *env.reset(options={"start": replace(scene.start, strips=strips)})


TURNED = {"faders_db": [3.0, -6.0, 0.0, 11.0, -20.0], "eq_db": [[2.0, -1.0, 7.5, 0.0]] * 5, "master_db": -3.0}


@pytest.mark.parametrize("observations", ["discrete", "continuous"])
@pytest.mark.parametrize(
    ("eq", "settings", "locked"),
    [
        (True, {}, ()),
        (False, {}, (1,)),
        (True, TURNED, ()),
        (True, {"bare": frozenset({0, 3})}, ()),
        (True, {"faders_db": [-np.inf, 0.0, 0.0, 0.0, 0.0]}, ()),
    ],
)
def test_every_copy_is_the_single_environment(
    short: Song, eq: bool, settings: Any, locked: Any, observations: Observations
) -> None:
    rng = np.random.default_rng(7)
    ways: dict[str, Any] = {"eq": eq, "rounds": 3, "observations": observations}
    scene = scene_at(short, locked=locked, **settings)
    batch = MixVectorEnv([scene], COPIES, **ways)
    seen, infos = batch.reset(seed=1)
    ones = [alone(scene_at(short, locked=locked, **settings), f, **ways) for f in infos["fader_db"]]
    for copy, (_, first, info) in enumerate(ones):
        assert first == pytest.approx(seen[copy], abs=1e-4)
        assert info["cost"].total == pytest.approx(infos["cost"][copy], abs=1e-6)
    playing = np.ones(COPIES, bool)
    while playing.any():
        asked = np.array([rng.choice(np.flatnonzero(mask)) for mask in infos["action_mask"]])
        asked[rng.random(COPIES) < 0.1] = rng.integers(len(ACTIONS))  # closed ones too
        seen, rewards, terminated, truncated, infos = batch.step(asked)
        for copy in np.flatnonzero(playing):
            saw, earned, ended, cut, info = ones[copy][0].step(asked[copy])
            assert saw == pytest.approx(seen[copy], abs=1e-4)
            assert earned == pytest.approx(rewards[copy], abs=1e-5)
            assert (ended, cut) == (terminated[copy], truncated[copy])
            assert info["action_mask"].tolist() == infos["action_mask"][copy].tolist()
            assert info["cost"].total == pytest.approx(infos["cost"][copy], abs=1e-6)
        playing &= ~(terminated | truncated)


def test_a_copy_whose_episode_ended_starts_the_next_one(short: Song) -> None:
    batch = MixVectorEnv([scene_of(short)], 3, rounds=1)
    assert batch.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    _, infos = batch.reset(seed=2)
    before = infos["fader_db"].copy()
    held = np.zeros(3, np.int64)
    for _ in range(6):
        _, _, terminated, _, _ = batch.step(held)
    assert terminated.all()
    _, rewards, terminated, truncated, infos = batch.step(np.full(3, 4))
    assert not rewards.any()
    assert not (terminated | truncated).any()
    assert (infos["fader_db"] != before).any(1).all(), "another scramble"
    seen, _, _, _, _ = batch.step(held)
    assert batch.observation_space.contains(seen)


def test_the_same_seed_is_the_same_play(short: Song) -> None:
    def played(seed: int) -> list[Any]:
        batch = MixVectorEnv([scene_of(short), scene_of(short)], 5, rounds=2)
        _, infos = batch.reset(seed=seed)
        said: list[Any] = [infos["fader_db"].tolist()]
        rng = np.random.default_rng(0)
        for _ in range(20):
            seen, rewards, *_ = batch.step(rng.integers(len(ACTIONS), size=5))
            said += [seen.tolist(), rewards.tolist()]
        return said

    assert played(1) == played(1)
    assert played(1) != played(2)


def test_a_wanted_tempo_is_refused(short: Song) -> None:
    scene = scene_of(short)
    wanted = replace(scene, goal=replace(scene.goal, tempo=TempoGoal(100.0)))
    with pytest.raises(ValueError, match="no tempo"):
        MixVectorEnv([wanted], 2)


def test_there_must_be_a_copy_of_each_session(short: Song) -> None:
    with pytest.raises(ValueError, match="1 copies of 2 sessions"):
        MixVectorEnv([scene_of(short), scene_of(short)], 1)


def test_or_at_once_and_what_was_seen_last_is_told(short: Song) -> None:
    batch = MixVectorEnv([scene_of(short)], 3, rounds=1, autoreset=AutoresetMode.SAME_STEP)
    later = MixVectorEnv([scene_of(short)], 3, rounds=1)
    _, infos = batch.reset(seed=2)
    before = infos["fader_db"].copy()
    later.reset(seed=2)
    for _ in range(6):
        _, _, terminated, _, infos = batch.step(np.zeros(3, np.int64))
        last, *_ = later.step(np.zeros(3, np.int64))
    assert terminated.all()
    assert infos["final_obs"].tolist() == last.tolist()
    assert infos["_final_obs"].all()
    assert (infos["fader_db"] != before).any(1).all(), "another scramble"
    _, _, terminated, _, infos = batch.step(np.zeros(3, np.int64))
    assert "final_obs" not in infos
    assert not terminated.any()
