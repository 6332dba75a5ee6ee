"""What must hold of the meters for any audio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.hearing.loudness import (
    LoudnessMeter,
    Measurement,
    integrated_lufs,
    loudness_range_lu,
    measure,
    momentary_lufs,
    short_term_lufs,
)

RATES = st.sampled_from([22_050, 44_100, 48_000, 96_000, 192_000])
SEEDS = st.integers(0, 2**32 - 1)
Stereo = NDArray[np.float32]


def moving_noise(seed: int, seconds: float, rate: int) -> Stereo:
    """Noise whose level wanders within 30 dB, at most near full scale."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * rate)
    knots = rng.uniform(-40.0, -10.0, 6)
    level_db = np.interp(np.linspace(0.0, 5.0, samples), np.arange(6), knots)
    return (rng.standard_normal((samples, 2)) * 10.0 ** (level_db[:, None] / 20.0)).astype(np.float32)


def as_list(figures: Measurement) -> list[float]:
    return [getattr(figures, name) for name in Measurement.__slots__]


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, seconds=st.floats(0.5, 4.0), gain_db=st.floats(-15.0, 15.0), rate=RATES)
def test_a_gain_moves_every_level_by_exactly_that(seed: int, seconds: float, gain_db: float, rate: int) -> None:
    audio = moving_noise(seed, seconds, rate)
    before = measure([audio], rate)
    after = measure([(audio * 10.0 ** (gain_db / 20.0)).astype(np.float32)], rate)
    for name in ("integrated_lufs", "max_momentary_lufs", "true_peak_dbtp", "sample_peak_dbfs"):
        assert getattr(after, name) == pytest.approx(getattr(before, name) + gain_db, abs=1e-4), name
    assert after.loudness_range_lu == pytest.approx(before.loudness_range_lu, abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, seconds=st.floats(0.0, 4.0), sizes=st.lists(st.integers(0, 50_000), min_size=1), rate=RATES)
def test_block_borders_leave_no_trace(seed: int, seconds: float, sizes: list[int], rate: int) -> None:
    audio = moving_noise(seed, seconds, rate)
    blocks = np.split(audio, np.unique(np.minimum(np.cumsum(sizes), len(audio))))
    np.testing.assert_allclose(as_list(measure(blocks, rate)), as_list(measure([audio], rate)), atol=1e-5)


@settings(deadline=None, max_examples=10)
@given(seed=SEEDS, size=st.integers(1, 400))
def test_tiny_blocks_leave_no_trace(seed: int, size: int) -> None:
    audio = moving_noise(seed, 0.9, 48_000)
    blocks = (audio[start : start + size] for start in range(0, len(audio), size))
    np.testing.assert_allclose(as_list(measure(blocks, 48_000)), as_list(measure([audio], 48_000)), atol=1e-5)


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, seconds=st.floats(0.0, 2.0), rate=RATES)
def test_the_true_peak_is_never_below_the_sample_peak(seed: int, seconds: float, rate: int) -> None:
    figures = measure([moving_noise(seed, seconds, rate)], rate)
    assert figures.true_peak_dbtp >= figures.sample_peak_dbfs


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, seconds=st.floats(0.4, 5.0), rate=RATES)
def test_the_loudest_400_ms_bound_the_whole(seed: int, seconds: float, rate: int) -> None:
    meter = LoudnessMeter(rate)
    meter.feed(moving_noise(seed, seconds, rate))
    figures = meter.measurement()
    assert figures.integrated_lufs <= figures.max_momentary_lufs + 0.01
    assert figures.max_short_term_lufs <= figures.max_momentary_lufs + 0.01
    assert momentary_lufs(meter.hop_power).max(initial=-200.0) <= figures.max_momentary_lufs + 0.01


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS)
def test_left_and_right_count_the_same(seed: int) -> None:
    audio = moving_noise(seed, 1.0, 48_000)
    np.testing.assert_allclose(as_list(measure([audio[:, ::-1]], 48_000)), as_list(measure([audio], 48_000)), atol=1e-5)


@given(st.lists(st.floats(0.0, 1e6), max_size=200))
def test_any_hop_powers_have_a_loudness(powers: list[float]) -> None:
    hop_power = np.array(powers)
    assert not np.isnan(integrated_lufs(hop_power))
    assert loudness_range_lu(hop_power) >= 0.0
    assert len(momentary_lufs(hop_power)) == max(0, len(powers) - 3)
    assert len(short_term_lufs(hop_power)) == max(0, len(powers) - 29)
    assert integrated_lufs(hop_power) <= momentary_lufs(hop_power).max(initial=-np.inf) + 1e-6
