"""The twin: predicts loudness, spectrum, masking and peaks of any fader and EQ setting, without rendering.

Per hop the mix power of linear gains g is gᵀCg, C the Gram matrix of the K-weighted tracks: exact for faders. An EQ
multiplies track i by the complex response Hᵢ(b) in band b. Its effect is added to C as a difference from flat:
C′ᵢⱼ = Cᵢⱼ + Σ_b Re((Hᵢ(b) Hⱼ(b)* − 1) γᵢⱼ(b)) Aᵢ(b) Aⱼ(b), with A the hop's band amplitudes and γ the coherence of
the two tracks over the whole session. So a flat EQ changes nothing, and a single track's EQ is exact up to the width
of the bands. The master's EQ stands behind the sum: it multiplies every track's response alike, in all that is said of
the mix, and in nothing that is said of a track.

One knob at a time is turned (``turn_fader``, ``turn_eq``, ``turn_bands``, ``turn_master``, ``turn_master_eq``); each
updates only what it touches.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.hearing.bands import Complex, Real, band_response, strip_response
from agent.hearing.heard import Heard
from agent.hearing.loudness import (
    ABSOLUTE_GATE_LUFS,
    LUFS_OFFSET_DB,
    RELATIVE_GATE_LU,
    lufs_to_power,
    power_to_lufs,
)
from agent.session import FLAT_EQ, EqBand, Settings, Strip

F32 = NDArray[np.float32]

ABSOLUTE_GATE = lufs_to_power(ABSOLUTE_GATE_LUFS)
_MOST_KEPT = 4096
_RELATIVE_GATE = 10 ** (RELATIVE_GATE_LU / 10)


def gated_power(block_power: NDArray[np.floating], absolute_gate: float = ABSOLUTE_GATE) -> float:
    """Return the mean power of the 400 ms blocks that pass both gates of BS.1770-4; 0 where none does."""
    passed = block_power > absolute_gate
    count = np.count_nonzero(passed)
    if count == 0:
        return 0.0
    relative = _RELATIVE_GATE * float(block_power @ passed) / count
    if relative > absolute_gate:
        passed = block_power > relative
        count = np.count_nonzero(passed)
        if count == 0:
            return 0.0
    return float(block_power @ passed) / int(count)


class Twin:
    """A session's model at one setting. Owns that setting and all sums that follow from it.

    ``settings`` give what the session starts from; pans are in ``heard`` already. Raises ``ValueError`` where the
    numbers of tracks differ.
    """

    def __init__(self, heard: Heard, settings: Settings) -> None:
        if heard.tracks != len(settings.strips):
            raise ValueError(f"{heard.tracks} tracks were heard, but {len(settings.strips)} are set")
        self.heard = heard
        self._flat = np.ascontiguousarray(heard.gram.transpose(1, 0, 2))
        weighted = np.einsum("cijb->ijb", heard.cross)
        self._cross = weighted
        self._sides = heard.cross[1] - heard.cross[0]
        self.coherence = _coherence(heard, weighted)
        self._peaks = np.square(heard.peak)
        self._blocks = max(1, round(0.4 / heard.hop_s))
        self._responses: dict[tuple[int, EqBand], Complex] = {}
        self.set(settings)

    def set(self, settings: Settings) -> None:
        """Take over all settings at once."""
        tracks = self.heard.tracks
        self._strips = list(settings.strips)
        self._rest = replace(settings, strips=())
        self.fader_db = np.array([s.gain_db for s in settings.strips])
        self.master_db = settings.master_gain_db
        self.eq_db = np.array([s.eq_gains_db for s in settings.strips])
        self.response: Complex = np.ones((tracks, len(self.heard.bands_hz)), complex)
        self.gain = 10 ** (self.fader_db / 20)
        self._gain32 = self.gain.astype(np.float32)
        self._gram = self._flat.copy()
        self.bands = np.ascontiguousarray(self._cross.real, dtype=np.float64)
        self._side = np.ascontiguousarray(self._sides.real.sum(2), dtype=np.float64)
        self._own_power = np.array([gated_power(self._block(self._flat[k, :, k])) for k in range(tracks)])
        self._eq_power = self._own_power.copy()
        self._master: Complex | None = None
        self._set_master(settings.master_eq)
        for k, strip in enumerate(settings.strips):
            if self._master is not None or any(strip.eq_gains_db) or strip.high_pass_hz is not None:
                self._equalise(k, strip)
        self._sum_up()

    def _set_master(self, bands: tuple[EqBand, ...]) -> None:
        """Take over the master's EQ: its response where each track's power lies, shape (N, B); None where flat."""
        self._rest = replace(self._rest, master_eq=bands)
        self.master_eq_db = np.array(self._rest.master_eq_gains_db)
        heard, strip = self.heard, Strip(eq=bands)
        flat = not self.master_eq_db.any()
        rows = () if flat else [strip_response(strip, at, heard.rate_hz) for at in heard.centroid_hz]
        self._master = None if flat else np.array(rows).reshape(heard.tracks, -1)
        self._mixed = self.bands if flat else self.bands.copy()
        self._mixed_power = self._eq_power if flat else self._eq_power.copy()

    def _sum_up(self) -> None:
        self._gain32 = self.gain.astype(np.float32)
        seen = np.einsum("khj,j->kh", self._gram, self._gain32)
        self._power = (self._gain32 @ seen).astype(np.float64)

    @property
    def settings(self) -> Settings:
        """The settings the twin is at."""
        strips = tuple(replace(s, gain_db=float(g)) for s, g in zip(self._strips, self.fader_db.tolist(), strict=True))
        return replace(self._rest, strips=strips, master_gain_db=float(self.master_db))

    def eq(self, track: int) -> tuple[EqBand, ...]:
        """Return one track's EQ bands as they are now, low to high."""
        return self._strips[track].eq

    def band_response(self, track: int, band: EqBand) -> Complex:
        """Return an EQ band's complex response where a track's power lies, shape (B,); what was asked for is kept."""
        kept = self._responses.get((track, band))
        if kept is None:
            if len(self._responses) >= _MOST_KEPT:
                self._responses.clear()
            kept = band_response(band, self.heard.centroid_hz[track], self.heard.rate_hz)
            self._responses[track, band] = kept
        return kept

    def turn_fader(self, track: int, gain_db: float) -> None:
        """Set one fader, in dB."""
        before = float(self.gain[track])
        after = 10 ** (gain_db / 20)
        step = after - before
        row = self._gram[track]
        self._power += (2 * step) * (row @ self._gain32)
        self._power += (step * step) * row[:, track]
        self.fader_db[track], self.gain[track] = gain_db, after
        self._gain32[track] = after

    def turn_eq(self, track: int, gains_db: tuple[float, ...]) -> None:
        """Set the gains of one track's EQ bands, in dB, low to high."""
        self._turn_strip(track, self._strips[track].with_eq_gains(gains_db))

    def turn_bands(self, track: int, bands: tuple[EqBand, ...]) -> None:
        """Set one track's EQ bands whole: frequencies, gains and bandwidths."""
        self._turn_strip(track, replace(self._strips[track], eq=bands))

    def _turn_strip(self, track: int, strip: Strip) -> None:
        row = self._gram[track]
        step = float(self.gain[track])
        self._power -= (2 * step) * (row @ self._gain32)
        self._power += (step * step) * row[:, track]
        self._equalise(track, strip)
        row = self._gram[track]
        self._power += (2 * step) * (row @ self._gain32)
        self._power -= (step * step) * row[:, track]

    def turn_master(self, gain_db: float) -> None:
        """Set the master fader, in dB."""
        self.master_db = gain_db

    @property
    def tempo_bpm(self) -> float:
        """The tempo in BPM: it changes nothing that is predicted here."""
        return self._rest.tempo_bpm

    def turn_tempo(self, tempo_bpm: float) -> None:
        """Set the tempo, in BPM."""
        self._rest = replace(self._rest, tempo_bpm=tempo_bpm)

    def turn_master_eq(self, bands: tuple[EqBand, ...]) -> None:
        """Set the master's EQ bands whole. Costs as much as all tracks' EQs: a mix alone is tuned as one track."""
        self.set(replace(self.settings, master_eq=bands))

    def printed(self) -> Heard:
        """Return what would be heard of the tracks with their EQ printed into the audio; faders and the master aside.

        Raises ``ValueError`` where the master's EQ is not flat: no track can carry it.
        """
        if self._master is not None:
            raise ValueError("the master's EQ can not be printed to the tracks")
        heard, response = self.heard, self.response
        change = np.sqrt(np.divide(self._eq_power, self._own_power, out=np.ones_like(self._eq_power),
                                   where=self._own_power > 0))  # fmt: skip
        return replace(
            heard,
            gram=np.ascontiguousarray(self._gram.transpose(1, 0, 2)),
            level=heard.level * np.abs(response).astype(np.float32)[:, None],
            cross=(heard.cross * (response[:, None] * response.conj()[None])).astype(np.complex64),
            peak=heard.peak * change.astype(np.float32),
        )

    def bounced(self) -> Heard:
        """Return the mix as it stands before the master's fader, heard as a session of one track.

        Turning that one track's EQ and fader is turning the master's, at the price of one track. A band of the mix
        lies where its tracks' power lies on average.
        """
        heard, gain = self.heard, self.gain
        response = self.response if self._master is None else self.response * self._master
        level = heard.level
        mixed = np.zeros(level.shape[1:])
        for k in range(heard.tracks):
            seen = (response[k] * response.conj() * self.coherence[k]).real * (gain[k] * gain)[:, None]
            mixed += level[k] * np.einsum("jhb,jb->hb", level, seen.astype(np.float32), optimize=True)
        weighted = np.einsum("ihb,ihb->ib", level, level) * np.square(np.abs(response) * gain[:, None])
        total = weighted.sum(0)
        centre = (weighted * np.log(heard.centroid_hz)).sum(0)
        even = np.log(heard.bands_hz)
        cross = np.einsum("i,j,ib,jb,cijb->cb", gain, gain, response, response.conj(), heard.cross, optimize=True)
        peak = np.sqrt(self._peaks @ self._peak_weights())
        return Heard(
            heard.rate_hz,
            heard.hop_s,
            heard.bands_hz,
            np.maximum(self._power, 0.0).astype(np.float32)[:, None, None],
            np.sqrt(np.maximum(mixed, 0.0)).astype(np.float32)[None],
            np.maximum(cross.real, 0.0).astype(np.complex64)[:, None, None],
            peak.astype(np.float32)[:, None],
            np.exp(np.divide(centre, total, out=even.copy(), where=total > 0))[None],
            heard.mix_crest,
        )

    def _peak_weights(self) -> F32:
        """How much of each track's squared peaks is left, as its fader and what its EQ does to its power tell."""
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(self._own_power > 0, self._mixed_power / self._own_power, 1.0)
        return (np.square(self.gain) * scale).astype(np.float32)

    def _equalise(self, track: int, strip: Strip) -> None:
        heard = self.heard
        self._strips[track] = strip
        self.eq_db[track] = strip.eq_gains_db
        own = np.ones(len(heard.bands_hz), complex)
        for band in strip.eq:
            if band.gain_db != 0.0:
                own *= self.band_response(track, band)
        if strip.high_pass_hz is not None:
            own *= strip_response(replace(strip, eq=FLAT_EQ), heard.centroid_hz[track], heard.rate_hz)
        self.response[track] = own
        product = own * self.response.conj()
        passed = product if self._master is None else product * (self._master[track] * self._master.conj())
        change = ((passed - 1) * self.coherence[track]).real.astype(np.float32)
        pairs = heard.level[track] * heard.level
        row = (pairs @ change[:, :, None])[:, :, 0].T
        row += self._flat[track]
        self._gram[track] = row
        self._gram[:, :, track] = row.T
        self._eq_power[track] = power = self._gated(track, row[:, track])
        if self._master is not None:
            self._mixed_power[track] = power
            alone = (np.square(np.abs(own)) - 1) * self.coherence[track, track].real
            self._eq_power[track] = self._gated(
                track, self._flat[track, :, track] + pairs[track] @ alone.astype(np.float32)
            )
        crossed = (product * self._cross[track]).real
        self.bands[track] = crossed
        self.bands[:, track] = crossed
        if self._master is not None:
            crossed = (passed * self._cross[track]).real
            self._mixed[track] = crossed
            self._mixed[:, track] = crossed
        side = (passed * self._sides[track]).real.sum(1)
        self._side[track] = side
        self._side[:, track] = side

    def _gated(self, track: int, hop_power: NDArray[np.floating]) -> float:
        """Return a track's gated power: an EQ cut may push it under the absolute gate; it gets softer, not silent."""
        blocks = self._block(hop_power)
        return gated_power(blocks) or gated_power(blocks, 0.0) * bool(self._own_power[track] > 0)

    def _block(self, hop_power: NDArray[np.floating]) -> NDArray[np.floating]:
        """Mean power of overlapping 400 ms blocks (75 % overlap where a hop is 100 ms)."""
        size = self._blocks
        if size == 1 or len(hop_power) < size:
            return hop_power
        # Written out for the usual four hops: a moving sum through a library takes five times as long.
        total = hop_power[: 1 - size].copy()
        for start in range(1, size):
            total += hop_power[start : len(hop_power) - size + 1 + start]
        total /= size
        return total

    @property
    def master_gain(self) -> float:
        """The master fader as a linear gain."""
        return float(10 ** (self.master_db / 20))

    def mix_loudness_lufs(self) -> float:
        """Return the integrated loudness of the mix in LUFS (BS.1770-4), the master fader included."""
        square = self.master_gain**2
        if square == 0:
            return -math.inf
        return power_to_lufs(gated_power(self._block(self._power), ABSOLUTE_GATE / square) * square)

    def track_loudness_lufs(self) -> Real:
        """Return each track's integrated loudness in LUFS after EQ and fader, before the master; shape (N,)."""
        with np.errstate(divide="ignore"):
            loudness: Real = LUFS_OFFSET_DB + 10 * np.log10(self._eq_power) + self.fader_db
        return loudness

    def track_power(self) -> Real:
        """Return each track's gated K-weighted power after EQ, before its fader; shape (N,)."""
        return self._eq_power.copy()

    def track_active(self) -> NDArray[np.bool_]:
        """Tell which tracks sound: their fader is open, and flat at 0 dB they pass the absolute gate; shape (N,)."""
        active: NDArray[np.bool_] = (self._own_power > 0) & np.isfinite(self.fader_db)
        return active

    def mix_bands(self) -> Real:
        """Return the mix's mean power by third octave, the master's fader left out, its EQ not; shape (B,)."""
        tracks = len(self.gain)
        seen = self.gain @ self._mixed.reshape(tracks, -1)
        # Tracks that cancel leave rounding, which may be below zero.
        mixed: Real = np.maximum(self.gain @ seen.reshape(tracks, -1), 0.0)
        return mixed

    def track_bands(self) -> Real:
        """Return each track's mean power by third octave after EQ and fader; shape (N, B)."""
        own: Real = np.maximum(np.einsum("iib->ib", self.bands), 0.0) * np.square(self.gain)[:, None]
        return own

    def imbalance(self) -> float:
        """Return (R − L)/(R + L) of the mix's mean power, in [-1, 1]."""
        total = float(self.mix_bands().sum())
        return float(self.gain @ self._side @ self.gain) / total if total > 0 else 0.0

    def true_peak_estimate_dbtp(self) -> float:
        """Return what the true peak is likely to be, in dBTP; only a render can tell."""
        largest = float((self._peaks @ self._peak_weights()).max(initial=0.0))
        if largest <= 0 or self.heard.mix_crest <= 0:
            return -math.inf
        return 10 * math.log10(largest) + 20 * math.log10(self.heard.mix_crest) + self.master_db


def _coherence(heard: Heard, cross: NDArray[np.complexfloating]) -> NDArray[np.complex64]:
    """Complex coherence γ (N, N, B), scaled so that γ times the levels' products has the right sum over the session."""
    level = heard.level
    own = np.einsum("iib->ib", cross).real
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(own[:, None] * own[None])
        normal = np.where(root > 0, cross / root, 0)
        energy = np.sqrt(np.einsum("ihb,ihb->ib", level, level))
        product = np.einsum("ihb,jhb->ijb", level, level, optimize=True)
        scale = np.where(product > 0, energy[:, None] * energy[None] / product, 0)
    return (normal * scale).astype(np.complex64)
