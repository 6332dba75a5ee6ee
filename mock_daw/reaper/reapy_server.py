"""reapy's server as the mock runs it: a subprocess, and the thread that answers its calls."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, Timer

from mock_daw.inbox import Gone
from mock_daw.reaper import frames
from mock_daw.reaper.functions.api import NAMES

Call = Callable[[str, tuple[object, ...]], object]

START_LIMIT_S = 30.0
STOP_LIMIT_S = 5.0
LINES_KEPT = 200
RESOURCE_PATH = "/mock/REAPER"
PACKAGES = Path(__file__).resolve().parents[2]


class ReapyServer:
    """Runs reapy's own server on a loopback port and answers its calls through ``call``, one at a time.

    ``call`` gets a function's name (without "RPR_") and its arguments, and is called in a thread of this server's; what
    it raises reaches the client. ``register`` is told the port whenever the server is up: at the start in the caller's
    thread, later in that other one. ``tick_s`` is REAPER's time between two looks at the clients, 0 for at once.

    reapy's server dies of a client that vanishes while it holds REAPER (inside ``reapy.inside_reaper()``). Here it then
    starts again on the same port, as when a user runs the script again; ``crashes`` has the last words of each life.
    """

    def __init__(
        self,
        call: Call,
        *,
        port: int = 0,
        tick_s: float = 1 / 30,
        register: Callable[[int], None] = lambda _port: None,
        names: Sequence[str] = NAMES,
        resource_path: str = RESOURCE_PATH,
    ) -> None:
        self.crashes: list[str] = []
        self._call = call
        self._port = port
        self._tick_s = tick_s
        self._register = register
        self._names = tuple(names)
        self._resource_path = resource_path
        self._life: _Life | None = None
        self._thread: Thread | None = None
        self._stopping = Event()
        self._up = Event()
        self._crashed = Event()

    @property
    def port(self) -> int:
        """The port; before ``start`` the one that was asked for."""
        return self._port

    @property
    def alive(self) -> bool:
        """Whether reapy's server is up."""
        return self._up.is_set()

    def wait_for_crash(self, seconds: float) -> bool:
        """Wait until the server has crashed since it was started here; return whether it has."""
        return self._crashed.wait(seconds)

    def wait_until_up(self, seconds: float) -> bool:
        """Wait, after a crash, until the server is up again; return whether it is."""
        return self._up.wait(seconds)

    def start(self) -> None:
        """Start; the port is open when this returns. Raises ``OSError`` where it can not be had."""
        self._stopping.clear()
        self._crashed.clear()
        self._thread = Thread(target=self._run, args=(self._born(),), name="reapy server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the subprocess and with it all connections. Twice is once.

        A call that is being answered is not waited for: who stops the server may be the one to answer it.
        """
        self._stopping.set()
        self._up.clear()
        life, thread = self._life, self._thread
        if life is not None:
            life.kill()
        if thread is not None and not (life is not None and life.in_call):
            thread.join(STOP_LIMIT_S)
        self._life = self._thread = None

    def _born(self) -> "_Life":
        self._life = life = _Life(self._call)
        self._port = life.begin(self._names, self._port, self._tick_s, self._resource_path)
        self._up.set()
        self._register(self._port)
        return life

    def _run(self, life: "_Life") -> None:
        """Answer calls for life after life, until there is to be none, or no other can be had."""
        while True:
            words = life.answer()
            if self._stopping.is_set():
                return
            self._up.clear()
            if life.unanswered:
                return
            self.crashes.append(words)
            self._crashed.set()
            try:
                life = self._born()
            except OSError as error:
                self.crashes.append(str(error))
                return
            if self._stopping.is_set():
                life.kill()


class _Life:
    """One subprocess, from its start to its end."""

    def __init__(self, call: Call) -> None:
        self.in_call = False
        self.unanswered = False
        self._call = call
        self._process: subprocess.Popen[bytes] | None = None
        self._last_words: deque[bytes] = deque(maxlen=LINES_KEPT)
        self._listener: Thread | None = None

    def begin(self, names: Sequence[str], port: int, tick_s: float, resource_path: str) -> int:
        """Start the subprocess; return its port once it listens. Raises ``OSError`` where it does not."""
        module = (sys.executable, "-P", "-W", "ignore", "-m", "mock_daw.reaper.reapy_subprocess")
        options = ("--port", str(port), "--tick", str(tick_s), "--resource-path", resource_path)
        paths = (str(PACKAGES), os.environ.get("PYTHONPATH", ""))
        self._process = process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [*module, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._listener = Thread(target=self._last_words.extend, args=(process.stderr,), daemon=True)
        self._listener.start()
        limit = Timer(START_LIMIT_S, process.kill)
        limit.start()
        try:
            frames.write(process.stdin, list(names))
            hello = frames.read(process.stdout)
        except OSError as error:
            raise OSError(f"reapy's server did not start: {self._end()}") from error
        finally:
            limit.cancel()
        if "port" not in hello:
            self._end()
            raise OSError(hello["refused"], hello["message"])
        return int(hello["port"])

    def answer(self) -> str:
        """Answer calls until the subprocess ends; return its last words.

        A call that the mock leaves unanswered, ``Gone``, ends it: an error would be an answer.
        """
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            while True:
                asked = frames.read(process.stdout)
                frames.write(process.stdin, self._answered(asked["call"], tuple(asked["args"])))
        except Gone:
            self.unanswered = True
        except OSError:  # of the line: the subprocess has ended, which is how this ends
            self.unanswered = False
        return self._end()

    def kill(self) -> None:
        """End the subprocess at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_LIMIT_S)

    def _answered(self, name: str, args: tuple[object, ...]) -> dict[str, object]:
        self.in_call = True
        try:
            return {"value": self._call(name, args)}
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the client's to see
            return {"error": type(error).__name__, "message": str(error)}
        finally:
            self.in_call = False

    def _end(self) -> str:
        process, listener = self._process, self._listener
        assert process is not None
        assert listener is not None
        self.kill()
        listener.join(STOP_LIMIT_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):  # what was not read any more can not be flushed
                    pipe.close()
        return b"".join(self._last_words).decode(errors="replace")
