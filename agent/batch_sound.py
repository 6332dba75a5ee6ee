"""What a goal makes of a batch of settings: ``agent.reward.Sound`` and ``agent.observation`` for Q copies at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent import features, observation
from agent.actions import ACTIONS, EQ, EQ_STEP_DB, EQ_TRAVEL_DB, HOLD, VOLUME, Parameter
from agent.hearing.batch_twin import EVERY, BatchTwin, Which
from agent.observation import LEAST_MASKING, LEAST_TONE, LEVEL_EDGES_LU, MIX_EDGES_LU
from agent.reward import (
    BALANCE_DEAD_LU,
    BALANCE_SPAN_LU,
    IMBALANCE_DEAD,
    IMBALANCE_SPAN,
    LIMITER_DEAD_DB,
    LIMITER_SPAN_DB,
    LOUDNESS_DEAD_LU,
    LOUDNESS_SPAN_LU,
    MASKED_FROM_DB,
    MASKED_SPAN_DB,
    SPECTRUM_DEAD_DB,
    SPECTRUM_SPAN_DB,
    WEIGHTS,
)
from agent.targets import TRUE_PEAK_CEILING_DBTP, Goal

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
_FLOOR = np.float32(1e-20)

FADER_CHANGE_DB = np.array([a.change if a.parameter is Parameter.FADER else 0.0 for a in ACTIONS])


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How far each copy's knobs may go: faders (Q, N), EQ (N, 4) for all alike, masters (Q,); in dB."""

    fader_low_db: F64
    fader_high_db: F64
    eq_low_db: F64
    eq_high_db: F64
    master_low_db: F64
    master_high_db: F64


class BatchGoal:
    """A goal with what is worked out from it once: the places of the strong bands, and how far an EQ reaches."""

    def __init__(self, goal: Goal, reach: F64) -> None:
        self.goal, self.reach = goal, reach.astype(np.float32)
        tracks = len(goal.strong)
        self.rows = np.arange(tracks)[:, None]
        self.has_eq = ~np.isin(np.arange(tracks), list(goal.bare))
        places = [(track, band) for track in range(tracks) for band in np.unique(goal.strong[track]).tolist()]
        self.pair_track = np.array([track for track, _ in places], np.intp)
        self.pair_band = np.array([band for _, band in places], np.intp)
        self.to_bands = np.zeros((len(places), len(goal.slope_db)), np.float32)
        self.to_bands[np.arange(len(places)), self.pair_band] = 1
        self.weight = (1.0 / (tracks * goal.strong.shape[1] * MASKED_SPAN_DB)) if tracks else 0.0


