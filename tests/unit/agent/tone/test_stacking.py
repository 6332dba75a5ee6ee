"""What the bands of one EQ do together, held against filters of other code."""

import numpy as np
import pytest
from scipy.signal import freqz

from agent.session import EqBand, EqShape
from agent.tone.stacking import held_within, reach_db
from tests.sessions import cookbook

RATE_HZ = 48_000
FLAT = EqBand(EqShape.BELL, 1000.0)


def by_filters(eq: tuple[EqBand, ...]) -> np.ndarray:
    """The sum in dB on a grid twice as fine, by pyloudnorm's filters and scipy."""
    hz = 20.0 * 2.0 ** (np.arange(480) / 48)
    whole = np.zeros(len(hz))
    for band in eq:
        made = cookbook(band, RATE_HZ)
        whole += 20 * np.log10(np.abs(freqz(made.b, made.a, hz, fs=RATE_HZ)[1]))
    return whole


def test_two_bells_at_one_frequency_add_up() -> None:
    two = (EqBand(EqShape.BELL, 1000.0, 5.0, 1.0), EqBand(EqShape.BELL, 1000.0, 4.0, 2.0))
    low, high = reach_db(two, RATE_HZ)
    assert (low, high) == pytest.approx((0.0, 9.0), abs=0.05)
    assert high == pytest.approx(by_filters(two).max(), abs=0.1)


def test_a_narrow_shelf_goes_further_than_its_gain_says() -> None:
    shelf = (EqBand(EqShape.HIGH_SHELF, 4000.0, 6.0, 0.5),)
    low, high = reach_db(shelf, RATE_HZ)
    assert high > 10.0
    assert low < -4.0
    whole = by_filters(shelf)
    assert (low, high) == pytest.approx((whole.min(), whole.max()), abs=0.2)


def test_bands_that_go_too_far_together_are_turned_down_by_one_factor() -> None:
    stacked = (EqBand(EqShape.BELL, 900.0, 5.0, 1.0), EqBand(EqShape.BELL, 1100.0, 5.0, 1.0), FLAT, FLAT)
    held = held_within(stacked, (-6.0, 6.0), RATE_HZ)
    assert by_filters(held).max() == pytest.approx(6.0, abs=0.15)
    assert held[0].gain_db == held[1].gain_db
    assert [(b.freq_hz, b.bandwidth_oct) for b in held] == [(b.freq_hz, b.bandwidth_oct) for b in stacked]


def test_bands_within_their_limit_stay_as_they_are() -> None:
    apart = (EqBand(EqShape.BELL, 100.0, 5.0, 1.0), EqBand(EqShape.BELL, 5000.0, -5.0, 1.0), FLAT, FLAT)
    assert held_within(apart, (-6.0, 6.0), RATE_HZ) == apart
