"""The port to a DAW that somebody is working in: more careful than ``agent.daw.Daw``, since nothing there is ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray

from agent.daw import DawError
from agent.session import Session, Settings
from bridge.changes import Change, MidiNote, Value
from bridge.tempo import TempoRoom

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
    def master_eq(self) -> bool:
        """Whether the master of the session that was read has an EQ that can be set."""
        ...

    @property
    def eq_sweeps(self) -> bool:
        """Whether the bands of its EQs can be moved in frequency and width too, as ours can."""
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

    def tempo_room(self) -> TempoRoom:
        """Return what a change of tempo would stretch and move in the session that was read last."""
        ...

    def check(self) -> Checked | None:
        """Measure the mix as it stands now, by the DAW's own means; None where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Ruler:
    """What a DAW says of its own grid: beats as its time signature counts them, bars from the project's start on.

    ``steady``: the tempo is the same all along, as far as the DAW tells.
    """

    tempo_bpm: float
    beats_per_bar: float
    steady: bool


class MidiTracks(Protocol):
    """The tracks of a running DAW that takes MIDI. All of it may raise ``DawError``."""

    def track_keys(self) -> tuple[str, ...]:
        """Return the DAW's keys of all tracks."""
        ...

    def ruler(self) -> Ruler:
        """Return the project's own grid."""
        ...

    def add(self, name: str, notes: Sequence[MidiNote], start_s: float, end_s: float, undo_name: str) -> str:
        """Add a track with these notes on General MIDI's drum channel in one undo step, and return its key.

        Raises ``WriteRefused``.
        """
        ...

    def notes(self, key: str) -> tuple[MidiNote, ...] | None:
        """Return the notes on a track; None where it is gone."""
        ...

    def worked_on(self, key: str) -> bool:
        """Tell whether there is more on a track than one item: effects, sends, other items."""
        ...

    def delete(self, key: str, undo_name: str) -> None:
        """Delete a track in one undo step. Raises ``WriteRefused``."""
        ...


class MidiDaw(LiveDaw, Protocol):
    """A running DAW in which a MIDI item can be put."""

    @property
    def midi(self) -> MidiTracks:
        """Its tracks."""
        ...


def takes_midi(daw: LiveDaw) -> TypeGuard[MidiDaw]:
    """Tell whether MIDI can be put in a DAW by the way that leads to it."""
    return hasattr(daw, "midi")
