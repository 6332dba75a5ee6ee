"""Many settings of one session at once: the model of ``agent.hearing.twin`` for a batch of Q copies in NumPy calls.

The same predictions by other sums. With z the tracks' complex gains by band (fader times EQ), turning strip k changes
the power of a hop by what row k of the Gram matrix and the products of the levels of k and j in each band say. Those
are the same for every copy, so that one matrix product serves all copies which turn the same strip. EQ bands move on
the grid of the actions' steps around where they were found, so that every response is looked up.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.actions import EQ_STEP_DB, EQ_TRAVEL_DB
from agent.hearing.bands import band_response, strip_response
from agent.hearing.heard import Heard
from agent.hearing.loudness import LUFS_OFFSET_DB, RELATIVE_GATE_LU
from agent.hearing.twin import ABSOLUTE_GATE, Twin
from agent.session import EQ_LIMIT_DB, FLAT_EQ, Settings

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
C64 = NDArray[np.complex64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

Which = Ints | slice

BANDS = len(FLAT_EQ)
EVERY = slice(None)
_RELATIVE_GATE = np.float32(10 ** (RELATIVE_GATE_LU / 10))


class BatchTwin:
    """Q copies of a session's model. Owns where each copy's knobs are, and all sums that follow.

    ``fader_db`` (Q, N) and ``master_db`` (Q,) in dB; ``eq_steps`` (Q, N, 4) in steps of 1.5 dB from the found gains.
    """

    def __init__(self, twin: Twin, found: Settings, copies: int) -> None:
        heard = twin.heard
        self.heard, self.copies = heard, copies
        tracks, hops, bands = heard.tracks, len(heard.gram), len(heard.bands_hz)
        self.found_eq_db = np.array([s.eq_gains_db for s in found.strips])
        self._reach = math.ceil((np.abs(self.found_eq_db).max(initial=0.0) + EQ_TRAVEL_DB) / EQ_STEP_DB)
        self._table = _responses(heard, found, self._reach)
        self._fixed = _fixed_responses(heard, found)
        self._level = np.ascontiguousarray(heard.level.transpose(0, 2, 1))  # (N, B, H)
        self._square = np.square(self._level)
        self._features = [self._features_of(k) for k in range(tracks)]
        self._coherence = twin.coherence
        self._cross = np.ascontiguousarray(heard.cross.transpose(0, 3, 1, 2))  # (2, B, N, N)
        self._own_cross = np.ascontiguousarray(np.einsum("ciib->ib", heard.cross).real)
        self._flat_own = np.ascontiguousarray(np.einsum("hii->ih", heard.gram))
        self._peaks = np.ascontiguousarray(np.square(heard.peak).T)
        self._blocks = max(1, round(0.4 / heard.hop_s))
        self.flat_power = gated(self._block(self._flat_own), np.float32(ABSOLUTE_GATE)).astype(np.float64)
        self.fader_db, self.master_db = np.zeros((copies, tracks)), np.zeros(copies)
        self.eq_steps = np.zeros((copies, tracks, BANDS), np.intp)
        self.gain = np.ones((copies, tracks), np.float32)
        self.response = np.ones((copies, tracks, bands), np.complex64)
        self.power = np.zeros((copies, hops), np.float32)
        self.own_power = np.zeros((copies, tracks))

    @property
    def eq_db(self) -> F64:
        """The gains of all EQ bands in dB, (Q, N, 4)."""
        gains: F64 = self.found_eq_db + self.eq_steps * EQ_STEP_DB
        return gains

    def set(self, which: Ints, fader_db: F64, eq_steps: Ints, master_db: F64) -> None:
        """Put copies ``which`` (n,) to faders (n, N) and masters (n,) in dB, and to EQ steps (n, N, 4)."""
        self.fader_db[which], self.eq_steps[which], self.master_db[which] = fader_db, eq_steps, master_db
        self.gain[which] = 10 ** (fader_db / 20)
        self.power[which] = 0
        # Strip by strip into silence: what is there already when a strip comes in are those before it.
        gain, silence = self.gain[which], np.zeros_like(self.gain[which])
        for track in range(self.heard.tracks):
            self.response[which, track] = self._response(track, eq_steps[:, track])
            before = silence.copy()
            silence[:, track] = gain[:, track]
            self._add(which, track, before, silence, None)
            self._measure_own(which, track)

    def turn(self, which: Ints, track: int, fader_db: F64, eq_steps: Ints) -> None:
        """Turn one strip in copies ``which`` (n,): its fader by (n,) dB, its EQ bands by (n, 4) steps."""
        before, old = self.gain[which], self.response[which, track]
        self.fader_db[which, track] += fader_db
        self.eq_steps[which, track] += eq_steps
        self.gain[which, track] = 10 ** (self.fader_db[which, track] / 20)
        equalised = np.flatnonzero(eq_steps.any(1))
        if len(equalised):
            copies = which[equalised]
            self.response[copies, track] = self._response(track, self.eq_steps[copies, track])
            self._measure_own(copies, track)
        self._add(which, track, before, self.gain[which], old)

    def turn_master(self, which: Ints, change_db: F64) -> None:
        """Turn the master of copies ``which`` (n,) by (n,) dB."""
        self.master_db[which] += change_db

    def mix_loudness_lufs(self, which: Which = EVERY) -> F64:
        """Return the integrated loudness of mixes in LUFS (BS.1770-4), master included; shape (n,)."""
        square = 10 ** (self.master_db[which] / 10)
        gate = (ABSOLUTE_GATE / square).astype(np.float32)
        with np.errstate(divide="ignore"):
            power = gated(self._block(self.power[which]), gate[:, None])
            loudness: F64 = LUFS_OFFSET_DB + 10 * np.log10(power * square)
        return loudness

    def track_loudness_lufs(self, which: Which = EVERY) -> F64:
        """Return the tracks' integrated loudness in LUFS after EQ and fader, before the master; shape (n, N)."""
        with np.errstate(divide="ignore"):
            loudness: F64 = LUFS_OFFSET_DB + 10 * np.log10(self.own_power[which]) + self.fader_db[which]
        return loudness

    def bands(self, which: Which = EVERY) -> tuple[F32, F32, F32]:
        """Return mean power by third octave: of mixes (n, B), of their tracks (n, N, B); and the imbalances (n,)."""
        z = self.response[which] * self.gain[which, :, None]
        columns = np.ascontiguousarray(z.transpose(2, 0, 1))  # (B, n, N)
        seen = columns.conj() @ self._cross.conj()  # z* Xᵀ: X is Hermitian
        channel = np.einsum("cbqi,bqi->cqb", seen, columns).real
        mixed = np.maximum(channel.sum(0), 0)
        own = (np.square(z.real) + np.square(z.imag)) * self._own_cross
        total = mixed.sum(1)
        side = (channel[1] - channel[0]).sum(1)
        return mixed, own, np.divide(side, total, out=np.zeros_like(total), where=total > 0)

    def true_peak_estimate_dbtp(self, which: Which = EVERY) -> F64:
        """Return what the true peaks of mixes are likely to be, in dBTP; shape (n,)."""
        own = self.own_power[which]
        scale = np.divide(own, self.flat_power, out=np.ones_like(own), where=self.flat_power > 0)
        weights = (np.square(self.gain[which]) * scale).astype(np.float32)
        largest = (weights @ self._peaks).max(axis=1, initial=0.0).astype(np.float64) * self.heard.mix_crest**2
        with np.errstate(divide="ignore"):
            peak: F64 = 10 * np.log10(largest) + self.master_db[which]
        return peak

    def _features_of(self, track: int) -> F32:
        """Return what each hop holds of a strip and all others, (N + N·B, H): Gram entries, then products of levels."""
        heard = self.heard
        pairs = (self._level[track][None] * self._level).reshape(-1, len(heard.gram))
        twice = np.full(heard.tracks, 2, np.float32)
        twice[track] = 1  # the pair (k, k) is there once
        rows = heard.gram[:, track].T * twice[:, None]
        return np.concatenate([rows, pairs * np.repeat(twice, len(heard.bands_hz))[:, None]])

    def _add(self, which: Ints, track: int, before: F32, after: F32, old: C64 | None) -> None:
        """Add to the hops' power what turning a strip changes; gains (n, N), ``old`` its response before (n, B)."""
        new = self.response[which, track]
        old = new if old is None else old
        others = self.response[which]
        plain = (after[:, track] - before[:, track])[:, None] * after
        plain[:, track] = np.square(after[:, track]) - np.square(before[:, track])
        turned = after[:, track, None] * new - before[:, track, None] * old
        crossed = turned[:, None] * (others * after[:, :, None]).conj()
        crossed[:, track] = np.square(np.abs(after[:, track, None] * new)) - np.square(
            np.abs(before[:, track, None] * old)
        )
        coherence = self._coherence[track]
        banded = (crossed - plain[:, :, None]) * coherence
        coefficients = np.concatenate([plain, banded.real.reshape(len(which), -1)], axis=1)
        self.power[which] += coefficients @ self._features[track]

    def _response(self, track: int, steps: Ints) -> C64:
        places = steps + self._reach
        found: C64 = self._table[track, 0, places[:, 0]] * self._fixed[track]
        for band in range(1, BANDS):
            found *= self._table[track, band, places[:, band]]
        return found

    def _measure_own(self, which: Ints, track: int) -> None:
        """Measure a strip's own power after its EQ; one that a cut pushes under the absolute gate gets softer by it."""
        response = self.response[which, track]
        own = self._coherence[track, track].real * (np.square(response.real) + np.square(response.imag) - 1)
        blocks = self._block(self._flat_own[track] + own @ self._square[track])
        power = gated(blocks, np.float32(ABSOLUTE_GATE))
        if not power.all():
            power = np.where(power > 0, power, gated(blocks, np.float32(0)) * (self.flat_power[track] > 0))
        self.own_power[which, track] = power

    def _block(self, hop_power: F32) -> F32:
        """Mean power of overlapping 400 ms blocks, rows apart."""
        size = self._blocks
        if size == 1 or hop_power.shape[1] < size:
            return hop_power
        total = hop_power[:, : 1 - size].copy()
        for start in range(1, size):
            total += hop_power[:, start : hop_power.shape[1] - size + 1 + start]
        total /= size
        return total


