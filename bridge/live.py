"""The port to a DAW that somebody is working in: more careful than ``agent.daw.Daw``, since nothing there is ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.daw import DawError
from agent.session import Session, Settings
from bridge.changes import Change, Value

FloatArray = NDArray[np.float32]
NONE_SELECTED = "no track to mix is selected: select those that may move, or leave --only-selected out"


class SessionMoved(DawError):  # noqa: N818 - a state, named as the user sees it
    """The session is not the one that was listened to any more."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the DAW itself measured after the write: loudness, true peak where it tells, and by which means."""

    integrated_lufs: float
    true_peak_dbtp: float | None
    means: str


class LiveDaw(Protocol):
    """A running DAW with one open project. All of it may raise ``DawError``."""

    @property
    def name(self) -> str:
        """The DAW, as "REAPER"."""
        ...

    @property
    def where(self) -> str:
        """The way to it, as "127.0.0.1:2307"."""
        ...

    @property
    def project(self) -> str:
        """The open project: its file, or its name."""
        ...

    @property
    def eq(self) -> bool:
        """Whether an EQ can be set there."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the session that was read: who was left alone, what is not heard."""
        ...

    @property
    def fader_highest_db(self) -> float:
        """Where a track's fader ends, in dB."""
        ...

    @property
    def master_highest_db(self) -> float:
        """Where the master fader ends, in dB."""
        ...

    @property
    def recording(self) -> bool:
        """Whether it recorded when it was looked at last, by ``read`` or ``standing``."""
        ...

    def read(self) -> Session:
        """Return the session as it is now. Raises ``SessionUnreadable``."""
        ...

    def audio(self) -> Iterator[FloatArray]:
        """Yield the audio of the session that was read last, as ``agent.daw.Daw.audio`` does."""
        ...

    def changes(self, settings: Settings) -> tuple[Change, ...]:
        """Return what would have to be written to go from the session that was read last to these settings."""
        ...

    def put(self, changes: Sequence[Change], undo_name: str) -> None:
        """Write the changes' wanted values in one undo step of that name. Raises ``WriteRefused``."""
        ...

    def standing(self, changes: Sequence[Change]) -> tuple[Value | None, ...]:
        """Return the values as they are now, one a change; None where the track is gone."""
        ...

    def undo_name(self) -> str:
        """Return the name of the step that the DAW would undo now; empty where there is none or it does not tell."""
        ...

    def undo(self) -> None:
        """Take back the DAW's last undo step."""
        ...

    def check(self) -> Checked | None:
        """Measure the mix as it stands now, by the DAW's own means; None where it has none."""
        ...
