"""What happens to packets on their way: loss, duplication, reordering, delay."""

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mock_daw.clock import later

T = TypeVar("T")
LONGEST_HOLD_S = 0.1  # a reordered packet that no other overtakes


@dataclass(frozen=True, slots=True)
class Rates:
    """How bad a wire is: shares of its packets, a delay in seconds, and how many it takes at once (0: any number)."""

    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0
    burst: float = 0.0


class Transit(Generic[T]):
    """Owns the packets on one wire that are due later. Every packet draws three numbers, whatever the rates are.

    So that a fault that begins later does not change what befalls the packets before.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rates = Rates()
        self._rng = rng
        self._packets: deque[tuple[float, T]] = deque()  # when each is due, in the order of arrival
        self._held: list[tuple[float, T]] = []  # those that the next packet overtakes
        self._put_s = 0.0
        self._at_once = 0

    def put(self, packet: T, now_s: float) -> None:
        """Send a packet on its way at that time."""
        lost, twice, overtaken = self._rng.random(3) < (self.rates.loss, self.rates.duplicate, self.rates.reorder)
        self._at_once = self._at_once + 1 if now_s == self._put_s else 1
        self._put_s = now_s
        if lost or 0.0 < self.rates.burst < self._at_once:
            return
        due_s = later(now_s, self.rates.delay)
        copies = [(due_s, packet)] * (2 if twice else 1)
        if overtaken:
            self._held += [(later(due_s, LONGEST_HOLD_S), packet) for _, packet in copies]
            return
        self._packets += [*copies, *((due_s, packet) for _, packet in self._held)]
        self._held.clear()

    def pop(self, now_s: float) -> T | None:
        """Return the next packet that has arrived by that time, if there is one."""
        while self._held and self._held[0][0] <= now_s:
            self._packets.append(self._held.pop(0))
        if not self._packets or self._packets[0][0] > now_s:
            return None
        return self._packets.popleft()[1]

    def clear(self) -> None:
        """Drop what is on its way."""
        self._packets.clear()
        self._held.clear()
