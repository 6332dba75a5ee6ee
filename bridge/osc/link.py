"""The way to a DAW that speaks OSC: the only socket, UDP, with pacing, packet size and time limits.

What is lost is lost: nothing in OSC says so. Who asks through a link must know what a whole answer is, and ask again.
"""

import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol, Self

from bridge.errors import DawUnreachable
from bridge.osc.packets import MAX_PACKET_BYTES, Message, PacketUnreadable, packed, unpacked

PAUSE_S = 0.004  # after each packet: a UDP receiver that is busy loses what comes too fast
_LARGEST_BYTES = 65_535
_MOST_AT_ONCE = 4096
_BUFFER_BYTES = 1 << 20  # REAPER's answer to a refresh is hundreds of packets

Address = tuple[str, int]


class DatagramSocket(Protocol):
    """What is asked of a UDP socket."""

    def sendto(self, data: bytes, address: Address, /) -> int:
        """Send a datagram."""
        ...

    def recvfrom(self, size: int, /) -> tuple[bytes, Address]:
        """Return a datagram and who sent it. Raises ``TimeoutError``, or ``BlockingIOError`` where the limit is 0."""
        ...

    def settimeout(self, limit_s: float, /) -> None:
        """Wait that long for a datagram."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


@dataclass(frozen=True, slots=True)
class OscPorts:
    """Where a DAW receives OSC, and the port on this machine that it sends to: 0 for any that is free."""

    host: str = "127.0.0.1"
    port: int = 8000
    listen_port: int = 9000

    @property
    def where(self) -> str:
        """The DAW's end in words."""
        return f"{self.host}:{self.port}"


class OscLink:
    """Owns the socket, and the messages that came while it was busy sending. ``own_port`` is its port here."""

    def __init__(
        self,
        wire: DatagramSocket,
        to: Address,
        *,
        own_port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        pause_s: float = PAUSE_S,
        max_packet_bytes: int = MAX_PACKET_BYTES,
    ) -> None:
        self._wire, self._to = wire, to
        self.own_port = own_port
        self._clock, self._pause_s, self._max_bytes = clock, pause_s, max_packet_bytes
        self._came: deque[Message] = deque()

    @classmethod
    def open(cls, ports: OscPorts, *, pause_s: float = PAUSE_S) -> Self:
        """Open the socket; for a DAW on this machine no other can reach it. Raises ``DawUnreachable``."""
        to = (_numeric(ports.host), ports.port)
        own = _own_address(to)
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            wire.bind((own, ports.listen_port))
        except OSError as error:
            wire.close()
            raise DawUnreachable(
                f"UDP port {ports.listen_port} on this machine can not be listened to ({error.strerror or error}): "
                "close the program that does, or let the DAW send to another port and name it with --osc-listen"
            ) from error
        return cls(wire, to, own_port=wire.getsockname()[1], pause_s=pause_s)

    def send(self, messages: Sequence[Message]) -> None:
        """Send messages in order, in as few packets as they fit, with a pause after each. Raises ``DawUnreachable``."""
        for datagram in packed(messages, self._max_bytes):
            try:
                self._wire.sendto(datagram, self._to)
            except OSError as error:
                raise DawUnreachable(
                    f"nothing can be sent to {self._to[0]}:{self._to[1]} ({error.strerror or error}): see the network"
                ) from error
            self._listen(self._clock() + self._pause_s)

    def receive(self, limit_s: float) -> list[Message]:
        """Return what came, at once where something has, else after waiting for it that long; [] where nothing came."""
        until = self._clock() + limit_s
        self._listen(self._clock())
        while not self._came and (left_s := until - self._clock()) > 0.0:
            self._hear(left_s)
        came = list(self._came)
        self._came.clear()
        return came

    def close(self) -> None:
        """Close the socket."""
        self._wire.close()

    def _listen(self, until: float) -> None:
        """Take in what comes until then, and what is there already; a flood does not hold it up for ever."""
        for _ in range(_MOST_AT_ONCE):
            if not self._hear(max(0.0, until - self._clock())):
                return

    def _hear(self, limit_s: float) -> bool:
        """Wait for a datagram; tell whether one came. What is not from the DAW's machine, or not OSC, is dropped."""
        self._wire.settimeout(limit_s)
        try:
            datagram, sender = self._wire.recvfrom(_LARGEST_BYTES)
        except (TimeoutError, BlockingIOError):
            return False
        except ConnectionError:
            return True  # an earlier packet met no listener (Windows tells so here): silence says the same
        if sender[0] == self._to[0]:
            try:
                self._came.extend(unpacked(datagram))
            except PacketUnreadable:
                return True  # another program's; who asked asks again
        return True


def _numeric(host: str) -> str:
    try:
        return str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)[0][4][0])
    except (OSError, UnicodeError) as error:
        raise DawUnreachable(f"{host} is no machine that is known here: see --host") from error


def _own_address(to: Address) -> str:
    """Return the address of this machine that a DAW there sends to; nothing is sent to find it."""
    if ip_address(to[0]).is_loopback:
        return "127.0.0.1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(to)
        except OSError as error:
            raise DawUnreachable(f"there is no way to {to[0]} ({error.strerror or error}): see --host") from error
        return str(probe.getsockname()[0])
