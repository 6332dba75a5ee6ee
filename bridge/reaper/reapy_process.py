"""The parent's end of the process that holds reapy: requests go down a pipe, answers come up, and it can be ended."""

import os
import queue
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, BinaryIO

from bridge.errors import DawSilent, DawUnreachable
from bridge.reaper.frames import Frame, FrameBroken, read_frame, write_frame
from bridge.reaper.web import WebInterface

_CHILD = ("-P", "-m", "bridge.reaper.reapy_child")
_END_S = 1.0


class ReapyProcess:
    """Owns the process, and the thread that reads what it says."""

    def __init__(self, web: WebInterface) -> None:
        self._where = web.where
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``end``
        home = str(Path(__file__).parents[2])
        path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, *_CHILD, "--host", web.host, "--web-port", str(web.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": path},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._answers: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        reading = (self._process.stdout, self._answers)
        self._reader = threading.Thread(target=_read, args=reading, name="reapy answers", daemon=True)
        self._reader.start()
        self._at_exit = weakref.finalize(self, _kill, self._process)
        self._owed = 1  # answers to come: the first is unasked
        self.ended = False

    def ask(self, request: Frame, limit_s: float, first_s: float | None = None) -> Frame:
        """Send a request and return its answer; ``first_s`` limits the first sign of life, where that differs."""
        try:
            write_frame(self._requests, request)
        except OSError as error:
            raise self._died() from error
        self._owed += 1
        return self.hear(limit_s, first_s)

    def hear(self, limit_s: float, first_s: float | None = None) -> Frame:
        """Return the answer to the last request; each sign of life gives it the whole limit again.

        One that an interrupt kept from being heard comes first, and is dropped.
        """
        wait_s = limit_s if first_s is None else first_s
        while True:
            try:
                answer = self._answers.get(timeout=max(wait_s, 0.0))
            except queue.Empty:
                raise DawSilent(
                    f"REAPER at {self._where} gives no sign of life for {wait_s:.1f} s: close any open dialogue "
                    "in REAPER and try again"
                ) from None
            if answer is None:
                raise self._died()
            wait_s = limit_s
            if "alive" not in answer.header:
                self._owed -= 1
                if not self._owed:
                    return answer

    def end(self) -> None:
        """End the process and let go of everything."""
        if self.ended:
            return
        self.ended = True
        self._at_exit()
        self._reader.join(_END_S)
        self._errors.close()

    def _died(self) -> DawUnreachable:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        why = f" ({lines[-1]})" if lines else ""
        return DawUnreachable(f"the process that holds reapy has ended{why}: try again")


def _read(stream: BinaryIO, answers: "queue.SimpleQueue[Frame | None]") -> None:
    try:
        while (frame := read_frame(stream)) is not None:
            answers.put(frame)
    except (FrameBroken, OSError, ValueError):
        pass  # the end that is told below
    answers.put(None)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
