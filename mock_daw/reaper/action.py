"""What an action of REAPER is."""

from collections.abc import Callable
from dataclasses import dataclass

from mock_daw.live import Live

Run = Callable[[Live], None]


@dataclass(frozen=True, slots=True)
class Action:
    """An action: REAPER's words for it, what it does, and whether it is on, if it can be."""

    words: str
    run: Run
    state: Callable[[Live], bool] | None = None
