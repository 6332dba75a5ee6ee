"""Which level of the pulse is the beat, where it falls, and how beats make bars: all of it weighed at once.

A steady pulse alone does not say whether it is the beat, its half, or two thirds of it, nor which of its strokes is
the first of a bar. Each answer is a hypothesis; for each, a handful of figures is read off the music folded to its
bar, and a log-linear score adds them up. The weights are fitted to the training songs (benchmarks/pulse_fit.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy import fft, signal

from agent.hearing.onsets import CHROMA_EVERY, Onsets
from agent.hearing.pulse_tempo import DRUMS, Accents
from agent.roles import Role

F64 = NDArray[np.float64]

PER_PULSE = 24
# The beat's length in steps, 24 to the pulse that was followed: three times as fast to three times as slow.
_PERIODS = (8, 12, 16, 18, 24, 32, 36, 48, 72)
_SLOWEST_BPM, _FASTEST_BPM = 48.0, 215.0
_FLOOR = 0.1
_UNLIKE = -0.1  # a bar after which music is so much less like itself than after another is none
_BOTH_THIRDS = 0.5
# The fourth eighth so much stronger than the quarters beside it, and those between so even, are the beats of 6/8.
_HALF_BAR, _EVENLY = 1.5, 0.6
# By beats of a bar: which beats are its middle, and which the other ones; and by how much music is more like itself
# after so many beats (1 to 16) as only bars of that many have than after so many as only the others have.
_MIDDLE_AND_OTHER = {2: ([0], [1]), 3: ([1, 2], [1, 2]), 4: ([2], [1, 3])}
_THREES, _FOURS = (3, 6, 9, 15), (4, 8, 16)


@dataclass(frozen=True, slots=True)
class Weights:
    """The file of weights: what they were fitted to, and the weight of each of ``NAMES``."""

    source: str
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read the pulse: the beat's period and the first downbeat in steps, beats of a bar, how beats are cut.

    ``ternary``: in three, be it all thirds or the last alone (swing); ``compound``: all of them, as in 6/8 and 12/8.
    """

    period: int
    downbeat: int
    beats_per_bar: int
    ternary: bool
    compound: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """What happens at each step (S,) of the grid at ``times_s``: each over its own mean, so that 1 is usual."""

    times_s: F64
    full: F64
    low: F64
    back: F64
    harmony: F64
    first: float
    per_s: float
    low_per_s: float


_CURVES = ("full", "low", "back", "harmony")
_PLACES = ("downbeat", "middle", "other_beats", "half", "quarter")
NAMES = (
    *(f"{curve}_{place}" for curve in _CURVES for place in _PLACES),
    "tempo", "tempo_square", "tempo_cube", "tempo_fourth",
    "density", "density_square", "low_density", "low_density_square", "tempo_by_density",
    "explained", "ternary", "fast_ternary", "in_three", "in_two",
    "phrase_alike", "half_phrase_alike", "two_bars_alike", "bar_alike",
    "two_beats_alike", "beat_alike", "half_alike", "bar_against_other",
    "starts_on_bar", "starts_on_beat",
)  # fmt: skip


def fold(onsets: Onsets, heard: Accents, roles: Sequence[Role] | None, times_s: F64) -> Folded:
    """Read the accents off at each step of a grid."""
    frames = np.arange(len(heard.full)) / onsets.rate_hz
    full, low, back = (_over_mean(np.interp(times_s, frames, x)) for x in (heard.full, heard.low, heard.back))
    novelty = _over_mean(harmony_change(onsets, roles, times_s))
    loud = np.flatnonzero(heard.full > 0.3 * np.percentile(heard.full, 98))
    first = float(np.interp(frames[loud[0]] if len(loud) else 0.0, times_s, np.arange(len(times_s))))
    per_s, low_per_s = (_peaks(x) / onsets.length_s for x in (heard.full, heard.low))
    return Folded(times_s, full, low, back, novelty, first, per_s, low_per_s)


def _peaks(curve: F64) -> int:
    return len(signal.find_peaks(curve, height=0.5 * float(curve.mean()), prominence=0.3 * float(curve.mean()))[0])


