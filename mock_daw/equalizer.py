"""The channel EQ: biquads of the Audio EQ Cookbook (R. Bristow-Johnson, W3C note 2021), run block by block.

Names follow the cookbook: A, w0, alpha, b0..a2. All bands, shelves too, take their width in octaves ("BW").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, log, pi, sin, sinh, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from mock_daw.errors import EngineError

FloatArray = NDArray[np.float32]
Section = tuple[float, float, float, float, float, float]

FREQ_RANGE_HZ = (10.0, 24_000.0)
GAIN_LIMIT_DB = 24.0
BANDWIDTH_RANGE_OCT = (0.01, 4.0)
HIGH_PASS_Q = sqrt(0.5)
HIGHEST_OF_RATE = 0.49
# Wide bands near half the rate would put poles on the unit circle, where rounding errors pile up without end. At this
# alpha a bell already spans everything but the last few Hz around 0 and half the rate.
HIGHEST_ALPHA = 1000.0
# A tone at half the rate, far below anything audible, that keeps decaying filters off denormal numbers, on which
# many processors are a hundred times slower; and the level below which the output is silence again.
DITHER = 1e-25
SILENCE = 1e-15


class Shape(StrEnum):
    """The shapes of an EQ band."""

    LOW_SHELF = "low_shelf"
    BELL = "bell"
    HIGH_SHELF = "high_shelf"


@dataclass(frozen=True, slots=True)
class Band:
    """One EQ band: a gain in dB at a frequency in Hz, with a width in octaves. Raises ``EngineError``."""

    shape: Shape
    freq_hz: float
    gain_db: float = 0.0
    bandwidth_oct: float = 2.0

    def __post_init__(self) -> None:
        low, high = FREQ_RANGE_HZ
        if not low <= self.freq_hz <= high:
            raise EngineError(f"an EQ frequency of {self.freq_hz} Hz is outside {low:.0f} to {high:.0f} Hz")
        if not abs(self.gain_db) <= GAIN_LIMIT_DB:
            raise EngineError(f"an EQ gain of {self.gain_db} dB is outside ±{GAIN_LIMIT_DB:.0f} dB")
        narrow, wide = BANDWIDTH_RANGE_OCT
        if not narrow <= self.bandwidth_oct <= wide:
            raise EngineError(f"an EQ bandwidth of {self.bandwidth_oct} octaves is outside {narrow} to {wide:.0f}")


def sections(bands: Sequence[Band], high_pass_hz: float | None, rate_hz: int) -> dict[int, Section]:
    """Return the second-order sections that are not flat, by place: 0 the high-pass, then the bands from 1."""
    chain = {} if high_pass_hz is None else {0: high_pass_section(high_pass_hz, rate_hz)}
    return chain | {place: band_section(band, rate_hz) for place, band in enumerate(bands, 1) if band.gain_db}


def band_section(band: Band, rate_hz: int) -> Section:
    """Return a band as one section (b0, b1, b2, 1, a1, a2). Frequencies above 0.49 of the rate are held there."""
    w0 = angle(band.freq_hz, rate_hz)
    a = 10.0 ** (band.gain_db / 40.0)
    alpha = bandwidth_alpha(w0, band.bandwidth_oct)
    if band.shape is Shape.BELL:
        return bell_section(w0, a, alpha)
    return shelf_section(w0, a, alpha, high=band.shape is Shape.HIGH_SHELF)


def high_pass_section(freq_hz: float, rate_hz: int) -> Section:
    """Return a high-pass of 12 dB an octave (Q 0.7071) as one section."""
    w0 = angle(freq_hz, rate_hz)
    alpha = sin(w0) / (2.0 * HIGH_PASS_Q)
    b1 = -(1 + cos(w0))
    return normalized((-b1 / 2, b1, -b1 / 2), (1 + alpha, -2 * cos(w0), 1 - alpha))


def bell_section(w0: float, a: float, alpha: float) -> Section:
    """Return the cookbook's peaking EQ; ``a`` is the square root of the gain at its centre."""
    b1 = -2.0 * cos(w0)
    return normalized((1 + alpha * a, b1, 1 - alpha * a), (1 + alpha / a, b1, 1 - alpha / a))


def shelf_section(w0: float, a: float, alpha: float, *, high: bool) -> Section:
    """Return the cookbook's low or high shelf; ``a`` is the square root of the gain on its side."""
    # The high shelf is the low shelf mirrored in frequency: the cosine and the middle coefficients change sign.
    mirror = -1.0 if high else 1.0
    c = mirror * cos(w0)
    slope = 2.0 * sqrt(a) * alpha
    numerator = (
        a * ((a + 1) - (a - 1) * c + slope),
        mirror * 2 * a * ((a - 1) - (a + 1) * c),
        a * ((a + 1) - (a - 1) * c - slope),
    )
    denominator = (
        (a + 1) + (a - 1) * c + slope,
        mirror * -2 * ((a - 1) + (a + 1) * c),
        (a + 1) + (a - 1) * c - slope,
    )
    return normalized(numerator, denominator)


def angle(freq_hz: float, rate_hz: int) -> float:
    """Return w0 of a frequency in Hz, held at 0.49 of the rate."""
    return 2.0 * pi * min(freq_hz / rate_hz, HIGHEST_OF_RATE)


def bandwidth_alpha(w0: float, bandwidth_oct: float) -> float:
    """Return alpha of a width in octaves."""
    return min(HIGHEST_ALPHA, sin(w0) * sinh(log(2.0) / 2.0 * bandwidth_oct * w0 / sin(w0)))


def normalized(b: tuple[float, float, float], a: tuple[float, float, float]) -> Section:
    """Return a section with a0 = 1."""
    return (b[0] / a[0], b[1] / a[0], b[2] / a[0], 1.0, a[1] / a[0], a[2] / a[0])


class Equalizer:
    """Filters one stereo stream. Owns the filters' state, which outlives a change of settings."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._settings: tuple[tuple[Band, ...], float | None] = ((), None)
        self._places: list[int] = []
        self._sos = np.zeros((0, 6))
        self._state = np.zeros((0, 2, 2))  # (sections, channels, 2), as scipy wants it
        self._odd = 0

    def set(self, bands: tuple[Band, ...], high_pass_hz: float | None) -> None:
        """Turn the knobs: a section that stays keeps its state, a new one starts at rest."""
        if (bands, high_pass_hz) == self._settings:
            return
        chain = sections(bands, high_pass_hz, self._rate_hz)
        kept = dict(zip(self._places, self._state, strict=True))
        self._settings = (bands, high_pass_hz)
        self._places = list(chain)
        self._sos = np.array(list(chain.values())).reshape(-1, 6)
        self._state = np.array([kept.get(place, np.zeros((2, 2))) for place in chain]).reshape(-1, 2, 2)

    def filter(self, audio: FloatArray) -> FloatArray:
        """Return the next block (samples, 2) filtered, in double precision within: low bells need it."""
        first, self._odd = self._odd, (self._odd + len(audio)) % 2
        if not self._places or not len(audio):
            return audio
        signal = np.array(audio.T, np.float64, order="C")
        signal[:, first::2] += DITHER
        signal[:, 1 - first :: 2] -= DITHER
        filtered, self._state = sosfilt(self._sos, signal, axis=1, zi=self._state)
        output = filtered.T.astype(np.float32, order="C")
        output[np.abs(output) < SILENCE] = 0.0
        return output
