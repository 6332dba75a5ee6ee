"""A steady grid under the music: beats by dynamic programming (Ellis 2007), then straightened where the tempo holds."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

_TIGHTNESS = 400.0
# Beats that slip do so by halves and thirds: a sixth of the period is what they keep.
_SLIP = 6
_STEADY = 0.75
_RANGE, _FINEST = 0.02, 0.02
_FEWEST = 12
_MOST, _FINE = 1024, 64
_WINDOW, _EVEN_OVER = 8, 16
_HOLDS, _HOLDS_TURN = 0.4, 0.35


def track_beats(accent: F64, rate_hz: float, period_s: F64) -> F64:
    """Return the beats' times in s, from the start of the session to its end.

    ``accent`` and ``period_s``: (F,) onset strength and beat period in s at each frame.
    """
    frames = len(accent)
    spread = float(accent.std())
    local = accent / spread if spread > 0 else accent
    best, came = np.zeros(frames), np.full(frames, -1, np.intp)
    for now in range(frames):
        period = period_s[now] * rate_hz
        nearest, farthest = round(period * 0.6), round(period * 1.6)
        back = np.arange(max(0, now - farthest), now - nearest + 1)
        if len(back) == 0:
            best[now] = local[now]
            continue
        value = best[back] - _TIGHTNESS * np.square(np.log((now - back) / period))
        top = int(value.argmax())
        best[now], came[now] = local[now] + value[top], back[top]
    last = max(0, frames - round(period_s[-1] * rate_hz))
    at = last + int(best[last:].argmax())
    beats = []
    while at >= 0:
        beats.append(at)
        at = int(came[at])
    return np.array(beats[::-1]) / rate_hz


@dataclass(frozen=True, slots=True)
class EvenGrid:
    """Beats at ``phase_s`` + k · ``period_s``; ``fit``, 0 to 1: how well the beats it was made for lie on it."""

    period_s: float
    phase_s: float
    fit: float

    def between(self, first_s: float, last_s: float) -> F64:
        """Return the beats from the one nearest to a time to the one nearest to another."""
        first, last = (round((at - self.phase_s) / self.period_s) for at in (first_s, last_s))
        return np.asarray(self.phase_s + self.period_s * np.arange(first, last + 1), np.float64)

    def holds(self, beats_s: F64, parts: int = _SLIP, within_s: float = np.inf) -> bool:
        """Tell whether beats lie on this grid, or on so many parts of its beats, within a time if one is given."""
        turn = complex(np.exp(2j * np.pi * parts * (beats_s - self.phase_s) / self.period_s).mean())
        off = abs(float(np.angle(turn))) / (2 * np.pi)
        return abs(turn) > _HOLDS and off < _HOLDS_TURN and off * self.period_s / parts < within_s


def straighten(beats_s: F64) -> F64:
    """Return the beats on an even grid wherever the tempo holds for long enough, and as they are elsewhere.

    A span that keeps its tempo but slips to the off-beat and back is put right too.
    """
    if (found := _steadiest(beats_s)) is None:
        return beats_s
    first, last, grid = found
    first, last = _spread(beats_s, first, last, grid)
    grid = even_grid(beats_s[first:last], grid.period_s)
    parts = (straighten(beats_s[:first]), grid.between(beats_s[first], beats_s[last - 1]), straighten(beats_s[last:]))
    joined = parts[0]
    for part in parts[1:]:
        joined = part if len(joined) == 0 else np.concatenate([joined, part[part > joined[-1] + 0.5 * grid.period_s]])
    return joined


def _steadiest(beats_s: F64) -> tuple[int, int, EvenGrid] | None:
    """Return the longest span of beats, by halving, that an even grid fits: its first, past its last, its grid."""
    # In pieces, for an hour has thousands of beats, and as many times more periods to try.
    edges = np.linspace(0, len(beats_s), -(-len(beats_s) // _MOST) + 1).astype(int).tolist()
    spans = list(pairwise(edges))
    while spans:
        grids = [(first, last, even_grid(beats_s[first:last])) for first, last in spans if last - first >= _FEWEST]
        if steady := [found for found in grids if found[2].fit >= _STEADY]:
            return max(steady, key=lambda found: found[2].fit)
        spans = [half for a, b, _ in grids for half in ((a, (a + b) // 2), ((a + b) // 2, b))]
    return None


def _spread(beats_s: F64, first: int, last: int, grid: EvenGrid) -> tuple[int, int]:
    """Return how far to either side a grid goes on to hold; one stumble of a few beats does not end it."""

    def holds(start: int, stop: int) -> bool:
        return stop - start > 2 and grid.holds(beats_s[start:stop])

    for direction in (-1, 1):
        misses = 0
        edge = first if direction < 0 else last
        while misses < 2 and 0 < edge < len(beats_s):
            window = (max(0, edge - _WINDOW), edge) if direction < 0 else (edge, min(len(beats_s), edge + _WINDOW))
            edge = window[0] if direction < 0 else window[1]
            if holds(*window):
                misses = 0
                first, last = min(first, window[0]), max(last, window[1])
            else:
                misses += 1
    return first, last


def evenness(beats_s: F64) -> float:
    """Return how even beats are over 16 at a time, 0 to 1; what beats of anything at all have is 0.6."""
    starts = range(0, max(1, len(beats_s) - _EVEN_OVER // 2), _EVEN_OVER // 2)
    return float(np.mean([even_grid(beats_s[at : at + _EVEN_OVER]).fit for at in starts]))


def even_grid(beats_s: F64, near_s: float | None = None) -> EvenGrid:
    """Return the even grid that fits beats best, of a period near one that is known, if one is."""
    middle = float(np.median(np.diff(beats_s))) if near_s is None else near_s
    reach = _RANGE if near_s is None else _RANGE * min(1.0, _FINE / len(beats_s))
    step = max(_FINEST * middle / _SLIP / (beats_s[-1] - beats_s[0]), 1e-6)
    periods = middle * np.exp(np.arange(-reach, reach, step))
    # In slices, for an hour has thousands of beats and tens of thousands of periods to try.
    turn = np.concatenate(
        [
            np.exp(2j * np.pi * _SLIP * beats_s[:, None] / part).mean(0)
            for part in np.array_split(periods, len(periods) // 1000 + 1)
        ]
    )
    top = int(np.abs(turn).argmax())
    period = float(periods[top])
    sixth = period / _SLIP
    fine = float(np.angle(turn[top])) / (2 * np.pi) * sixth
    classes = np.round((beats_s - fine) / sixth).astype(np.intp) % _SLIP
    phase = fine + int(np.bincount(classes, minlength=_SLIP).argmax()) * sixth
    return EvenGrid(period, phase, float(np.abs(turn[top])))


def steps(beats_s: F64, length_s: float, per_beat: int) -> F64:
    """Return evenly spread steps between beats, and on before the first and after the last at their pace.

    The first step is within a beat's length of the start, and step 0 is a beat; the last lies past the end.
    """
    first, last = float(np.median(np.diff(beats_s[:5]))), float(np.median(np.diff(beats_s[-5:])))
    before = int(np.floor(beats_s[0] / first)) + 1
    after = int(np.ceil(max(0.0, length_s - beats_s[-1]) / last)) + 1
    beats = np.concatenate(
        [beats_s[0] - first * np.arange(before, 0, -1), beats_s, beats_s[-1] + last * np.arange(1, after + 1)]
    )
    return np.asarray(np.interp(np.arange((len(beats) - 1) * per_beat + 1) / per_beat, np.arange(len(beats)), beats))
