"""The meters of ITU-R BS.1770-4 and EBU R 128 for stereo, as functions of *hop powers*.

A hop power is the K-weighted mean square of one 100 ms hop, summed over both channels (BS.1770-4, Annex 1, eq. 1 with
both channel weights 1). Loudness is a function of the hop powers alone, so whoever predicts those (the twin) or
measures them (``LoudnessMeter``) shares the functions here and agrees to the last digit.

Where there is nothing to measure (shorter than the window, or nothing above the absolute gate) a loudness is
``-math.inf`` and a loudness range is 0 LU.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyloudnorm
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import sosfilt

HOP_S = 0.1
BLOCK_HOPS = 4  # the 400 ms gating block and momentary window, with 75 % overlap
SHORT_TERM_HOPS = 30  # 3 s
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_RELATIVE_GATE_LU = -20.0  # EBU Tech 3342
RANGE_PERCENTILES = (10.0, 95.0)
LUFS_OFFSET_DB = -0.691  # BS.1770-4, Annex 1, eq. 2: makes up for the K-weighting's gain at 1 kHz

_BLOCK_S = 0.4
_TICKS_PER_HOP = 5  # the maxima of M and S slide by 20 ms, which the 400 ms bursts of Tech 3341 #13 and #14 need
_TICKS_PER_S = round(_TICKS_PER_HOP / HOP_S)
_SLICE = 1 << 15  # samples filtered at a time: what fits the cache is faster than a whole song
_RIPPLE = 1e-18  # -360 dB: keeps the filter's states away from denormal numbers, which made it 5 times slower
_SILENCE_POWER = 1e-24  # below this a hop holds the ripple or rounding, and counts as digital silence

_TAPS = 48
_SEGMENT = 48
_KAISER_BETA = 6.0
_PRODUCT_ROWS = 16  # larger matrices make OpenBLAS wake threads, which on a busy machine took 15 times as long


def k_weighting_sos(rate_hz: int) -> NDArray[np.float64]:
    """Return the K-weighting filter as second-order sections, shape (2, 6): high shelf, then high-pass.

    BS.1770-4 tabulates coefficients for 48 kHz only. These are pyloudnorm's for any rate, so that our figures are its.
    """
    stages = pyloudnorm.Meter(rate_hz)._filters.values()  # noqa: SLF001 - it has no public way to them
    return np.array([np.concatenate((stage.b, stage.a)) for stage in stages], dtype=np.float64)


def power_to_lufs(power: float) -> float:
    """Return the loudness in LUFS of a K-weighted mean square summed over channels (BS.1770-4, Annex 1, eq. 2)."""
    return LUFS_OFFSET_DB + 10.0 * math.log10(power) if power > 0.0 else -math.inf


def lufs_to_power(lufs: float) -> float:
    """Return the K-weighted mean square, summed over channels, of a loudness in LUFS."""
    return float(10.0 ** ((lufs - LUFS_OFFSET_DB) / 10.0))


def integrated_lufs(hop_power: NDArray[np.float64]) -> float:
    """Return the gated programme loudness in LUFS of hop powers, shape (hops,) (BS.1770-4, Annex 1, eqs. 3 to 7)."""
    gated = _gated(_windowed(hop_power, BLOCK_HOPS), RELATIVE_GATE_LU)
    return power_to_lufs(float(gated.mean())) if gated.size else -math.inf


def momentary_lufs(hop_power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the momentary loudness in LUFS, one value each hop once 400 ms are there, shape (hops - 3,)."""
    return _to_lufs(_windowed(hop_power, BLOCK_HOPS))


