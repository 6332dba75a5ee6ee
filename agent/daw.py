"""The port to any DAW: what the brain asks of it, and how it can fail.

DawError                what went wrong on the DAW's side; the session is as the message says
├── SessionUnreadable   the session, or the audio in it, can not be read
└── WriteRefused        a setting read back differently from what was written
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.session import Meters, Session, Settings

FloatArray = NDArray[np.float32]


class DawError(Exception):
    """Something a DAW did or could not do, in a sentence that says what to do about it."""


class SessionUnreadable(DawError):  # noqa: N818 - a state, named as the user sees it
    """The session can not be read."""


class WriteRefused(DawError):  # noqa: N818 - a state, named as the user sees it
    """The DAW did not take a setting."""


class Daw(Protocol):
    """A running DAW with one open session."""

    def read(self) -> Session:
        """Return the session as it is now. Raises ``SessionUnreadable``."""
        ...

    def audio(self) -> Iterator[FloatArray]:
        """Yield the tracks' audio before EQ, fader and pan, block by block from the start.

        Each block is float32 of shape (tracks, samples, 2); all but the last are of one length, a whole number of
        100 ms hops. A mono track has two equal channels. Raises ``SessionUnreadable``.
        """
        ...

    def apply(self, settings: Settings, undo_name: str) -> Settings:
        """Set everything in one undo step of that name and return what was read back. Raises ``WriteRefused``."""
        ...

    def undo(self) -> None:
        """Take back the last undo step."""
        ...

    def render(self) -> Iterator[FloatArray]:
        """Yield what leaves the master bus at the present settings: float32 blocks of shape (samples, 2)."""
        ...

    def play(self) -> None:
        """Start playing from the play position."""
        ...

    def stop(self) -> None:
        """Stop playing."""
        ...

    def seek(self, position_s: float) -> None:
        """Move the play position, in seconds from the start."""
        ...

    def meters(self) -> Meters:
        """Return the peak meters of the last played moment in dBFS."""
        ...
