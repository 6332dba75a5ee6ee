"""One message as its handler sees it: what it is about, and its arguments as REAPER takes them (``GetFloatArg``)."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mock_daw.osc_packets import Argument
from mock_daw.reaper.osc_finder import Target

_NUMBER = re.compile(r"\s*([-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))", re.IGNORECASE)


class Arguments:
    """Owns which arguments of a message are taken: a message with a comma list holds those of several objects."""

    def __init__(self, args: Sequence[Argument]) -> None:
        self._args = list(args)

    def integer(self) -> int | None:
        """Take the next argument if it is an integer."""
        return self._args.pop(0) if self._args and isinstance(self._args[0], int) else None  # type: ignore[return-value]

    def real(self) -> float | None:
        """Take the next argument if it is a float."""
        return self._args.pop(0) if self._args and isinstance(self._args[0], float) else None  # type: ignore[return-value]

    def text(self) -> str | None:
        """Take the next argument if it is text."""
        return self._args.pop(0) if self._args and isinstance(self._args[0], str) else None  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Request:
    """A key with the flag of its pattern, the targets of one object from the innermost outwards, and the arguments."""

    key: str
    flag: str
    targets: tuple[Target, ...]
    args: Arguments
    rotary_center: float = 0.0

    def number(self) -> float | None:
        """Take a number as the flag has it: text is read for flag s. None without one, or for what is no number."""
        value: float | None = None
        if self.flag == "s":
            text = self.args.text()
            value = None if text is None else leading_number(text)
        elif self.flag == "i":
            value = self.args.integer()
            value = self.args.real() if value is None else value
        else:
            value = self.args.real()
            value = self.args.integer() if value is None else value
        return None if value is None or math.isnan(value) else float(value)

    def trigger(self) -> int:
        """Return what a switch is told: 1 on or forwards, -1 off or backwards, 0 nothing (``TriggerMessage``)."""
        if self.flag not in "ntbr":
            return 0
        value = self.number()
        match self.flag:
            case "b":
                return {0.0: -1, 1.0: 1}.get(0.5 if value is None else value, 0)
            case "t":
                return int(value is None or value == 1.0)
            case "r" if value is not None:
                return (value > self.rotary_center) - (value < self.rotary_center)
            case _:
                return 0

    def turns(self, on: bool) -> bool:
        """Return whether a switch that is on (or off) is to be changed."""
        told = self.trigger()
        return told != 0 and (self.flag == "t" or on != (told > 0))

    def target(self, place: int) -> int | None:
        """Return a target as a number; a name is 0, a target that was not given None."""
        if place >= len(self.targets):
            return None
        target = self.targets[place]
        return target if isinstance(target, int) else 0


def leading_number(text: str) -> float:
    """Return the number that a text begins with, 0 without one, as C's ``atof`` does."""
    found = _NUMBER.match(text)
    return float(found[1]) if found else 0.0
