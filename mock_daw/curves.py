"""The curves of fades and of envelopes, as functions of arrays."""

from collections.abc import Callable, Sequence
from math import pi

import numpy as np
from numpy.typing import NDArray

from mock_daw.session import Fade, Point

FloatArray = NDArray[np.float64]
Curve = Callable[[FloatArray], FloatArray]


def fade_gain(shape: int, x: FloatArray) -> FloatArray:
    """Return the gain of a fade-in of one of REAPER's shapes at ``x`` in [0, 1]; a fade-out is its mirror image.

    REAPER names the shapes 0 linear, 1 fast start, 2 slow start, 3 fast start (steep), 4 slow start (steep), 5 slow
    start and end, 6 slow start and end (steep), and publishes no formulas. These have the names' forms: powers of two
    and four, the raised cosine, and the same once more over itself. An unknown shape is linear.
    """
    return _FADES.get(shape, _linear)(np.clip(x, 0.0, 1.0))


def fades(fade_in: Fade, fade_out: Fade, first: int, samples: int, length: int, rate_hz: int) -> FloatArray | None:
    """Return the gains of an item's samples from ``first`` on, or None where neither fade reaches.

    ``length`` is the item's in samples. Sample 0 of a fade-in has gain 0, and so has the one after the last.
    """
    rising, falling = (min(round(fade.length_s * rate_hz), length) for fade in (fade_in, fade_out))
    if first >= rising and first + samples <= length - falling:
        return None
    place = np.arange(first, first + samples, dtype=np.float64)
    gain = np.ones(samples)
    if rising > 0:
        gain *= fade_gain(fade_in.shape, place / rising)
    if falling > 0:
        gain *= fade_gain(fade_out.shape, (length - place) / falling)
    return gain


def envelope_gain(points: Sequence[Point], first: int, samples: int, rate_hz: int) -> FloatArray:
    """Return an envelope's values (samples,) from a sample of the project on; before and after it they are held.

    Point shapes are REAPER's: 0 linear, 1 square, 2 slow start/end, 3 fast start, 4 fast end, 5 Bézier. Bézier is
    drawn as a line, and values are interpolated as factors ("amplitude scaling"), not along the fader's travel.
    """
    time_s = np.arange(first, first + samples) / rate_hz
    ordered = sorted(points, key=lambda point: point.position_s)
    places = np.array([point.position_s for point in ordered])
    values = np.array([point.value for point in ordered])
    left = np.searchsorted(places, time_s, side="right") - 1
    gain = values[np.clip(left, 0, len(ordered) - 1)]
    for number in range(max(0, int(left[0])), min(int(left[-1]), len(ordered) - 2) + 1):
        span_s = places[number + 1] - places[number]
        here = left == number
        along = _SEGMENTS.get(ordered[number].shape, _linear)((time_s[here] - places[number]) / span_s)
        gain[here] = values[number] + (values[number + 1] - values[number]) * along
    return gain


def _linear(x: FloatArray) -> FloatArray:
    return x


def _cosine(x: FloatArray) -> FloatArray:
    return 0.5 - 0.5 * np.cos(pi * x)


_FADES: dict[int, Curve] = {
    0: _linear,
    1: lambda x: 1.0 - (1.0 - x) ** 2,
    2: lambda x: x**2,
    3: lambda x: 1.0 - (1.0 - x) ** 4,
    4: lambda x: x**4,
    5: _cosine,
    6: lambda x: _cosine(_cosine(x)),
}
_SEGMENTS: dict[int, Curve] = {
    0: _linear,
    1: np.zeros_like,
    2: lambda x: x**2 * (3.0 - 2.0 * x),
    3: lambda x: 1.0 - (1.0 - x) ** 3,
    4: lambda x: x**3,
}