def gated(block_power: F32, absolute_gate: F32 | np.float32) -> F32:
    """Return each row's mean power of the blocks that pass both gates of BS.1770-4; 0 where none does."""
    passed = block_power > absolute_gate
    above = block_power * passed
    count = passed.sum(axis=1)
    mean = above.sum(axis=1) / np.maximum(count, 1)
    relative = np.maximum(_RELATIVE_GATE * mean[:, None], absolute_gate)
    passed = above > relative
    above *= passed
    result: F32 = above.sum(axis=1) / np.maximum(passed.sum(axis=1), 1)
    return result


def _responses(heard: Heard, found: Settings, reach: int) -> C64:
    """Return each EQ band's response at each step, (N, 4, steps, B); the step in the middle is the found gain."""
    table = np.ones((heard.tracks, BANDS, 2 * reach + 1, len(heard.bands_hz)), np.complex64)
    for track, strip in enumerate(found.strips):
        for place, band in enumerate(strip.eq):
            for step in range(-reach, reach + 1):
                gain_db = band.gain_db + step * EQ_STEP_DB
                if gain_db and abs(gain_db) <= EQ_LIMIT_DB:
                    turned = replace(band, gain_db=gain_db)
                    table[track, place, step + reach] = band_response(turned, heard.centroid_hz[track], heard.rate_hz)
    return table


def _fixed_responses(heard: Heard, found: Settings) -> C64:
    """Return the response of what no action turns, the high-passes; (N, B)."""
    flat = (strip.with_eq_gains((0.0,) * BANDS) for strip in found.strips)
    rows = zip(flat, heard.centroid_hz, strict=True)
    return np.array([strip_response(s, hz, heard.rate_hz) for s, hz in rows]).astype(np.complex64)
