"""The scales of Bitwig Studio with DrivenByMoss: whole numbers from 0 to the resolution less one (127, 1023, 16383).

The volume's law, gain = 2 v³ (0 dB at 0.7937, +6 dB at 1), is Bitwig's as controller scripts use it; the source of
DrivenByMoss leaves it to Bitwig and to the text that goes with each value (``volumeStr``). The same law for the meters
(``vu``, drawn beside the fader), and the ranges of EQ+ (20 Hz to 20 kHz and Q 0.1 to 40 in equal ratios, gain ±24 dB)
are guesses: their texts (``valueStr``) tell.
"""

import math
from dataclasses import dataclass

HIGHEST_GAIN = 2.0


@dataclass(frozen=True, slots=True)
class Range:
    """A range in units over [0, 1], linear or (``log``) in equal ratios."""

    start: float
    end: float
    log: bool = False

    def value(self, along: float) -> float:
        """Return the value of a number in [0, 1]."""
        if self.log:
            return self.start * math.pow(self.end / self.start, along)
        return self.start + (self.end - self.start) * along

    def along(self, value: float) -> float:
        """Return the number in [0, 1] of a value; values beyond the ends are held."""
        held = min(max(value, self.start), self.end)
        if self.log:
            return math.log(held / self.start) / math.log(self.end / self.start)
        return (held - self.start) / (self.end - self.start)


FREQUENCY = Range(20.0, 20000.0, log=True)
GAIN_DB = Range(-24.0, 24.0)
QUALITY = Range(0.1, 40.0, log=True)
PAN = Range(-1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How many values a number in [0, 1] goes out and comes in with."""

    values: int

    def whole(self, along: float) -> int:
        """Return the whole number nearest to a number in [0, 1]."""
        return round(min(max(along, 0.0), 1.0) * (self.values - 1))

    def along(self, whole: float) -> float:
        """Return the number in [0, 1] of a whole number; what has a fraction loses it."""
        return min(max(math.trunc(whole), 0), self.values - 1) / (self.values - 1)


def volume_along(gain_linear: float) -> float:
    """Return where a gain lies on the fader, in [0, 1]."""
    return min(math.cbrt(max(gain_linear, 0.0) / HIGHEST_GAIN), 1.0)


def volume_gain(along: float) -> float:
    """Return the gain of a fader in [0, 1]."""
    return HIGHEST_GAIN * along**3
