"""reapy's server inside REAPER, found and started through the web interface before reapy itself is let near.

REAPER's extended states of the section "reapy" say where the server listens (``server_port``) and which action starts
it (``activate_reapy_server``, kept by ``faderbot setup reaper``). Left to itself, reapy runs that action again and
again until its stack is full where no server comes of it.
"""

import threading
import time
from dataclasses import dataclass, replace

from bridge.errors import DawStale, DawUnreachable
from bridge.reaper.web import WebInterface

SECTION, PORT, ACTION = "reapy", "server_port", "activate_reapy_server"
_SETUP = "run: faderbot setup reaper, then restart REAPER"
_POLL_S = 0.05
_MARGIN_S = 0.1
_WAKING_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Start:
    """The web interface, and when the time is over (``time.monotonic``)."""

    interface: WebInterface
    deadline_s: float

    @property
    def web(self) -> WebInterface:
        """The web interface, with no more than what is left of the time."""
        timeout_s = max(min(self.interface.timeout_s, self.left_s() - _MARGIN_S), _MARGIN_S)
        return replace(self.interface, timeout_s=timeout_s)

    def left_s(self) -> float:
        """Return how much time is left."""
        return max(self.deadline_s - time.monotonic(), 0.0)


def server_port(start: Start) -> int:
    """Return the port of reapy's server, which is started if it is not.

    Raises ``DawUnreachable`` where this REAPER knows no reapy, ``DawStale`` where its action starts no server.
    """
    port = _port(start)
    if port is not None:
        return port
    start_again(start)
    until = time.monotonic() + start.left_s() * _WAKING_SHARE
    while time.monotonic() < until:
        port = _port(start)
        if port is not None:
            return port
        pause()
    raise DawStale(f"reapy's action in REAPER at {start.web.where} starts no server: {_SETUP}")


def start_again(start: Start) -> None:
    """Run the action that starts the server, where only its port is left.

    Raises ``DawUnreachable`` where this REAPER knows no action for it.
    """
    action = start.web.ext_state(SECTION, ACTION).strip().strip('"')
    if not action:
        raise DawUnreachable(f"REAPER answers at {start.web.where}, but has no reapy in it: {_SETUP}")
    start.web.action(action)


def pause() -> None:
    """Wait a moment before asking again."""
    threading.Event().wait(_POLL_S)


def _port(start: Start) -> int | None:
    text = start.web.ext_state(SECTION, PORT).strip()
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
