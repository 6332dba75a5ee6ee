"""The other process: reapy's own, unmodified server over a fake ``reaper_python``.

It must not be the mock's process: reapy takes a process for the inside of REAPER by a name in ``__main__``, and a
client there would too. Every function of the fake module asks the mock over standard input and output.

reapy's server binds 0.0.0.0. Here a subclass binds the loopback address instead, waits for sockets that have something
to say, and forgets clients that were reset, which reapy would ask for ever; not a line of its protocol is another. Its
loop is that of REAPER's script ``activate_reapy_server.py``: accept, take at most one request of each client, answer,
wait a tick.
"""

import argparse
import ctypes
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Event, Lock, Thread
from types import ModuleType
from typing import IO, Any

from mock_daw.reaper import frames
from mock_daw.reaper.reapy_natives import natives

LOOPBACK = "127.0.0.1"
IDLE_S = 0.5
BUFFER_FUNCTION = "GetAudioAccessorSamples"
ERRORS = {error.__name__: error for error in (AttributeError, TypeError, ValueError, IndexError, KeyError)}


def main(arguments: Sequence[str]) -> None:
    """Serve until the mock closes the line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the mock, and this process ends with it
    options = _options(arguments)
    answers, questions = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anyone prints must not get on the line
    line = Line(answers, questions)
    names = line.first()
    sys.modules["reaper_python"] = reaper_python(names, line.call, options.resource_path)
    sys.modules["__main__"].obj = None  # type: ignore[attr-defined]  # how reapy knows that it is inside REAPER
    try:
        serve(options.port, options.tick, line)
    except Exception:  # noqa: BLE001 - whatever reapy does not catch ends its server
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)  # a thread waits for the line, which an orderly end would wait for


class Line:
    """The line to the mock: one question at a time. When it closes, so does this process, whatever it does."""

    def __init__(self, answers: IO[bytes], questions: IO[bytes]) -> None:
        self._answers = answers
        self._questions = questions
        self._arrived: SimpleQueue[Any] = SimpleQueue()
        self._asking = Lock()
        Thread(target=self._listen, daemon=True).start()

    def first(self) -> list[str]:
        """Return what the mock says unasked at the start: the names of its functions."""
        names: list[str] = self._arrived.get()
        return names

    def say(self, message: object) -> None:
        """Tell the mock something that has no answer."""
        frames.write(self._questions, message)

    def call(self, name: str, args: Sequence[object]) -> Any:
        """Call a function in the mock. Raises what it raised."""
        with self._asking:
            self.say({"call": name, "args": args})
            answer = self._arrived.get()
        if "error" in answer:
            raise ERRORS.get(answer["error"], RuntimeError)(answer["message"])
        value = answer["value"]
        return tuple(value) if isinstance(value, list) else value

    def _listen(self) -> None:
        try:
            while True:
                self._arrived.put(frames.read(self._answers))
        except (OSError, ValueError):
            os._exit(0)


def reaper_python(names: Sequence[str], call: Callable[[str, Sequence[object]], Any], resource_path: str) -> ModuleType:
    """Return the module that REAPER would provide: functions by name, and what reapy takes from it besides.

    ``GetResourcePath`` is answered here, since reapy asks for it when it is imported and the mock is busy starting.
    """
    module = ModuleType("reaper_python")
    for name in names:
        setattr(module, f"RPR_{name}", _function(name, call))
    module.__dict__["RPR_GetResourcePath"] = lambda: resource_path
    native = natives(call)
    module.__dict__.update(
        _ft={name: ctypes.cast(function, ctypes.c_void_p).value for name, function in native.items()},
        kept_alive=native,
        rpr_packsc=lambda text: ctypes.c_char_p(str(text).encode()),
    )
    return module


def _function(name: str, call: Callable[[str, Sequence[object]], Any]) -> Callable[..., Any]:
    def forward(*args: object) -> Any:
        return call(name, args)

    def with_buffer(*args: Any) -> Any:
        *rest, buffer = args
        result, samples = call(name, (*rest, len(buffer)))
        if not isinstance(samples, int):
            buffer[: len(samples)] = samples.tolist()
        return result, buffer

    function = with_buffer if name == BUFFER_FUNCTION else forward
    function.__name__ = function.__qualname__ = f"RPR_{name}"
    return function


def serve(port: int, tick_s: float, line: Line) -> None:
    """Run reapy's server. It ends as in REAPER: by an error that reapy does not catch."""
    from reapy.tools.network import Server  # noqa: PLC0415 - only now is there a REAPER to be inside of

    class LoopbackServer(Server):
        def bind(self, address: tuple[str, int]) -> None:
            self._socket.bind((LOOPBACK, address[1]))

        @property
        def port(self) -> int:
            return int(self._socket.getsockname()[1])

        def wait(self, seconds: float) -> None:
            sockets = [connection._socket for connection in self.connections.values()]  # noqa: SLF001
            select.select([self._socket, *sockets], [], [], seconds)

        def forget_the_dead(self) -> None:
            for address, connection in tuple(self.connections.items()):
                try:
                    connection._socket.getpeername()  # noqa: SLF001
                except OSError:
                    del self.connections[address]
                    connection.close()

    try:
        server = LoopbackServer(port)
    except OSError as error:
        line.say({"refused": error.errno, "message": error.strerror})
        return
    line.say({"port": server.port})
    ticking = Event()
    while True:
        server.accept()
        server.send_results(server.process_requests(server.get_requests()))
        server.forget_the_dead()
        if tick_s:
            ticking.wait(tick_s)
        else:
            server.wait(IDLE_S)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tick", type=float, required=True)
    parser.add_argument("--resource-path", required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
