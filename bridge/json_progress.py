"""A job's progress as lines of JSON on stderr, and back: what one process tells another that waits for it.

A line is ``{"progress": {"stage": "hear", "share": 0.25, "words": ""}}``; any other line on stderr is for people.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from bridge.progress import Progress, Stage
from bridge.terminal import Bars, tell

EVERY_S = 0.1

# Where a stage begins in the whole of a job, and its part of it, as the time goes that a mix of a DAW takes.
_PARTS = {
    Stage.READ: (0.0, 0.05),
    Stage.HEAR: (0.05, 0.5),
    Stage.PLAN: (0.55, 0.35),
    Stage.RENDER: (0.9, 0.05),
    Stage.VERIFY: (0.95, 0.05),
}


class ProgressForm(StrEnum):
    """How progress is shown on stderr: bars for people (where it is a terminal), or JSON for programs."""

    BARS = "bars"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Told:
    """How far a job is: its stage, the share of that in [0, 1], and what is being done where that is more."""

    stage: Stage
    share: float
    words: str = ""

    @property
    def whole(self) -> float:
        """The share of the whole job, in [0, 1]."""
        begin, part = _PARTS.get(self.stage, (0.0, 1.0))
        return begin + part * self.share


class JsonProgress:
    """Tells a job's progress line by line. Owns the present stage's share."""

    def __init__(self, put: Callable[[str], None] = tell, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._put, self._clock = put, clock
        self._stage, self._total, self._done, self._words = Stage.READ, 1.0, 0.0, ""
        self._told_s = clock()

    def begin(self, stage: Stage, total: float) -> None:
        """Begin a stage."""
        self._stage, self._total, self._done, self._words = stage, total, 0.0, ""
        self._tell()

    def advance(self, by: float) -> None:
        """Advance the present stage."""
        self._done += by
        if self._clock() - self._told_s >= EVERY_S:
            self._tell()

    def say(self, words: str) -> None:
        """Say what is being done just now."""
        self._words = words
        self._tell()

    def _tell(self) -> None:
        self._told_s = self._clock()
        share = min(1.0, self._done / self._total) if self._total > 0.0 else 1.0
        told = {"stage": self._stage.value, "share": round(share, 4), "words": self._words}
        self._put(json.dumps({"progress": told}) + "\n")


@contextmanager
def showing(form: ProgressForm = ProgressForm.BARS) -> Iterator[Progress]:
    """Show progress on stderr until the end of the block."""
    if form is ProgressForm.JSON:
        yield JsonProgress()
        return
    with Bars.on_stderr() as bars:
        yield bars


def read(line: str) -> Told | None:
    """Return what a line tells; None where it is for people."""
    if not line.startswith('{"progress"'):
        return None
    try:
        told = json.loads(line)["progress"]
        share = float(told["share"])
        made = Told(Stage(told["stage"]), share, str(told["words"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return made if math.isfinite(share) and 0.0 <= share <= 1.0 else None