def harmony_change(onsets: Onsets, roles: Sequence[Role] | None, times_s: F64) -> F64:
    """Return how much the pitch classes after each time differ from those before it, half a second each way."""
    if onsets.chroma is None:
        return np.zeros(len(times_s))
    kept = [i for i in range(onsets.tracks) if roles is None or roles[i] not in DRUMS]
    chroma = onsets.chroma[kept].sum(0) if kept else np.zeros((12, 2))
    rate = onsets.rate_hz / CHROMA_EVERY
    reach = max(1, round(0.5 * rate))
    total = np.cumsum(np.pad(chroma, ((0, 0), (reach + 1, reach))), axis=1)
    after = total[:, 2 * reach :] - total[:, reach:-reach]
    before = total[:, reach:-reach] - total[:, : -2 * reach]
    norm = np.linalg.norm(after, axis=0) * np.linalg.norm(before, axis=0)
    alike = np.divide((after * before).sum(0), norm, out=np.ones_like(norm), where=norm > 1e-12)
    # Between frame i - 1 and i lies the border that index i is about.
    return np.asarray(np.interp(times_s, (np.arange(len(alike)) - 0.5) / rate, 1 - alike))


def likeliest(
    folded: Folded, period: int | None = None, beats_per_bar: int | None = None, offset: int | None = None
) -> Reading | None:
    """Return the likeliest reading of a pulse, of those with a period, a bar and an offset of the beats in steps."""
    found, figures = readings(folded, _PERIODS if period is None else (period,))
    wanted = np.array(
        [
            (beats_per_bar is None or one.beats_per_bar == beats_per_bar)
            and (offset is None or one.downbeat % one.period == offset)
            for one in found
        ],
        bool,
    )
    if not wanted.any():
        return None
    repeated = wanted & (figures[:, NAMES.index("bar_against_other")] > _UNLIKE)
    score = np.where(repeated if repeated.any() else wanted, figures @ weights(), -np.inf)
    best = found[int(score.argmax())]
    return best if beats_per_bar is not None else _in_six_eight(folded, best)


