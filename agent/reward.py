"""The cost of a mix and the reward for lowering it.

J = .30 B + .25 S + .15 M + .15 L + .10 P + .05 W, each term clipped to [0, 1]:

    B  balance    mean over audible tracks of (|level error| − 1) / 6 LU, the error taken against the others' mean
    S  spectrum   (RMS third-octave deviation from the slope, 100 Hz to 4 kHz, − 2) / 8 dB
    M  masking    mean over tracks and their six strongest bands of (rest over track − 6) / 6 dB
    L  loudness   (|integrated loudness − target| − 0.5) / 6 LU
    P  peaks      (what a limiter would have to take off to stay below −1 dBTP − 3) / 6 dB
    W  width      (|(R − L)/(R + L)| − 0.05) / 0.2 of the mix's power

Where a tempo is wanted, + .15 T comes on top (J then ends at 1.15), else T is 0:

    T  tempo      (|ln(tempo / wanted)| − 0.01) / ln 2

A step earns r = 10 (J(s) − J(s′)) − 0.01 [a ≠ hold], clipped to [−1, 1]: the undiscounted improvement. docs/mdp.md
says where these figures come from and what was changed after measuring.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.hearing.twin import Twin
from agent.targets import TRUE_PEAK_CEILING_DBTP, Goal

F64 = NDArray[np.float64]

WEIGHTS = {"balance": 0.30, "spectrum": 0.25, "masking": 0.15, "loudness": 0.15, "peaks": 0.10, "width": 0.05}
TEMPO_WEIGHT = 0.15
BALANCE_DEAD_LU, BALANCE_SPAN_LU = 1.0, 6.0
SPECTRUM_DEAD_DB, SPECTRUM_SPAN_DB = 2.0, 8.0
MASKED_FROM_DB, MASKED_SPAN_DB = 6.0, 6.0
LOUDNESS_DEAD_LU, LOUDNESS_SPAN_LU = 0.5, 6.0
LIMITER_DEAD_DB, LIMITER_SPAN_DB = 3.0, 6.0
IMBALANCE_DEAD, IMBALANCE_SPAN = 0.05, 0.2
REWARD_SCALE, MOVE_COST = 10.0, 0.01
_DB = 10 / math.log(10)
_FLOOR = 1e-20


class Cost(NamedTuple):
    """The terms of J, each in [0, 1]; ``total`` is their weighted sum. ``tempo`` is 0 unless one is wanted."""

    balance: float
    spectrum: float
    masking: float
    loudness: float
    peaks: float
    width: float
    tempo: float = 0.0

    @property
    def total(self) -> float:
        """J."""
        w = WEIGHTS
        return (
            w["balance"] * self.balance
            + w["spectrum"] * self.spectrum
            + w["masking"] * self.masking
            + w["loudness"] * self.loudness
            + w["peaks"] * self.peaks
            + w["width"] * self.width
            + TEMPO_WEIGHT * self.tempo
        )


# By how much each term may end above where it began: its dead zone. Masking has none, so 0.1 stands in. Peaks are left
# to the limiter of the file: a quiet session can not be brought to its loudness without raising them.
SLACK = Cost(
    BALANCE_DEAD_LU / BALANCE_SPAN_LU,
    SPECTRUM_DEAD_DB / SPECTRUM_SPAN_DB,
    0.1,
    LOUDNESS_DEAD_LU / LOUDNESS_SPAN_LU,
    1.0,
    IMBALANCE_DEAD / IMBALANCE_SPAN,
)


def no_term_worse(before: Cost, after: Cost) -> bool:
    """Tell whether no term of the cost rose by more than its slack."""
    return all(new <= old + slack + 1e-9 for old, new, slack in zip(before, after, SLACK, strict=True))


class Sound:
    """What a goal makes of a twin's present setting: all figures that cost and observation are read from.

    ``level_error_lu`` (N,): how much too loud each track is among the others; 0 for inaudible ones.
    ``spectrum_error_db``: how far each band of the goal's range is above the slope. ``track_bands`` (N, B) and
    ``rest`` (N, B): power of a track, and of all the others, in a band. ``excess_db`` (N, 6): how far the rest exceeds
    6 dB over the track in its strongest bands.
    """

    __slots__ = (
        "excess_db", "goal", "imbalance", "level_error_lu", "limiter_db", "loudness_error_lu", "mix_loudness_lufs",
        "rest", "spectrum_error_db", "spectrum_rms_db", "strong_track", "track_bands", "twin",
    )  # fmt: skip

    def __init__(self, twin: Twin, goal: Goal) -> None:
        self.twin, self.goal = twin, goal
        loudness = twin.track_loudness_lufs()
        audible = goal.audible
        error = np.subtract(loudness, goal.level_db, out=np.zeros_like(loudness), where=audible)
        count = max(1, int(np.count_nonzero(audible)))
        self.level_error_lu = np.where(audible, error - float(error.sum()) / count, 0.0)
        self.mix_loudness_lufs = twin.mix_loudness_lufs()
        self.loudness_error_lu = max(-99.0, self.mix_loudness_lufs - goal.loudness_lufs)
        mixed = twin.mix_bands()
        shape = _DB * np.log(mixed[goal.spectrum] + _FLOOR) - goal.slope_db[goal.spectrum]
        self.spectrum_error_db = shape - float(shape.sum()) / len(shape)
        self.spectrum_rms_db = math.sqrt(float(self.spectrum_error_db @ self.spectrum_error_db) / len(shape))
        self.track_bands = own = twin.track_bands()
        self.rest = np.maximum(own.sum(0) - own, 0.0)
        rows = np.arange(len(own))[:, None]
        self.strong_track = own[rows, goal.strong]
        strong_rest = self.rest[rows, goal.strong]
        ratio = (strong_rest + _FLOOR) / (self.strong_track + _FLOOR)
        self.excess_db = _DB * np.log(ratio) - MASKED_FROM_DB
        # The master is set last, to the loudness target: what counts is the peak that will then stand.
        peak = twin.true_peak_estimate_dbtp()
        self.limiter_db = max(-99.0, peak - TRUE_PEAK_CEILING_DBTP)
        self.imbalance = twin.imbalance()

    def cost(self) -> Cost:
        """Return the cost's terms."""
        audible = self.goal.audible
        count = int(np.count_nonzero(audible))
        if count == 0:
            return Cost(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, self._tempo())
        over = (np.abs(self.level_error_lu) - BALANCE_DEAD_LU) / BALANCE_SPAN_LU
        masked = (self.excess_db / MASKED_SPAN_DB).clip(0.0, 1.0).sum(1)
        return Cost(
            float(over.clip(0.0, 1.0).sum()) / count,
            _unit((self.spectrum_rms_db - SPECTRUM_DEAD_DB) / SPECTRUM_SPAN_DB),
            float(masked @ audible) / (count * self.excess_db.shape[1]),
            loudness_term(self.loudness_error_lu),
            _unit((self.limiter_db - LIMITER_DEAD_DB) / LIMITER_SPAN_DB),
            _unit((abs(self.imbalance) - IMBALANCE_DEAD) / IMBALANCE_SPAN),
            self._tempo(),
        )

    def _tempo(self) -> float:
        wanted = self.goal.tempo
        return 0.0 if wanted is None else wanted.cost(self.twin.tempo_bpm)

    def masked_share(self) -> float:
        """Return the share of the audible tracks' strongest bands where the rest is more than 6 dB above the track."""
        audible = self.goal.audible
        return float((self.excess_db[audible] > 0).mean()) if audible.any() else 0.0


def loudness_term(error_lu: float) -> float:
    """Return L for an error of the mix's loudness in LU; minus infinity counts as far off."""
    return _unit((abs(error_lu) - LOUDNESS_DEAD_LU) / LOUDNESS_SPAN_LU)


def reward(before: float, after: float, *, moved: bool) -> float:
    """Return r for a step from cost J(s) to J(s′); what is no number stays none, for whoever learns to refuse."""
    earned = REWARD_SCALE * (before - after) - (MOVE_COST if moved else 0.0)
    return earned if math.isnan(earned) else max(-1.0, min(1.0, earned))


def _unit(value: float) -> float:
    return 0.0 if value <= 0.0 else min(value, 1.0)
