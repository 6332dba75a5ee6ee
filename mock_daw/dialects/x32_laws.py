"""The scales of Behringer's and Midas' consoles: numbers in [0, 1] that have so many steps.

From Patrick-Gilles Maillot's "Unofficial X32/M32 OSC remote protocol" (types level, linf and logf with their ranges and
step counts), and checked by others against the text that an M32R shows: 0.522972 is −9.1 dB, 0.357771 is −21.4 dB.
"""

import math
from dataclasses import dataclass

FADER_STEPS = 1024
HIGHEST_DB, LOWEST_DB = 10.0, -90.0
# From where on, and the line there: decibels for the whole way, and where it would start.
PIECES = ((0.5, 40.0, -30.0), (0.25, 80.0, -50.0), (0.0625, 160.0, -70.0), (0.0, 480.0, -90.0))


@dataclass(frozen=True, slots=True)
class Scale:
    """A range in units, linear or (``log``) in equal ratios, cut into steps."""

    start: float
    end: float
    steps: int
    log: bool = False

    def value(self, along: float) -> float:
        """Return the value in units of a number in [0, 1], at its nearest step."""
        at = stepped(along, self.steps)
        if self.log:
            return self.start * math.pow(self.end / self.start, at)
        return self.start + (self.end - self.start) * at

    def along(self, value: float) -> float:
        """Return the number in [0, 1] of a value in units, at its nearest step; values beyond the ends are held."""
        low, high = sorted((self.start, self.end))
        held = min(max(value, low), high)
        if self.log:
            return stepped(math.log(held / self.start) / math.log(self.end / self.start), self.steps)
        return stepped((held - self.start) / (self.end - self.start), self.steps)


FREQUENCY = Scale(20.0, 20000.0, 201, log=True)
GAIN = Scale(-15.0, 15.0, 121)
QUALITY = Scale(10.0, 0.3, 72, log=True)
PAN = Scale(-1.0, 1.0, 101)


def stepped(along: float, steps: int) -> float:
    """Return the nearest of so many steps from 0 to 1."""
    return round(min(max(along, 0.0), 1.0) * (steps - 1)) / (steps - 1)


def fader_db(along: float) -> float:
    """Return the level of a fader position in dB: −inf at the bottom, 0 dB at 0.75, +10 dB at the top."""
    if not along > 0.0:
        return -math.inf
    for start, per_way, offset in PIECES:
        if along >= start:
            return min(per_way * along + offset, HIGHEST_DB)
    return -math.inf


def fader_along(db: float) -> float:
    """Return the fader position of a level in dB, at its nearest of 1024 steps."""
    if not db > LOWEST_DB:
        return 0.0
    along = next((db - offset) / per_way for start, per_way, offset in PIECES if db >= per_way * start + offset)
    return stepped(along, FADER_STEPS)
