"""The real program beside a script in our REAPER."""

import os
import shlex
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.lua_reaper import LuaReaper

ROOT = Path(__file__).parents[1]
LIMIT_S = 120.0
SLOWER = 4.0  # the script's clock, so that a busy machine is no dead bridge


def clock() -> float:
    """Return the seconds that a script counts."""
    return time.monotonic() / SLOWER


class RealProgram:
    """Starts the program when the script does. Owns the processes."""

    def __init__(self, lua: LuaReaper, folder: Path) -> None:
        self._lua, self._folder = lua, folder
        self.processes: list[subprocess.Popen[bytes]] = []
        path = folder / "faderbot"
        path.write_text("")
        lua.functions.call("SetExtState", ("Faderbot", "program", str(path), True))
        lua.spawn = self._start

    def _start(self, command: str) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FADERBOT_STATE_DIR": str(self._folder / "state"),
        }
        words = [sys.executable, "-m", "bridge", *shlex.split(command)[1:]]
        self.processes.append(subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL))

    def turn_while(self, goes_on) -> None:
        """Turn REAPER's main loop as long as that holds."""
        until_s = time.monotonic() + LIMIT_S
        while goes_on():
            assert time.monotonic() < until_s, self._lua.said()
            self._lua.step()
            if self.processes:
                with suppress(subprocess.TimeoutExpired):
                    self.processes[-1].wait(0.002)

    def end(self) -> list[int]:
        """Wait for the programs' ends and return their codes."""
        return [process.wait(LIMIT_S) for process in self.processes]

    def kill(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