def short_term_lufs(hop_power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the short-term loudness in LUFS, one value each hop once 3 s are there, shape (hops - 29,)."""
    return _to_lufs(_windowed(hop_power, SHORT_TERM_HOPS))


def loudness_range_lu(hop_power: NDArray[np.float64]) -> float:
    """Return the loudness range in LU (EBU Tech 3342): 10th to 95th percentile of the gated short-term loudness."""
    gated = _gated(_windowed(hop_power, SHORT_TERM_HOPS), RANGE_RELATIVE_GATE_LU)
    if gated.size == 0:
        return 0.0
    low, high = np.percentile(_to_lufs(gated), RANGE_PERCENTILES)
    return float(high - low)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a loudness meter shows at the end of a programme."""

    integrated_lufs: float
    max_momentary_lufs: float
    max_short_term_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float


def measure(blocks: Iterable[NDArray[np.float32]], rate_hz: int) -> Measurement:
    """Measure stereo audio that comes in blocks of any size, each of shape (samples, 2)."""
    meter = LoudnessMeter(rate_hz)
    for block in blocks:
        meter.feed(block)
    return meter.measurement()


class LoudnessMeter:
    """Measures stereo audio as it comes; owns the filter's state and the energies and peaks so far."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._sos = k_weighting_sos(rate_hz)
        self._state = np.zeros((len(self._sos), 2, 2))
        self._samples = 0
        self._tick_energy: list[float] = []  # full ticks: K-weighted sums of squares over 20 ms and both channels
        self._open_energy = 0.0  # the same of the tick that has begun
        self._true_peak = _TruePeak(rate_hz)

    def feed(self, block: NDArray[np.float32]) -> None:
        """Hear the next block, shape (samples, 2), of any length; its border leaves no trace in any figure.

        Raises ValueError for another shape, and for samples that are not finite numbers.
        """
        if block.ndim != 2 or block.shape[1] != 2:
            raise ValueError(f"a loudness meter hears blocks of shape (samples, 2), not {block.shape}")
        for start in range(0, len(block), _SLICE):
            channels = np.ascontiguousarray(block[start : start + _SLICE].T, dtype=np.float32)
            self._true_peak.feed(channels)
            self._add_energy(self._weighted_energy(channels))

    @property
    def hop_power(self) -> NDArray[np.float64]:
        """The hop powers so far, shape (hops,).

        A last hop cut short counts, as if silence followed, once it is half full: that is how pyloudnorm rounds the
        number of its 400 ms blocks, to an even one in the middle.
        """
        hops = len(self._tick_energy) // _TICKS_PER_HOP
        if self._samples >= _BLOCK_S * self.rate_hz:
            hops = round((self._samples / self.rate_hz - _BLOCK_S) / HOP_S) + BLOCK_HOPS
        energy = np.zeros(hops * _TICKS_PER_HOP)
        known = [*self._tick_energy, self._open_energy][: len(energy)]
        energy[: len(known)] = known
        power: NDArray[np.float64] = energy.reshape(hops, _TICKS_PER_HOP).sum(axis=1) / (self.rate_hz * HOP_S)
        power[power < _SILENCE_POWER] = 0.0
        return power

    @property
    def max_momentary_lufs(self) -> float:
        """The loudest 400 ms so far in LUFS, found to 20 ms."""
        return self._loudest_lufs(BLOCK_HOPS)

    @property
    def max_short_term_lufs(self) -> float:
        """The loudest 3 s so far in LUFS, found to 20 ms."""
        return self._loudest_lufs(SHORT_TERM_HOPS)

    @property
    def true_peak_dbtp(self) -> float:
        """The true peak so far in dBTP (BS.1770-4, Annex 2)."""
        return _amplitude_to_db(self._true_peak.true_peak())

    @property
    def sample_peak_dbfs(self) -> float:
        """The largest sample so far in dBFS."""
        return _amplitude_to_db(self._true_peak.sample_peak)

    def measurement(self) -> Measurement:
        """Return all figures of what was heard so far."""
        hop_power = self.hop_power
        return Measurement(
            integrated_lufs=integrated_lufs(hop_power),
            max_momentary_lufs=self.max_momentary_lufs,
            max_short_term_lufs=self.max_short_term_lufs,
            loudness_range_lu=loudness_range_lu(hop_power),
            true_peak_dbtp=self.true_peak_dbtp,
            sample_peak_dbfs=self.sample_peak_dbfs,
        )

    def _weighted_energy(self, channels: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the K-weighted squares of the next slice, shape (2, samples), summed over channels: (samples,)."""
        lifted = channels.astype(np.float64)
        first = self._samples % 2
        lifted[:, first::2] += _RIPPLE
        lifted[:, 1 - first :: 2] -= _RIPPLE
        weighted, self._state = sosfilt(self._sos, lifted, zi=self._state)
        np.square(weighted, out=weighted)
        return np.asarray(weighted[0] + weighted[1])

    def _add_energy(self, energy: NDArray[np.float64]) -> None:
        """Sum the energy of each sample, shape (samples,), into ticks; tick k begins at sample floor(k rate / 50)."""
        begin, end = self._samples, self._samples + len(energy)
        tick = len(self._tick_energy)
        borders = np.arange(tick + 1, end * _TICKS_PER_S // self.rate_hz + 2) * self.rate_hz // _TICKS_PER_S - begin
        sums = np.add.reduceat(energy, np.concatenate(([0], borders[borders < len(energy)])))
        sums[0] += self._open_energy
        if borders[len(sums) - 1] == len(energy):
            sums = np.append(sums, 0.0)
        self._tick_energy.extend(sums[:-1].tolist())
        self._open_energy = float(sums[-1])
        self._samples = end

    def _loudest_lufs(self, hops: int) -> float:
        if self._samples < hops * HOP_S * self.rate_hz:
            return -math.inf
        tick_power = np.array([*self._tick_energy, self._open_energy]) * (_TICKS_PER_S / self.rate_hz)
        power = float(_windowed(tick_power, hops * _TICKS_PER_HOP).max(initial=0.0))
        return power_to_lufs(power) if power >= _SILENCE_POWER else -math.inf


class _TruePeak:
    """Finds the peak between samples by interpolation (BS.1770-4, Annex 2); owns the samples not yet interpolated.

    The interpolator is a Kaiser-windowed sinc, one row a point between two samples, which leaves the samples as they
    are. It runs as one matrix product over segments of samples. Most segments are never multiplied: no interpolated
    value exceeds the segment's sample peak times the largest sum of a row's magnitudes (``_bound``, 8.8 dB).
    """

    def __init__(self, rate_hz: int) -> None:
        oversampling = 4 if rate_hz < 88_200 else 2 if rate_hz < 176_400 else 1
        rows = [_interpolator(phase / oversampling) for phase in range(1, oversampling)]
        self._bound = max((float(np.abs(row).sum()) for row in rows), default=0.0)
        self._matrix = np.zeros((_SEGMENT + _TAPS - 1, len(rows) * _SEGMENT), dtype=np.float32)
        for column in range(self._matrix.shape[1]):
            row, shift = divmod(column, _SEGMENT)
            self._matrix[shift : shift + _TAPS, column] = rows[row]
        self._pending = np.zeros((2, _TAPS), dtype=np.float32)  # silence before the first sample
        self._peak = 0.0
        self.sample_peak = 0.0

    def feed(self, channels: NDArray[np.float32]) -> None:
        """Hear the next samples, shape (2, samples)."""
        peak = float(np.abs(channels).max(initial=0.0))
        if not math.isfinite(peak):
            raise ValueError("the audio holds a sample that is not a finite number")
        self.sample_peak = max(self.sample_peak, peak)
        self._peak = max(self._peak, self.sample_peak)
        if self._bound:
            heard = np.concatenate((self._pending, channels), axis=1)
            segments = max(0, heard.shape[1] // _SEGMENT - 1)
            self._peak = self._interpolated_peak(heard, segments)
            self._pending = heard[:, segments * _SEGMENT :]

    def true_peak(self) -> float:
        """Return the true peak so far, linear, as if silence followed the last sample."""
        if not self._bound:
            return self._peak
        silence = np.zeros((2, _TAPS + 2 * _SEGMENT), dtype=np.float32)
        heard = np.concatenate((self._pending, silence), axis=1)
        return self._interpolated_peak(heard, heard.shape[1] // _SEGMENT - 1)

    def _interpolated_peak(self, heard: NDArray[np.float32], segments: int) -> float:
        """Return the peak so far or that between the samples of the first segments of ``heard``, shape (2, samples)."""
        if segments == 0:
            return self._peak
        used = (segments + 1) * _SEGMENT
        segment_peak = np.abs(heard[:, :used]).reshape(2, segments + 1, _SEGMENT).max(axis=2)
        reach = np.maximum(segment_peak[:, :-1], segment_peak[:, 1:]) * self._bound
        windows = sliding_window_view(heard[:, :used], _SEGMENT + _TAPS - 1, axis=1)[:, ::_SEGMENT]
        loud = windows[:, :segments][reach > self._peak]
        padded = np.zeros((-(-len(loud) // _PRODUCT_ROWS), _PRODUCT_ROWS, loud.shape[1]), dtype=np.float32)
        padded.reshape(-1, loud.shape[1])[: len(loud)] = loud
        return max(self._peak, float(np.abs(padded @ self._matrix).max(initial=0.0)))


def _interpolator(fraction: float) -> NDArray[np.float64]:
    """Return the taps, shape (_TAPS,), that give the value a fraction of a sample after the middle left tap."""
    distance = np.arange(_TAPS) - (_TAPS // 2 - 1) - fraction
    window = np.i0(_KAISER_BETA * np.sqrt(1.0 - (distance / (_TAPS / 2)) ** 2)) / np.i0(_KAISER_BETA)
    taps = np.sinc(distance) * window
    return np.asarray(taps / taps.sum())


def _windowed(power: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the means of every run of ``length`` powers, shape (powers - length + 1,)."""
    if power.size < length:
        return np.zeros(0)
    return np.convolve(power, np.full(length, 1.0 / length), mode="valid")


def _gated(power: NDArray[np.float64], relative_gate_lu: float) -> NDArray[np.float64]:
    """Return the window powers that pass the absolute gate and then the one relative to the mean of those."""
    loud = power[power >= lufs_to_power(ABSOLUTE_GATE_LUFS)]
    return loud[loud > loud.mean() * 10.0 ** (relative_gate_lu / 10.0)] if loud.size else loud


def _to_lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(LUFS_OFFSET_DB + 10.0 * np.log10(power))


def _amplitude_to_db(amplitude: float) -> float:
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf
