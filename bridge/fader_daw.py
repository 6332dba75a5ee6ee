"""A DAW of which only the faders are in reach; its audio comes from a folder of stems named like its tracks.

What kind of line leads to the faders is the business of a ``Faders``: REAPER's web interface, or OSC.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.daw import SessionUnreadable
from agent.session import FADER_MAX_DB, Session, Settings, Strip, Track
from bridge.changes import Change, Value, same
from bridge.live import NONE_SELECTED, Checked, SessionMoved
from bridge.notes import listed
from bridge.reaper.routing import gain_db, gain_linear, within_fader
from bridge.reaper.survey import MASTER
from bridge.stems_audio import StemsAudio

FloatArray = NDArray[np.float32]
PROJECT = "the open project"  # such lines do not tell its name
MASTER_NUMBER = 0
MASTER_HIGHEST_DB = 2 * FADER_MAX_DB


class Fader(Protocol):
    """A track as such a line tells it; ``gain_db`` is minus infinity where the fader is closed, pan in [-1, 1]."""

    @property
    def number(self) -> int:
        """Its place, from 1."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def gain_db(self) -> float:
        """Its fader in dB."""
        ...

    @property
    def pan(self) -> float:
        """Its pan."""
        ...

    @property
    def muted(self) -> bool:
        """Whether it is muted."""
        ...

    @property
    def soloed(self) -> bool:
        """Whether it is soloed."""
        ...

    @property
    def selected(self) -> bool:
        """Whether it is selected."""
        ...


class Desk(Protocol):
    """All that such a line tells of a project."""

    @property
    def tracks(self) -> Sequence[Fader]:
        """Its tracks."""
        ...

    @property
    def master_gain_db(self) -> float:
        """The master fader in dB."""
        ...

    @property
    def recording(self) -> bool:
        """Whether the DAW records."""
        ...


class Faders(Protocol):
    """A line to a DAW's faders. ``limits`` is what has to be said of it in a report."""

    @property
    def limits(self) -> tuple[str, ...]:
        """What is not seen or done over this line, a sentence each."""
        ...

    def read(self) -> Desk:
        """Return everything as it is now."""
        ...

    def write(self, gains_db: Mapping[int, float], undo_name: str) -> None:
        """Set faders of the desk that was read last, in dB by number, 0 the master; in one undo step if it can."""
        ...


