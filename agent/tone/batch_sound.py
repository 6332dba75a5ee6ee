"""What goals make of many copies at once: ``agent.tone.reward`` and ``agent.tone.observation`` in NumPy calls.

Of every copy one knob is looked at: ``track`` and ``knob`` (n,). All is as it is for the single environment, step for
step (``tests/unit/agent/tone/test_vector_environment.py``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.features import within
from agent.reward import MASKED_FROM_DB, MASKED_SPAN_DB
from agent.tone.batch_eq import Bands, levels_db
from agent.tone.batch_twin import EQ, BatchTwin
from agent.tone.features import Standing, by_octaves
from agent.tone.masking import EDGE_DB
from agent.tone.moves import VOLUME_KNOB
from agent.tone.observation import FLOOR, HIGHEST_HZ, PROBE_DB, PROBE_OCT, WIDEST_OCT, Figures
from agent.tone.reward import COVERING_WEIGHT, DEPTH_SPAN_DB, LOUDNESS_WEIGHT, MASKING_WEIGHT, NARROW_OCT

F64 = NDArray[np.float64]
Ints = NDArray[np.intp]
_DB = 10.0 / np.log(10.0)
_FLOOR = 1e-20
_NOTHING = 1e-20


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How far the knobs of each copy may go, lowest and highest: see ``agent.tone.moves.ToneLimits``.

    ``fader_db`` and ``sum_db`` (Q, N), the others (Q, N, 4).
    """

    fader_db: tuple[F64, F64]
    gain_db: tuple[F64, F64]
    freq_hz: tuple[F64, F64]
    width_oct: tuple[F64, F64]
    sum_db: tuple[F64, F64]


class BatchSound:
    """All figures of copies (n,) at their present settings, by the names of ``agent.tone.reward.ToneSound``."""

    def __init__(self, twin: BatchTwin, copies: Ints) -> None:
        self.twin, self.copies = twin, copies
        sessions = self.sessions = twin.sessions
        self.session, self.row = twin.session[copies], twin.row[copies]
        self._every = np.arange(len(copies))
        self.audible = sessions.audible[self.row]
        self.mix_weight = sessions.mix_weight[self.session]
        error = _DB * np.log(np.maximum(twin.mixed[copies], 0.0) + _FLOOR) - sessions.mix_db[self.session]
        self.mix_error_db = error - (error * self.mix_weight).sum(1, keepdims=True)
        self.mix_rms_db = np.sqrt((np.square(self.mix_error_db) * self.mix_weight).sum(1))
        over = twin.track_rms_db[copies] - sessions.tolerance_db[self.row]
        self.over_db = np.maximum(over, 0.0) * self.audible
        loudness = twin.track_loudness_lufs(copies) - sessions.level_lufs[self.row]
        self.loudness_error_lu = np.where(self.audible, loudness, 0.0)
        own = twin.own[copies]
        self.total = own.sum(1)
        self.alone = sessions.alone[self.session]
        self.strong = sessions.strong[self.row]
        at = (self._every[:, None, None], np.arange(own.shape[1])[:, None], self.strong)
        self._own_strong = own[at]
        self._rest_strong = np.maximum(self.total[at[0], self.strong] - self._own_strong, 0.0)
        excess = _DB * np.log((self._rest_strong + _FLOOR) / (self._own_strong + _FLOOR)) - MASKED_FROM_DB
        self.excess_db = np.where(self.alone[:, None, None], 0.0, excess)

    def cost(self) -> F64:
        """Return J of each copy, (n,)."""
        sessions, bands = self.sessions, self.twin.eq.at(self.copies)
        sounding = sessions.sounding[self.session]
        count = np.maximum(sounding, 1)
        tracks = (self.over_db * sessions.track_share[self.row]).sum(1) / count
        loudness = LOUDNESS_WEIGHT * np.abs(self.loudness_error_lu).sum(1) / count
        masked = ((self.excess_db / MASKED_SPAN_DB).clip(0.0, 1.0).mean(2) * self.audible).sum(1) / count
        soft = ((self.excess_db + EDGE_DB) / (2 * EDGE_DB)).clip(0.0, 1.0).mean(2) * self.audible
        share = np.where(self.alone, 0.0, soft.sum(1) / count)
        covered = np.maximum(0.0, share - sessions.covered_share[self.session])
        depth = np.abs(bands.gain_db)
        price = depth * (1.0 + depth / DEPTH_SPAN_DB) * np.maximum(1.0, NARROW_OCT / bands.width_oct)
        charged = sessions.price_db[self.session] * (price.sum(2) * self.audible).sum(1) / count
        masking = MASKING_WEIGHT * masked + COVERING_WEIGHT * covered
        total: F64 = self.mix_rms_db + tracks + loudness + masking + charged
        return np.where(sounding > 0, total, 0.0)

    def figures(self, track: Ints, knob: Ints, *, sweep: bool) -> Figures:
        """Return what is asked of a knob of each copy."""
        is_volume = knob == VOLUME_KNOB
        volumes, bands = np.flatnonzero(is_volume), np.flatnonzero(~is_volume)
        asked = _Asked(self, track)
        reach = np.empty((len(knob), self.total.shape[1]))
        each = np.tile(np.arange(EQ), len(volumes))
        of_all = self._reach(np.repeat(volumes, EQ), track, each)
        reach[volumes] = of_all.reshape(len(volumes), EQ, reach.shape[1]).sum(1)
        reach[bands] = self._reach(bands, track, knob[bands] - 1)
        step_db, worth_db = asked.step(self._every, reach)
        gains = self.twin.eq.gain_db[self.copies, track]
        gain_db = np.where(is_volume, gains.mean(1), gains[self._every, np.maximum(knob - 1, 0)])
        freq, width = np.zeros((2, len(knob))), np.zeros((2, len(knob)))
        swept = np.flatnonzero(~is_volume & (gain_db != 0.0)) if sweep else bands[:0]
        if len(swept):
            place = (self.copies[swept], track[swept], knob[swept] - 1)
            here, band = self.twin.eq_db[place], self.twin.eq.at(*place)
            higher = band._replace(freq_hz=np.minimum(band.freq_hz * 2**PROBE_OCT, HIGHEST_HZ))
            wider = band._replace(width_oct=np.minimum(band.width_oct * 2**PROBE_OCT, WIDEST_OCT))
            for found, probe in ((freq, higher), (width, wider)):
                found[:, swept] = asked.step(swept, self._db(swept, track, probe) - here)
        masking = np.where(is_volume | self.alone, 0.0, self._masking(track, reach))
        return Figures(
            knob, step_db, worth_db, self.loudness_error_lu[self._every, track], gain_db, masking,
            PROBE_OCT * freq[0], freq[1], PROBE_OCT * width[0], width[1],
        )  # fmt: skip

    def standing(self, track: Ints, knob: Ints, limits: BatchLimits, asked: Figures) -> Standing:
        """Return where a knob of each copy stands."""
        sessions, copies, every = self.sessions, self.copies, self._every
        at = (copies, track, np.maximum(knob - 1, 0))
        bands = self.twin.eq.at(*at)
        is_band = knob != VOLUME_KNOB
        place = by_octaves(bands.freq_hz, limits.freq_hz[0][at], limits.freq_hz[1][at])
        breadth = by_octaves(bands.width_oct, limits.width_oct[0][at], limits.width_oct[1][at])
        fader = (side[copies, track] for side in limits.fader_db)
        masked = (self.excess_db[every, track] > 0).mean(1)
        return Standing(
            asked.gain_db / sessions.eq_limit_db[self.session],
            within(self.twin.fader_db[copies, track], *fader),
            np.where(is_band, place, 0.0),
            np.where(is_band, breadth, 0.0),
            self.mix_rms_db,
            self.over_db[every, track],
            sessions.price_db[self.session],
            np.where(self.alone, 0.0, masked),
        )

    def _reach(self, which: Ints, track: Ints, band: Ints) -> F64:
        """Return how many dB each third octave moves for each dB of bands (m,) of copies (m,), from where they are."""
        place = (self.copies[which], track[which], band)
        bands = self.twin.eq.at(*place)
        probe_db = np.where(bands.gain_db <= 0.0, PROBE_DB, -PROBE_DB)
        there = self._db(which, track, bands._replace(gain_db=bands.gain_db + probe_db))
        reach: F64 = (there - self.twin.eq_db[place]) / probe_db[:, None]
        return reach

    def _db(self, which: Ints, track: Ints, bands: Bands) -> F64:
        row = self.row[which, track[which]]
        return levels_db(bands, self.sessions.rate_hz[row], self.sessions.half[row])

    def _masking(self, track: Ints, reach: F64) -> F64:
        """Return how the masking term of J changes per dB of a band: others it covers, less itself where covered."""
        counts = (self.excess_db > 0) & (self.excess_db < MASKED_SPAN_DB) & self.audible[:, :, None]
        own = self.twin.own[self.copies, track]
        every = self._every[:, None, None]
        covered = counts * own[every, self.strong] / (self._rest_strong + _NOTHING)
        covered[self._every, track] = -counts[self._every, track].astype(float)
        scale = MASKING_WEIGHT / (self.strong.shape[2] * MASKED_SPAN_DB)
        slope: F64 = (covered * reach[every, self.strong]).sum((1, 2)) * scale
        return slope


