"""The program that an action started, played by the tests."""

import shlex
from pathlib import Path

from bridge.reaper.file_exchange import FileExchange
from tests.lua_reaper import LuaReaper
from tests.mixes import described, previewed
from tests.unit.daw_scripts.songs import surveyed

MOST_STEPS = 1000
STEP = "Faderbot: auto-mix (1 track)"


def words(lua: LuaReaper) -> tuple[list[str], FileExchange]:
    """Return the words of the last command, and the folder of the exchange."""
    command, timeout_ms = lua.commands[-1]
    assert timeout_ms == -2
    started = shlex.split(command)
    at = started.index("--through")
    return started[:at] + started[at + 2 :], FileExchange(Path(started[at + 1]))


def run_until_done(lua: LuaReaper, result: dict[str, object], *, name: str = "result.json") -> None:
    """Give the program's last word."""
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    files.put(name, result)
    steps = 0
    while lua.step(0.1):
        steps += 1
        assert steps < MOST_STEPS


def write(lua: LuaReaper, gain_linear: float = 0.5) -> FileExchange:
    """Write the first track's fader as the program does."""
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    guid = surveyed(lua.live).tracks[0].guid
    wanted = {"undo_name": STEP, "tracks": [{"guid": guid, "gain_linear": gain_linear}]}
    files.put("request-1.json", {"number": 1, "do": "write", "write": wanted})
    lua.step()
    assert files.message("answer-1.json")["ok"] is None
    return files


def mixed(**more: object) -> dict[str, object]:
    """Return the program's last word for a mix."""
    document = {**described(previewed()).model_dump(mode="json"), "notes": []}
    return {"ok": {"document": document, "written": True, "changes": [], **more}}
