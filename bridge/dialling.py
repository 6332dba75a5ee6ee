"""A TCP connection within one time limit: looking the name up and each address that it has share it."""

import queue
import socket
import threading
from collections.abc import Sequence
from typing import Any

from bridge.deadline import Deadline

Found = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]]


def dialled(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers; one that does not leaves time for those after it.

    Raises ``OSError``, ``TimeoutError`` where the time is over, and ``ValueError`` for what can be no name.
    """
    refused: OSError = TimeoutError("timed out")
    found = _looked_up(host, port, deadline)
    for waiting, (family, kind, protocol, _, address) in zip(range(len(found), 0, -1), found, strict=True):
        line = socket.socket(family, kind, protocol)
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.settimeout(_left_s(deadline) / waiting)
            line.connect(address)
        except OSError as error:
            line.close()
            refused = error
        else:
            return line
    raise refused


def _looked_up(host: str, port: int, deadline: Deadline) -> Found:
    """Return the addresses of a name. The system's own look-up has no limit: it is left behind when time is up."""
    answers: queue.SimpleQueue[Found | OSError | ValueError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answers.put(error)

    threading.Thread(target=look_up, name="looking up", daemon=True).start()
    try:
        found = answers.get(timeout=_left_s(deadline))
    except queue.Empty:
        raise TimeoutError(f"{host} was not looked up in time") from None
    if isinstance(found, Exception):
        raise found
    return found


def _left_s(deadline: Deadline) -> float:
    left_s = deadline.left_s
    if left_s <= 0.0:
        raise TimeoutError("timed out")
    return left_s
