import numpy as np
import pytest

from agent import features
from agent.actions import limits_around
from agent.features import COUNT, EQ, FADER, HEADROOM, MASKED, MASKING, NAMES, SPECTRUM, TONE, within
from agent.observation import eq_reach, observe
from agent.reward import Sound
from tests.sessions import scene_of, song


@pytest.fixture(scope="module")
def short():
    return song(3.0)


def seen_at(short, faders_db, strip, *, eq=True, eq_db=None):
    scene = scene_of(short, short.settings(faders_db, eq_db))
    limits, reach, sound = limits_around(scene.start), eq_reach(scene.twin), Sound(scene.twin, scene.goal)
    binned = observe(sound, strip, reach, limits, eq=eq)
    return features.features(sound, strip, reach, limits, eq=eq), binned, sound


def test_they_are_named_and_lie_between_minus_one_and_one(short):
    assert len(NAMES) == len(set(NAMES)) == COUNT == 19
    for strip in range(6):
        seen, _, _ = seen_at(short, [20 - 32, 12, -30, 0, 5], strip)
        assert seen.shape == (COUNT,)
        assert np.abs(seen).max() <= 1


def test_level_and_mix_are_the_errors_over_six(short):
    seen, _, sound = seen_at(short, [0, 0, -2, 0, 0], 2)
    assert seen[0] == 0
    assert seen[1] == pytest.approx(np.clip(sound.level_error_lu[2] / 6, -1, 1), abs=1e-6)
    assert seen[2] == pytest.approx(np.clip(sound.loudness_error_lu / 6, -1, 1), abs=1e-6)
    master, _, sound = seen_at(short, [0] * 5, 5)
    assert master[0] == 1
    assert master[1] == master[2]


@pytest.mark.parametrize("strip", range(5))
def test_the_binned_pointers_are_the_largest_promises(short, strip):
    """A table sees the band of the steepest way down; the features hold that way for every band."""
    seen, binned, _ = seen_at(short, [6, 0, -3, 8, 0], strip)
    for part, pointer in ((TONE, binned[3]), (MASKING, binned[4])):
        promise = seen[part]
        if pointer:
            band, up = divmod(pointer - 1, 2)
            assert int(np.abs(promise).argmax()) == band
            assert (promise[band] > 0) == bool(up)
        else:
            assert np.abs(promise).max() <= np.tanh(1) + 1e-6


def test_without_an_eq_nothing_is_promised(short):
    seen, _, _ = seen_at(short, [6, 0, -3, 8, 0], 1, eq=False)
    assert not seen[TONE].any()
    assert not seen[MASKING].any()
    assert not seen[EQ].any()


def test_where_knobs_stand(short):
    seen, _, sound = seen_at(short, [0] * 5, 0, eq_db=[[3.0, -6.0, 0.0, 1.5]] + [[0.0] * 4] * 4)
    assert seen[EQ].tolist() == [0.5, -1.0, 0.0, 0.25]
    assert seen[FADER] == 0
    assert seen[HEADROOM] == pytest.approx(np.clip(sound.limiter_db / 6, -1, 1), abs=1e-6)
    assert seen[SPECTRUM] == pytest.approx(np.clip(sound.spectrum_rms_db / 10 - 1, -1, 1), abs=1e-6)
    assert seen[MASKED] == pytest.approx(2 * (sound.excess_db[0] > 0).mean() - 1)


def test_within_limits():
    assert within(0.0, -12.0, 12.0) == 0
    assert within(12.0, -12.0, 12.0) == 1
    assert within(-np.inf, -np.inf, -np.inf) == 0
    assert within(np.array([1.0, 2.0]), np.array([1.0, 0.0]), np.array([1.0, 4.0])).tolist() == [0, 0]
