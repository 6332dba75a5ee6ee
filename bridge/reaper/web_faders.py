"""The faders of a REAPER without Python in it, through its web interface: all of a write is one undo step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.session import FADER_MAX_DB
from bridge.desk import Desk, DeskTrack, DeskWrite
from bridge.gains import gain_db, gain_linear
from bridge.reaper.web_text import WebTrack, WebTransport

RECORDING = 4


class Web(Protocol):
    """What is asked of the web interface; ``bridge.reaper.web.WebInterface`` is the real one."""

    def tracks(self) -> Sequence[WebTrack]:
        """Return the master and all tracks."""
        ...

    def transport(self) -> WebTransport:
        """Return the transport."""
        ...

    def set_gains(self, gains_linear: Mapping[int, float], undo_name: str) -> None:
        """Set faders in one undo step."""
        ...


@dataclass(frozen=True, slots=True)
class WebFaders:
    """A ``bridge.desk.Line`` to REAPER over the web interface."""

    web: Web
    name: str = "REAPER"
    fader_highest_db: float = FADER_MAX_DB
    master_highest_db: float = FADER_MAX_DB
    eq_law: None = None
    limits: tuple[str, ...] = (
        "faders only: without reapy REAPER's EQ is out of reach, and folders, sends and automation are not seen",
    )

    def held_db(self, number: int, gain_db: float) -> float:  # noqa: ARG002 - its faders have no steps
        """Return the gain: a fader stands where it is put."""
        return gain_db

    def read(self) -> Desk:
        """Return everything as it is now."""
        recording = bool(self.web.transport().play_state & RECORDING)
        master, *tracks = self.web.tracks()
        faders = tuple(
            DeskTrack(t.number, t.name, gain_db(t.gain_linear), t.pan, t.muted, t.soloed, t.selected) for t in tracks
        )
        return Desk(faders, gain_db(master.gain_linear), recording)

    def write(self, write: DeskWrite, undo_name: str) -> None:
        """Set faders in one undo step."""
        self.web.set_gains({number: gain_linear(gain) for number, gain in write.gains_db.items()}, undo_name)
