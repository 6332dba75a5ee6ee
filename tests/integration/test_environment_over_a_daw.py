import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from agent.hearing.loudness import measure
from agent.mixing import Wish, daw_environment
from tests.mixes import song


def open_moves(info):
    return np.flatnonzero(info["action_mask"])[1:]


def test_every_step_turns_a_knob_of_the_daw_and_is_one_undo_step():
    daw = song()
    found = daw.read().settings
    env = daw_environment(daw)
    _, info = env.reset(seed=1)
    rng = np.random.default_rng(2)
    for _ in range(12):
        _, _, _, _, info = env.step(int(rng.choice(open_moves(info))))
        assert daw.read().settings == env.twin.settings
    assert daw.read().settings != found
    for _ in range(len(daw.engine.undo_names)):
        daw.undo()
    assert daw.read().settings == found


def test_what_the_environment_believes_is_what_the_daw_renders():
    daw = song()
    env = daw_environment(daw)
    _, info = env.reset(seed=1)
    rng = np.random.default_rng(3)
    for _ in range(20):
        _, _, _, _, info = env.step(int(rng.choice(open_moves(info))))
    rendered = measure(daw.render(), daw.read().sample_rate_hz)
    assert env.sound.mix_loudness_lufs == pytest.approx(rendered.integrated_lufs, abs=0.1)


def test_an_episode_starts_with_the_scramble_in_the_daw():
    daw = song()
    env = daw_environment(daw, Wish(eq=False), scramble_db=12.0)
    env.reset(seed=5)
    faders = [strip.gain_db for strip in daw.read().settings.strips]
    assert max(map(abs, faders)) > 1.0
    assert faders == env.twin.fader_db.tolist()


@pytest.mark.filterwarnings("ignore:.*not a bound:UserWarning")
def test_it_is_a_proper_environment():
    check_env(daw_environment(song(), rounds=3), skip_render_check=True)
