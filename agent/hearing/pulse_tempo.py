"""How fast: the beat period at every moment, from the autocorrelation of what begins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from agent.hearing.onsets import Onsets
from agent.roles import Role

F64 = NDArray[np.float64]

WINDOW_S = 12.0
HOP_S = 1.0
_SLOWEST_BPM, _FASTEST_BPM = 45.0, 220.0
_STEP = 0.01
_AROUND_S = 0.8
_FAINT = 0.1
_SHARPNESS, _STEP_COST, _JUMP_COST = 20.0, 2.0, 50.0
_SAME_LEVEL = 0.05
_PRIOR_BPM, _PRIOR_OCTAVES = 145.0, 0.6
DRUMS = frozenset({Role.DRUMS, Role.KICK, Role.SNARE, Role.HAT, Role.TOM, Role.CYMBAL, Role.PERCUSSION, Role.OVERHEAD})
_LOWS = frozenset({Role.DRUMS, Role.KICK, Role.BASS})


@dataclass(frozen=True, slots=True, eq=False)
class Accents:
    """What begins in all tracks together: (F,) everything, what lies low, and what lies in the middle but not low."""

    full: F64
    low: F64
    back: F64


@dataclass(frozen=True, slots=True, eq=False)
class TempoCurve:
    """(F,) beat period in s at each frame, and how clear it is, 0 to 1."""

    period_s: F64
    clarity: float


def accents(onsets: Onsets, roles: Sequence[Role] | None) -> Accents:
    """Sum the tracks' onset strengths, drums twice, and smooth them by 15 ms."""
    weights = np.ones(onsets.tracks) if roles is None else np.array([2.0 if r in DRUMS else 1.0 for r in roles])
    lows = np.ones(onsets.tracks) if roles is None else np.array([2.0 if r in _LOWS else 0.5 for r in roles])
    full = weights @ np.minimum(onsets.strength, 1.5)
    low = lows @ np.minimum(onsets.low, 1.5)
    mid = (
        np.zeros_like(low)
        if onsets.mid is None
        else weights @ np.maximum(0.0, np.minimum(onsets.mid, 1.5) - np.minimum(onsets.low, 1.5))
    )
    return Accents(*(ndimage.gaussian_filter1d(x, 0.015 * onsets.rate_hz) for x in (full, low, mid)))


def tempo_curve(heard: Accents, rate_hz: float) -> TempoCurve | None:
    """Return the period of the pulse over time, or None where nothing begins."""
    if heard.full.max(initial=0.0) < _FAINT:
        return None
    bpm = np.exp(np.arange(np.log(_SLOWEST_BPM), np.log(_FASTEST_BPM), _STEP))
    full, low = _tempograms(heard, rate_hz, 60.0 / bpm)
    prior = -0.5 * np.square(np.log2(bpm / _PRIOR_BPM) / _PRIOR_OCTAVES)
    path = best_path(_SHARPNESS * (full + 0.5 * low + 0.3 * prior), _STEP_COST, _JUMP_COST)
    periods = _at_one_level(60.0 / bpm[path])
    seconds = np.arange(len(heard.full)) / rate_hz
    period = np.interp(seconds, np.arange(len(path)) * HOP_S, periods)
    return TempoCurve(period, _clarity(full[np.arange(len(path)), path]))


def steady_curve(heard: Accents, rate_hz: float, period_s: float) -> TempoCurve:
    """Return a curve that keeps one period in s, and how clear that one is in the music."""
    full, _ = _tempograms(heard, rate_hz, np.array([period_s]))
    return TempoCurve(np.full(len(heard.full), period_s), _clarity(full[:, 0]))


def _clarity(likeness: F64) -> float:
    return float(np.clip(likeness.mean(), 0.0, 1.0))


def _at_one_level(periods: F64) -> F64:
    """Return periods brought to within half an octave of the usual one: what leaps farther changes its level."""
    usual = float(np.sort(periods)[len(periods) // 2])  # one of them, not the mean of two
    level = periods.copy()
    for times in (3.0, 1 / 3):
        level = np.where(np.abs(periods / usual / times - 1) < _SAME_LEVEL, periods / times, level)
    return level / 2 ** np.round(np.log2(level / usual))


def _tempograms(heard: Accents, rate_hz: float, periods_s: F64) -> tuple[F64, F64]:
    # What swells slowly is like itself at any short lag: only what stands out of its surroundings counts.
    around = round(_AROUND_S * rate_hz)
    full, low = (x - ndimage.uniform_filter1d(x, around) for x in (heard.full, heard.low))
    return tempogram(full, rate_hz, periods_s * rate_hz), tempogram(low, rate_hz, periods_s * rate_hz)


def tempogram(x: F64, rate_hz: float, lags: F64) -> F64:
    """Return (windows, lags) the mean of the normalised autocorrelation at one to four times each lag in frames."""
    size, hop = round(WINDOW_S * rate_hz), HOP_S * rate_hz
    count = int(len(x) / hop) + 1
    padded = np.pad(x, size // 2 + 1)
    starts = np.round(np.arange(count) * hop).astype(np.intp)
    taper = signal.windows.hann(size)
    length = fft.next_fast_len(2 * size, real=True)
    bias = fft.irfft(np.square(np.abs(fft.rfft(taper, length))), length)[:size]
    longest = int(0.42 * size)
    out = np.zeros((count, len(lags)))
    comb = np.arange(1, 5)[:, None] * lags
    inside = comb < longest - 1
    for row, start in enumerate(starts):
        part = padded[start : start + size]
        centred = (part - np.average(part, weights=taper)) * taper
        acf = fft.irfft(np.square(np.abs(fft.rfft(centred, length))), length)[:longest]
        if acf[0] <= 1e-9:
            continue
        acf = acf / acf[0] * bias[0] / bias[:longest]
        values = np.interp(comb, np.arange(longest), acf)
        out[row] = (values * inside).sum(0) / inside.sum(0)
    return out


def best_path(score: F64, step_cost: float, jump_cost: float) -> NDArray[np.intp]:
    """Return the path (windows,) through (windows, states) that is best where each step and jump has its cost."""
    windows, states = score.shape
    best, came = score[0].copy(), np.zeros((windows, states), np.intp)
    every = np.arange(states)
    for row in range(1, windows):
        stay, origin = best.copy(), every.copy()
        for shift in (-2, -1, 1, 2):
            moved = np.full(states, -np.inf)
            if shift > 0:
                moved[shift:] = best[:-shift]
            else:
                moved[:shift] = best[-shift:]
            moved -= step_cost * abs(shift)
            better = moved > stay
            stay[better], origin[better] = moved[better], every[better] - shift
        top = int(best.argmax())
        jump = best[top] - jump_cost
        better = jump > stay
        stay[better], origin[better] = jump, top
        best, came[row] = stay + score[row], origin
    path = np.zeros(windows, np.intp)
    path[-1] = best.argmax()
    for row in range(windows - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path
