"""How time passes in the mock: with the wall, as fast as audio can be computed, or by hand.

The main loop asks ``take_s`` for the seconds to let pass; None means that no turn is due yet. ``wait_s`` says how long
it may wait for something to arrive; None means until something does.
"""

import time
from collections.abc import Callable
from typing import Protocol

Now = Callable[[], float]


def later(now_s: float, seconds: float) -> float:
    """Return a time to the nanosecond: ten steps of 0.1 s end at 1 s, where a fault may be due."""
    return round(now_s + seconds, 9)


class Clock(Protocol):
    """What the main loop asks of time."""

    def wait_s(self, *, playing: bool) -> float | None:
        """Return how long the loop may wait before its next turn is due."""
        ...

    def take_s(self, *, playing: bool) -> float | None:
        """Return the mock's seconds that pass with a turn now, or None if none is due."""
        ...


class RealClock:
    """The wall's time, times ``speed``. A turn is due every ``period_s`` of the mock's seconds, or ``at_once``."""

    def __init__(
        self, period_s: float, speed: float = 1.0, *, at_once: bool = False, now: Now = time.monotonic
    ) -> None:
        self._wall_period_s = period_s / speed
        self._speed = speed
        self._at_once = at_once
        self._now = now
        self._last_s = now()

    def wait_s(self, *, playing: bool) -> float:
        """Return how long it is to the next turn."""
        del playing
        return max(0.0, self._last_s + self._wall_period_s - self._now())

    def take_s(self, *, playing: bool) -> float | None:
        """Return what has passed since the last turn."""
        if not self._at_once and self.wait_s(playing=playing) > 0.0:
            return None
        now_s = self._now()
        passed_s = now_s - self._last_s
        self._last_s = now_s
        return passed_s * self._speed

    def skip(self) -> None:
        """Let what has passed so far count for nothing."""
        self._last_s = self._now()


class MaxClock:
    """No waiting while the mock plays: turn follows turn, ``period_s`` of its seconds each. Else the wall's time."""

    def __init__(self, period_s: float, *, at_once: bool = False, now: Now = time.monotonic) -> None:
        self._period_s = period_s
        self._idle = RealClock(period_s, at_once=at_once, now=now)

    def wait_s(self, *, playing: bool) -> float:
        """Return 0 while it plays."""
        return 0.0 if playing else self._idle.wait_s(playing=False)

    def take_s(self, *, playing: bool) -> float | None:
        """Return a period while it plays."""
        if not playing:
            return self._idle.take_s(playing=False)
        self._idle.skip()
        return self._period_s


class ManualClock:
    """Time stands still until a test steps it."""

    def wait_s(self, *, playing: bool) -> None:
        """Wait for what arrives."""
        del playing

    def take_s(self, *, playing: bool) -> None:
        """Let no time pass."""
        del playing
