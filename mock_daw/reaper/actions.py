"""REAPER's actions: by number, or by the name of a script's or an extension's action.

An unknown number does nothing, as in REAPER. What writes files (saving, rendering) is registered by who can.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mock_daw.live import Live
from mock_daw.reaper.action import Action
from mock_daw.reaper.action_table import REFRESH, TABLE

FIRST_NAMED = 50_000
NO_STATE = -1


class Actions:
    """Owns which actions there are: REAPER's own, and those registered while it runs.

    ``on_refresh`` holds what "Refresh all surfaces" calls.
    """

    def __init__(self, live: Live) -> None:
        self.on_refresh: list[Callable[[], None]] = []
        self._live = live
        self._own: dict[int, Action] = {**TABLE, REFRESH: Action(TABLE[REFRESH].words, lambda _live: self._refresh())}
        self._numbers: dict[str, int] = {}

    def run(self, command: int | str) -> bool:
        """Run an action by number, or by name ("_RS7d3c…"); return whether there is one."""
        action = self._own.get(self.lookup(command))
        if action is None:
            return False
        action.run(self._live)
        return True

    def state(self, command: int | str) -> int:
        """Return the toggle state: 1 on, 0 off, −1 where the action has none or is not there."""
        action = self._own.get(self.lookup(command))
        return NO_STATE if action is None or action.state is None else int(action.state(self._live))

    def has(self, command: int | str) -> bool:
        """Whether there is such an action."""
        return self.lookup(command) in self._own

    def lookup(self, command: int | str) -> int:
        """Return the number of an action, as ``NamedCommandLookup``: 0 for a name that is none."""
        if isinstance(command, int):
            return command
        name = command.strip()
        return self._numbers.get(name, int(name) if name.isascii() and name.isdecimal() else 0)

    def register(
        self, command: int | str, run: Callable[[], None], *, words: str = "", state: Callable[[], bool] | None = None
    ) -> int:
        """Add an action under a number or a name, or put it in another's place; return its number.

        REAPER numbers the named ones anew in every run, in the order in which it meets them.
        """
        if isinstance(command, str):
            number = self._numbers.setdefault(command, FIRST_NAMED + len(self._numbers))
        else:
            number = command
        known = self._own.get(number)
        shown = words or (known.words if known is not None else str(command))
        self._own[number] = Action(
            shown, lambda _live: run(), None if state is None else lambda _live: bool(state is not None and state())
        )
        return number

    def words(self) -> Mapping[int, str]:
        """Return the actions there are, by number, in REAPER's words."""
        return MappingProxyType({number: self._own[number].words for number in sorted(self._own)})

    def _refresh(self) -> None:
        for refresh in self.on_refresh:
            refresh()
