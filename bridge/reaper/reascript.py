"""ReaScript's functions, called by name, and how their answers are read.

In Python a function that gives something through its parameters returns all of them, behind its own value if it has
one: ``GetTrackName(track, "", 512)`` gives ``(ok, track, name, 512)``. Counted from the end, a parameter is in the same
place whether there is such a value or not. Handles are text, ``(MediaTrack*)0x00000000046C1C00``, and zero for none.
Source: REAPER's reaper_python.py.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

TEXT_BYTES = 4096

Hold = Callable[[], AbstractContextManager[object]]
"""Opens a stretch in which REAPER does nothing else: calls are fast, handles stay good, and the user has to wait."""


class ReascriptError(Exception):
    """A function failed inside REAPER, or REAPER has none of that name."""


class Reascript:
    """REAPER's functions, whatever carries them there. ``failures`` are the errors of a function that failed."""

    def __init__(self, functions: object, failures: tuple[type[Exception], ...]) -> None:
        self._functions = functions
        self._failures = failures

    def call(self, name: str, *args: object) -> Any:
        """Call a function. Raises ``ReascriptError``."""
        function = getattr(self._functions, name, None)
        if function is None:
            raise ReascriptError(f"this REAPER has no {name}: update REAPER")
        try:
            return function(*args)
        except self._failures as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            raise ReascriptError(f"{name} failed: {lines[-1].strip() if lines else type(error).__name__}") from error

    def out(self, name: str, *args: object, at: int) -> Any:
        """Call a function and return one of its parameters (from 0) as it came back. Raises ``ReascriptError``."""
        answer = self.call(name, *args)
        try:
            return answer[at - len(args)]
        except (TypeError, IndexError) as error:
            raise ReascriptError(f"{name} gave {answer!r}") from error

    def count(self, name: str, *args: object) -> int:
        """Call a function that counts: a REAPER without it is older than what it counts, and has none."""
        return int(self.call(name, *args)) if self.offers(name) else 0

    def offers(self, name: str) -> bool:
        """Return whether this REAPER has a function of that name."""
        return hasattr(self._functions, name)


def address(handle: object) -> int:
    """Return where a handle points to; 0 for none."""
    if isinstance(handle, int | float):
        return int(handle)
    digits = str(handle).rpartition("0x")[2]
    try:
        return int(digits, 16)
    except ValueError:
        return 0
