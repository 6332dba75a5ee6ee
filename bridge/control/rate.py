"""How much one sender, and all of them together, may ask for: token buckets. Pure: the time comes in."""

from collections import OrderedDict
from dataclasses import dataclass

from bridge.osc.link import Address

COMPLAINT_EVERY_S = 1.0
MOST_SENDERS = 256


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages a second in the long run, and so many at once."""

    per_s: float
    at_once: float


EACH, ALL = Rate(100.0, 200.0), Rate(1000.0, 2000.0)
"""A surface sends some 60 messages a second while one fader moves."""


class Bucket:
    """Owns what is left to be spent."""

    def __init__(self, rate: Rate, at_s: float) -> None:
        self._rate, self._at_s, self._left = rate, at_s, rate.at_once

    def spend(self, at_s: float) -> bool:
        """Spend one, if there is one."""
        self._left = min(self._rate.at_once, self._left + max(0.0, at_s - self._at_s) * self._rate.per_s)
        self._at_s = max(self._at_s, at_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


@dataclass(slots=True)
class _Sender:
    bucket: Bucket
    dropped: int = 0
    complained_s: float | None = None


class Gate:
    """Lets messages in. Owns a bucket a sender, of those heard last, and one for all."""

    def __init__(self, at_s: float, each: Rate = EACH, everybody: Rate = ALL) -> None:
        self._each, self._all = each, Bucket(everybody, at_s)
        self._senders: OrderedDict[Address, _Sender] = OrderedDict()

    def admits(self, sender: Address, at_s: float) -> bool:
        """Tell whether one more message may be dealt with."""
        known = self._senders.setdefault(sender, _Sender(Bucket(self._each, at_s)))
        self._senders.move_to_end(sender)
        if len(self._senders) > MOST_SENDERS:
            self._senders.popitem(last=False)
        if known.bucket.spend(at_s) and self._all.spend(at_s):
            return True
        known.dropped += 1
        return False

    def complaint(self, sender: Address, at_s: float) -> str | None:
        """Return what a sender is to be told of what was dropped; at most once a second."""
        known = self._senders.get(sender)
        if known is None or not known.dropped:
            return None
        if known.complained_s is not None and at_s - known.complained_s < COMPLAINT_EVERY_S:
            return None
        dropped, known.dropped, known.complained_s = known.dropped, 0, at_s
        return f"too many messages: {dropped} dropped, more than {self._each.per_s:g} a second are not taken"
