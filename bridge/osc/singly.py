"""A link to a receiver that knows no bundles: each message is a packet of its own."""

from collections.abc import Sequence

from bridge.osc.packets import Message
from bridge.osc.surface import Link


class Singly:
    """A ``bridge.osc.surface.Link`` over another."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def send(self, messages: Sequence[Message]) -> None:
        """Send messages in order, one by one."""
        for message in messages:
            self._link.send([message])

    def receive(self, limit_s: float) -> list[Message]:
        """Return what came, at the latest after that long."""
        return self._link.receive(limit_s)

    def close(self) -> None:
        """Close the link."""
        self._link.close()