class _Asked:
    """The Gauss-Newton steps that the spectra ask of a track of each copy, see ``agent.tone.observation``."""

    def __init__(self, sound: BatchSound, track: Ints) -> None:
        sessions, every = sound.sessions, np.arange(len(track))
        self.sound = sound
        row = sound.row[every, track]
        own = sound.twin.own[sound.copies, track]
        rest = np.maximum(sound.total - own, 0.0)
        self.heard = own / (own + rest + _NOTHING)
        self.error_db = sound.twin.track_error_db(sound.copies, track)
        self.rms_db, self.weight = sound.twin.track_rms_db[sound.copies, track], sessions.track_weight[row]
        self.share = sessions.track_share[row]
        self.has_mix = (sound.mix_rms_db > FLOOR) & sound.mix_weight.any(1)
        self.has_track = (sound.over_db[every, track] > FLOOR) & self.weight.any(1)

    def step(self, which: Ints, reach: F64) -> F64:
        """Return the steps of copies (m,) along ``reach`` (m, B), and by how much each would lower J in dB; (2, m)."""
        sound = self.sound
        mix, track = (
            _slope_and_curve(reach * self.heard[which], sound.mix_error_db[which], sound.mix_weight[which]),
            _slope_and_curve(reach, self.error_db[which], self.weight[which]),
        )
        of_mix = self.has_mix[which] / np.where(self.has_mix, sound.mix_rms_db, 1.0)[which]
        of_track = self.has_track[which] * self.share[which] / np.where(self.has_track, self.rms_db, 1.0)[which]
        slope, curve = mix * of_mix + track * of_track
        bent = curve > FLOOR
        curve = np.where(bent, curve, 1.0)
        return np.where(bent, np.stack([-slope / curve, slope * slope / (2 * curve)]), 0.0)


def _slope_and_curve(seen: F64, error_db: F64, weight: F64) -> F64:
    centred = seen - (seen * weight).sum(1, keepdims=True)
    weighted = centred * weight
    return np.stack([(weighted * error_db).sum(1), (weighted * centred).sum(1)])
