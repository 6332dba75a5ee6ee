"""The log of what went over the wires, for assertions."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from mock_daw.inbox import Wire
from mock_daw.osc_packets import Message, decode


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that the mock received, sent or suffered, at the mock's seconds.

    ``what`` is a datagram (OSC), a path (web), a tuple of name and arguments (reapy), or a fault's own words.
    """

    clock_s: float
    wire: str
    what: object


class Traffic:
    """Owns the entries, the newest ``keep`` of them. What was lost on its way is not here."""

    def __init__(self, clock: Callable[[], float], keep: int = 100_000) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=keep)

    def add(self, wire: str, what: object) -> None:
        """Note something now."""
        self._entries.append(Entry(self._clock(), wire, what))

    def clear(self) -> None:
        """Forget everything, to look at what comes next."""
        self._entries.clear()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything, the oldest first."""
        return tuple(self._entries)

    @property
    def osc_in(self) -> tuple[Message, ...]:
        """The OSC messages received that REAPER would read."""
        return self._messages(Wire.OSC_IN)

    @property
    def osc_out(self) -> tuple[Message, ...]:
        """The OSC messages sent."""
        return self._messages(Wire.OSC_OUT)

    @property
    def web(self) -> tuple[str, ...]:
        """The paths asked for over the web interface, without their ``/_/``."""
        return tuple(str(entry.what) for entry in self.entries if entry.wire == Wire.WEB)

    @property
    def reapy(self) -> tuple[tuple[str, tuple[object, ...]], ...]:
        """The ReaScript functions called, with their arguments."""
        return tuple(entry.what for entry in self.entries if entry.wire == Wire.REAPY)  # type: ignore[misc]

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults that began and ended."""
        return tuple(str(entry.what) for entry in self.entries if entry.wire == "fault")

    def _messages(self, wire: Wire) -> tuple[Message, ...]:
        packets = (entry.what for entry in self.entries if entry.wire == wire)
        return tuple(message for packet in packets if isinstance(packet, bytes) for message in decode(packet))
