"""What REAPER's script is told of a job: its progress, and its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bridge.progress import Progress, Stage
from bridge.reaper.file_exchange import PROGRESS, RESULT, FileExchange

EVERY_S = 0.25
STOPPED = "stopped; nothing was changed"
Tell = Callable[[dict[str, Any]], None]


class FileProgress:
    """Tells REAPER's script how far a job is, and whoever shows it here. Owns the present stage's share."""

    def __init__(self, folder: Path, shown: Progress, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._exchange, self._shown, self._clock = FileExchange(folder), shown, clock
        self._stage, self._total, self._done, self._words = Stage.READ, 1.0, 0.0, ""
        self._told_s = clock()

    def begin(self, stage: Stage, total: float) -> None:
        """Begin a stage."""
        self._shown.begin(stage, total)
        self._stage, self._total, self._done, self._words = stage, total, 0.0, ""
        self._tell()

    def advance(self, by: float) -> None:
        """Advance the present stage."""
        self._shown.advance(by)
        self._done += by
        if self._clock() - self._told_s >= EVERY_S:
            self._tell()

    def say(self, words: str) -> None:
        """Say what is being done just now."""
        self._shown.say(words)
        self._words = words
        self._tell()

    def _tell(self) -> None:
        self._told_s = self._clock()
        share = min(1.0, self._done / self._total) if self._total > 0.0 else 1.0
        with suppress(OSError):  # a job does not fail because its progress is not shown
            self._exchange.put(PROGRESS, {"stage": self._stage.value, "share": share, "words": self._words})


@contextmanager
def telling(folder: Path | None) -> Iterator[Tell]:
    """Leave what is told in the block as the last word in the folder, or the error that the block ends with."""
    told: dict[str, Any] = {}
    try:
        yield told.update
    except KeyboardInterrupt:
        _last_word(folder, {"error": STOPPED})
        raise
    except Exception as error:
        _last_word(folder, {"error": str(error) or type(error).__name__})
        raise
    _last_word(folder, {"ok": told})


def _last_word(folder: Path | None, word: dict[str, Any]) -> None:
    if folder is None:
        return
    with suppress(OSError):  # REAPER's side has cleared up, or the disk is full: the program's own end tells
        FileExchange(folder).put(RESULT, word)
