"""Patience with a mixer that is asked value by value: ask until all is known, or nothing new comes any more."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from bridge.osc.packets import Message
from bridge.osc.surface import Link

FIRST_WORD_S = 0.8  # how long the beginning of an answer is waited for
QUIET_S = 0.3  # silence after which the rest of an answer is taken for lost
ROUND_S = 5.0
IDLE_ROUNDS = 5  # so often is asked in vain, all in all within 4 s

Key = TypeVar("Key", bound=Hashable)
Take = Callable[[Message], bool]
"""Takes a message in, and tells whether it was an answer: what is told unasked does not hold one up."""


class Patience:
    """Asks over a link. Where bundles are not understood, messages are sent one by one."""

    def __init__(self, link: Link, clock: Callable[[], float], *, bundled: bool) -> None:
        self._link, self._clock, self._bundled = link, clock, bundled

    def send(self, messages: Sequence[Message]) -> None:
        """Send messages in order."""
        for part in [messages] if self._bundled else [[message] for message in messages]:
            self._link.send(part)

    def until_known(
        self, lacking: Callable[[], Sequence[Key]], questions: Callable[[Sequence[Key]], Sequence[Message]], take: Take
    ) -> bool:
        """Send what asks for all that is lacking until nothing is, and tell whether it came to that."""
        idle = 0
        while (before := lacking()) and idle < IDLE_ROUNDS:
            self.send(questions(before))
            self.hear_out(take, lambda: not lacking())
            idle = idle + 1 if lacking() == before else 0
        return not before

    def hear_out(self, take: Take, whole: Callable[[], bool] = lambda: False) -> None:
        """Take in an answer until it is whole or falls silent."""
        end_s = self._clock() + ROUND_S
        until_s = self._clock() + FIRST_WORD_S
        while not whole() and (left_s := min(until_s, end_s) - self._clock()) > 0.0:
            answers = [take(message) for message in self._link.receive(left_s)]
            if any(answers):
                until_s = self._clock() + QUIET_S
