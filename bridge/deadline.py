"""One budget of time for several waits: what the first one takes is not there for the next."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

Clock = Callable[[], float]
REACHING_S = 5.0
"""How long a command may take to find out whether a DAW is there and answers, however many ways it has to try."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the time is over, by a clock in seconds."""

    at_s: float
    clock: Clock = time.monotonic

    @classmethod
    def after(cls, budget_s: float, clock: Clock = time.monotonic) -> Self:
        """Begin a budget of seconds now."""
        return cls(clock() + budget_s, clock)

    @property
    def left_s(self) -> float:
        """What is left, in seconds; never less than nothing."""
        return max(self.at_s - self.clock(), 0.0)

    def limit_s(self, usual_s: float) -> float:
        """Return the limit of a wait that usually has this one: never more than what is left."""
        return min(usual_s, self.left_s)
