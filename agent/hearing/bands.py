"""Third-octave bands and the response of a strip's EQ in them.

Bands follow IEC 61260-1 (base ten): centres 1000·10^(n/10) Hz, edges at 10^(±1/20) of the centre. EQ responses follow
R. Bristow-Johnson's Audio EQ Cookbook, with the bandwidth in octaves for every shape.
"""

import numpy as np
from numpy.typing import NDArray

from agent.session import EqBand, EqShape, Strip

_FIRST, _LAST = -16, 13
THIRD_OCTAVES_HZ = 1000.0 * 10.0 ** (np.arange(_FIRST, _LAST + 1) / 10.0)
_EDGE = 10.0 ** (1 / 20)
_HIGH_PASS_Q = 1 / np.sqrt(2)

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


def bands_hz(rate_hz: int) -> Real:
    """Return the third-octave centres in Hz, 25 Hz to 20 kHz, that lie below the Nyquist frequency."""
    return THIRD_OCTAVES_HZ[: np.searchsorted(THIRD_OCTAVES_HZ, rate_hz / 2)]


def band_starts(freqs_hz: Real, centres_hz: Real) -> NDArray[np.intp]:
    """Return the index of each band's first bin in ``freqs_hz`` (ascending); band b ends where band b + 1 starts.

    The first band also takes all that lies below it, the last all that lies above. Raises ``ValueError`` where the
    bins are too wide for a band to hold one.
    """
    starts = np.searchsorted(freqs_hz, centres_hz / _EDGE)
    starts[0] = 1
    if np.any(np.diff(starts) < 1):
        raise ValueError("the spectrum is too coarse for third octaves")
    return starts


def strip_response(strip: Strip, freqs_hz: Real, rate_hz: int) -> Complex:
    """Return the complex response of a strip's EQ and high-pass at ``freqs_hz``; fader and pan are not in it."""
    response = np.ones(len(freqs_hz), complex)
    for band in strip.eq:
        if band.gain_db != 0.0:
            response *= band_response(band, freqs_hz, rate_hz)
    if strip.high_pass_hz is not None:
        response *= _biquad(*_high_pass(strip.high_pass_hz, rate_hz), freqs_hz, rate_hz)
    return response


def band_response(band: EqBand, freqs_hz: Real, rate_hz: int) -> Complex:
    """Return the complex response of one EQ band at ``freqs_hz``."""
    w0 = 2 * np.pi * min(band.freq_hz, 0.49 * rate_hz) / rate_hz
    cos, sin = np.cos(w0), np.sin(w0)
    amp = 10 ** (band.gain_db / 40)
    alpha = sin * np.sinh(np.log(2) / 2 * band.bandwidth_oct * w0 / sin)
    if band.shape is EqShape.BELL:
        num = (1 + alpha * amp, -2 * cos, 1 - alpha * amp)
        den = (1 + alpha / amp, -2 * cos, 1 - alpha / amp)
    else:
        side = -1.0 if band.shape is EqShape.LOW_SHELF else 1.0
        plus, minus, root = amp + 1, side * (amp - 1), 2 * np.sqrt(amp) * alpha
        num = (amp * (plus + minus * cos + root), -2 * side * amp * (amp - 1 + side * plus * cos),
               amp * (plus + minus * cos - root))  # fmt: skip
        den = (plus - minus * cos + root, 2 * side * (amp - 1 - side * plus * cos), plus - minus * cos - root)
    return _biquad(num, den, freqs_hz, rate_hz)


def _high_pass(freq_hz: float, rate_hz: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    w0 = 2 * np.pi * freq_hz / rate_hz
    cos, alpha = float(np.cos(w0)), float(np.sin(w0) / (2 * _HIGH_PASS_Q))
    return ((1 + cos) / 2, -(1 + cos), (1 + cos) / 2), (1 + alpha, -2 * cos, 1 - alpha)


def _biquad(num: tuple[float, ...], den: tuple[float, ...], freqs_hz: Real, rate_hz: int) -> Complex:
    z = np.exp(-2j * np.pi * np.asarray(freqs_hz) / rate_hz)
    response: Complex = (num[0] + num[1] * z + num[2] * z * z) / (den[0] + den[1] * z + den[2] * z * z)
    return response
