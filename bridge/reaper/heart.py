"""Our heartbeat beside REAPER's, and who hears that the user stopped the job in REAPER."""

import threading
from collections.abc import Callable
from contextlib import suppress

from bridge.reaper.file_exchange import BRIDGE, FileExchange

LAST_BEAT_S = 2.0


class Heart:
    """Beats until it is stopped. Owns a thread of its own: a mix is computed for longer than a beat."""

    def __init__(self, exchange: FileExchange, beat_s: float, on_cancel: Callable[[], None] | None = None) -> None:
        self._exchange, self._beat_s, self._on_cancel = exchange, beat_s, on_cancel
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self._beats = 0

    def start(self) -> None:
        """Beat once, then again and again. Raises ``OSError`` where the folder can not be written."""
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; a beat that hangs on its disk is not waited for."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(LAST_BEAT_S)

    def _run(self) -> None:
        while not self._stopped.wait(self._beat_s):
            with suppress(OSError):  # the next beat follows, and none at all says what there is to say
                self._beat()
            if self._exchange.cancelled:
                if self._on_cancel is not None:
                    self._on_cancel()
                return

    def _beat(self) -> None:
        self._beats += 1
        self._exchange.put(BRIDGE, {"beat": self._beats})
