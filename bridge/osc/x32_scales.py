"""The X32's scales: positions in [0, 1] in so many steps, straight or logarithmic. Pure.

"Unofficial X32/M32 OSC Remote Protocol", ``linf [low, high, step]`` and ``logf [low, high, steps]``; the emulator's
``Xp_linf`` and ``Xp_logf`` round to the nearest step.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` at 0 to ``high`` at 1, which may be the lower one."""

    low: float
    high: float
    steps: int
    logarithmic: bool = False

    def value(self, position: float) -> float:
        """Return what the step nearest to a position stands for."""
        kept = self._kept(position)
        if self.logarithmic:
            return self.low * math.pow(self.high / self.low, kept)
        return self.low + (self.high - self.low) * kept

    def position(self, value: float) -> float:
        """Return the position of the step nearest to a value."""
        if self.logarithmic:
            return self._kept(math.log(value / self.low) / math.log(self.high / self.low))
        return self._kept((value - self.low) / (self.high - self.low))

    def _kept(self, position: float) -> float:
        last = self.steps - 1
        return min(max(round(position * last), 0), last) / last


EQ_FREQ_HZ = Scale(20.0, 20_000.0, 201, logarithmic=True)
EQ_GAIN_DB = Scale(-15.0, 15.0, 121)
EQ_Q = Scale(10.0, 0.3, 72, logarithmic=True)
TRIM = Scale(-18.0, 18.0, 145)
"""Gains before a channel, in dB."""
