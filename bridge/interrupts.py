"""What becomes of Ctrl-C and termination: put off while something must not stop half-way, or handled."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS: tuple[int, ...] = (
    signal.SIGINT,
    signal.SIGTERM,
    *filter(None, [getattr(signal, "SIGBREAK", None)]),  # Windows: how one program stops another as Ctrl-C does
)


def heeded() -> None:
    """Heed SIGINT also where whoever started the program had it ignored, as a shell does for what it puts behind.

    Only the main thread can: elsewhere this does nothing.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def handled(handle: Callable[[int], None]) -> Iterator[None]:
    """Call this with the number of SIGINT or SIGTERM until the end of the block, in place of what they did before.

    Signals arrive in the main thread alone: elsewhere this does nothing.
    """

    def called(number: int, _frame: FrameType | None) -> None:
        handle(number)

    before = {}
    try:
        for number in SIGNALS:
            before[number] = signal.signal(number, called)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back until the end of the block, where the first that came is let through.

    A block that fails says more than a signal does: then its error goes through instead. Signals arrive in the main
    thread alone: elsewhere this does nothing.
    """
    came: list[int] = []
    with handled(came.append):
        yield
    if came:
        signal.raise_signal(came[0])
