"""Whether a person could play it: two hands and one foot on the kick.

Two hands can share any strokes as long as no three of them come within the time that one hand needs between two: of
three strokes two fall to the same hand, and strokes dealt out in turn leave each hand the longest rest. So the rule is
on a stroke and the second after it. What the hands need at the least is about what the fastest drummers do: contests of
single strokes are won with some twenty a second for both hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.pattern import Hit, Voice
from agent.rhythm.strokes import HANDS, HIT, KICKED

HAND_MIN_S = 0.1
FOOT_MIN_S = 0.11
# Hits this close together are meant as one.
TOGETHER_S = 0.02
EXACT_S = 1e-6


@dataclass(frozen=True, slots=True)
class Violation:
    """What nobody can play: when, and why in words."""

    time_s: float
    text: str


def violations(hits: Sequence[Hit]) -> tuple[Violation, ...]:
    """Return all that can not be played in a part, in the order of time."""
    ordered = sorted(hits)
    hands = [hit.time_s for hit in ordered if hit.voice != Voice.KICK]
    feet = [hit.time_s for hit in ordered if hit.voice == Voice.KICK]
    found = [
        Violation(third, "three strokes are too fast for two hands")
        for first, third in zip(hands, hands[2:], strict=False)
        if third - first < HAND_MIN_S - EXACT_S
    ]
    found += [
        Violation(second, "two kicks are too fast for a foot")
        for first, second in pairwise(feet)
        if second - first < FOOT_MIN_S - EXACT_S
    ]
    closed = np.array([hit.time_s for hit in ordered if hit.voice == Voice.CLOSED_HAT])
    found += [
        Violation(hit.time_s, "a hat can not be open and closed at once")
        for hit in ordered
        if hit.voice == Voice.OPEN_HAT and bool((np.abs(closed - hit.time_s) < TOGETHER_S).any())
    ]
    return tuple(sorted(found, key=lambda one: (one.time_s, one.text)))


class Limbs:
    """When the hands and the foot struck last; owns these times as a part is written from left to right."""

    __slots__ = ("_foot_s", "_hands_s", "_hat", "_hat_s")

    def __init__(self) -> None:
        self._hands_s = (-np.inf, -np.inf)
        self._foot_s = self._hat_s = -np.inf
        self._hat = Voice.CLOSED_HAT

    def mask(self, time_s: float) -> NDArray[np.bool_]:
        """Tell which strokes of the table can be played at a time."""
        mask = _OPEN[self.free(time_s)]
        return mask if time_s - self._hat_s >= TOGETHER_S else mask & _NOT_THE_OTHER[self._hat]

    def free(self, time_s: float) -> tuple[int, bool]:
        """Tell how many hands are free at a time, and whether the foot is."""
        latest, before = self._hands_s
        due_s = time_s - HAND_MIN_S + EXACT_S / 2
        return int(latest <= due_s) + int(before <= due_s), self._foot_s <= time_s - FOOT_MIN_S + EXACT_S / 2

    def strike(self, time_s: float, stroke: int) -> None:
        """Play a stroke."""
        hands = _NEEDED[stroke]
        if hands == 2:
            self._hands_s = (time_s, time_s)
        elif hands == 1:
            self._hands_s = (time_s, self._hands_s[0])
        if _FEET[stroke]:
            self._foot_s = time_s
        for hat in _NOT_THE_OTHER:
            if HIT[stroke, hat]:
                self._hat, self._hat_s = hat, time_s


_NEEDED: tuple[int, ...] = tuple(HANDS.tolist())
_FEET: tuple[bool, ...] = tuple(KICKED.tolist())
# While a hat of one kind sounds, what does not hit the other.
_NOT_THE_OTHER = {
    Voice.CLOSED_HAT: HIT[:, Voice.OPEN_HAT] == 0,
    Voice.OPEN_HAT: HIT[:, Voice.CLOSED_HAT] == 0,
}
_OPEN: dict[tuple[int, bool], NDArray[np.bool_]] = {
    (hands, foot): (hands >= HANDS) & (foot | ~KICKED) for hands in range(3) for foot in (False, True)
}
