"""Fader laws: what a fader's value on the wire means in dB, and the nearest that it can hold. Pure.

The X32's is straight pieces in dB ("Unofficial X32/M32 OSC Remote Protocol", P.-G. Maillot, "Type rules" and the table
of 1024 values: position 0 is closed, 0.75 is 0 dB, 1 is +10 dB); Ableton Live's is with its own dialect.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

from bridge.osc import ableton


class Law(Protocol):
    """What a value on the wire means in dB. Rising; its lowest value is a closed fader."""

    @property
    def highest_db(self) -> float:
        """Where it ends."""
        ...

    def db(self, value: float) -> float:
        """Return the gain of a value, minus infinity where that is a closed fader's."""
        ...

    def value(self, db: float) -> float:
        """Return the value of a gain, the nearest end where it is out of reach."""
        ...


@dataclass(frozen=True, slots=True)
class Curve:
    """Straight pieces between points (position, dB) that rise; at the lowest position, and below it, it is closed.

    A first point at minus infinity is closed up to the second.
    """

    points: tuple[tuple[float, float], ...]

    @property
    def highest_db(self) -> float:
        """Where it ends."""
        return self.points[-1][1]

    def db(self, value: float) -> float:
        """Return the gain of a position."""
        if value <= self.points[0][0]:
            return -math.inf
        for (left, low_db), (right, high_db) in pairwise(self.points):
            if value < right:
                share = (value - left) / (right - left)
                return low_db if low_db == -math.inf else low_db + (high_db - low_db) * share
        return self.highest_db

    def value(self, db: float) -> float:
        """Return the position of a gain."""
        if db <= self.points[0][1]:
            return self.points[0][0]
        for (left, low_db), (right, high_db) in pairwise(self.points):
            if db < high_db:
                return left if low_db == -math.inf else left + (right - left) * (db - low_db) / (high_db - low_db)
        return self.points[-1][0]


@dataclass(frozen=True, slots=True)
class Decibels:
    """The value is the gain in dB; at ``closed_db`` and below it is closed."""

    closed_db: float
    highest_db: float

    def db(self, value: float) -> float:
        """Return the gain."""
        return -math.inf if value <= self.closed_db else value

    def value(self, db: float) -> float:
        """Return the value within its ends."""
        return min(max(db, self.closed_db), self.highest_db)


@dataclass(frozen=True, slots=True)
class Factor:
    """The value is the gain as a factor."""

    highest_db: float

    def db(self, value: float) -> float:
        """Return the gain."""
        return 20.0 * math.log10(value) if value > 0.0 else -math.inf

    def value(self, db: float) -> float:
        """Return the factor within its ends."""
        return float(10.0 ** (min(db, self.highest_db) / 20.0))


@dataclass(frozen=True, slots=True)
class Given:
    """A law that a dialect of its own has."""

    highest_db: float
    to_db: Callable[[float], float]
    to_value: Callable[[float], float]

    def db(self, value: float) -> float:
        """Return the gain of a value."""
        return self.to_db(value)

    def value(self, db: float) -> float:
        """Return the value of a gain."""
        return self.to_value(db)


X32 = Curve(((0.0, -90.0), (0.0625, -60.0), (0.25, -30.0), (0.5, -10.0), (1.0, 10.0)))
NAMED: Mapping[str, Law] = MappingProxyType(
    {"x32": X32, "ableton": Given(ableton.FADER_HIGHEST_DB, ableton.gain_db, ableton.place)}
)


@dataclass(frozen=True, slots=True)
class Fader:
    """A law whose values are kept in whole parts of one, so many of them, or as they are without any."""

    law: Law
    parts: int | None = None

    def db(self, value: float) -> float:
        """Return the gain of a value that was told."""
        return self.law.db(self._kept(value))

    def value(self, db: float) -> float:
        """Return the nearest value to be sent for a gain."""
        return self._kept(self.law.value(db))

    def held_db(self, db: float) -> float:
        """Return where the fader stands that is set to a gain."""
        return db if self.parts is None and db <= self.law.highest_db else self.db(self.value(db))

    def _kept(self, value: float) -> float:
        return value if self.parts is None else round(value * self.parts) / self.parts
