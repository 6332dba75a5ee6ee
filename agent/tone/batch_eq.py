"""EQ bands of many copies at once: ``agent.hearing.bands.band_response`` in one call, and bounds on what bands do.

Bands are arrays: ``side`` −1 low shelf, 0 bell, 1 high shelf; gains in dB, frequencies in Hz, widths in octaves.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.session import EqShape

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
SIDES = {EqShape.LOW_SHELF: -1.0, EqShape.BELL: 0.0, EqShape.HIGH_SHELF: 1.0}
_DB = 20.0 / np.log(10.0)
_FLOOR = 1e-24


class Bands(NamedTuple):
    """Bands of any shape (…): the four arrays are alike."""

    side: F64
    gain_db: F64
    freq_hz: F64
    width_oct: F64

    def at(self, *where: Any) -> "Bands":
        """Return some of the bands."""
        return Bands(*(part[where] for part in self))

    def put(self, where: Any, bands: "Bands") -> None:
        """Set some of the bands, but for their shapes."""
        for part, new in zip(self[1:], bands[1:], strict=True):
            part[where] = new


Polynomial = tuple[F64, F64, F64]


def responses(bands: Bands, rate_hz: F64, delay: C128) -> C128:
    """Return the bands' complex responses, (…, B): ``delay`` (…, B) is z⁻¹ where they are wanted, rates are (…)."""
    num, den = _cookbook(bands, rate_hz)
    found: C128 = _at(num, delay) / _at(den, delay)
    return found


def levels_db(bands: Bands, rate_hz: F64, half: F64) -> F64:
    """Return the bands' responses in dB, (…, B): ``half`` (…, B) is sin²(ω/2) where they are wanted.

    In this form of the Cookbook's |H|² nothing cancels at low frequencies, and nothing is complex.
    """
    num, den = _cookbook(bands, rate_hz)
    level: F64 = _DB / 2 * np.log(_square(num, half) / _square(den, half) + _FLOOR)
    return level


def _cookbook(bands: Bands, rate_hz: F64) -> tuple[Polynomial, Polynomial]:
    w0 = 2 * np.pi * np.minimum(bands.freq_hz, 0.49 * rate_hz) / rate_hz
    cos, sin = np.cos(w0), np.sin(w0)
    amp = 10 ** (bands.gain_db / 40)
    alpha = sin * np.sinh(np.log(2) / 2 * bands.width_oct * w0 / sin)
    plus, minus, root = amp + 1, bands.side * (amp - 1), 2 * np.sqrt(amp) * alpha
    bell = bands.side == 0
    num = (
        np.where(bell, 1 + alpha * amp, amp * (plus + minus * cos + root)),
        np.where(bell, -2 * cos, -2 * bands.side * amp * (amp - 1 + bands.side * plus * cos)),
        np.where(bell, 1 - alpha * amp, amp * (plus + minus * cos - root)),
    )
    den = (
        np.where(bell, 1 + alpha / amp, plus - minus * cos + root),
        np.where(bell, -2 * cos, 2 * bands.side * (amp - 1 - bands.side * plus * cos)),
        np.where(bell, 1 - alpha / amp, plus - minus * cos - root),
    )
    return num, den


def _at(parts: Polynomial, delay: C128) -> C128:
    first, second, third = (part[..., None] for part in parts)
    found: C128 = (third * delay + second) * delay + first
    return found


def _square(parts: Polynomial, half: F64) -> F64:
    b0, b1, b2 = parts
    flat, first, second = np.square(b0 + b1 + b2), 4 * (b0 * b1 + 4 * b0 * b2 + b1 * b2), 16 * b0 * b2
    found: F64 = (second[..., None] * half - first[..., None]) * half + flat[..., None]
    return found


def reaches_db(bands: Bands, rate_hz: F64) -> tuple[F64, F64]:
    """Return the lowest and the highest that each band does at any frequency in dB; 0 lies between them.

    A bell does no more than its gain. A shelf narrower than about two octaves overshoots: of the analogue prototype
    of the Audio EQ Cookbook, |H|² is a ratio of quadratics in ω², whose extremes are those of b u² + 2 (1 + A²) u + b.
    """
    w0 = 2 * np.pi * np.minimum(bands.freq_hz, 0.49 * rate_hz) / rate_hz
    amp = 10 ** (bands.gain_db / 40)
    square = amp * np.square(2 * np.sinh(np.log(2) / 2 * bands.width_oct * w0 / np.sin(w0)))
    b = square - 2 * amp
    shelf = (bands.side != 0) & (b < 0)
    b = np.where(shelf, b, -amp)
    high = 1 + np.square(amp)
    root = (-high - np.sqrt(np.maximum(np.square(high) - np.square(b), 0.0))) / b
    lowest, highest = np.minimum(bands.gain_db, 0.0), np.maximum(bands.gain_db, 0.0)
    for at in (root, 1 / root):
        upper = np.square(at) + b * at + np.square(amp)
        lower = np.square(amp * at) + b * at + 1
        level = np.where(shelf, _DB / 2 * np.log(np.maximum(np.square(amp) * upper / lower, 1e-12)), 0.0)
        lowest, highest = np.minimum(lowest, level), np.maximum(highest, level)
    return lowest, highest
