"""What AbletonOSC's answers are made with: parameters as Live takes them, and how it refuses what it does not."""

import math
from collections.abc import Callable
from typing import Protocol

from mock_daw.dialects.desk import Desk
from mock_daw.dialects.osc10 import Argument
from mock_daw.meter_hold import MeterHold
from mock_daw.session import Track

Arguments = tuple[Argument, ...]
Answer = Arguments | None


class Refused(Exception):  # noqa: N818 - what Live's own interface raises goes under many names
    """Live does not take this; the words go to ``/live/error``."""


class Host(Protocol):
    """Live's side of a question; ``mock_daw.dialects.ableton.Ableton`` is."""

    desk: Desk
    meters: MeterHold


Getter = Callable[[Host, Arguments], Answer]
Setter = Callable[[Host, Arguments], None]


def whole(params: Arguments, at: int) -> int:
    """Return a parameter as a whole number, as Python's ``int`` makes one. Raises ``Refused``."""
    return int(number(params, at))


def number(params: Arguments, at: int) -> float:
    """Return a parameter as a number. Raises ``Refused``."""
    value = params[at] if at < len(params) else None
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused(f"Error handling message: {value!r} is no number")
    return float(value)


def within(value: float, low: float, high: float) -> float:
    """Return a value of Live's, which takes none out of range. Raises ``Refused``."""
    if not low <= value <= high:
        raise Refused("Error handling message: Invalid value. Check the parameters range with min/max")
    return value


def chosen(ableton: Host, params: Arguments) -> tuple[int, Track]:
    """Return the index and the track that the first parameter names. Raises ``Refused``."""
    index = whole(params, 0)
    if not 0 <= index < len(ableton.desk.session.tracks):
        raise Refused("Error handling message: IndexError: Index out of range")
    return index, ableton.desk.track(index + 1)
