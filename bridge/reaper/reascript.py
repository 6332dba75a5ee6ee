"""ReaScript's functions, called by name, and how their answers are read.

In Python a function that gives something through its parameters returns all of them, behind its own value if it has
one: ``GetTrackName(track, "", 512)`` gives ``(ok, track, name, 512)``. Counted from the end, a parameter is in the same
place whether there is such a value or not. Handles are text, ``(MediaTrack*)0x00000000046C1C00``, and zero for none.
Source: REAPER's reaper_python.py.
"""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

TEXT_BYTES = 4096

Hold = Callable[[], AbstractContextManager[object]]
"""Opens a stretch in which REAPER does nothing else: calls are fast, handles stay good, and the user has to wait."""

Run = Callable[[ModuleType, str, list[object]], Any]
"""Calls a function of a module of ours where REAPER's functions are, with those in front of its arguments."""

INSIDE = "(exec(source, scope), scope[name](__import__('reapy').reascript_api, *args))[1]"
"""What REAPER's Python evaluates for us. Everything in it comes as a value, and what it defines is gone with it."""


class ReascriptError(Exception):
    """A function failed inside REAPER, or REAPER has none of that name."""


class Reascript:
    """REAPER's functions, whatever carries them there. ``failures`` are the errors of a function that failed.

    ``run`` takes code of ours to functions that are elsewhere (``sent``); where they are here, it runs here.
    """

    def __init__(self, functions: object, failures: tuple[type[Exception], ...], run: Run | None = None) -> None:
        self._functions = functions
        self._failures = failures
        self._run = run or self._here

    def call(self, name: str, *args: object) -> Any:
        """Call a function. Raises ``ReascriptError``."""
        function = getattr(self._functions, name, None)
        if function is None:
            raise ReascriptError(f"this REAPER has no {name}: update REAPER")
        try:
            return function(*args)
        except self._failures as error:
            raise ReascriptError(f"{name} failed: {_last_line(error)}") from error

    def out(self, name: str, *args: object, at: int) -> Any:
        """Call a function and return one of its parameters (from 0) as it came back. Raises ``ReascriptError``."""
        answer = self.call(name, *args)
        try:
            return answer[at - len(args)]
        except (TypeError, IndexError) as error:
            raise ReascriptError(f"{name} gave {answer!r}") from error

    def run(self, module: ModuleType, name: str, *args: object) -> Any:
        """Call a function of a module of ours inside REAPER, given REAPER's functions first. Raises ``ReascriptError``.

        The module stands by itself: its text is what gets there. Arguments and answer are JSON.
        """
        try:
            return self._run(module, name, list(args))
        except self._failures as error:
            raise ReascriptError(f"reading inside REAPER failed: {_last_line(error)}") from error

    def _here(self, module: ModuleType, name: str, args: list[object]) -> Any:
        return getattr(module, name)(self._functions, *args)


def sent(request: Callable[[Callable[..., Any], dict[str, Any]], Any]) -> Run:
    """Return how code of ours runs inside REAPER, given how reapy's client asks its server for a function.

    The server imports any function by name. Of reapy 0.10.0, tools/json.py and tools/network/server.py.
    """

    def run(module: ModuleType, name: str, args: list[object]) -> Any:
        values = {"source": inspect.getsource(module), "scope": {"__name__": "faderbot"}, "name": name, "args": args}
        return request(eval, {"args": [INSIDE, values], "kwargs": {}})

    return run


def address(handle: object) -> int:
    """Return where a handle points to; 0 for none."""
    if isinstance(handle, int | float):
        return int(handle)
    digits = str(handle).rpartition("0x")[2]
    try:
        return int(digits, 16)
    except ValueError:
        return 0


def _last_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