def _in_six_eight(folded: Folded, best: Reading) -> Reading:
    """Return a reading as 6/8 where it fills all thirds, or is a 3/4 whose accent halves the bar; else as it is.

    Songs in 6/8 are too few to fit this to: the rules are those of the notation.
    """
    if best.compound and best.beats_per_bar == 4:
        return replace(best, beats_per_bar=2, downbeat=best.downbeat % (2 * best.period))
    if best.ternary or best.beats_per_bar != 3 or best.period % 2:
        return best
    bar, half = 3 * best.period, 3 * best.period // 2
    starts = np.arange(best.downbeat, len(folded.full) - bar, bar)
    eighths = np.array([folded.full[starts + k * best.period // 2].sum() for k in range(6)])
    between = eighths[[1, 2, 4, 5]]
    halved = eighths[3] > _HALF_BAR * between[[1, 2]].mean()
    if not halved or between.min() < _EVENLY * between.max():
        return best
    return Reading(half, best.downbeat, 2, ternary=True, compound=True)


@cache
def weights() -> F64:
    """Return the weight of each of ``NAMES``, as fitted (``pulse_weights.json`` says to what)."""
    table = TypeAdapter(Weights).validate_json(files("agent.hearing").joinpath("pulse_weights.json").read_bytes())
    return np.array([table.weights[name] for name in NAMES])


def readings(folded: Folded, periods: Sequence[int] = _PERIODS) -> tuple[list[Reading], F64]:
    """Return readings of a pulse and their figures, shape (readings, names)."""
    found: list[Reading] = []
    rows: list[list[float]] = []
    pulse_s = float(np.median(np.diff(folded.times_s))) * PER_PULSE
    alike = _self_likeness(folded)
    curves = (folded.full, folded.low, folded.back, folded.harmony)
    for period in periods:
        beat_s = pulse_s * period / PER_PULSE
        if len(periods) > 1 and not _SLOWEST_BPM <= 60 / beat_s <= _FASTEST_BPM:
            continue
        octaves = float(np.log2(beat_s / 0.5))
        density, low_density = (float(np.log2(max(per_s, 0.1) * beat_s)) for per_s in (folded.per_s, folded.low_per_s))
        tempo = [octaves**power for power in range(1, 5)]
        rate = [*tempo, density, density**2, low_density, low_density**2, octaves * density]
        for offset in range(0, period, 2):
            profiles = [_by_beat(curve, offset, period) for curve in curves]
            twelfths = profiles[0].mean(0)
            explained, ternary = _explained(twelfths)
            compound = ternary and bool(min(twelfths[4], twelfths[8]) > _BOTH_THIRDS * max(twelfths[4], twelfths[8]))
            half, quarter = ([8], [4]) if ternary else ([6], [3, 9])
            within = [(_log(p[:, half].mean()), _log(p[:, quarter].mean())) for p in profiles]
            late_beat = (folded.first - offset + period / 2) % period - period / 2
            likeness = np.array([alike(k * period) for k in range(1, 17)])
            for count in (2, 3, 4) if ternary else (3, 4):
                bar = period * count
                shared = [
                    *rate, explained, float(ternary), octaves * ternary, float(count == 3), float(count == 2),
                    alike(8 * bar), alike(4 * bar), alike(2 * bar), alike(bar), alike(2 * period), alike(period),
                    alike(period / 2),
                    float(_against(count) @ likeness),
                ]  # fmt: skip
                by = [_by_place(p[:, 0], count) for p in profiles]
                for down in range(count):
                    start = offset + down * period
                    late = (folded.first - start + bar / 2) % bar - bar / 2
                    places: list[float] = []
                    for beats, inner in zip(by, within, strict=True):
                        rolled = np.roll(beats, -down)
                        middle, other = (rolled[k].mean() for k in _MIDDLE_AND_OTHER[count])
                        places += [_log(rolled[0]), _log(middle), _log(other), *inner]
                    found.append(Reading(period, start % bar, count, ternary, compound))
                    rows.append([
                        *places, *shared,
                        float(np.exp(-np.square(late / (0.15 * period)))),
                        float(np.exp(-np.square(late_beat / (0.15 * period)))),
                    ])  # fmt: skip
    return found, np.array(rows)


def _by_beat(curve: F64, offset: int, period: int) -> F64:
    """Return a curve at each twelfth of each beat, (beats, 12)."""
    starts = np.arange(offset, len(curve) - period, period)
    at = starts[:, None] + np.arange(12) * period / 12
    return np.interp(at.ravel(), np.arange(len(curve)), curve).reshape(at.shape)


def _by_place(at_beats: F64, count: int) -> F64:
    """Return the mean at each beat of the bar, (count,)."""
    return np.array([at_beats[k::count].mean() if len(at_beats) > k else 0.0 for k in range(count)])


@cache
def _against(count: int) -> F64:
    """Return weights of 1 to 16 beats: what only bars of ``count`` hold whole, less what only the others do."""
    ours, theirs = (_THREES, _FOURS) if count == 3 else (_FOURS, _THREES)
    beats = np.arange(1, 17)
    return np.asarray(np.isin(beats, ours) / len(ours) - np.isin(beats, theirs) / len(theirs))


def _explained(twelfths: F64) -> tuple[float, bool]:
    """Return how much of what happens falls on halves and quarters, or on thirds, of a beat; and whether on thirds."""
    total = twelfths.sum() / 12 + 1e-9
    straight, thirds = twelfths[[0, 3, 6, 9]].mean() / total, twelfths[[0, 4, 8]].mean() / total
    between, in_thirds = twelfths[[3, 6, 9]].mean(), twelfths[[4, 8]].mean()
    # A straight grid has one place more: by chance alone both would score 1.
    return _log(max(straight, thirds * 0.9)), bool(in_thirds > between and in_thirds > 0.1 * twelfths[0])


def _self_likeness(folded: Folded) -> Callable[[float], float]:
    curves = np.stack([folded.full, folded.low, folded.back, folded.harmony])
    curves = curves - curves.mean(1, keepdims=True)
    count = curves.shape[1]
    length = fft.next_fast_len(2 * count, real=True)
    acf = fft.irfft(np.square(np.abs(fft.rfft(curves, length))), length)[:, :count]
    acf = acf / np.maximum(acf[:, :1], 1e-9) * count / np.arange(count, 0, -1)
    mean = acf.mean(0)

    def alike(lag: float) -> float:
        return float(np.interp(lag, np.arange(count), mean)) if lag < 0.8 * count else 0.0

    return alike


def _over_mean(curve: F64) -> F64:
    mean = float(curve.mean())
    return curve / mean if mean > 1e-9 else np.zeros_like(curve)


def _log(value: float) -> float:
    return float(np.log(value + _FLOOR))
