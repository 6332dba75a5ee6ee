"""Who is told everything, and where. Pure: the time comes in."""

from bridge.osc.link import Address

LASTS_S = 60.0
MOST = 64


class Subscribers:
    """Owns the subscriptions, each by who asked: where to send, and until when."""

    def __init__(self) -> None:
        self._known: dict[Address, tuple[Address, float]] = {}

    def add(self, sender: Address, port: int | None, at_s: float) -> bool:
        """Tell a sender everything for a minute, or a minute more; tell whether there was room for one more."""
        self.expire(at_s)
        if sender not in self._known and len(self._known) >= MOST:
            return False
        self._known[sender] = ((sender[0], sender[1] if port is None else port), at_s + LASTS_S)
        return True

    def remove(self, sender: Address) -> None:
        """Tell a sender nothing more."""
        self._known.pop(sender, None)

    def expire(self, at_s: float) -> None:
        """Forget those who did not ask again."""
        self._known = {sender: known for sender, known in self._known.items() if known[1] > at_s}

    def reply_to(self, sender: Address, at_s: float) -> Address:
        """Return where a sender listens: the port it subscribed with, else the one it sends from."""
        to, until_s = self._known.get(sender, (sender, at_s))
        return to if until_s > at_s else sender

    def told(self, at_s: float) -> tuple[Address, ...]:
        """Return where to send what everybody is told."""
        return tuple(dict.fromkeys(to for to, until_s in self._known.values() if until_s > at_s))
