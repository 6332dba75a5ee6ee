"""Whatever is stretched by whatever is allowed: its length is exact, its pitch stays, silence stays silence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.tempo import MOST_STRETCH
from mock_daw.stem import Stem

RATE_HZ = 16_000
SPEEDS = st.floats(1 - MOST_STRETCH, 1 + MOST_STRETCH).filter(lambda speed: speed != 1.0)


def stretched(audio, speed):
    stem = Stem.from_array("stem", audio, RATE_HZ).at_speed(speed)
    made = np.concatenate(list(stem.blocks(5000)))
    assert made.shape == (stem.length_samples, 2)
    return made


def pitch_hz(audio):
    """Return the frequency of the loudest partial, by the parabola through the peak of a windowed spectrum in dB."""
    level = np.log(np.abs(np.fft.rfft(audio * np.hanning(len(audio)))) + 1e-12)
    at = int(level.argmax())
    before, here, after = level[at - 1 : at + 2]
    return (at + 0.5 * (before - after) / (before - 2 * here + after)) * RATE_HZ / len(audio)


@settings(max_examples=20, deadline=None)
@given(SPEEDS, st.floats(110.0, 3000.0))
def test_the_pitch_stays(speed, freq_hz):
    time_s = np.arange(RATE_HZ) / RATE_HZ
    wave = 0.4 * np.sin(2 * np.pi * freq_hz * time_s)
    made = stretched(np.stack([wave, wave], 1), speed)
    middle = made[len(made) // 8 : -len(made) // 8, 0]
    assert pitch_hz(middle) == pytest.approx(freq_hz, rel=0.003, abs=0.5)  # 5 cents
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.1)


@settings(max_examples=30, deadline=None)
@given(SPEEDS, st.integers(1, 40_000))
def test_the_length_is_exact_to_a_sample(speed, samples):
    made = stretched(np.full((samples, 2), 0.1), speed)
    assert len(made) == max(1, round(samples / speed))
    assert np.isfinite(made).all()


@settings(max_examples=10, deadline=None)
@given(SPEEDS, st.integers(1, 60_000))
def test_silence_stays_silence(speed, samples):
    assert not stretched(np.zeros((samples, 2)), speed).any()


@settings(max_examples=10, deadline=None)
@given(SPEEDS, st.integers(0, 2**32 - 1))
def test_two_sides_that_are_alike_stay_alike(speed, seed):
    wave = np.random.default_rng(seed).normal(0.0, 0.1, RATE_HZ // 2)
    made = stretched(np.stack([wave, wave], 1), speed)
    assert np.abs(made[:, 0] - made[:, 1]).max() < 1e-5
