"""A transparent true-peak limiter for the finished mix: streams in, streams of the same length out.

The gain is computed from the peaks between the samples, 4 times oversampled at every rate (ITU-R BS.1770-5, Annex 2,
asks for less from 88.2 kHz on, but then content near half the rate came out 0.13 dB too high), linked over both
channels, and is at a peak what that peak needs, because no step undoes the one before:

    demand    how many dB too high the peak at, just before or just after each sample is
    hold      the largest demand over the look-ahead, falling off exponentially afterwards (the release)
    ramp      a Hann-weighted mean of the held demand over a look-ahead backwards: at a peak all it averages is at least
              that peak's demand, so the ramp has arrived there, without a corner

Where nothing is too high the audio passes bit for bit. Everything is done in blocks of one fixed length counted from
the start, so the result does not depend on how the stream was cut.
"""

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import fftconvolve, firwin, upfirdn

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]

# The limiter aims this far below the ceiling: other meters' filters read other peaks, and a moving gain makes new ones.
MARGIN_DB = 0.05
# Less reduction than this counts as not limited in ``limited_share``; the end of a release goes on unheard for long.
HEARD_DB = 0.1
CHANNELS = 2

_BLOCK = 4096
OVERSAMPLING = 4
_REACH = 12  # samples on either side that the interpolation looks at
_NO_REDUCTION_DB = 1e-5


