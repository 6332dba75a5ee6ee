"""How a call from Python becomes a call of REAPER's C function, and what comes back.

REAPER's ``reaper_python.py`` is generated from the C prototypes by one rule, which a signature here says in letters,
the result first: ``"b tSi"`` is ``bool f(MediaTrack*, char* buffer, int)``. Where a prototype has an argument that is
written to (an upper-case letter), Python gets a tuple: the result unless it is void, then every argument, those with
what was written. A null or stale pointer reaches the C function as 0, which then does nothing: the result is zero, what
would be written stays as it came.

| letter | C | letter | C |
|---|---|---|---|
| v | void (result) | t, y | MediaTrack*, and where null has a meaning |
| i, I | int, int* | m | MediaItem* |
| n | int that is -1 for none (result) | k | MediaItem_Take* |
| d, D | double, double* | u | PCM_source* |
| b, B | bool, bool* | e | TrackEnvelope* |
| s, S | const char*, char* | a | AudioAccessor* |
| p | ReaProject*, where null is the open one | w | HWND |
| r | ProjectMarker*: a marker or a region | | |
| x | a pointer of any kind, as it came | F | double* for audio: comes back as ``(result, buffer)`` |
| c | const char**, which Python can not read: comes back as it came | | |
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "p": "ReaProject*",
        "t": "MediaTrack*",
        "y": "MediaTrack*",
        "m": "MediaItem*",
        "k": "MediaItem_Take*",
        "u": "PCM_source*",
        "e": "TrackEnvelope*",
        "a": "AudioAccessor*",
        "w": "HWND",
        "r": "ProjectMarker*",
    }
)
NEEDED = frozenset("tmkuear")
ZERO: Mapping[str, object] = MappingProxyType({"i": 0, "n": -1, "d": 0.0, "b": 0, "s": "", "v": None})


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its signature and what it does.

    ``run`` gets the host, then the arguments as Python values, pointers as what they point at. It returns the result,
    or where the signature has arguments that are written to a tuple of the result (none for void) and those. A result
    that is a pointer is the name of the object, or None.
    """

    signature: str
    run: Callable[..., Any]

    @property
    def result(self) -> str:
        """The letter of the result."""
        return self.signature[0]

    @property
    def arguments(self) -> str:
        """The letters of the arguments."""
        return self.signature[2:]


def converted(letter: str, value: object) -> object:
    """Return an argument as ctypes would pass it. Raises ``TypeError`` for what ctypes refuses."""
    match letter:
        case "i" | "I" | "b" | "B":
            if not isinstance(value, int):
                raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
            return value if letter in "iI" else bool(value)
        case "d" | "D":
            if not isinstance(value, int | float):
                raise TypeError(f"must be real number, not {type(value).__name__}")
            return float(value)
        case "s" | "S":
            return str(value)
        case _:
            return value


def written(letter: str, value: object) -> object:
    """Return a value that a function wrote, as Python gets it."""
    return int(value) if letter in "IB" and isinstance(value, int) else value
