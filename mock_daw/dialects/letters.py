"""What goes between the main loop and the dialects: datagrams with the name of the dialect and the other's address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

Peer = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Letter:
    """A datagram that came to a dialect's port, or leaves by it."""

    dialect: str
    data: bytes
    peer: Peer


@dataclass(frozen=True, slots=True)
class Opening:
    """A dialect that is to be served: its name, its port (0: the system chooses), and what some of them need.

    ``reply_port`` is where AbletonOSC and Bitwig's extension send to; ``resolution`` is how many values Bitwig's
    extension knows.
    """

    name: str
    port: int
    reply_port: int = 0
    resolution: int = 128


# The ports that these systems have unless they are told otherwise.
DEFAULTS: Mapping[str, Opening] = MappingProxyType(
    {
        "ardour": Opening("ardour", 3819),
        "ableton": Opening("ableton", 11000, 11001),
        "bitwig": Opening("bitwig", 8000, 9000),
        "x32": Opening("x32", 10023),
        "xair": Opening("xair", 10024),
    }
)


def opening_of(name: str, ports: Sequence[int]) -> Opening:
    """Return how a dialect is served on these: its port, where it sends to, its number of values; the rest as usual."""
    default = DEFAULTS[name]
    port, reply_port, resolution = (*ports, *(default.port, default.reply_port, default.resolution)[len(ports) :])
    return Opening(name, port, reply_port, resolution)


class Dialect(Protocol):
    """The surface of another system over the mock's session; called by the main loop alone."""

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what the other system ignores changes nothing."""
        ...

    def turn(self) -> None:
        """Send what is due by now."""
        ...


Post = Callable[[Letter], None]
Reply = Callable[[bytes, Peer], None]
