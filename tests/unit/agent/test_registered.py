import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import agent
from agent.mixer_picture import picture
from agent.registered import PRACTICE_SESSIONS, opened
from agent.rhythm.strokes import STROKES
from tests.mixes import write_song

NAMES = ["faderbot/Mix-v0", "faderbot/Tune-v0", "faderbot/Rhythm-v0"]
assert agent  # importing it is what gives the environments their names


@pytest.mark.parametrize("options", [{}, {"observations": "continuous"}, {"eq": False}])
def test_mixing_passes_gymnasiums_checker_in_all_its_forms(options: dict[str, Any]) -> None:
    made = gymnasium.make("faderbot/Mix-v0", **options)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*render")
        check_env(made.unwrapped)


@pytest.mark.parametrize("observations", ["discrete", "continuous"])
@pytest.mark.parametrize("name", ["faderbot/Tune-v0", "faderbot/Rhythm-v0"])
def test_tuning_and_rhythm_pass_it_too(name: str, observations: str) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*render")
        check_env(gymnasium.make(name, observations=observations).unwrapped)


@pytest.mark.parametrize("render_mode", ["ansi", "rgb_array"])
@pytest.mark.parametrize("name", NAMES)
def test_every_environment_passes_it_with_its_pictures(name: str, render_mode: str) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*spec.*|.*play.*")
        check_env(gymnasium.make(name, render_mode=render_mode).unwrapped)


@pytest.mark.parametrize("observations", ["discrete", "continuous"])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_is_the_same_play(name: str, observations: str) -> None:
    def played(seed: int) -> list[Any]:
        env = gymnasium.make(name, observations=observations)
        seen, info = env.reset(seed=seed)
        said, rng = [seen.tolist()], np.random.default_rng(1)
        for _ in range(30):
            seen, earned, terminated, _, info = env.step(int(rng.choice(np.flatnonzero(info["action_mask"]))))
            said += [seen.tolist(), earned]
            if terminated:
                break
        return said

    assert played(3) == played(3)
    assert played(3) != played(4)


def test_a_mixer_can_be_looked_at_as_text_and_as_pixels() -> None:
    env = gymnasium.make("faderbot/Mix-v0", render_mode="ansi")
    _, info = env.reset(seed=1)
    lines = str(env.render()).splitlines()
    mixer = env.unwrapped
    assert len(lines) == len(mixer.twin.fader_db) + 1
    assert [line.startswith(">") for line in lines].index(True) == info["strip"]
    assert f"{mixer.twin.fader_db[0]:+.1f} dB" in lines[0]
    pixels = picture(mixer.sound, mixer.strip, mixer.limits)
    assert pixels.shape == (240, 44 * len(lines), 3)
    louder = int(np.flatnonzero(info["action_mask"])[-1])
    env.step(louder)
    assert (picture(mixer.sound, mixer.strip, mixer.limits) != pixels).any()


@pytest.mark.parametrize(
    ("name", "axes", "features", "actions"),
    [("faderbot/Mix-v0", 6, 19, 15), ("faderbot/Tune-v0", 6, 17, 17), ("faderbot/Rhythm-v0", 9, 46, len(STROKES))],
)
def test_many_copies_are_stepped_at_once(name: str, axes: int, features: int, actions: int) -> None:
    for observations, width in (("discrete", axes), ("continuous", features)):
        env = gymnasium.make_vec(name, num_envs=10, vectorization_mode="vector_entry_point", observations=observations)
        seen, infos = env.reset(seed=0)
        assert seen.shape == (10, width)
        assert infos["action_mask"].shape == (10, actions)
        seen, rewards, terminated, truncated, _ = env.step(np.zeros(10, np.int64))
        assert env.observation_space.contains(seen)
        assert rewards.shape == (10,)
        assert not (terminated | truncated).any()
    assert name == "faderbot/Rhythm-v0" or rewards.tolist() == [0.0] * 10


def test_a_folder_of_stems_is_a_session(tmp_path) -> None:
    folder = write_song(tmp_path / "song")
    env = gymnasium.make("faderbot/Mix-v0", sessions=[folder])
    env.reset(seed=0)
    assert len(env.unwrapped.twin.fader_db) == len(list(folder.glob("*.wav")))


def test_made_up_sessions_differ_and_all_their_tracks_sound() -> None:
    scenes = opened(None)
    assert len(scenes) == PRACTICE_SESSIONS
    assert all(scene.goal.audible.all() for scene in scenes)
    assert len({scene.twin.mix_loudness_lufs() for scene in scenes}) == PRACTICE_SESSIONS
