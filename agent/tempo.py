"""The tempo that is wanted of a session, and how far it may be turned.

Two things are called a change of tempo. A grid is brought to material that stays as it sounds: any tempo that a session
can have will do. Or the material itself is sped up or slowed down, which time-stretches it, and that is heard: in
listening tests quality falls with the distance from the original (Roberts and Paliwal 2020, JASA 148(1):201, 42,529
ratings), how soon depends on the kind of music (Chen and Wang 2017, arXiv:1701.03274), and what producers are told is
that 10 % are hardly noticed and more than 20 % sound processed. So material is stretched by 20 % at most, either way.
"""

import math
from dataclasses import dataclass, field

from agent.session import TEMPO_RANGE_BPM

MOST_STRETCH = 0.2
DEAD = 0.01
"""As near, as a difference of logarithms, that a step of 2 % brings it no nearer: the tempo is then reached."""
FAR = 0.06
SPAN = math.log(2.0)
"""The distance at which the cost is 1: an octave, the most by which two people count the same music differently."""


@dataclass(frozen=True, slots=True)
class TempoGoal:
    """The tempo to go to, in BPM, and whether the material is stretched on the way there.

    ``asked``, for words alone, tells that it is a number that was asked for, and not the tempo that was heard.
    """

    bpm: float
    stretched: bool = False
    asked: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        low, high = TEMPO_RANGE_BPM
        if not low <= self.bpm <= high:
            raise ValueError(f"a tempo of {self.bpm:g} BPM is outside {low:.0f} to {high:.0f}")

    def off(self, tempo_bpm: float) -> float:
        """Return how much too fast a tempo is, as a difference of natural logarithms; 0 inside the dead zone."""
        distance = math.log(tempo_bpm / self.bpm)
        return 0.0 if abs(distance) <= DEAD else distance

    def cost(self, tempo_bpm: float) -> float:
        """Return the cost's term T of a tempo, in [0, 1]."""
        return min(1.0, max(0.0, abs(self.off(tempo_bpm)) - DEAD) / SPAN)

    def pointer(self, tempo_bpm: float) -> int:
        """Return 0 where the tempo is reached, 1 or 2 where it must fall or rise, 3 or 4 where that far."""
        distance = self.off(tempo_bpm)
        return 0 if distance == 0.0 else 1 + int(distance < 0.0) + 2 * int(abs(distance) > FAR)

    def limits_bpm(self, found_bpm: float) -> tuple[float, float]:
        """Return the lowest and the highest tempo that a session found at one may be brought to."""
        low, high = TEMPO_RANGE_BPM
        if not self.stretched:
            return low, high
        return max(low, found_bpm * (1.0 - MOST_STRETCH)), min(high, found_bpm * (1.0 + MOST_STRETCH))

    def within_reach(self, found_bpm: float) -> bool:
        """Tell whether a session found at a tempo may be brought to this one."""
        low, high = self.limits_bpm(found_bpm)
        return low - 1e-6 <= self.bpm <= high + 1e-6
