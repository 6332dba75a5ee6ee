"""Where the notes of each track begin: onset strength, streamed over blocks of audio.

Log-spectral flux in mel-like bands (Klapuri 1999; Böck and Widmer 2013, "SuperFlux", for the lag): about 100 times a
second the level of each band in dB is compared with what it was 20 ms before, and what rose is summed. A track's own
floor, 60 dB below the loudest that it had in any band so far, hides its noise and the tails of its reverb. Memory
holds one block of audio and a few numbers for each frame.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft, signal

from agent.daw import FloatArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEVEL_FLOOR_DB = -120.0
LOW_HZ = 150.0
CHROMA_EVERY = 10
_FRAMES_PER_S = 100
_WINDOW_S = 0.043
_LAG = 2  # frames: half a window, so that what is compared hardly overlaps
_BANDS = 24
_BOTTOM_HZ, _TOP_HZ = 30.0, 16000.0
_RANGE_DB = 60.0
_QUIETEST_LOUD_DB = -50.0  # a track that never gets louder than this in a band is heard against this: hiss is no music
_RISE_DB = 30.0  # a band that rises by more than this says no more than that a note began
_MID_HZ = (200.0, 3000.0)
_CLEAR_DB, _CLEAR_BAND_DB = 4.0, 8.0  # the least rise of a clear onset: mean of all bands, and of one wide band
_CHROMA_WINDOW_S, _CHROMA_HZ = 0.17, (55.0, 1800.0)
# Two channels are added unevenly, or one that is turned upside down in the other would vanish.
_LEFT, _RIGHT = np.float32(0.6), np.float32(0.4)
_DENORMAL_GUARD = np.float32(1e-15)
_LOUDEST = np.float32(1e4)
LATE_S = 0.0035  # the flux is greatest so much after a drum was hit (median over the drums of the training songs)
_APART_S = 0.04
_PICKED = 0.12  # of a clear onset


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """What begins when, in each of the ``tracks`` (N), at ``rate_hz`` frames (F) a second; frame 0 is at 0 s.

    ``strength``: (N, F) onset strength ≥ 0, scaled by track so that a clear onset is about 1; 0 for silence.
    ``low``: (N, F) the same of what lies below about 150 Hz.
    ``level_db``: (N, F) short-time level in dBFS, at least -120.
    ``mid``: (N, F) as ``low``, of 200 Hz to 3 kHz: the body of a snare, a strummed chord.
    ``chroma``: (N, 12, F / 10) amplitude of each pitch class, A first, at every tenth frame.
    """

    rate_hz: float
    strength: F64
    low: F64
    level_db: F64
    length_s: float
    mid: F64 | None = None
    chroma: F64 | None = None

    @property
    def tracks(self) -> int:
        """Number of tracks."""
        return int(self.strength.shape[0])

    def times(self, track: int) -> tuple[F64, F64]:
        """Return the picked onsets of a track: their times in s, ascending, and their strengths."""
        return pick(self.strength[track], self.rate_hz)


def pick(strength: F64, rate_hz: float) -> tuple[F64, F64]:
    """Return times in s and heights of the onsets in an onset strength: its peaks, at least 40 ms apart."""
    peaks, _ = signal.find_peaks(
        np.concatenate([[0.0], strength, [0.0]]),
        height=_PICKED,
        prominence=_PICKED,
        distance=max(1, round(_APART_S * rate_hz)),
    )
    at = peaks - 1
    before, here, after = (strength[np.clip(at + d, 0, len(strength) - 1)] for d in (-1, 0, 1))
    curve = before - 2 * here + after
    shift = np.divide(before - after, 2 * curve, out=np.zeros_like(here), where=curve < 0)
    return np.maximum(0.0, (at + np.clip(shift, -0.5, 0.5)) / rate_hz - LATE_S), here


def hear_onsets(
    blocks: Iterable[FloatArray], rate_hz: int, advance: Callable[[int], None] = lambda _samples: None
) -> Onsets:
    """Hear where notes begin: blocks of shape (tracks, samples, 2), of any lengths.

    ``advance`` is told how many samples each block had. Raises ``ValueError`` where there is no audio at all.
    """
    ear: _Ear | None = None
    for block in blocks:
        ear = ear or _Ear(block.shape[0], rate_hz)
        ear.add(block)
        advance(block.shape[1])
    if ear is None or ear.samples == 0:
        raise ValueError("there is no audio to hear")
    return ear.onsets()


class _Ear:
    """Owns the running state of one pass."""

    def __init__(self, tracks: int, rate_hz: int) -> None:
        self.rate_hz, self.hop = rate_hz, max(1, round(rate_hz / _FRAMES_PER_S))
        self.size = 1 << max(5, round(np.log2(rate_hz * _WINDOW_S)))
        # A full-scale sine then has the power 1 in its band.
        window = signal.windows.hann(self.size, sym=False)
        self.window = (window * 2 / window.sum()).astype(np.float32)
        freqs = fft.rfftfreq(self.size, 1 / rate_hz)
        low, mid = (freqs > 0) & (freqs < LOW_HZ), (freqs >= _MID_HZ[0]) & (freqs < _MID_HZ[1])
        self.bank = np.vstack([_mel_bank(freqs), low, mid]).astype(np.float32).T
        self.tail = np.zeros((tracks, self.size // 2), np.float32)
        self.before = np.zeros((tracks, _LAG, _BANDS + 2), np.float32)
        self.long = 1 << max(5, round(np.log2(rate_hz * _CHROMA_WINDOW_S)))
        self.long_window = signal.windows.hann(self.long, sym=False).astype(np.float32)
        self.classes = _pitch_classes(fft.rfftfreq(self.long, 1 / rate_hz)).astype(np.float32).T
        self.long_tail = np.zeros((tracks, self.long // 2), np.float32)
        self.loudest = np.full(tracks, 10 ** (_QUIETEST_LOUD_DB / 10), np.float32)
        self.power_tail = np.zeros((tracks, 0), np.float32)
        self.samples = 0
        self.flux: list[F32] = []
        self.chroma: list[F32] = []
        self.power: list[F32] = []

    def add(self, block: FloatArray) -> None:
        """Take a block in: its level, and the flux of all windows that are complete with it."""
        audio = _tame(block)
        self.samples += audio.shape[1]
        self._add_power(np.square(audio).mean(2))
        mono = audio @ np.array([_LEFT, _RIGHT])
        self._add_flux(mono)
        self._add_chroma(mono)

    def _add_power(self, square: F32) -> None:
        joined = np.concatenate([self.power_tail, square], axis=1)
        count = joined.shape[1] // self.hop
        self.power_tail = joined[:, count * self.hop :]
        if count:
            self.power.append(joined[:, : count * self.hop].reshape(len(joined), count, self.hop).mean(2))

    def _add_flux(self, mono: F32) -> None:
        frames, self.tail = _frames(self.tail, mono, self.size, self.hop)
        if frames.shape[1] == 0:
            return
        bands = _power(frames, self.window) @ self.bank
        self.loudest = np.maximum(self.loudest, bands.max(axis=(1, 2)))
        level = np.concatenate([self.before, bands], axis=1)
        self.before = level[:, -_LAG:]
        level_db = 10 * np.log10(np.maximum(level, (self.loudest * 10 ** (-_RANGE_DB / 10))[:, None, None]))
        rise_db = np.clip(level_db[:, _LAG:] - level_db[:, :-_LAG], 0.0, _RISE_DB)
        self.flux.append(np.stack([rise_db[:, :, :_BANDS].mean(2), rise_db[:, :, -2], rise_db[:, :, -1]]))

    def _add_chroma(self, mono: F32) -> None:
        frames, self.long_tail = _frames(self.long_tail, mono, self.long, self.hop * CHROMA_EVERY)
        if frames.shape[1]:
            self.chroma.append(np.sqrt(_power(frames, self.long_window) @ self.classes))

    def onsets(self) -> Onsets:
        """Close the pass and bring each track's strengths to scale."""
        tracks = len(self.tail)
        self._add_flux(np.zeros((tracks, self.size), np.float32))
        self._add_chroma(np.zeros((tracks, self.long), np.float32))
        self._add_power(np.zeros((tracks, self.hop), np.float32))
        frames = self.samples // self.hop + 1
        rate_hz = self.rate_hz / self.hop
        flux, low, mid = np.concatenate(self.flux, axis=2)[:, :, :frames].astype(np.float64)
        power = np.concatenate(self.power, axis=1)[:, :frames].astype(np.float64)
        chroma = np.concatenate(self.chroma, axis=1)[:, : -(-frames // CHROMA_EVERY)].astype(np.float64)
        return Onsets(
            rate_hz,
            _scaled(flux, rate_hz, _CLEAR_DB),
            _scaled(low, rate_hz, _CLEAR_BAND_DB),
            10 * np.log10(np.maximum(power, 10 ** (LEVEL_FLOOR_DB / 10))),
            self.samples / self.rate_hz,
            _scaled(mid, rate_hz, _CLEAR_BAND_DB),
            chroma.transpose(0, 2, 1),
        )


def _frames(tail: F32, mono: F32, size: int, hop: int) -> tuple[F32, F32]:
    """Return the windows (tracks, count, size) that are complete with new samples, and the tail for the next time."""
    joined = np.concatenate([tail, mono], axis=1)
    count = max(0, (joined.shape[1] - size) // hop + 1)
    if count == 0:
        return np.zeros((len(tail), 0, size), np.float32), joined
    return sliding_window_view(joined, size, axis=1)[:, ::hop][:, :count], joined[:, count * hop :]


def _power(frames: F32, window: F32) -> F32:
    """Return the power spectra of windows; what is silent is lifted off the denormal numbers."""
    guard = np.full(len(window), _DENORMAL_GUARD)
    guard[1::2] *= -1
    spectrum = fft.rfft((frames + guard) * window, axis=2)
    power: F32 = np.square(spectrum.real) + np.square(spectrum.imag)
    return power


def _scaled(flux: F64, rate_hz: float, clear_db: float) -> F64:
    """Return each track's flux over that of its clear onsets; the ripple between onsets is taken off before."""
    strength = np.zeros_like(flux)
    for track, own in enumerate(flux):
        heights = pick(own, rate_hz)[1]
        clear = heights[heights >= 0.5 * np.percentile(heights, 90)] if len(heights) else heights
        strength[track] = own / max(clear_db, float(np.median(clear)) if len(clear) else 0.0)
    return strength


def _tame(block: FloatArray) -> F32:
    """Return a block in float32 without what is not a number and without absurd peaks, which would overflow."""
    audio = np.asarray(block, np.float32)
    if np.isfinite(peak := np.abs(audio).max(initial=0.0)) and peak <= _LOUDEST:
        return audio
    return np.clip(np.nan_to_num(audio, nan=0.0), -_LOUDEST, _LOUDEST)


def _mel_bank(freqs: F64) -> F64:
    """Return triangular weights (bands, bins) of bands evenly spaced in mel; each holds at least one bin."""
    top = min(_TOP_HZ, float(freqs[-1]))
    mel = np.linspace(_mel(_BOTTOM_HZ), _mel(top), _BANDS + 2)
    edges = 700.0 * (10 ** (mel / 2595.0) - 1)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bank = np.clip(np.minimum((freqs - low) / (centre - low), (high - freqs) / (high - centre)), 0.0, 1.0)
    nearest = np.abs(freqs - centre).argmin(axis=1)
    bank[np.arange(_BANDS), nearest] = np.maximum(bank[np.arange(_BANDS), nearest], 0.5)
    return np.asarray(bank)


def _mel(freq_hz: float) -> float:
    return float(2595.0 * np.log10(1 + freq_hz / 700.0))


def _pitch_classes(freqs: F64) -> F64:
    """Return 0 or 1 (12, bins): which bins belong to each pitch class of equal temperament at 440 Hz, A first."""
    inside = (freqs >= _CHROMA_HZ[0]) & (freqs < _CHROMA_HZ[1])
    nearest = np.round(12 * np.log2(np.maximum(freqs, 1.0) / 440.0)).astype(np.intp) % 12
    return np.asarray((nearest == np.arange(12)[:, None]) & inside, np.float64)
