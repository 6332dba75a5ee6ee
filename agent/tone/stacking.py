"""What the bands of one EQ do together: two that lie near each other add up, and the sum has the limit of one band.

In dB on 24ths of an octave from 20 Hz to 20 kHz, where the response of the narrowest band that a tuning sets is off its
highest point by less than 0.1 dB.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from agent.hearing.bands import band_response
from agent.session import EqBand, EqShape

F64 = NDArray[np.float64]
Range = tuple[float, float]

GRID_HZ = 20.0 * 2.0 ** (np.arange(240) / 24)
HIGHEST_SHARE = 0.48
EDGE_DB = 1e-6
_STEEPEST_SHELF_OCT = 2.0


@lru_cache(maxsize=8192)
def curve_db(band: EqBand, rate_hz: int) -> F64:
    """Return what one band does in dB on ``GRID_HZ``, as far as there is sound at that rate. Not to be written to."""
    if band.gain_db == 0.0:
        return np.zeros(len(GRID_HZ))
    response = band_response(band, np.minimum(GRID_HZ, HIGHEST_SHARE * rate_hz), rate_hz)
    curve: F64 = 20.0 * np.log10(np.abs(response) + 1e-12)
    return curve


def summed_db(eq: Sequence[EqBand], rate_hz: int) -> F64:
    """Return what all bands do together in dB on ``GRID_HZ``."""
    whole: F64 = np.sum([curve_db(band, rate_hz) for band in eq], axis=0)
    return whole


def reach_db(eq: Sequence[EqBand], rate_hz: int) -> Range:
    """Return the lowest and the highest of what all bands do together in dB; 0 lies between them."""
    whole = summed_db(eq, rate_hz)
    return min(0.0, float(whole.min())), max(0.0, float(whole.max()))


def inside(whole_db: F64, range_db: Range) -> bool:
    """Tell whether a summed response stays within a range."""
    low, high = range_db
    return float(whole_db.min()) >= low - EDGE_DB and float(whole_db.max()) <= high + EDGE_DB


def fits(eq: Sequence[EqBand], range_db: Range, rate_hz: int) -> bool:
    """Tell whether what all bands do together stays within a range; quick where gains alone tell that it does."""
    sure = [_surely_db(band) for band in eq]
    if sum(low for low, _ in sure) >= range_db[0] and sum(high for _, high in sure) <= range_db[1]:
        return True
    return inside(summed_db(eq, rate_hz), range_db)


def _surely_db(band: EqBand) -> Range:
    """Return what one band surely stays within: its gain, but a shelf narrower than two octaves overshoots."""
    if band.shape is not EqShape.BELL and band.bandwidth_oct < _STEEPEST_SHELF_OCT and band.gain_db != 0.0:
        return -math.inf, math.inf
    return min(0.0, band.gain_db), max(0.0, band.gain_db)


def held_within(eq: tuple[EqBand, ...], range_db: Range, rate_hz: int) -> tuple[EqBand, ...]:
    """Return bands whose sum stays within a range around 0: as they are, or all gains made smaller by one factor."""
    share = 1.0
    held = eq
    while not fits(held, range_db, rate_hz):
        low, high = reach_db(held, rate_hz)
        over = max(
            (low / range_db[0]) if low < range_db[0] else 1.0, (high / range_db[1]) if high > range_db[1] else 1.0
        )
        share /= max(over, 1.001)
        held = tuple(replace(band, gain_db=share * band.gain_db) for band in eq)
    return held