class TruePeakLimiter:
    """Holds the true peak of one stereo stream under a ceiling in dBTP; owns the stream's history and its figures.

    The look-ahead is the time in s over which the gain goes down before a peak, the release the time constant in s with
    which the reduction in dB falls off after it.
    """

    def __init__(
        self, rate_hz: int, ceiling_dbtp: float = -1.0, *, lookahead_s: float = 0.005, release_s: float = 0.1
    ) -> None:
        if not (lookahead_s > 0.0 and release_s > 0.0):
            raise ValueError("look-ahead and release are times in seconds above 0")
        self._interpolation = _interpolation(OVERSAMPLING)
        # No interpolated value exceeds the largest sample times the largest sum of one phase's coefficients.
        phases = np.abs(self._interpolation[:-1]).reshape(-1, OVERSAMPLING).sum(axis=0)
        self._overshoot = float(phases.max() + abs(self._interpolation[-1]))
        self._target = 10.0 ** ((ceiling_dbtp - MARGIN_DB) / 20.0)
        self._lookahead = max(1, round(lookahead_s * rate_hz))
        self._log_release = -1.0 / (release_s * rate_hz)
        ramp = np.hanning(self._lookahead + 3)[1:-1]
        self._ramp = ramp / ramp.sum()
        self._latency = self._lookahead + _REACH + 1

        self._waiting: list[FloatArray] = []  # not yet a whole block
        self._audio = np.zeros((max(self._latency, 2 * (_REACH + 1)), CHANNELS), np.float32)  # taken in, still needed
        self._demand_db = np.zeros(self._lookahead)
        self._held_db = np.zeros(self._lookahead)
        self._to_skip = self._latency
        self._taken = 0
        self._given = 0
        self._limited = 0
        self._max_reduction_db = 0.0

    @property
    def max_reduction_db(self) -> float:
        """The largest gain reduction so far in dB, 0 where nothing was too high."""
        return self._max_reduction_db

    @property
    def limited_share(self) -> float:
        """The share of the time given out so far, 0 to 1, in which the gain was reduced by more than 0.1 dB."""
        return self._limited / self._given if self._given else 0.0

    def process(self, block: FloatArray) -> FloatArray:
        """Take the next float32 samples of shape (n, 2), any n, and return those that are finished, of shape (m, 2)."""
        if block.ndim != 2 or block.shape[1] != CHANNELS:
            raise ValueError(f"the limiter takes blocks of shape (n, {CHANNELS}), not {block.shape}")
        self._taken += len(block)
        self._waiting.append(np.asarray(block, np.float32))
        return self._advance()

    def flush(self) -> FloatArray:
        """Return what is still owed at the end of the stream, so that as much came out as went in."""
        owed = self._taken - self._given
        waiting = sum(map(len, self._waiting))
        padding = -(waiting + self._latency) % _BLOCK + self._latency
        self._waiting.append(np.zeros((padding, CHANNELS), np.float32))
        return self._advance()[:owed]

    def stream(self, blocks: Iterable[FloatArray]) -> Iterator[FloatArray]:
        """Yield the limited stream of float32 blocks of shape (n, 2); read the figures when it has ended."""
        for block in blocks:
            finished = self.process(block)
            if len(finished):
                yield finished
        rest = self.flush()
        if len(rest):
            yield rest

    def _advance(self) -> FloatArray:
        waiting = np.concatenate(self._waiting)
        whole = len(waiting) // _BLOCK * _BLOCK
        self._waiting = [waiting[whole:]]
        finished = [self._limit(waiting[start : start + _BLOCK]) for start in range(0, whole, _BLOCK)]
        return np.concatenate(finished) if finished else np.zeros((0, CHANNELS), np.float32)

    def _limit(self, block: FloatArray) -> FloatArray:
        """Take one block of the fixed length in and return the block that lies the latency before it."""
        history = len(self._audio)
        audio = np.concatenate((self._audio, block))
        self._audio = audio[-history:]
        demand_db = self._demand(audio[-_BLOCK - 2 * (_REACH + 1) :])
        reduction_db = self._reduction(demand_db)
        late = audio[history - self._latency : history - self._latency + _BLOCK]
        skip = min(self._to_skip, _BLOCK)
        self._to_skip -= skip
        late, reduction_db = late[skip:], reduction_db[skip:]
        end = min(len(late), self._taken - self._given)  # what lies behind is padding
        self._given += end
        self._limited += int(np.count_nonzero(reduction_db[:end] > HEARD_DB))
        deepest_db = float(reduction_db.max(initial=0.0))
        if deepest_db == 0.0:
            return late.copy()
        self._max_reduction_db = max(self._max_reduction_db, deepest_db)
        gain = np.exp(reduction_db * (-math.log(10.0) / 20.0))
        return np.asarray(late * gain[:, np.newaxis], np.float32)

    def _demand(self, audio: FloatArray) -> DoubleArray:
        """Return by how many dB each sample of a block is too high; the reach and a sample more are given around it."""
        largest = float(np.abs(audio).max())
        if not math.isfinite(largest):
            raise ValueError("the audio to be limited holds infinite samples, or some that are no numbers")
        if largest * self._overshoot <= self._target:
            return np.zeros(_BLOCK)
        peaks = self._peaks(audio)
        return np.asarray(20.0 * np.log10(np.maximum(peaks / self._target, 1.0)), np.float64)

    def _peaks(self, audio: FloatArray) -> DoubleArray:
        """Return the largest magnitude within one sample of each sample of the block, both channels together."""
        factor = OVERSAMPLING
        fine = np.abs(upfirdn(self._interpolation, np.ascontiguousarray(audio.T), up=factor))
        # Interpolated value i lies at sample (i / factor − reach); wanted is the block and one sample before and after.
        first = factor * 2 * _REACH
        fine = fine[:, first : first + factor * (_BLOCK + 2)]
        between = self._crests(fine).max(axis=0).reshape(-1, factor).max(axis=1)
        between = np.maximum(between, np.abs(audio[_REACH : _REACH + _BLOCK + 2]).max(axis=1))
        return np.asarray(np.maximum(between[:_BLOCK], between[1 : _BLOCK + 1]), np.float64)

    def _crests(self, fine: FloatArray) -> FloatArray:
        """Return interpolated magnitudes with each high crest raised to the top of the parabola through three values.

        Between two values of a tone at Nyquist a crest hides up to 0.69 dB; the parabola leaves 0.07 dB of it.
        """
        channel, at = np.nonzero(fine[:, 1:-1] > 0.9 * self._target)
        before, top, after = fine[channel, at], fine[channel, at + 1], fine[channel, at + 2]
        crest = (top >= before) & (top >= after) & (2.0 * top > before + after)
        before, top, after = before[crest], top[crest], after[crest]
        fine[channel[crest], at[crest] + 1] = top + (before - after) ** 2 / (8.0 * (2.0 * top - before - after))
        return fine

    def _reduction(self, demand_db: DoubleArray) -> DoubleArray:
        """Return the reduction in dB for the block that lies the look-ahead before the one whose demand is given."""
        ahead = np.concatenate((self._demand_db, demand_db))
        self._demand_db = ahead[_BLOCK:]
        if not (ahead.any() or self._held_db.any()):
            return np.zeros(_BLOCK)
        size = self._lookahead + 1
        # The window reaches from each sample forward; the filter's own would be centred.
        hold = maximum_filter1d(ahead, size, mode="constant", origin=-(size // 2))[:_BLOCK]
        held = np.concatenate((self._held_db, self._released(hold)))
        self._held_db = held[_BLOCK:]
        ramp = fftconvolve(held, self._ramp, mode="valid")
        # Rounding of the transform, and the last of the release, would keep the audio from passing bit for bit.
        ramp[ramp < _NO_REDUCTION_DB] = 0.0
        return np.asarray(ramp, np.float64)

    def _released(self, hold: DoubleArray) -> DoubleArray:
        """Return h(n) = max(hold(n), c h(n − 1)): in logarithms the running maximum of hold(n) / c^n, times c^n."""
        steps = self._log_release * np.arange(_BLOCK + 1)
        start = np.concatenate((self._held_db[-1:], hold))
        start[start < _NO_REDUCTION_DB / 10.0] = 0.0
        with np.errstate(divide="ignore"):
            levels = np.log(start) - steps
        return np.asarray(np.exp(np.maximum.accumulate(levels) + steps)[1:], np.float64)


def _interpolation(factor: int) -> FloatArray:
    """Return the coefficients of a windowed-sinc interpolator, one block of ``factor`` phases a sample."""
    taps = firwin(2 * _REACH * factor + 1, 1.0 / factor, window=("kaiser", 5.0))
    return np.asarray(taps * factor, np.float32)
