"""Ardour's scales: gains in dB, fader positions, and the dB it answers to a query.

From Ardour 7's ``libs/ardour/ardour/dB.h`` and ``utils.h`` (by their published formulas), checked against what an
Ardour 7.3 answered over OSC: 0.782 is +0.0066 dB, 0.5 is −10.469 dB, and a query after −6 dB answers −6.01863.
"""

import math

HIGHEST_GAIN = 2.0  # +6.02 dB
SILENCE_DB = -193.0  # of meters
CLOSED_DB = -200.0  # of faders
CLOSED_QUERIED_DB = -766.7924767  # the fast logarithm of nothing
LOWEST_SET_DB = -192.0
SILENCE = 10.0 ** (SILENCE_DB / 20.0)
FADER_TOP, FADER_SHARE, FADER_OFFSET = 198.0, 6.0, 192.0


def held(gain_linear: float) -> float:
    """Hold a gain within Ardour's range, 0 to 2."""
    return min(max(gain_linear, 0.0), HIGHEST_GAIN)


def gain_of_db(db: float) -> float:
    """Return the gain that ``/strip/gain`` sets; below −192 dB it is 0, above +6.02 dB it is held."""
    return 0.0 if not db >= LOWEST_SET_DB else held(10.0 ** (min(db, 100.0) / 20.0))


def db_of_gain(gain_linear: float) -> float:
    """Return a fader's gain as feedback has it: −200 dB for a closed one."""
    return CLOSED_DB if gain_linear <= SILENCE else 20.0 * math.log10(gain_linear)


def meter_db(peak: float) -> float:
    """Return a peak as meters have it: −193 dB is silence."""
    return SILENCE_DB if peak <= SILENCE else 20.0 * math.log10(peak)


def fader_of_gain(gain_linear: float) -> float:
    """Return where a gain lies on the fader, in [0, 1]: 0.7818 is 0 dB."""
    gain = held(gain_linear)
    along = (FADER_SHARE * math.log2(gain) + FADER_OFFSET) / FADER_TOP if gain > 0.0 else 0.0
    return math.pow(max(along, 0.0), 8.0)


def gain_of_fader(position: float) -> float:
    """Return the gain of a fader position; positions are held in [0, 1]."""
    if not position > 0.0:
        return 0.0
    along = math.pow(min(position, 1.0), 0.125)
    return held(math.pow(2.0, (along * FADER_TOP - FADER_OFFSET) / FADER_SHARE))


def queried_db(gain_linear: float) -> float:
    """Return what ``/strip/gain ssid`` answers: a fast logarithm, up to 0.04 dB off.

    It is the one of ``libs/pbd/pbd/fastlog.h``: a parabola between powers of two, and 3.3125 for the logarithm of 10.
    """
    if gain_linear <= SILENCE:
        return CLOSED_QUERIED_DB
    mantissa, exponent = math.frexp(gain_linear)
    mantissa *= 2.0
    log2 = (-mantissa / 3.0 + 2.0) * mantissa - 2.0 / 3.0 + exponent - 2.0
    return 20.0 * log2 / 3.3125
