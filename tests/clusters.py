"""A Ray cluster of several machines, all of them this one, that can be killed one by one."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
LIMIT_S = 60.0
AUTH = ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_ADDRESS")


class RayCluster:
    """Owns its machines, their home folder (where Ray keeps a token) and their temporary files."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="ray-"))  # short: Ray puts sockets below it
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.head = self.node = None

    def environment(self, **more):
        """The environment of a user of the cluster, or of one of its machines."""
        kept = {name: value for name, value in os.environ.items() if name not in AUTH}
        ours = {"HOME": str(self.home), "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
        return {**kept, **ours, "OPENBLAS_NUM_THREADS": "1", **more}

    def start(self, **environment):
        """Start the head, with one core, and a second machine with another."""
        place = ["--node-ip-address", "127.0.0.1"]
        self.head = self._started(
            ["--head", "--port", str(self.port), "--include-dashboard", "false", *place], environment
        )
        self._until(self._answers, self.head)
        self.node = self._started(["--address", self.address], environment)

    def kill(self, machine):
        """Kill a machine with all that goes on there, as a power cut does."""
        there = [machine]
        with suppress(psutil.NoSuchProcess):
            there = [*psutil.Process(machine.pid).children(recursive=True), machine]
        for one in there:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                one.send_signal(signal.SIGKILL)
        machine.wait(LIMIT_S)

    def workers(self):
        """The processes that our actors live in."""
        found = [psutil.Process(one.pid).children(recursive=True) for one in (self.head, self.node)]
        return [one for ones in found for one in ones if "ray::Actor" in self._title(one)]

    def stop(self):
        """End all of it."""
        for machine in (self.node, self.head):
            if machine is not None and machine.poll() is None:
                self.kill(machine)
        shutil.rmtree(self.home, ignore_errors=True)

    def _started(self, arguments, environment):
        ray = Path(sys.executable).with_name("ray")
        command = [str(ray), "start", *arguments, "--num-cpus", "1", "--block", "--temp-dir", str(self.home / "tmp")]
        if "--head" not in arguments:
            command = command[:-2]
        with (self.home / f"{arguments[0].strip('-')}.log").open("ab") as log:
            # In a session of its own: a machine whose head is gone ends its whole group.
            return subprocess.Popen(
                command, env=self.environment(**environment), stdout=log, stderr=log, start_new_session=True
            )

    def _answers(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1.0):
            return True
        return False

    @staticmethod
    def _title(process):
        with suppress(psutil.Error):
            return " ".join(process.cmdline())
        return ""

    @staticmethod
    def _until(come, process):
        tick = threading.Event()
        for _ in range(round(LIMIT_S / 0.1)):
            if come():
                return
            assert process.poll() is None, "the machine ended"
            tick.wait(0.1)
        raise AssertionError(f"not within {LIMIT_S} s")
