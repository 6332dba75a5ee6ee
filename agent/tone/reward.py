"""The cost of a tone and the reward for lowering it, in dB.

J = S + s T + ½ L + 2 M + 20 C + p P:

    S  the mix      weighted RMS of its third octaves' error, the error's mean taken out
    T  the tracks   the same of each track, less its tolerance; mean over tracks; s = ¼ for averages of roles, else 1
    L  loudness     | track loudness − wanted | in LU; mean over the tracks
    M  masking      mean over tracks and their six strongest bands of (rest over track − 6) / 6 dB in [0, 1]
    C  masked more  share of those bands that are masked, less what it was when the session was found, if more; a band
                    is masked by degrees, from 4.5 to 7.5 dB (``agent.tone.masking``)
    P  EQ           Σ over a track's bands of |gain| (1 + |gain| / 6 dB) · max(1, 1 octave / width); mean over tracks

p is a few hundredths of a dB (``agent.tone.goal.PRICE_DB``): with it, EQ that does nothing is taken back, and where two
ways lead to one spectrum the shallower and wider is taken. Masking keeps a small weight, for such measures fit what is
heard poorly (Hafezi and Reiss 2015); but a spectrum is not to be reached by covering tracks that were heard, which C
sees to. A step earns r = N (J(s) − J(s′)) − 0.004 [a ≠ hold], clipped to [−1, 1], N the
number of tracks that sound: a step at one of many earns what it would earn alone. The figure that judges a tuning, the
RMS error after a render, is not this one.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.hearing.twin import Twin
from agent.reward import MASKED_SPAN_DB
from agent.tone.goal import ToneGoal
from agent.tone.masking import covered_share, excess_db, masked_share

F64 = NDArray[np.float64]

LOUDNESS_WEIGHT, MASKING_WEIGHT, COVERING_WEIGHT = 0.5, 2.0, 20.0
DEPTH_SPAN_DB, NARROW_OCT = 6.0, 1.0
MOVE_COST = 0.004
_DB = 10 / math.log(10)
_FLOOR = 1e-20


class ToneCost(NamedTuple):
    """The terms of J, in dB of spectral error; ``total`` is their sum. ``masking`` is 2 M + 20 C.

    ``masked_more``: the share of the strong bands that is masked beyond what was when the session was found; no term.
    """

    mix: float
    tracks: float
    loudness: float
    masking: float
    eq: float
    masked_more: float = 0.0

    @property
    def total(self) -> float:
        """J."""
        return self.mix + self.tracks + self.loudness + self.masking + self.eq


class ToneSound:
    """What a goal makes of a twin's present setting: all figures that cost and observation are read from.

    ``mix_error_db`` (B,) and ``track_error_db`` (N, B): third octaves above their targets, the weighted mean taken out.
    ``mix_rms_db`` and ``track_rms_db`` (N,): their weighted RMS. ``track_bands`` (N, B) and ``rest`` (N, B): power of a
    track, and of all the others. ``excess_db`` (N, 6): how far the rest exceeds 6 dB over the track in its strongest
    bands. ``loudness_error_lu`` (N,): how much too loud each track is; 0 for inaudible ones.
    """

    __slots__ = (
        "excess_db", "goal", "loudness_error_lu", "mix_error_db", "mix_rms_db", "rest", "track_bands",
        "track_error_db", "track_rms_db", "twin",
    )  # fmt: skip

    def __init__(self, twin: Twin, goal: ToneGoal) -> None:
        self.twin, self.goal = twin, goal
        mixed = _DB * np.log(twin.mix_bands() + _FLOOR)
        self.mix_error_db = mixed - goal.mix_db
        self.mix_error_db -= self.mix_error_db @ goal.mix_weight
        self.mix_rms_db = math.sqrt(float(np.square(self.mix_error_db) @ goal.mix_weight))
        self.track_bands = own = twin.track_bands()
        self.track_error_db = _DB * np.log(own + _FLOOR) - goal.track_db
        self.track_error_db -= (self.track_error_db * goal.track_weight).sum(1)[:, None]
        self.track_rms_db = np.sqrt((np.square(self.track_error_db) * goal.track_weight).sum(1))
        error = twin.track_loudness_lufs() - goal.level_lufs
        self.loudness_error_lu = np.where(goal.audible, error, 0.0)
        self.rest = np.maximum(own.sum(0) - own, 0.0)
        self.excess_db = excess_db(own, self.rest, goal.strong)

    @property
    def masked_share(self) -> float:
        """The share of the tracks' strong bands that are masked, in [0, 1]."""
        return masked_share(self.excess_db, self.goal.audible)

    @property
    def over_db(self) -> F64:
        """How far each track's RMS error is beyond its tolerance in dB, shape (N,)."""
        over: F64 = np.maximum(self.track_rms_db - self.goal.tolerance_db, 0.0) * self.goal.audible
        return over

    def cost(self) -> ToneCost:
        """Return the cost's terms."""
        audible = self.goal.audible
        count = int(np.count_nonzero(audible))
        if count == 0:
            return ToneCost(0.0, 0.0, 0.0, 0.0, 0.0)
        masked = float((self.excess_db / MASKED_SPAN_DB).clip(0.0, 1.0).mean(1) @ audible) / count
        covered = max(0.0, covered_share(self.excess_db, audible) - self.goal.covered_share)
        price = sum(eq_price(self.twin, track) for track in np.flatnonzero(audible).tolist())
        return ToneCost(
            self.mix_rms_db,
            float(self.over_db @ self.goal.track_share) / count,
            LOUDNESS_WEIGHT * float(np.abs(self.loudness_error_lu).sum()) / count,
            MASKING_WEIGHT * masked + COVERING_WEIGHT * covered,
            self.goal.price_db * price / count,
            max(0.0, self.masked_share - self.goal.masked_share),
        )


def eq_price(twin: Twin, track: int) -> float:
    """Return P of one track: dB of EQ, those that are deep or narrow counting more."""
    return sum(
        abs(band.gain_db) * (1.0 + abs(band.gain_db) / DEPTH_SPAN_DB) * max(1.0, NARROW_OCT / band.bandwidth_oct)
        for band in twin.eq(track)
    )


def reward(before: float, after: float, sounding: int, *, moved: bool) -> float:
    """Return r for a step from cost J(s) to J(s′); what is no number stays none, for whoever learns to refuse."""
    earned = sounding * (before - after) - (MOVE_COST if moved else 0.0)
    return earned if math.isnan(earned) else max(-1.0, min(1.0, earned))
