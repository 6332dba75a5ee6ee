"""Projects as tabs of REAPER's window: which there are, which is in front, opening and closing them.

Where REAPER would ask whether to save, nobody sits before the mock: it is noted among the boxes, and what was not saved
is lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from mock_daw.document import Document
from mock_daw.errors import ProjectError
from mock_daw.opening import PROJECT_SUFFIXES, open_session
from mock_daw.player import Player
from mock_daw.reaper.functions.host import PROJECT_POINTER, Host
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Session, Track, guid

CURRENT = -1
NO_PROMPT, TEMPLATE = "noprompt:", "template:"


def register(host: Host) -> None:
    """Add the actions on tabs."""
    own: Mapping[int, tuple[str, Callable[[Host], None]]] = {
        40023: ("File: New project", _new_here),
        40859: ("New project tab", _new_tab),
        40860: ("Close current project tab", _close),
        40861: ("Next project tab", lambda host: _step(host, 1)),
        40862: ("Previous project tab", lambda host: _step(host, -1)),
        41929: ("New project tab (ignore default template)", _new_tab),
    }
    for command, (words, run) in own.items():
        host.actions.register(command, _on(host, run), words=words)


def _on(host: Host, run: Callable[[Host], None]) -> Callable[[], None]:
    return lambda: run(host)


def _empty(host: Host) -> Session:
    """Return a project without tracks, not saved yet, at the rate of the one in front."""
    master = Track(guid("master of", host.live.changes, next(host.numbers)), "MASTER")
    return Session("", host.session.rate_hz, (), master)


def _new_tab(host: Host) -> None:
    session = _empty(host)
    host.live.open_tab(session, Player(session.rate_hz))


def _new_here(host: Host) -> None:
    _ask(host)
    session = _empty(host)
    host.live.open_here(session, Player(session.rate_hz))


def _close(host: Host) -> None:
    """Close the project in front; in the place of the last comes an empty one."""
    if len(host.live.tabs) == 1:
        _new_here(host)
        return
    _ask(host)
    host.live.close_tab(host.live.front)


def _step(host: Host, by: int) -> None:
    tabs = host.live.tabs
    host.live.select_tab(tabs[(tabs.index(host.live.front) + by) % len(tabs)])


def _ask(host: Host) -> None:
    if host.is_dirty:
        host.desk.boxes.append(("Save", f"Save project {host.session.name or 'untitled'} before closing?"))


def _enum(host: Host, index: int, text: str, size: int) -> tuple[str | None, str]:
    """Return a project by its tab from 0, or the one in front for -1, with its file."""
    tabs = host.live.tabs
    if index != CURRENT and not 0 <= index < len(tabs):
        return None, text
    found = host.live.front if index == CURRENT else tabs[index]
    path = found.session.path
    return found.name, cut("" if path is None else str(path), size) if size > 0 else text


def _select(host: Host, pointer: object) -> None:
    found = document(host, pointer)
    if found is not None:
        host.live.select_tab(found)


def document(host: Host, pointer: object) -> Document | None:
    """Return the open project that a pointer means; None where it means none."""
    name = host.pointers.name(PROJECT_POINTER, pointer)
    return next((tab for tab in host.live.tabs if tab.name == name), None)


def _open(host: Host, name: str) -> None:
    """Open a project in the tab in front. What REAPER would say of a file that is none goes to the boxes."""
    asks = not name.startswith(NO_PROMPT)
    named = name.removeprefix(NO_PROMPT)
    path = Path(named.removeprefix(TEMPLATE))
    if path.suffix.lower() not in PROJECT_SUFFIXES:
        host.desk.boxes.append(("Open", f"{path} is no project file"))
        return
    try:
        session = open_session(path)
    except ProjectError as error:
        host.desk.boxes.append(("Open", str(error)))
        return
    if asks:
        _ask(host)
    host.live.open_here(session, Player(session.rate_hz))
    if named.startswith(TEMPLATE):
        host.edit(lambda opened: replace(opened, name="", path=None))


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "EnumProjects": Function("p iSi", _enum),
        "SelectProjectInstance": Function("v x", _select),
        "Main_openProject": Function("v s", _open),
    }
)
