"""When faults begin and end."""

from collections.abc import Iterator, Mapping, Sequence

from mock_daw.clock import later
from mock_daw.faults import Fault


class Schedule:
    """Owns which faults are still to begin and which to end; each begins once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._waiting = list(faults)
        self._running: list[tuple[float, Fault]] = []  # when each ends

    def due(self, reached: Mapping[str, float]) -> Iterator[tuple[Fault, bool]]:
        """Yield each fault whose time has come, with whether it begins or (False) ends.

        ``reached`` holds the mock's ``seconds`` and the counts of ``mock_daw.faults.COUNTED``. What ends comes first.
        """
        now_s = reached["seconds"]
        over = [pair for pair in self._running if pair[0] <= now_s]
        begun = [fault for fault in self._waiting if fault.trigger.met(reached)]
        self._running = [pair for pair in self._running if pair[0] > now_s]
        self._waiting = [fault for fault in self._waiting if fault not in begun]
        self._running += [(later(now_s, fault.for_s), fault) for fault in begun if fault.for_s is not None]
        for _, fault in sorted(over, key=lambda pair: pair[0]):
            yield fault, False
        for fault in begun:
            yield fault, True
