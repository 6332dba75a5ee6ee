"""DAWs and mixers other than REAPER: how each is called, where it listens, and what talks to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bridge.ardour_tempo import ArdourTempo
from bridge.desk import Line
from bridge.desk_meters import Meters
from bridge.osc import ableton, ardour, bitwig, x32
from bridge.osc.ableton_line import AbletonLine
from bridge.osc.ableton_meters import AbletonMeters
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.ardour_meters import ArdourMeters
from bridge.osc.bitwig_line import BitwigLine
from bridge.osc.bitwig_meters import BitwigMeters
from bridge.osc.dialect import Dialect
from bridge.osc.dialect_file import load
from bridge.osc.dialect_line import DialectLine
from bridge.osc.dialect_meters import DialectMeters
from bridge.osc.link import PAUSE_S, OscLink
from bridge.osc.x32 import Console
from bridge.osc.x32_line import X32Line
from bridge.osc.x32_meters import X32Meters
from bridge.wishes import WishUnclear

BY_FILE = "osc:"


class Talk(Line, Protocol):
    """A line that can be closed."""

    def close(self) -> None:
        """Leave the DAW as it was before the talk, and close the link."""
        ...


Opened = Callable[[OscLink, str, bool], tuple[Talk, Meters]]
"""From a link, where it leads, and whether EQs are to be read at all: some DAWs show one track's at a time."""


@dataclass(frozen=True, slots=True)
class OtherDaw:
    """A DAW: its name, the UDP port it receives on, the one here that it sends to (0: it answers who asks).

    ``called`` is its name in commands, ``remedy`` what has to be switched on there, ``pause_s`` passes after a packet.
    """

    called: str
    name: str
    port: int
    listen_port: int
    opened: Opened
    remedy: str
    pause_s: float = PAUSE_S


def _ardour(link: OscLink, where: str, _with_eq: bool) -> tuple[Talk, Meters]:
    host, _, _ = where.rpartition(":")
    return ArdourLine(link, where, ArdourTempo(host)), ArdourMeters(link, where)


def _ableton(link: OscLink, where: str, with_eq: bool) -> tuple[Talk, Meters]:
    return AbletonLine(link, where, with_eq=with_eq), AbletonMeters(link, where)


def _bitwig(link: OscLink, where: str, with_eq: bool) -> tuple[Talk, Meters]:
    return BitwigLine(link, where, with_eq=with_eq), BitwigMeters(link, where)


def _console(called: str, kind: Console) -> OtherDaw:
    def opened(link: OscLink, where: str, _with_eq: bool) -> tuple[Talk, Meters]:
        line = X32Line(link, where, kind)
        return line, X32Meters(link, line, where)

    remedy = "on the console: Setup, Network: it has to have an address that this machine reaches; name it with --host"
    return OtherDaw(called, kind.name, kind.port, 0, opened, remedy, x32.PAUSE_S)


def _of_file(called: str, dialect: Dialect, *, undoing: bool) -> OtherDaw:
    def opened(link: OscLink, where: str, _with_eq: bool) -> tuple[Talk, Meters]:
        line = DialectLine(link, where, dialect, undoing=undoing)
        return line, DialectMeters(link, line)

    remedy = "see whether OSC is on there, and whether the ports in the dialect file are its own"
    pause_s = dialect.pause_ms / 1000.0
    return OtherDaw(called, dialect.name, dialect.port, dialect.listen_port, opened, remedy, pause_s)


OTHER_DAWS: Mapping[str, OtherDaw] = {
    "ardour": OtherDaw(
        "ardour",
        "Ardour",
        ardour.PORT,
        0,
        _ardour,
        "in Ardour: Preferences, Control Surfaces, enable Open Sound Control (OSC)",
    ),
    "ableton": OtherDaw(
        "ableton",
        AbletonLine.name,
        ableton.PORT,
        ableton.ANSWERS_TO,
        _ableton,
        "in Live: Settings, Link, Tempo & MIDI, choose AbletonOSC as a control surface",
    ),
    "bitwig": OtherDaw(
        "bitwig",
        BitwigLine.name,
        bitwig.PORT,
        bitwig.ANSWERS_TO,
        _bitwig,
        "in Bitwig: Settings, Controllers, add Open Sound Control of DrivenByMoss, and let it send to this machine",
    ),
    "x32": _console("x32", x32.X32),
    "xair": _console("xair", x32.XAIR),
}


def other_daw(called: str, *, undoing: bool = False) -> OtherDaw:
    """Return a DAW by what it is called in commands, or by a dialect file. Raises ``WishUnclear``."""
    if called.startswith(BY_FILE):
        return _of_file(called, load(Path(called.removeprefix(BY_FILE))), undoing=undoing)
    found = OTHER_DAWS.get(called)
    if found is None:
        raise WishUnclear(f"no DAW is called {called!r} here: there are reaper, osc, {', '.join(OTHER_DAWS)}, osc:FILE")
    return found
