"""DAWs and mixers other than REAPER: how each is called, where it listens, and what talks to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bridge.desk import Line
from bridge.desk_meters import Meters
from bridge.osc import ardour
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.ardour_meters import ArdourMeters
from bridge.osc.link import OscLink
from bridge.wishes import WishUnclear


class Talk(Line, Protocol):
    """A line that can be closed."""

    def close(self) -> None:
        """Leave the DAW as it was before the talk, and close the link."""
        ...


@dataclass(frozen=True, slots=True)
class OtherDaw:
    """A DAW: its name, the UDP port it receives on, the one here that it sends to (0: it answers who asks).

    ``called`` is its name in commands; ``remedy`` says what has to be switched on there.
    """

    called: str
    name: str
    port: int
    listen_port: int
    talk: Callable[[OscLink, str], Talk]
    meters: Callable[[OscLink, Talk, str], Meters]
    remedy: str


OTHER_DAWS: Mapping[str, OtherDaw] = {
    "ardour": OtherDaw(
        "ardour",
        "Ardour",
        ardour.PORT,
        0,
        ArdourLine,
        lambda link, _, where: ArdourMeters(link, where),
        "in Ardour: Preferences, Control Surfaces, enable Open Sound Control (OSC)",
    ),
}


def other_daw(called: str) -> OtherDaw:
    """Return a DAW by what it is called in commands. Raises ``WishUnclear``."""
    found = OTHER_DAWS.get(called)
    if found is None:
        raise WishUnclear(f"no DAW is called {called!r} here: there are reaper, osc, {', '.join(OTHER_DAWS)}")
    return found
