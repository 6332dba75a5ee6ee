"""The UDP ports of OSC surfaces: a thread that reads and enqueues, and sockets to send from."""

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread

LONGEST_DATAGRAM = 65_535
Peer = tuple[str, int]


class UdpPort:
    """Owns a bound socket and the thread that reads it. Raises ``OSError`` where the port can not be had.

    ``arrived`` is told of each datagram and of whom it is from.
    """

    def __init__(self, host: str, port: int, arrived: Callable[[bytes, Peer], None]) -> None:
        self._arrived = arrived
        self._reading = Lock()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)
        self.address: Peer = self._socket.getsockname()
        self._wake, self._woken = socket.socketpair()
        self._thread = Thread(target=self._read, name="mock-daw OSC", daemon=True)
        self._thread.start()

    def drain(self) -> None:
        """Enqueue all that lies in the socket: after this, whatever was sent before has arrived."""
        with self._reading, suppress(BlockingIOError):
            while True:
                # Windows reports on a receiving socket that some earlier send was refused.
                with suppress(ConnectionResetError):
                    self._arrived(*self._socket.recvfrom(LONGEST_DATAGRAM))

    def send(self, datagram: bytes, to: Peer) -> bool:
        """Send from this port, and return whether the system took it."""
        try:
            self._socket.sendto(datagram, to)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close the port."""
        self._wake.close()
        self._thread.join()
        self._woken.close()
        self._socket.close()

    def _read(self) -> None:
        while True:
            readable, _, _ = select.select([self._socket, self._woken], [], [])
            if self._woken in readable:
                return
            self.drain()


class UdpSender:
    """Sends datagrams to one address, from a socket of its own as REAPER does."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, datagram: bytes) -> bool:
        """Send, and return whether the system took it: a network that is down loses packets."""
        try:
            self._socket.sendto(datagram, self._to)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
