"""Hear a session once: everything the twin needs to predict any mix of it without the audio.

One pass over the tracks' audio, block by block, keeps for every 100 ms hop the Gram matrix of the K-weighted tracks
(ITU-R BS.1770-4), their third-octave levels, and their sample peaks; and over the whole session the tracks'
cross-spectra. Memory holds one block of audio at a time.
"""

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal
from threadpoolctl import threadpool_limits

from agent.hearing.bands import band_starts, bands_hz
from agent.hearing.loudness import HOP_S, k_weighting_sos

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
C64 = NDArray[np.complex64]

_WINDOW_S = 0.17
_OFFSET_SHARE = 0.01  # a DC offset of more than this share of the power is taken for a fault
# A decaying tail runs into denormal numbers, which made the filters five times slower (measured); -360 dBFS does not.
_DENORMAL_GUARD = np.float32(1e-18)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of ``tracks`` (N) over ``hops`` (H) of ``hop_s`` seconds in ``bands`` (B); fader and EQ flat.

    ``gram``: (H, N, N) K-weighted power, both channels summed, of each pair of tracks.
    ``level``: (N, H, B) K-weighted amplitude of each track by band; its squares add up to the Gram's diagonal.
    ``cross``: (2, N, N, B) mean unweighted cross-spectrum of each channel, left then right.
    ``peak``: (H, N) largest sample magnitude.
    ``centroid_hz``: (N, B) where in a band a track's K-weighted power lies: few notes fill no band evenly.
    ``mix_crest``: largest sample magnitude of the plain sum over what the tracks' own peaks make one expect.
    """

    rate_hz: int
    hop_s: float
    bands_hz: F64
    gram: F32
    level: F32
    cross: C64
    peak: F32
    centroid_hz: F64
    mix_crest: float

    @property
    def tracks(self) -> int:
        """Number of tracks."""
        return int(self.gram.shape[1])

    def coarse(self, hops: int = 4) -> "Heard":
        """Return the same in hops ``hops`` times as long: less exact at the gate, and as many times faster."""
        kept = len(self.gram) // hops
        if kept < 1:
            return self
        groups = slice(0, kept * hops)
        power = np.square(self.level[:, groups]).reshape(self.tracks, kept, hops, -1).mean(2)
        return Heard(
            self.rate_hz,
            self.hop_s * hops,
            self.bands_hz,
            self.gram[groups].reshape(kept, hops, self.tracks, self.tracks).mean(1),
            np.sqrt(power),
            self.cross,
            self.peak[groups].reshape(kept, hops, self.tracks).max(1),
            self.centroid_hz,
            self.mix_crest,
        )

    def thinned(self, hops: int) -> "Heard":
        """Return at most so many of the hops, evenly spread over the session; the cross-spectra stay whole."""
        if len(self.gram) <= hops:
            return self
        kept = np.linspace(0, len(self.gram) - 1, hops).round().astype(np.intp)
        return replace(self, gram=self.gram[kept], level=self.level[:, kept], peak=self.peak[kept])


def pan_gains(pan: Iterable[float]) -> F32:
    """Return linear (left, right) gains, shape (N, 2), of stereo balances in [-1, 1] (0 dB at the centre)."""
    value = np.asarray(list(pan), np.float32)
    return np.stack([np.minimum(1, 1 - value), np.minimum(1, 1 + value)], axis=1)


def hear(
    blocks: Iterable[F32], rate_hz: int, pan: Iterable[float], progress: Callable[[int], None] = lambda _samples: None
) -> Heard:
    """Hear a session: blocks of shape (tracks, samples, 2), all but the last a whole number of 100 ms hops.

    ``progress`` is told how many samples each block had. Raises ``ValueError`` where there is no audio at all.
    """
    gains = pan_gains(pan)
    ear = _Ear(rate_hz, gains)
    # Filters hold Python's lock, transforms do not: the spectra of one block run beside the filters of the next.
    # OpenBLAS's own threads would fight with these two: with them, hearing took half as long again (measured).
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(1) as other:
        pending: Future[None] | None = None
        for block in blocks:
            audio = np.ascontiguousarray(block.transpose(0, 2, 1)) * gains[:, :, None]
            frames = ear.frames(audio)
            if pending is not None:
                pending.result()
            pending = other.submit(ear.add_spectra, frames)
            ear.add_power(audio)
            progress(block.shape[1])
        if pending is not None:
            pending.result()
    return ear.heard()


class _Ear:
    """Owns the running sums of one pass."""

    def __init__(self, rate_hz: int, gains: F32) -> None:
        tracks = len(gains)
        self.rate_hz, self.hop = rate_hz, round(rate_hz * HOP_S)
        self.size = 1 << round(np.log2(rate_hz * _WINDOW_S))
        self.window = signal.windows.hann(self.size, sym=False).astype(np.float32)
        freqs = fft.rfftfreq(self.size, 1 / rate_hz)
        self.centres = bands_hz(rate_hz)
        self.starts = band_starts(freqs, self.centres)
        self.sos = k_weighting_sos(rate_hz).astype(np.float32)
        self.weight = np.square(np.abs(signal.sosfreqz(self.sos, freqs, fs=rate_hz)[1])).astype(np.float32)
        self.state = np.zeros((len(self.sos), tracks, 2, 2), np.float32)
        before = (self.size - self.hop) // 2
        self.tail = np.zeros((tracks, 2, before), np.float32)
        self.samples = 0
        self.gram: list[F32] = []
        self.power: list[F32] = []
        self.peak: list[F32] = []
        self.mix_peak = 0.0
        self.energy, self.sum = np.zeros((2, tracks)), np.zeros((2, tracks))
        self.spectrum = np.zeros((tracks, len(freqs)))
        self.freqs = freqs
        self.cross = np.zeros((2, tracks, tracks, len(self.centres)), np.complex64)

    def frames(self, audio: F32) -> F32:
        """Cut the next windows, centred on their hops, from what is at hand; keep the rest for the next block."""
        joined = np.concatenate([self.tail, audio], axis=2)
        count = max(0, (joined.shape[2] - self.size) // self.hop + 1)
        self.tail = joined[:, :, count * self.hop :]
        if count == 0:
            return np.zeros((*joined.shape[:2], 0, self.size), np.float32)
        return np.lib.stride_tricks.sliding_window_view(joined, self.size, axis=2)[:, :, :: self.hop][:, :, :count]

    def add_power(self, audio: F32) -> None:
        """K-weight a block and add its hops' Gram matrices and peaks."""
        tracks, _, samples = audio.shape
        self.samples += samples
        self.energy += np.square(audio).sum(axis=2, dtype=np.float64).T
        self.sum += audio.sum(axis=2, dtype=np.float64).T
        guard = np.full(samples, _DENORMAL_GUARD)
        guard[1::2] *= -1
        weighted, self.state = signal.sosfilt(self.sos, audio + guard, axis=2, zi=self.state)
        short = -samples % self.hop
        if short:
            weighted = np.pad(weighted, ((0, 0), (0, 0), (0, short)))
            audio = np.pad(audio, ((0, 0), (0, 0), (0, short)))
        hops = weighted.reshape(tracks, 2, -1, self.hop).transpose(2, 0, 1, 3).reshape(-1, tracks, 2 * self.hop)
        self.gram.append((hops @ hops.transpose(0, 2, 1)) / np.float32(self.hop))
        self.peak.append(np.abs(audio).reshape(tracks, 2, -1, self.hop).max(axis=(1, 3)).T)
        self.mix_peak = max(self.mix_peak, float(np.abs(audio.sum(0)).max(initial=0.0)))

    def add_spectra(self, frames: F32) -> None:
        """Add a block's windows to the third-octave levels and the cross-spectra."""
        if frames.shape[2] == 0:
            return
        spectrum = fft.rfft(frames * self.window, axis=3)
        square = np.square(spectrum.real) + np.square(spectrum.imag)
        weighted = square.sum(1) * self.weight
        self.power.append(np.add.reduceat(weighted, self.starts, axis=2))
        self.spectrum += weighted.sum(axis=1, dtype=np.float64)
        stops = [*self.starts[1:], spectrum.shape[3]]
        for band, (start, stop) in enumerate(zip(self.starts, stops, strict=True)):
            part = spectrum[..., start:stop]
            for channel in range(2):
                rows = part[:, channel].reshape(len(part), -1)
                self.cross[channel, :, :, band] += rows @ rows.conj().T

    def _cross_in_proportion(self) -> C64:
        """Scale the cross-spectra so that the bands add up to a track's mean square: windows miss transients."""
        seen = np.einsum("ciib->ci", self.cross).real
        mean = self.energy / self.samples
        scale = np.sqrt(np.divide(mean, seen, out=np.zeros_like(mean), where=seen > 0))
        # With a DC offset the mean square is not the bands': a Hann window passes 3/8, and each bin stands for two.
        frames = sum(part.shape[1] for part in self.power)
        offset = np.square(self.sum / self.samples) > _OFFSET_SHARE * mean
        scale = np.where(offset, math.sqrt(2 / (frames * self.size**2 * 0.375)), scale).astype(np.float32)
        cross: C64 = self.cross * (scale[:, :, None, None] * scale[:, None, :, None])
        return cross

    def _centroids_hz(self) -> F64:
        spectrum = self.spectrum
        power = np.add.reduceat(spectrum, self.starts, axis=1)
        octave = np.log(np.maximum(self.freqs, self.freqs[1]))
        moment = np.add.reduceat(spectrum * octave, self.starts, axis=1)
        even = np.broadcast_to(np.log(self.centres), power.shape)
        centroids: F64 = np.exp(np.divide(moment, power, out=even.copy(), where=power > 0))
        return centroids

    def heard(self) -> Heard:
        """Close the pass and put the sums into proportion."""
        if self.samples == 0 or not self.gram:
            raise ValueError("there is no audio to hear")
        windows = -(-self.samples // self.hop) - sum(part.shape[1] for part in self.power)
        missing = self.size + self.hop * max(0, windows)
        self.add_spectra(self.frames(np.pad(np.zeros_like(self.tail[:, :, :0]), ((0, 0), (0, 0), (0, missing)))))
        hops = max(1, round(self.samples / self.hop))
        gram = np.concatenate(self.gram)[:hops]
        power = np.concatenate(self.power, axis=1)[:, :hops]
        own = np.einsum("hii->ih", gram)
        total = power.sum(2)
        scale = np.divide(own, total, out=np.zeros_like(own), where=total > 0)
        peak = np.concatenate(self.peak)[:hops]
        expected = float(np.sqrt(np.square(peak).sum(1)).max(initial=0.0))
        return Heard(
            self.rate_hz,
            HOP_S,
            self.centres,
            gram,
            np.sqrt(power * scale[:, :, None]),
            self._cross_in_proportion(),
            peak,
            self._centroids_hz(),
            self.mix_peak / expected if expected > 0 else 1.0,
        )
