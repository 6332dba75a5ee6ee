"""The words of REAPER's web interface, without a socket: commands out, lines of answers in.

Source: ``ProcessCommand`` in reaper-sdk's csurf_www.cpp; the limits are ``char want[1024]`` there (one command) and the
8192 bytes of a JNetLib connection's receive buffer, in which the first line of a request has to fit (httpserv.cpp).
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

MOST_COMMAND_CHARS = 1023
MOST_REQUEST_CHARS = 7000
SILENCE_TENTHS_DB = -1500
CUT_TRACK_VALUES = ("D_VOL", "D_PAN", "B_MUTE", "I_SOLO", "I_SELECTED", "I_RECARM", "I_FOLDERDEPTH", "I_PEAKINFO")
_ESCAPED_KINDS = frozenset({"EXTSTATE", "PROJEXTSTATE", "MARKER", "REGION"})
_ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\t": "\t"}
_GLUED_TRACK = re.compile(r"(?<!^)(?=TRACK\t\d+\t)")
_TRACK_FIELDS = 14
_FOLDER, _SELECTED, _MUTED, _SOLOED, _ARMED = 1, 2, 8, 16, 64


@dataclass(frozen=True, slots=True)
class WebTrack:
    """A track as the web interface tells it: number 0 is the master, the peak is that of the moment."""

    number: int
    name: str
    gain_linear: float
    pan: float
    peak_dbfs: float
    folder: bool = False
    selected: bool = False
    muted: bool = False
    soloed: bool = False
    armed: bool = False

    @classmethod
    def from_row(cls, row: list[str]) -> Self | None:
        """Read a TRACK line; None where it is not whole."""
        if len(row) < _TRACK_FIELDS or not row[1].isdigit():
            return None
        flags = int(_number(row[3]))
        return cls(
            number=int(row[1]),
            name=row[2],
            gain_linear=_number(row[4]),
            pan=_number(row[5]),
            peak_dbfs=_peak_dbfs(row[7]),
            folder=bool(flags & _FOLDER),
            selected=bool(flags & _SELECTED),
            muted=bool(flags & _MUTED),
            soloed=bool(flags & _SOLOED),
            armed=bool(flags & _ARMED),
        )

    @classmethod
    def from_values(cls, row: list[str], values: Mapping[str, str]) -> Self:
        """Make one of a line that was cut off in the name, and the values asked for by name."""
        value = {name: _number(values.get(name, "")) for name in CUT_TRACK_VALUES}
        return cls(
            number=int(row[1]),
            name="".join(row[2:3]),
            gain_linear=value["D_VOL"],
            pan=value["D_PAN"],
            peak_dbfs=_peak_dbfs(values.get("I_PEAKINFO", str(SILENCE_TENTHS_DB))),
            folder=value["I_FOLDERDEPTH"] > 0,
            selected=value["I_SELECTED"] > 0,
            muted=value["B_MUTE"] > 0,
            soloed=value["I_SOLO"] > 0,
            armed=value["I_RECARM"] > 0,
        )


@dataclass(frozen=True, slots=True)
class WebTransport:
    """The transport. ``play_state`` is a sum of 1 playing, 2 paused, 4 recording."""

    play_state: int
    position_s: float
    repeating: bool

    @classmethod
    def from_row(cls, row: list[str]) -> Self:
        """Read a TRANSPORT line; what is missing is 0."""
        state, position, repeat = (_number(field) for field in [*row[1:4], "", "", ""][:3])
        return cls(int(state), position, repeat > 0)


def parse(text: str) -> list[list[str]]:
    """Return the lines of an answer as fields, escapes undone where REAPER writes them.

    REAPER cuts a line of a track off at 256 bytes, newline and all, and the next one follows in the same line.
    """
    lines = (part for line in text.split("\n") for part in _GLUED_TRACK.split(line) if part)
    rows = (line.removesuffix("\r").split("\t") for line in lines)
    return [[_unescaped(field) for field in row] if row[0] in _ESCAPED_KINDS else row for row in rows]


def ext_state_command(section: str, key: str) -> str:
    """Return the command that asks for an extended state; section and key are plain words."""
    return f"GET/EXTSTATE/{_quoted(section)}/{_quoted(key)}"


def set_ext_state_command(section: str, key: str, value: str) -> str:
    """Return the command that sets an extended state. Raises ``ValueError`` where it is too long for REAPER."""
    command = f"SET/EXTSTATE/{_quoted(section)}/{_quoted(key)}/{_quoted(value)}"
    if len(command) > MOST_COMMAND_CHARS:
        raise ValueError(f"an extended state of {len(value)} characters is too long for REAPER's web interface")
    return command


def gain_commands(gains_linear: Mapping[int, float], undo_name: str) -> Iterator[str]:
    """Yield the commands of one undo step that sets faders. Raises ``ValueError`` for a gain that is none.

    The ``g`` keeps REAPER from moving selected and grouped tracks along.
    """
    yield "SET/UNDO_BEGIN"
    for number, gain in gains_linear.items():
        if not (math.isfinite(gain) and gain >= 0.0):
            raise ValueError(f"a linear gain of {gain} is none")
        yield f"SET/TRACK/{number}/VOL/{gain:.9f}g"
    while len(end := f"SET/UNDO_END/{_quoted(undo_name)}") > MOST_COMMAND_CHARS:
        undo_name = undo_name[:-1]
    yield end


def requests(commands: Iterable[str]) -> Iterator[list[str]]:
    """Yield the commands in as few requests as REAPER can take, in their order."""
    request: list[str] = []
    length = 0
    for command in commands:
        if length + len(command) + 1 > MOST_REQUEST_CHARS:
            yield request
            request, length = [], 0
        request.append(command)
        length += len(command) + 1
    yield request


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogateescape")


def _unescaped(text: str) -> str:
    return re.sub(r"\\[\\nt]", lambda found: _ESCAPES[found.group()], text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def _peak_dbfs(tenths_text: str) -> float:
    tenths = _number(tenths_text)
    return tenths / 10.0 if tenths > SILENCE_TENTHS_DB else -math.inf