class FaderDaw:
    """Owns the tracks that were read last. A track's key is its number and name, as "3 Bass".

    The key is the same over every line, so that a job over one can be undone over another.
    """

    name = "REAPER"
    project = PROJECT
    eq = False
    master_highest_db = FADER_MAX_DB

    def __init__(self, faders: Faders, where: str, stems: StemsAudio | None, *, only_selected: bool = False) -> None:
        """Without stems faders can be looked at and put back, as an undo does, and nothing be heard."""
        self.where = where
        self._faders, self._stems, self._only_selected = faders, stems, only_selected
        self._found: tuple[tuple[Fader, int], ...] = ()
        self._session: Session | None = None
        self._notes: tuple[str, ...] = ()
        self.recording = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the session that was read."""
        return self._notes

    def read(self) -> Session:
        """Return the tracks that have a stem and are heard. Raises ``SessionUnreadable``."""
        stems = self._heard_from()
        desk = self._look()
        if desk.recording:
            raise SessionUnreadable("REAPER is recording: stop the recording first, nothing was changed")
        if desk.master_gain_db > MASTER_HIGHEST_DB:
            raise SessionUnreadable(f"the master fader is above +{MASTER_HIGHEST_DB:.0f} dB: turn it down first")
        places = stems.places([track.name for track in desk.tracks])
        soloed = any(track.soloed for track in desk.tracks)
        heard: list[tuple[Fader, int]] = []
        left: dict[str, list[str]] = {}
        for track, place in zip(desk.tracks, places, strict=True):
            why = _left_out(track, place, soloed=soloed)
            if why is None and place is not None:
                heard.append((track, place))
            else:
                left.setdefault(str(why), []).append(track.name or f"Track {track.number}")
        if not heard:
            raise SessionUnreadable("every track that has a stem is muted, not soloed or closed: nothing to mix")
        fixed = [track.name for track, _ in heard if self._only_selected and not track.selected]
        if len(fixed) == len(heard):
            raise SessionUnreadable(NONE_SELECTED)
        self._found = tuple(heard)
        self._notes = (
            *(f"left alone ({why}): {listed(names)}" for why, names in left.items()),
            *([f"heard but not moved (not selected): {listed(fixed)}"] if fixed else []),
            *self._faders.limits,
        )
        self._session = Session(
            PROJECT,
            stems.sample_rate_hz,
            stems.length_s,
            tuple(Track(track.name, locked=self._only_selected and not track.selected) for track, _ in heard),
            Settings(
                tuple(Strip(within_fader(track.gain_db), track.pan) for track, _ in heard),
                within_fader(desk.master_gain_db),
            ),
        )
        return self._session

    def audio(self) -> Iterator[FloatArray]:
        """Yield the stems of the session that was read last."""
        self._last()
        yield from self._heard_from().blocks([place for _, place in self._found])

    def changes(self, settings: Settings) -> tuple[Change, ...]:
        """Return the faders that have to be moved, by more than DAWs keep; EQ and pan are out of reach."""
        before = self._last().settings
        made = [
            _change(_key(track), track.name, old.gain_db, new.gain_db)
            for (track, _), old, new in zip(self._found, before.strips, settings.strips, strict=True)
            if new.gain_db != old.gain_db
        ]
        if settings.master_gain_db != before.master_gain_db:
            made.append(_change(MASTER, "the master", before.master_gain_db, settings.master_gain_db))
        return tuple(change for change in made if not same(change.found, change.wanted))

    def put(self, changes: Sequence[Change], undo_name: str) -> None:
        """Move the faders. Raises ``SessionMoved`` where a track is gone."""
        numbers = {_key(track): track.number for track in self._faders.read().tracks} | {MASTER: MASTER_NUMBER}
        gone = [change.name for change in changes if change.track not in numbers]
        if gone:
            raise SessionMoved(f"{listed(gone)} is not where it was any more: start again")
        gains_db = {numbers[c.track]: gain_db(c.wanted) for c in changes if isinstance(c.wanted, float)}
        self._faders.write(gains_db, undo_name)

    def standing(self, changes: Sequence[Change]) -> tuple[Value | None, ...]:
        """Return the faders as they are now; None where a track is gone."""
        desk = self._look()
        faders = {_key(track): gain_linear(track.gain_db) for track in desk.tracks}
        faders[MASTER] = gain_linear(desk.master_gain_db)
        return tuple(faders.get(change.track) for change in changes)

    def undo_name(self) -> str:
        """Return nothing: such lines do not tell what would be undone."""
        return ""

    def undo(self) -> None:
        """Refuse: what would be undone can not be known here."""
        raise SessionMoved("what REAPER would undo is not known here: undo it in REAPER")

    def check(self) -> Checked | None:
        """Return nothing: such lines have no loudness."""
        return None

    def _look(self) -> Desk:
        desk = self._faders.read()
        self.recording = desk.recording
        return desk

    def _heard_from(self) -> StemsAudio:
        if self._stems is None:
            raise SessionUnreadable("no audio comes this way: name the folder with the stems of the tracks")
        return self._stems

    def _last(self) -> Session:
        return self._session or self.read()


def _left_out(track: Fader, place: int | None, *, soloed: bool) -> str | None:
    if place is None:
        return "no stem of that name"
    if track.muted:
        return "muted"
    if soloed and not track.soloed:
        return "not soloed, while others are"
    fader_db = within_fader(track.gain_db)
    if fader_db > FADER_MAX_DB:
        return f"fader above +{FADER_MAX_DB:.0f} dB"
    return "fader closed" if fader_db == -math.inf else None


def _change(key: str, name: str, found_db: float, wanted_db: float) -> Change:
    return Change(track=key, name=name, what="fader", found=gain_linear(found_db), wanted=gain_linear(wanted_db))


def _key(track: Fader) -> str:
    return f"{track.number} {track.name}"
