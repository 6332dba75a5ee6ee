"""Where the threads that read sockets leave what they read, for the main loop to take."""

from collections import deque
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition


class Wire(StrEnum):
    """The ways in and out, in the order in which a turn of the main loop serves them."""

    OSC_IN = "osc-in"
    OSC_OUT = "osc-out"
    WEB = "web"
    REAPY = "reapy"
    JOB = "job"


class Gone(ConnectionError):  # noqa: N818 - a state: the DAW that was asked is not there any more
    """The mock DAW was closed, vanished or restarted before it answered."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """Something that waits for its answer: a web path, the name and arguments of a function, or a job."""

    content: object
    answer: "Future[object]" = field(default_factory=Future)


class Inbox:
    """Owns what has arrived and is not handled yet, one queue a wire."""

    def __init__(self) -> None:
        self._arrived: dict[Wire, deque[object]] = {wire: deque() for wire in Wire}
        self._changed = Condition()

    def put(self, wire: Wire, item: object) -> None:
        """Add an item; any thread may."""
        with self._changed:
            self._arrived[wire].append(item)
            self._changed.notify_all()

    def take(self, wire: Wire) -> list[object]:
        """Take all that has arrived on a wire, the oldest first."""
        with self._changed:
            items = list(self._arrived[wire])
            self._arrived[wire].clear()
            return items

    def wait(self, wires: Collection[Wire], timeout_s: float | None) -> None:
        """Wait until there is something on one of these wires, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: any(self._arrived[wire] for wire in wires), timeout_s)
