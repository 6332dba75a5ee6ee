"""A DAW whose desk is all that is in reach; its audio comes from a folder of stems named like its tracks.

What kind of line leads to it is the business of a ``bridge.desk.Line``: REAPER's web interface, or some DAW's OSC.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.daw import SessionUnreadable
from agent.session import FADER_MAX_DB, FLAT_EQ, TEMPO_RANGE_BPM, EqBand, Session, Settings, Strip, Track
from bridge.changes import MASTER, TEMPO, Change, Value, same
from bridge.desk import MASTER_NUMBER, Bands, Desk, DeskTrack, DeskWrite, Ears, Line
from bridge.gains import gain_db, gain_linear, within_fader
from bridge.live import NONE_SELECTED, Checked, SessionMoved
from bridge.notes import listed
from bridge.tempo import TempoRoom

FloatArray = NDArray[np.float32]
MASTER_HIGHEST_DB = 2 * FADER_MAX_DB
NAMED_NOWHERE_BPM = Settings(()).tempo_bpm


@dataclass(frozen=True, slots=True)
class _Part:
    """A track that takes part: the place of its stem, why it must not be moved, its EQ where that is ours."""

    track: DeskTrack
    place: int
    fixed: str | None
    eq: tuple[EqBand, ...] | None


class DeskDaw:
    """Owns the desk that was read last. A track's key is its number and name, as "3 Bass".

    The key is the same over every line to a DAW, so that a job over one can be undone over another. Over no line is
    there an EQ on the master yet, and bands stay where they are.
    """

    master_eq = eq_sweeps = False

    def __init__(self, line: Line, where: str, stems: Ears | None, *, only_selected: bool = False) -> None:
        """Without stems faders can be looked at and put back, as an undo does, and nothing be heard."""
        self.where = where
        self._line, self._stems, self._only_selected = line, stems, only_selected
        self._seen: Desk | None = None  # the last one of all
        self._desk: Desk | None = None  # the one that was read for the job
        self._parts: tuple[_Part, ...] = ()
        self._session: Session | None = None
        self._notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The DAW."""
        return self._line.name

    @property
    def project(self) -> str:
        """The open project's name, where the line tells it."""
        return (self._seen or self._look()).project

    @property
    def eq(self) -> bool:
        """Whether any track that may move has an EQ that is ours to set; which, the session's tracks say."""
        return any(part.eq is not None for part in self._parts if part.fixed is None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the session that was read."""
        return self._notes

    @property
    def fader_highest_db(self) -> float:
        """Where the tracks' faders end, in dB."""
        return self._line.fader_highest_db

    @property
    def master_highest_db(self) -> float:
        """Where the master's fader ends, in dB; where there is no master it stays at 0 dB."""
        no_master = self._desk is not None and self._desk.master_gain_db is None
        return 0.0 if no_master else self._line.master_highest_db

    @property
    def recording(self) -> bool:
        """Whether the DAW recorded when it was looked at last."""
        return self._seen is not None and self._seen.recording

    def read(self) -> Session:
        """Return the tracks that have a stem and are heard. Raises ``SessionUnreadable``."""
        stems = self._heard_from()
        desk = self._look()
        if desk.recording:
            raise SessionUnreadable(f"{self.name} is recording: stop the recording first, nothing was changed")
        master_db = 0.0 if desk.master_gain_db is None else within_fader(desk.master_gain_db)
        if master_db > MASTER_HIGHEST_DB:
            raise SessionUnreadable(f"the master fader is above +{MASTER_HIGHEST_DB:.0f} dB: turn it down first")
        rate_hz = desk.rate_hz or stems.sample_rate_hz
        parts, left = self._heard(desk, stems, rate_hz)
        if not parts:
            raise SessionUnreadable("every track that has a stem is muted, not soloed or closed: nothing to mix")
        if self._only_selected and not any(part.track.selected for part in parts):
            raise SessionUnreadable(NONE_SELECTED)
        self._desk, self._parts = desk, parts
        self._notes = tuple(self._said(parts, left))
        self._session = Session(
            desk.project,
            stems.sample_rate_hz,
            stems.length_s or desk.length_s or 0.0,
            tuple(Track(part.track.name, part.fixed is not None, part.eq is not None) for part in parts),
            Settings(tuple(map(_strip, parts)), master_db, _within_range(desk.tempo_bpm)),
        )
        return self._session

    def audio(self) -> Iterator[FloatArray]:
        """Yield the stems of the session that was read last, as they arrive at its strips."""
        self._last()
        sides = np.array([part.track.sides for part in self._parts], np.float32)[:, None, :]
        for block in self._heard_from().blocks([part.place for part in self._parts]):
            yield block * sides

    def changes(self, settings: Settings) -> tuple[Change, ...]:
        """Return what has to be set, where it differs by more than DAWs keep; pan is out of reach."""
        before = self._last().settings
        made: list[Change] = []
        for part, old, new in zip(self._parts, before.strips, settings.strips, strict=True):
            if new.gain_db != old.gain_db:
                wanted_db = self._line.held_db(part.track.number, new.gain_db)
                made.append(_fader(_key(part.track), part.track.name, old.gain_db, wanted_db))
            if (new.eq, new.high_pass_hz) != (old.eq, old.high_pass_hz):
                made += self._equalised(part, new)
        if settings.master_gain_db != before.master_gain_db and self._last_desk().master_gain_db is not None:
            wanted_db = self._line.held_db(MASTER_NUMBER, settings.master_gain_db)
            made.append(_fader(MASTER, "the master", before.master_gain_db, wanted_db))
        if settings.tempo_bpm != before.tempo_bpm and (found_bpm := self._last_desk().tempo_bpm) is not None:
            made.append(Change(track=TEMPO, name="", what="tempo", found=found_bpm, wanted=settings.tempo_bpm))
        return tuple(change for change in made if not same(change.found, change.wanted))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tracks of the session that was read last, in its order."""
        self._last()
        return tuple(_key(part.track) for part in self._parts)

    def faders(self) -> tuple[Change, ...]:
        """Return every fader that may move, wanted where it was found; the master's too where there is one."""
        found = self._last().settings
        pairs = zip(self._parts, found.strips, strict=True)
        free = [(part.track, strip.gain_db) for part, strip in pairs if part.fixed is None]
        made = [_fader(_key(track), track.name, gain_db, gain_db) for track, gain_db in free]
        if self._last_desk().master_gain_db is not None:
            made.append(_fader(MASTER, "the master", found.master_gain_db, found.master_gain_db))
        return tuple(made)

    def put(self, changes: Sequence[Change], undo_name: str) -> None:
        """Set the wanted values. Raises ``SessionMoved`` where a track is gone."""
        numbers = _numbers(self._look())
        gone = [change.name for change in changes if change.track not in numbers]
        if gone:
            raise SessionMoved(f"{listed(gone)} is not where it was any more: start again")
        self._line.write(as_write(changes, numbers), undo_name)

    def standing(self, changes: Sequence[Change]) -> tuple[Value | None, ...]:
        """Return the values as they are now; None where a track is gone."""
        desk = self._look()
        tracks = {_key(track): track for track in desk.tracks}
        return tuple(_value(change, tracks.get(change.track), desk) for change in changes)

    def numbers(self) -> dict[str, int]:
        """Return the numbers of what takes part in the session that was read last, and of the master, by key."""
        self._last()
        numbers = {_key(part.track): part.track.number for part in self._parts}
        return numbers if self._last_desk().master_gain_db is None else numbers | {MASTER: MASTER_NUMBER}

    def tempo_room(self) -> TempoRoom:
        """Return whether the tempo can be set over this line: one that does not tell it takes none either."""
        if self._last_desk().tempo_bpm is None:
            return TempoRoom(closed=f"{self.name} can not be told a tempo over this line")
        if not self._last_desk().audio_follows_tempo:
            return TempoRoom(
                grid_alone=True,
                unseen=f"audio in {self.name} stays as it is at another tempo: its grid changes, and MIDI with it",
            )
        return TempoRoom(unseen=f"what follows the tempo in {self.name} is stretched by it: that is not seen from here")

    def undo_name(self) -> str:
        """Return nothing: such lines do not tell what would be undone."""
        return ""

    def undo(self) -> None:
        """Refuse: what would be undone can not be known here."""
        raise SessionMoved(f"what {self.name} would undo is not known here: undo it in {self.name}")

    def check(self) -> Checked | None:
        """Return nothing: such lines have no loudness."""
        return None

    def _look(self) -> Desk:
        self._seen = self._line.read()
        return self._seen

    def _heard(self, desk: Desk, stems: Ears, rate_hz: int) -> tuple[tuple[_Part, ...], dict[str, list[str]]]:
        """Return the tracks that take part, and the names of the others by why they do not."""
        soloed = any(track.soloed for track in desk.tracks)
        parts: list[_Part] = []
        left: dict[str, list[str]] = {}
        for track, place in zip(desk.tracks, stems.places([track.name for track in desk.tracks]), strict=True):
            why = _left_out(track, place, soloed=soloed)
            if why is None and place is not None:
                unchosen = "not selected" if self._only_selected and not track.selected else None
                parts.append(_Part(track, place, track.fixed or unchosen, self._own_eq(track, rate_hz)))
            else:
                left.setdefault(str(why), []).append(track.name or f"Track {track.number}")
        return tuple(parts), left

    def _own_eq(self, track: DeskTrack, rate_hz: int) -> tuple[EqBand, ...] | None:
        law = self._line.eq_law
        return None if law is None or track.eq is None else law.eq(track.eq, rate_hz)

    def _equalised(self, part: _Part, strip: Strip) -> Iterator[Change]:
        """Yield the change of an EQ, where it is ours to change."""
        law, found = self._line.eq_law, part.track.eq
        if law is None or found is None or part.eq is None:
            return
        rate_hz = self._last_desk().rate_hz or self._last().sample_rate_hz
        yield Change(
            track=_key(part.track), name=part.track.name, what="eq", found=found, wanted=law.bands(strip, rate_hz)
        )

    def _said(self, parts: Sequence[_Part], left: Mapping[str, Sequence[str]]) -> Iterator[str]:
        for why, names in left.items():
            yield f"left alone ({why}): {listed(names)}"
        fixed: dict[str, list[str]] = {}
        for part in parts:
            if part.fixed is not None:
                fixed.setdefault(part.fixed, []).append(part.track.name)
        for why, names in fixed.items():
            yield f"heard but not moved ({why}): {listed(names)}"
        if unheard := [part.track.name for part in parts if part.track.effects]:
            yield f"heard before their own effects, which are not touched: {listed(unheard)}"
        lacking = [part.track.name for part in parts if part.fixed is None and part.eq is None]
        if lacking and self._line.eq_law is not None:
            yield f"faders only on {listed(lacking)}: {self._line.eq_law.wanted} is not there"
        yield from self._line.limits

    def _heard_from(self) -> Ears:
        if self._stems is None:
            raise SessionUnreadable("no audio comes this way: name the folder with the stems of the tracks")
        return self._stems

    def _last(self) -> Session:
        return self._session or self.read()

    def _last_desk(self) -> Desk:
        return self._desk or self._look()


def _strip(part: _Part) -> Strip:
    return Strip(within_fader(part.track.gain_db), part.track.pan, part.eq or FLAT_EQ)


def _left_out(track: DeskTrack, place: int | None, *, soloed: bool) -> str | None:
    if track.left_alone is not None:
        return track.left_alone
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


def _within_range(tempo_bpm: float | None) -> float:
    """Return a tempo as settings hold it; one that is not told does not matter, since it can not be set either."""
    low_bpm, high_bpm = TEMPO_RANGE_BPM
    return min(max(NAMED_NOWHERE_BPM if tempo_bpm is None else tempo_bpm, low_bpm), high_bpm)


def _fader(key: str, name: str, found_db: float, wanted_db: float) -> Change:
    return Change(track=key, name=name, what="fader", found=gain_linear(found_db), wanted=gain_linear(wanted_db))


def _numbers(desk: Desk) -> dict[str, int]:
    """Return the numbers of all that can be set, by key."""
    numbers = {_key(track): track.number for track in desk.tracks} | {TEMPO: MASTER_NUMBER}
    return numbers if desk.master_gain_db is None else numbers | {MASTER: MASTER_NUMBER}


def as_write(changes: Sequence[Change], numbers: Mapping[str, int]) -> DeskWrite:
    """Return the changes' wanted values for a line, by the numbers of their tracks."""
    gains_db: dict[int, float] = {}
    eqs: dict[int, Bands] = {}
    tempo_bpm = None
    for change in changes:
        if isinstance(change.wanted, tuple):
            eqs[numbers[change.track]] = change.wanted
        elif change.what == "tempo":
            tempo_bpm = change.wanted
        else:
            gains_db[numbers[change.track]] = gain_db(change.wanted)
    return DeskWrite(gains_db, eqs, tempo_bpm)


def _value(change: Change, track: DeskTrack | None, desk: Desk) -> Value | None:
    if change.what == "tempo":
        return desk.tempo_bpm
    if change.track == MASTER:
        return None if desk.master_gain_db is None else gain_linear(desk.master_gain_db)
    if track is None:
        return None
    return track.eq if change.what == "eq" else gain_linear(track.gain_db)


def _key(track: DeskTrack) -> str:
    return f"{track.number} {track.name}"
