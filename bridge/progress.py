"""How far a job is: what a job tells, and whoever shows it is told."""

from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """The stages of a mixing job in their order, then those of learning and of a batch."""

    READ = "read"
    HEAR = "hear"
    PLAN = "plan"
    RENDER = "render"
    VERIFY = "verify"
    TRAIN = "train"
    TRY = "try"
    MIX = "mix"


class Progress(Protocol):
    """Told by a job how far it is."""

    def begin(self, stage: Stage, total: float) -> None:
        """Begin a stage of so many units (samples, or shares of 1); begun again, a stage starts over."""
        ...

    def advance(self, by: float) -> None:
        """So many more units of the present stage are done."""
        ...

    def say(self, words: str) -> None:
        """Say what is being done just now, where that is more than a stage."""
        ...


class Silent:
    """Shows nothing."""

    def begin(self, stage: Stage, total: float) -> None:
        """Begin a stage."""

    def advance(self, by: float) -> None:
        """Advance."""

    def say(self, words: str) -> None:
        """Say."""
