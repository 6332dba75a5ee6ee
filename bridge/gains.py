"""Faders and pans as DAWs keep them, and in dB. Pure."""

import math

import numpy as np
from numpy.typing import NDArray

from agent.session import FADER_MAX_DB

LOWEST_DB = -150.0  # REAPER shows a fader down there as -inf
ROUNDING_DB = 1e-3  # "3.98107171" in a project file is 1e-8 dB above +12 dB, the web interface's six decimals 1e-6
Sides = NDArray[np.float64]


def gain_db(linear: float) -> float:
    """Return a linear gain in dB; 0 is minus infinity. The sign (a phase) is left out."""
    return 20.0 * math.log10(abs(linear)) if linear else -math.inf


def both_db(left: float, right: float) -> float:
    """Return the linear peaks or gains of two sides as one level in dB: the mean of their powers."""
    return gain_db(math.hypot(left, right) / math.sqrt(2.0))


def gain_linear(db: float) -> float:
    """Return a gain in dB as a factor."""
    return float(10.0 ** (db / 20.0))


def within_fader(db: float) -> float:
    """Return a fader in dB without what rounding put over its end, and minus infinity where DAWs show it closed."""
    if db <= LOWEST_DB:
        return -math.inf
    return FADER_MAX_DB if FADER_MAX_DB < db <= FADER_MAX_DB + ROUNDING_DB else db


def balance(pan: float) -> Sides:
    """Return the gains (left, right) of a pan in [-1, 1]; the centre leaves both sides alone."""
    return np.array([min(1.0, 1.0 - pan), min(1.0, 1.0 + pan)])
