"""Messages on their way out: gathered into packets, and paced as REAPER's sending thread paces them (``osc.cpp``)."""

from collections import deque

from mock_daw.osc_packets import BUNDLE_HEAD, LONGEST_PACKET_BYTES, SIZE_BYTES, bundle

DEFAULT_PACKET_BYTES = 1024
DEFAULT_WAIT_MS = 10.0


class PacketQueue:
    """Owns the messages and packets that wait.

    REAPER takes all messages that wait, packs them into bundles of at most so many bytes, and sends these with a pause
    after each; what comes meanwhile waits for the last of them. A message alone goes without a bundle, and one that is
    too long for the packet goes alone.
    """

    def __init__(self, packet_bytes: int = DEFAULT_PACKET_BYTES, wait_ms: float = DEFAULT_WAIT_MS) -> None:
        self._packet_bytes = min(packet_bytes, LONGEST_PACKET_BYTES)
        self._wait_s = wait_ms / 1000.0
        self._messages: list[bytes] = []
        self._packets: deque[bytes] = deque()
        self._free_at_s = 0.0

    def put(self, message: bytes) -> None:
        """Add an encoded message."""
        self._messages.append(message)

    def due(self, now_s: float) -> list[bytes]:
        """Take the packets that REAPER would have sent by that time on a clock, each with its pause after it."""
        taken = []
        while self._ready():
            if not self._packets:
                self._packets.extend(packed(self._messages, self._packet_bytes))
                self._messages = []
            if self._free_at_s > now_s:
                break
            taken.append(self._packets.popleft())
            self._free_at_s += self._wait_s
        if not self._ready():
            self._free_at_s = max(self._free_at_s, now_s)
        return taken

    def _ready(self) -> bool:
        return bool(self._packets or self._messages)


def packed(messages: list[bytes], packet_bytes: int) -> list[bytes]:
    """Return the packets for messages, in order."""
    packets: list[list[bytes]] = []
    size = 0
    for message in messages:
        size += SIZE_BYTES + len(message)
        if not packets or size > packet_bytes:
            packets.append([])
            size = len(BUNDLE_HEAD) + SIZE_BYTES + len(message)
        packets[-1].append(message)
    return [bundle(packet) for packet in packets]
