"""A mixing desk as a line to a DAW tells it, and the port to such a line: ``bridge.desk_daw.DeskDaw`` works over any.

What a DAW does not have is None here: Ableton Live has no master over its line, most lines tell no tempo.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.session import EqBand, Strip
from bridge.changes import BandValue

FloatArray = NDArray[np.float32]
MASTER_NUMBER = 0
OPEN_PROJECT = "the open project"
"""The project's name where a line does not tell it."""

Bands = tuple[BandValue, ...]
"""The bands of an EQ in the DAW's own terms: exactly what is written, and read back."""


@dataclass(frozen=True, slots=True)
class DeskTrack:
    """A track. ``gain_db`` is minus infinity where the fader is closed, pan in [-1, 1]; the number counts from 1.

    ``sides`` are the gains (left, right) that its audio meets besides fader, pan (as a balance) and EQ, as a trim's.
    ``eq`` are the bands of an EQ that can be set, None where there is none; whether it is ours is for the ``EqLaw`` to
    say. ``effects`` are others at work on it. ``left_alone`` says why it is not to be mixed, as "a bus", ``fixed`` why
    it is heard and must not be moved, as "fader automated".
    """

    number: int
    name: str
    gain_db: float
    pan: float = 0.0
    muted: bool = False
    soloed: bool = False
    selected: bool = False
    eq: Bands | None = None
    effects: tuple[str, ...] = ()
    left_alone: str | None = None
    fixed: str | None = None
    sides: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a line tells of the open project.

    ``audio_follows_tempo``: whether audio there may be stretched with the tempo, or it is a matter of the grid alone.
    """

    tracks: tuple[DeskTrack, ...]
    master_gain_db: float | None
    recording: bool = False
    tempo_bpm: float | None = None
    audio_follows_tempo: bool = True
    rate_hz: int | None = None
    length_s: float | None = None
    project: str = OPEN_PROJECT

    def gain_db(self, number: int) -> float | None:
        """Return a fader in dB, by the track's number or ``MASTER_NUMBER``; None where there is no such fader."""
        if number == MASTER_NUMBER:
            return self.master_gain_db
        return next((track.gain_db for track in self.tracks if track.number == number), None)


@dataclass(frozen=True, slots=True)
class DeskWrite:
    """What is to be set: faders in dB by number (minus infinity closes one), EQs by number, the tempo."""

    gains_db: Mapping[int, float] = field(default_factory=dict)
    eqs: Mapping[int, Bands] = field(default_factory=dict)
    tempo_bpm: float | None = None


class EqLaw(Protocol):
    """How a kind of EQ takes the bands of a strip. Pure."""

    @property
    def wanted(self) -> str:
        """What a track must have for its EQ to be set, in words, as "a flat ACE EQ"."""
        ...

    def bands(self, strip: Strip, rate_hz: int) -> Bands:
        """Return a strip's EQ in the DAW's terms; ``rate_hz`` is the DAW's."""
        ...

    def eq(self, bands: Bands, rate_hz: int) -> tuple[EqBand, ...] | None:
        """Return a strip's bands from the DAW's; None where they are not as we lay them out: such an EQ is theirs."""
        ...


class Line(Protocol):
    """A line to the faders of a DAW, and to its EQs where it has an ``eq_law``. All of it may raise ``DawError``."""

    @property
    def name(self) -> str:
        """The DAW, as "REAPER"."""
        ...

    @property
    def limits(self) -> tuple[str, ...]:
        """What is not seen or done over this line, a sentence each: it has to be said in a report."""
        ...

    @property
    def fader_highest_db(self) -> float:
        """Where a track's fader ends, in dB."""
        ...

    @property
    def master_highest_db(self) -> float:
        """Where the master's fader ends, in dB."""
        ...

    @property
    def eq_law(self) -> EqLaw | None:
        """How its EQs are set; None where they can not be."""
        ...

    def held_db(self, number: int, gain_db: float) -> float:
        """Return where a fader stands that is set to a gain in dB: the nearest of its steps, if it has any."""
        ...

    def read(self) -> Desk:
        """Return everything as it is now."""
        ...

    def write(self, write: DeskWrite, undo_name: str) -> None:
        """Set everything of the desk that was read last; in one undo step if it can."""
        ...


class Ears(Protocol):
    """Where the audio comes from; ``bridge.stems_audio.StemsAudio`` are ears."""

    @property
    def sample_rate_hz(self) -> int:
        """The rate of the audio."""
        ...

    @property
    def length_s(self) -> float:
        """How long it is; 0 where that is not known."""
        ...

    def places(self, tracks: Sequence[str]) -> tuple[int | None, ...]:
        """Return for each name of a track where its audio is, None where it has none."""
        ...

    def blocks(self, places: Sequence[int]) -> Iterator[FloatArray]:
        """Yield the audio of places."""
        ...
