"""Puts the mock REAPER together: which protocol hears of which."""

from collections.abc import Callable

from mock_daw.dialects.metering import SharedMeters
from mock_daw.dialects.serving import Ground, serve
from mock_daw.errors import StartError
from mock_daw.life import Call, Hooks, Parts, Rooms, Server
from mock_daw.live import Live
from mock_daw.player import Player
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.api import Functions
from mock_daw.reaper.osc_surface import OscSurface
from mock_daw.reaper.pattern import Pattern, default_pattern, parse
from mock_daw.reaper.reapy_server import ReapyServer
from mock_daw.reaper.web import WebInterface
from mock_daw.reaper.web_server import WebServer
from mock_daw.setup import Address, Setup

SAVE_PROJECT, SAVE_ALL = 40026, 40897
ACTIVATE_REAPY = "_RSfaderbot_mock_activate_reapy_server"


def assemble(setup: Setup, hooks: Hooks) -> Rooms:
    """Build the protocols over one live session. Raises ``StartError`` for a pattern file that is none."""
    meters = SharedMeters()
    live = Live(setup.session, Player(setup.session.rate_hz), meter_hold=meters)
    actions = Actions(live)
    surface = OscSurface(live, actions, _pattern(setup), send=hooks.send if setup.osc_to is not None else None)
    functions = Functions(live, actions)
    # What the web interface passes on goes by REAPER's default patterns, whatever surface is set up.
    injected = OscSurface(live, actions, default_pattern(), send=None)

    def inject(address: str, args: tuple[object, ...]) -> None:
        injected.message(address, [arg for arg in args if isinstance(arg, int | float | str)])

    def save() -> None:
        functions.host.saved()
        hooks.save()

    def save_all() -> None:
        for tab in live.tabs:
            tab.saved_at = tab.changes
        hooks.save()

    def publish(port: int) -> None:
        live.ext_state["reapy", "server_port"] = str(port)

    web = WebInterface(live, actions, inject)
    actions.register(SAVE_PROJECT, save, words="File: Save project")
    actions.register(SAVE_ALL, save_all, words="File: Save all projects")
    if setup.reapy is not None:
        actions.register(ACTIVATE_REAPY, hooks.start_reapy, words="Script: activate_reapy_server.py")
        live.ext_state["reapy", "activate_reapy_server"] = f'"{ACTIVATE_REAPY}"'  # reapy keeps its values as JSON
    ground = Ground(live, meters, save)
    dialects = {opening.name: serve(opening, ground, hooks.post) for opening in setup.dialects}

    def feedback() -> None:
        surface.run()
        with live.lock:
            for dialect in dialects.values():
                dialect.turn()

    return Rooms(live, surface.receive, web.answer, functions.call, feedback, publish, dialects)


def open_web(
    address: Address, answer: Callable[[str], str], credentials: tuple[str, str] | None
) -> tuple[Server, Address]:
    """Open the web interface's server."""
    server = WebServer(address, answer, credentials=credentials)
    server.start()
    return server, server.address


def open_reapy(call: Call, port: int, tick_s: float, publish: Callable[[int], None]) -> tuple[Server, int]:
    """Start reapy's server in its subprocess."""
    server = ReapyServer(call, port=port, tick_s=tick_s, register=publish)
    server.start()
    return server, server.port


def _pattern(setup: Setup) -> Pattern:
    if setup.pattern is None:
        return default_pattern()
    pattern = parse(setup.pattern)
    if pattern.problem is not None:
        remedy = "mend the file; REAPER would silently use its default in its place"
        raise StartError(f"{setup.pattern_path} is no pattern file ({pattern.problem})", remedy)
    return pattern


REAPER = Parts(assemble, open_web, open_reapy)
