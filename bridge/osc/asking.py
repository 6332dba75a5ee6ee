"""Asking over a lossy line: the same questions again until all is answered, or nothing new comes any more."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from bridge.osc.packets import Message
from bridge.osc.surface import Link

FIRST_WORD_S = 0.8  # how long the beginning of an answer is waited for
QUIET_S = 0.3  # silence after which the rest of an answer is taken for lost
ROUND_S = 5.0
IDLE_ROUNDS = 5  # so often is asked in vain, all in all within 4 s

Lacking = TypeVar("Lacking", bound=Hashable)


def ask(
    link: Link,
    clock: Callable[[], float],
    take: Callable[[Message], bool],
    lacking: Callable[[], Sequence[Lacking]],
    questions: Callable[[Sequence[Lacking]], Sequence[Message]],
    *,
    idle_rounds: int = IDLE_ROUNDS,
    first_word_s: float = FIRST_WORD_S,
) -> Sequence[Lacking]:
    """Send what asks for all that is lacking until nothing is; return what never came.

    ``take`` takes a message in and tells whether it was an answer: what is told unasked does not hold an answer up.
    """
    idle = 0
    while (before := lacking()) and idle < idle_rounds:
        link.send(questions(before))
        _listen(link, clock, take, lambda: not lacking(), first_word_s)
        idle = idle + 1 if lacking() == before else 0
    return before


def _listen(
    link: Link,
    clock: Callable[[], float],
    take: Callable[[Message], bool],
    whole: Callable[[], bool],
    first_word_s: float,
) -> None:
    """Take in an answer until it is whole or falls silent."""
    end_s = clock() + ROUND_S
    until_s = clock() + first_word_s
    while (left_s := min(until_s, end_s) - clock()) > 0.0:
        answers = [take(message) for message in link.receive(left_s)]
        if any(answers):
            if whole():
                return
            until_s = clock() + QUIET_S
