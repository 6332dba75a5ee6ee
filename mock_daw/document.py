"""One open project of the mock REAPER with all that belongs to it: a tab of its window."""

from dataclasses import dataclass, field
from enum import IntFlag
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mock_daw.render_settings import RenderSettings
from mock_daw.session import Session


class PlayState(IntFlag):
    """REAPER's: stopped is 0."""

    STOPPED = 0
    PLAYING = 1
    PAUSED = 2
    RECORDING = 4


class Player(Protocol):
    """Plays a session; ``mock_daw.player.Player`` does."""

    def seek(self, position_s: float) -> None:
        """Go on from another position."""
        ...

    def advance(self, session: Session, samples: int) -> NDArray[np.float64]:
        """Play that many samples; return the absolute peaks (1 + tracks, 2), the master first, after the fader."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the undo history: its name and the session before and after it."""

    name: str
    before: Session
    after: Session


@dataclass(slots=True)
class Document:
    """A project: its session, its undo history, where it plays, and the settings of its next render.

    ``changes`` is REAPER's project state change count, ``saved_at`` what it was when the project was saved.
    ``render_stats`` is what the last render measured, in REAPER's words; ``selected_regions`` are the GUIDs of the
    regions selected to be rendered.
    """

    name: str
    session: Session
    player: Player
    marked: Session = field(init=False)
    undo: list[Step] = field(default_factory=list)
    redo: list[Step] = field(default_factory=list)
    blocks: list[Session] = field(default_factory=list)
    changes: int = 0
    saved_at: int = 0
    state: PlayState = PlayState.STOPPED
    position_samples: int = 0
    edit_position_s: float = 0.0
    owed: float = 0.0
    adjusted: str | None = None
    render_settings: RenderSettings = field(default_factory=RenderSettings)
    render_stats: str = ""
    selected_regions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.marked = self.session
