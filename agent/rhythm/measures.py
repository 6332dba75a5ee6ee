"""How near one drum part is to another, and how far it can be played: onset F-measure, metrical profile, syncopation.

Everything here is plain: times and arrays in, numbers out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

WINDOW_S = 0.030
# How heavy a place in the bar is, 0 the heaviest: the bar, its half, a beat, half a beat, a smaller part. After
# H. C. Longuet-Higgins and C. S. Lee, "The rhythmic interpretation of monophonic music", Music Perception 1 (1984).
BAR, HALF_BAR, BEAT, HALF_BEAT, SMALLER = 0.0, -1.0, -2.0, -3.0, -4.0


@dataclass(frozen=True, slots=True)
class OnsetScore:
    """Onsets compared: how many there are in the reference, how many are estimated, and how many of them match."""

    reference: int
    estimated: int
    matched: int

    @property
    def precision(self) -> float:
        """The share of the estimated onsets that match; 0 where there are none."""
        return self.matched / self.estimated if self.estimated else 0.0

    @property
    def recall(self) -> float:
        """The share of the reference's onsets that are matched; 0 where there are none."""
        return self.matched / self.reference if self.reference else 0.0

    @property
    def f_measure(self) -> float:
        """The harmonic mean of precision and recall; 0 where nothing matches, as in mir_eval."""
        return 2.0 * self.matched / (self.reference + self.estimated) if self.matched else 0.0

    def __add__(self, other: "OnsetScore") -> "OnsetScore":
        return OnsetScore(
            self.reference + other.reference, self.estimated + other.estimated, self.matched + other.matched
        )


def onset_score(reference_s: F64, estimated_s: F64, window_s: float = WINDOW_S) -> OnsetScore:
    """Match onsets one to one, as many as can be, each within the window of its partner (mir_eval.onset.f_measure).

    On a line, with one window for all, the earliest pair that fits never stands in the way of a larger matching: of two
    heads that are too far apart, the earlier one has no partner left.
    """
    reference, estimated = np.sort(reference_s), np.sort(estimated_s)
    r = e = matched = 0
    while r < len(reference) and e < len(estimated):
        late_s = estimated[e] - reference[r]
        # Rounded as in mir_eval, so that 30 ms written in floating point is within 30 ms.
        if round(abs(late_s), 6) <= window_s:
            matched, r, e = matched + 1, r + 1, e + 1
        elif late_s > 0:
            r += 1
        else:
            e += 1
    return OnsetScore(len(reference), len(estimated), matched)


def metrical_profile(velocity: NDArray[np.uint8]) -> F64:
    """Return the share of all hits that fall on each step on each voice, (steps, voices), of (bars, steps, voices)."""
    counts = (velocity > 0).sum(0).astype(np.float64)
    shares: F64 = counts / max(float(counts.sum()), 1.0)
    return shares


def profile_distance(one: F64, other: F64) -> float:
    """Return the total variation between two metrical profiles: 0 for the same, 1 for no place in common.

    Raises ``ValueError`` for profiles of different grids.
    """
    if one.shape != other.shape:
        raise ValueError(f"profiles of {one.shape} and {other.shape} steps and voices are not of one grid")
    return float(np.abs(one - other).sum() / 2)


def metrical_weight(beats_per_bar: int, steps_per_beat: int) -> F64:
    """Return how heavy each step of a bar is, (steps,), from ``BAR`` down to ``SMALLER``."""
    weight = np.full(beats_per_bar * steps_per_beat, SMALLER)
    # A straight beat has halves, a ternary one thirds.
    weight[:: 2 if steps_per_beat % 3 == 0 else max(steps_per_beat // 2, 1)] = HALF_BEAT
    weight[::steps_per_beat] = BEAT
    if beats_per_bar % 2 == 0 and beats_per_bar > 2:
        weight[:: beats_per_bar * steps_per_beat // 2] = HALF_BAR
    weight[0] = BAR
    return weight


def syncopation(hit: NDArray[np.bool_], beats_per_bar: int) -> F64:
    """Return how syncopated each bar is, (bars,), of what is hit, (bars, steps): Longuet-Higgins and Lee's sum.

    An onset counts where a heavier step follows before the next onset: by how much heavier that step is. The step after
    the last is the next bar's first.
    """
    bars, steps = hit.shape
    weight = metrical_weight(beats_per_bar, steps // beats_per_bar)
    flat = hit.reshape(-1)
    where = np.flatnonzero(flat)
    found = np.zeros(bars)
    for at, until in zip(where, [*where[1:], bars * steps], strict=False):
        # What rests after a hit begins one step on; the hit itself ends the rest.
        rests = np.arange(at + 1, until)
        if len(rests):
            found[at // steps] += max(0.0, float(weight[rests % steps].max() - weight[at % steps]))
    return found


def repetition(velocity: NDArray[np.uint8]) -> F64:
    """Return for each bar but the first how much it shares with the one before, (bars − 1,): 1 for the same hits.

    Twice the hits in common by the hits of both; two empty bars are the same.
    """
    hit = velocity > 0
    common = (hit[1:] & hit[:-1]).sum((1, 2))
    total = hit[1:].sum((1, 2)) + hit[:-1].sum((1, 2))
    return np.where(total > 0, 2.0 * common / np.maximum(total, 1), 1.0)
