"""The batch is the single environment: every copy sees, earns and ends as a ``TuneEnv`` that starts where it does."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from agent.hearing.twin import Twin
from agent.practice import practice_scene, practice_tone
from agent.q_learning import Observations
from agent.session import EqBand, EqShape, Settings, Strip
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.goal import tone_goal
from agent.tone.moves import MOVES
from agent.tone.targets import heard_target, role_target, style_target
from agent.tone.vector_environment import TuneVectorEnv
from tests.sessions import Song, song

COPIES = 4


def of_song(short: Song, *, locked: tuple[int, ...] = (), roles: bool = False) -> ToneScene:
    """Five tracks, two of one source and each on its side, with a high-pass and a band beyond its limit."""
    strips = list(short.settings(faders_db=[3.0, -6.0, 0.0, 11.0, -20.0], eq_db=[[2.0, -1.0, 7.5, 0.0]] * 5).strips)
    strips[1] = replace(strips[1], high_pass_hz=120.0)
    strips[2] = replace(strips[2], eq=(EqBand(EqShape.LOW_SHELF, 25.0, 13.0, 0.4), *strips[2].eq[1:]))
    start = Settings(tuple(strips))
    twin = Twin(short.heard, start)
    bands = twin.heard.bands_hz
    tracks = [role_target(bands, role) for role in short.roles] if roles else [None] * 5
    movable = ~np.isin(np.arange(5), locked)
    return ToneScene(twin, tone_goal(twin, style_target(bands), tracks, movable=movable), start)


def of_one() -> ToneScene:
    """A made-up mix, bounced and turned wrong, to be brought back to itself."""
    mix = practice_scene(np.random.default_rng(3)).twin.bounced()
    start = Settings((Strip(),))
    wrong = Twin(Twin(mix, Settings((Strip().with_eq_gains((4.0, -6.0, 5.0, 0.0)),))).printed(), start)
    return ToneScene(wrong, tone_goal(wrong, heard_target(mix, "itself"), [None]), start)


@pytest.fixture(scope="module")
def short() -> Song:
    return song(3.0)


@pytest.mark.parametrize(
    ("which", "observations"),
    [
        ("song", "discrete"),
        ("roles", "continuous"),
        ("one", "discrete"),
        ("one", "continuous"),
        ("no sweep", "discrete"),
        ("practice", "continuous"),
    ],
)
def test_every_copy_is_the_single_environment(short: Song, which: str, observations: Observations) -> None:
    scenes = {
        "song": lambda: of_song(short, locked=(1,)),
        "roles": lambda: of_song(short, roles=True),
        "one": of_one,
        "no sweep": of_one,
        "practice": lambda: practice_tone(np.random.default_rng(5)),
    }
    ways: dict[str, Any] = {"rounds": 2, "observations": observations, "sweep": which != "no sweep"}
    batch = TuneVectorEnv([scenes[which]()], COPIES, astray=0.5, **ways)
    seen, infos = batch.reset(seed=1)
    ones = [TuneEnv([scenes[which]()], **ways) for _ in range(COPIES)]
    for copy, one in enumerate(ones):
        first, info = one.reset(options={"start": batch.settings(copy)})
        assert first == pytest.approx(seen[copy], abs=1e-4)
        assert info["cost"].total == pytest.approx(infos["cost"][copy], abs=1e-6)
    rng = np.random.default_rng(7)
    playing = np.ones(COPIES, bool)
    while playing.any():
        asked = np.array([rng.choice(np.flatnonzero(mask)) for mask in infos["action_mask"]])
        asked[rng.random(COPIES) < 0.1] = rng.integers(len(MOVES))  # closed ones too
        asked[-1] *= rng.random() < 0.2  # and one that nearly always holds
        seen, rewards, terminated, truncated, infos = batch.step(asked)
        for copy in np.flatnonzero(playing):
            saw, earned, ended, cut, info = ones[copy].step(asked[copy])
            assert saw == pytest.approx(seen[copy], abs=1e-4)
            # A reward is a difference of costs, times the number of tracks.
            assert earned == pytest.approx(rewards[copy], abs=1e-6 * len(ones[copy].scene.goal.audible))
            assert (ended, cut, info["strip"]) == (terminated[copy], truncated[copy], infos["strip"][copy])
            assert info["action_mask"].tolist() == infos["action_mask"][copy].tolist()
            assert info["cost"].total == pytest.approx(infos["cost"][copy], abs=1e-6)
        playing &= ~(terminated | truncated)


def test_a_single_copy_is_the_environment_draw_for_draw(short: Song) -> None:
    """Over sessions of one track and of many, with their starts drawn, from one episode into the next."""
    scenes = [of_one(), of_song(short), practice_tone(np.random.default_rng(2))]
    one, many = TuneEnv(scenes, astray=0.5, rounds=1), TuneVectorEnv(scenes, 1, astray=0.5, rounds=1)
    rng = np.random.default_rng(4)
    seen, info = one.reset(seed=11)
    saw, infos = many.reset(seed=11)
    fresh = 0
    while fresh < 6:
        assert seen.tolist() == saw[0].tolist()
        assert info["cost"].total == pytest.approx(infos["cost"][0], abs=1e-6)
        action = int(rng.choice(np.flatnonzero(info["action_mask"])))
        seen, _, ended, cut, info = one.step(action)
        saw, _, terminated, truncated, infos = many.step(np.array([action]))
        assert (ended, cut) == (terminated[0], truncated[0])
        if ended or cut:
            fresh += 1
            seen, info = one.reset()
            saw, *_, infos = many.step(np.array([0]))


def test_copies_of_many_sessions_end_and_begin_again_in_either_way(short: Song) -> None:
    scenes = [of_one(), of_song(short), *(practice_tone(np.random.default_rng(k)) for k in range(6))]
    later = TuneVectorEnv(scenes, 6, rounds=1, astray=0.5)
    at_once = TuneVectorEnv(scenes, 6, rounds=1, astray=0.5, autoreset=AutoresetMode.SAME_STEP)
    assert later.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    seen, infos = later.reset(seed=3)
    saw, told = at_once.reset(seed=3)
    assert seen.tolist() == saw.tolist()
    held = np.zeros(6, np.int64)
    while True:
        seen, rewards, terminated, truncated, infos = later.step(held)
        saw, _, same, _, told = at_once.step(held)
        assert not rewards.any()
        assert not truncated.any()
        assert terminated.tolist() == same.tolist()
        if terminated.any():
            break
    over = terminated
    assert told["_final_obs"].tolist() == over.tolist()
    assert told["final_obs"].tolist() == seen.tolist()
    assert saw[~over].tolist() == seen[~over].tolist()
    seen, rewards, terminated, _, infos = later.step(np.full(6, 7))
    assert not rewards[over].any(), "the step that begins anew earns nothing"
    assert (infos["strip"][over] % 5 == 0).all()
    assert later.observation_space.contains(seen)


def test_there_must_be_a_session_and_a_copy() -> None:
    with pytest.raises(ValueError, match="0 copies of 1 sessions"):
        TuneVectorEnv([of_one()], 0)
    with pytest.raises(ValueError, match="2 copies of 0 sessions"):
        TuneVectorEnv([], 2)


def test_where_nothing_may_be_moved_there_is_nothing_but_to_hold(short: Song) -> None:
    batch = TuneVectorEnv([of_song(short, locked=(0, 1, 2, 3, 4))], 2)
    _, infos = batch.reset(seed=0)
    for _ in range(5):
        assert infos["action_mask"].sum(1).tolist() == [1, 1]
        _, rewards, terminated, _, infos = batch.step(np.array([6, 0]))
        assert rewards.tolist() == [0.0, 0.0]
    assert terminated.all()
