"""A job in a process of its own: its progress and its end as they come, a way to stop it as Ctrl-C does, and to end it.

It is in a group of its own, so that a Ctrl-C at the server's terminal reaches it through the server alone, once.
"""

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from bridge.control.jobs import Ended
from bridge.json_progress import Told, read

Post = Callable[[Told | Ended], None]
COMMAND = (sys.executable, "-m", "bridge")
NOT_STARTED = 1
NOTHING: Mapping[str, str] = MappingProxyType({})
_LINES_KEPT = 50
_BREAK: int = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class Child:
    """Owns the process, and the threads that listen to it: ``post`` is called from those."""

    def __init__(
        self,
        words: Sequence[str],
        post: Post,
        *,
        command: Sequence[str] = COMMAND,
        environment: Mapping[str, str] = NOTHING,
        left: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Start ``faderbot`` with words, and more in its environment; ``left`` says at its end what is half done.

        Raises ``OSError``, and ``ValueError`` for words that no process can be started with.
        """
        self._post, self._left = post, left
        self._process = subprocess.Popen(  # noqa: S603 - our own program; the words are options with their values
            [*command, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
            start_new_session=True,
            creationflags=_GROUP,
        )
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._listener = threading.Thread(target=self._listen, name="the job's progress", daemon=True)
        self._listener.start()
        threading.Thread(target=self._wait, name="the job's end", daemon=True).start()

    def interrupt(self) -> None:
        """Stop it as Ctrl-C does: it takes back what it wrote, and ends."""
        if self._process.poll() is None:
            self._process.send_signal(_BREAK)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            told = read(line)
            if told is None:
                self._lines.append(line)
            else:
                self._post(told)

    def _wait(self) -> None:
        assert self._process.stdout is not None
        out = self._process.stdout.read()
        self._listener.join()
        code = self._process.wait()
        self._process.stdout.close()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._post(Ended(code, out, "".join(self._lines), self._left()))