class BatchSound:
    """All figures of copies ``which`` (n,) at their present settings, by the names of ``agent.reward.Sound``."""

    def __init__(self, twin: BatchTwin, batch: BatchGoal, which: Which = EVERY) -> None:
        goal = batch.goal
        self.twin, self.batch, self.which = twin, batch, which
        audible = goal.audible
        count = max(1, int(np.count_nonzero(audible)))
        loudness = twin.track_loudness_lufs(which)
        error = np.where(audible, loudness - goal.level_db, 0.0)
        self.level_error_lu = np.where(audible, error - error.sum(1, keepdims=True) / count, 0.0)
        self.loudness_error_lu = np.maximum(-99.0, twin.mix_loudness_lufs(which) - goal.loudness_lufs)
        mixed, own, self.imbalance = twin.bands(which)
        shape = 10 * np.log10(mixed[:, goal.spectrum] + _FLOOR) - goal.slope_db[goal.spectrum]
        self.spectrum_error_db = shape - shape.mean(1, keepdims=True)
        self.spectrum_rms_db = np.sqrt(np.square(self.spectrum_error_db).mean(1))
        self.track_bands = own
        self.rest = np.maximum(own.sum(1, keepdims=True) - own, 0)
        strong_rest, strong_track = self.rest[:, batch.rows, goal.strong], own[:, batch.rows, goal.strong]
        self.excess_db = 10 * np.log10((strong_rest + _FLOOR) / (strong_track + _FLOOR)) - np.float32(MASKED_FROM_DB)
        self.limiter_db = np.maximum(-99.0, twin.true_peak_estimate_dbtp(which) - TRUE_PEAK_CEILING_DBTP)

    def cost(self) -> F64:
        """Return J of each copy, (Q,)."""
        audible = self.batch.goal.audible
        count = int(np.count_nonzero(audible))
        if count == 0:
            return np.zeros(len(self.limiter_db))
        over = ((np.abs(self.level_error_lu) - BALANCE_DEAD_LU) / BALANCE_SPAN_LU).clip(0.0, 1.0)
        masked = (self.excess_db / np.float32(MASKED_SPAN_DB)).clip(0, 1).sum(2) @ audible
        terms = {
            "balance": over.sum(1) / count,
            "spectrum": _unit((self.spectrum_rms_db - SPECTRUM_DEAD_DB) / SPECTRUM_SPAN_DB),
            "masking": masked / (count * self.excess_db.shape[2]),
            "loudness": _unit((np.abs(self.loudness_error_lu) - LOUDNESS_DEAD_LU) / LOUDNESS_SPAN_LU),
            "peaks": _unit((self.limiter_db - LIMITER_DEAD_DB) / LIMITER_SPAN_DB),
            "width": _unit((np.abs(self.imbalance) - IMBALANCE_DEAD) / IMBALANCE_SPAN),
        }
        total: F64 = sum((WEIGHTS[name] * term for name, term in terms.items()), np.zeros(len(self.limiter_db)))
        return total

    def observe(self, strip: Ints, limits: BatchLimits, *, eq: bool) -> I64:
        """Return each copy's observation of its strip, (Q, 6); strip N is the master."""
        copies, tracks = self.level_error_lu.shape
        seen = np.zeros((copies, len(observation.SHAPE)), np.int64)
        error, is_master = self.loudness_error_lu, strip == tracks
        own = np.where(is_master, 0, strip)
        every = np.arange(copies)
        seen[:, 0] = is_master
        seen[:, 1] = np.searchsorted(LEVEL_EDGES_LU, np.where(is_master, error, self.level_error_lu[every, own]))
        seen[:, 2] = np.searchsorted(MIX_EDGES_LU, error)
        seen[:, 5] = self.limiter_db > LIMITER_DEAD_DB
        if eq:
            gains = self._eq_db(own)
            down = gains - EQ_STEP_DB >= limits.eq_low_db[own] - 1e-9
            up = gains + EQ_STEP_DB <= limits.eq_high_db[own] + 1e-9
            reach = self.batch.reach[own]
            slopes = (self._spectrum_slope(every, own), self._masking_slope(every, own))
            turned = ~is_master & self.batch.has_eq[own]
            for column, slope, least in zip((3, 4), slopes, (LEAST_TONE, LEAST_MASKING), strict=True):
                seen[:, column] = np.where(~turned, 0, _pointer(_along(reach, slope), down, up, least))
        return seen

    def features(self, strip: Ints, limits: BatchLimits, *, eq: bool) -> F32:
        """Return each copy's features of its strip, (Q, 19), see ``agent.features``; strip N is the master."""
        copies, tracks = self.level_error_lu.shape
        seen = np.zeros((copies, features.COUNT))
        is_master = strip == tracks
        own, every = np.where(is_master, 0, strip), np.arange(copies)
        error = self.loudness_error_lu / LOUDNESS_SPAN_LU
        seen[:, 0] = is_master
        seen[:, 1] = np.where(is_master, error, self.level_error_lu[every, own] / LOUDNESS_SPAN_LU)
        seen[:, 2], seen[:, features.HEADROOM] = error, self.limiter_db / LIMITER_SPAN_DB
        seen[:, features.SPECTRUM] = self.spectrum_rms_db / features.SPECTRUM_MEAN_DB - 1
        seen[:, features.MASKED] = np.where(is_master, 0, 2 * (self.excess_db[every, own] > 0).mean(1) - 1)
        seen[:, features.FADER] = features.within(*self.fader(strip, limits))
        if eq:
            reach, turned = self.batch.reach[own], (~is_master & self.batch.has_eq[own])[:, None]
            tone = np.tanh(-_along(reach, self._spectrum_slope(every, own)) / LEAST_TONE)
            masking = np.tanh(-_along(reach, self._masking_slope(every, own)) / LEAST_MASKING)
            seen[:, features.TONE], seen[:, features.MASKING] = tone * turned, masking * turned
            seen[:, features.EQ] = self._eq_db(own) / EQ_TRAVEL_DB * turned
        return seen.clip(-1, 1).astype(np.float32)

    def mask(self, strip: Ints, limits: BatchLimits, *, eq: bool) -> Bools:
        """Return which actions are open at each copy's strip, (n, 15), as ``agent.actions.mask`` does."""
        is_master = strip == len(self.batch.goal.movable)
        here, low, high = self.fader(strip, limits)
        allowed = np.zeros((len(strip), len(ACTIONS)), bool)
        allowed[:, HOLD] = True
        there = here[:, None] + FADER_CHANGE_DB[VOLUME]
        allowed[:, VOLUME] = (low[:, None] - 1e-9 <= there) & (there <= high[:, None] + 1e-9)
        if eq:
            own = np.where(is_master, 0, strip)
            gains = self._eq_db(own)
            down = gains - EQ_STEP_DB >= limits.eq_low_db[own] - 1e-9
            up = gains + EQ_STEP_DB <= limits.eq_high_db[own] + 1e-9
            allowed[:, EQ] = np.stack([down, up], axis=2).reshape(len(strip), -1)
            allowed[:, EQ] &= (~is_master & self.batch.has_eq[own])[:, None]
        return allowed

    def fader(self, strip: Ints, limits: BatchLimits) -> tuple[F64, F64, F64]:
        """Return where each copy's fader (or master) stands, its lowest and its highest, in dB; (n,) each."""
        twin, which = self.twin, self.which
        every, is_master = np.arange(len(strip)), strip == len(self.batch.goal.movable)
        own = np.where(is_master, 0, strip)
        return (
            np.where(is_master, twin.master_db[which], twin.fader_db[which][every, own]),
            np.where(is_master, limits.master_low_db[which], limits.fader_low_db[which][every, own]),
            np.where(is_master, limits.master_high_db[which], limits.fader_high_db[which][every, own]),
        )

    def _eq_db(self, own: Ints) -> F64:
        gains: F64 = self.twin.found_eq_db[own] + self.twin.eq_steps[self.which][np.arange(len(own)), own] * EQ_STEP_DB
        return gains

    def _spectrum_slope(self, every: Ints, strip: Ints) -> F32:
        inside = self.batch.goal.spectrum
        own, rest = self.track_bands[every, strip, inside], self.rest[every, strip, inside]
        slope = np.zeros((len(every), len(self.batch.goal.slope_db)), np.float32)
        rms = self.spectrum_rms_db[:, None]
        share = own / (own + rest + _FLOOR)
        slope[:, inside] = np.where(rms > SPECTRUM_DEAD_DB, self.spectrum_error_db * share / (share.shape[1] * rms), 0)
        return slope

    def _masking_slope(self, every: Ints, strip: Ints) -> F32:
        batch, goal = self.batch, self.batch.goal
        rest = self.rest[:, batch.pair_track, batch.pair_band]
        own = self.track_bands[:, batch.pair_track, batch.pair_band]
        excess = 10 * np.log10((rest + _FLOOR) / (own + _FLOOR)) - np.float32(MASKED_FROM_DB)
        counts = (excess > 0) & (excess < MASKED_SPAN_DB) & goal.audible[batch.pair_track]
        is_own = batch.pair_track == strip[:, None]
        covered = (counts & ~is_own) / (rest + _FLOOR)
        slope = (covered @ batch.to_bands) * self.track_bands[every, strip] - (counts & is_own) @ batch.to_bands
        result: F32 = slope * np.float32(batch.weight)
        return result


def _along(reach: F32, slope: F32) -> F32:
    found: F32 = np.matmul(reach, slope[:, :, None])[:, :, 0]
    return found


def _pointer(slope: F32, down: Bools, up: Bools, least: float) -> Ints:
    rises = slope < 0
    strength = np.abs(slope) * np.where(rises, up, down)
    band = strength.argmax(1)
    every = np.arange(len(band))
    found: Ints = np.where(strength[every, band] > least, 1 + 2 * band + rises[every, band], 0)
    return found


def _unit(values: NDArray[np.floating]) -> NDArray[np.floating]:
    return values.clip(0.0, 1.0)
