"""A running REAPER as a ``bridge.live.LiveDaw``: reapy for what only it can, the web interface as a second witness."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.daw import DawError, SessionUnreadable, WriteRefused
from agent.session import FADER_MAX_DB, Session, Settings
from bridge.changes import RATIO, TEMPO, BandValue, Change, Value, same
from bridge.live import Checked, SessionMoved
from bridge.reaper import reading
from bridge.reaper.item_audio import track_blocks
from bridge.reaper.midi_tracks import MidiLink, ReaperMidi
from bridge.reaper.reading import Reading
from bridge.reaper.survey import MASTER, EqWrite, Survey, SurveyBand, SurveyTrack, TrackWrite, Write
from bridge.reaper.timebase import tempo_room
from bridge.tempo import TempoRoom

FloatArray = NDArray[np.float32]
RECORDING = 4
RENDER_START_S = 15.0  # beyond the time that the project plays: a render is rarely slower


class Loudness(Protocol):
    """What a dry-run render measured."""

    @property
    def integrated_lufs(self) -> float:
        """The integrated loudness."""
        ...

    @property
    def true_peak_dbtp(self) -> float | None:
        """The true peak, where it was measured."""
        ...


class Link(MidiLink, Protocol):
    """What is asked of reapy; ``bridge.reaper.reapy_link.ReapyLink`` is the real one."""

    def audio(self, guid: str, start_s: float, samples: int, rate_hz: int) -> FloatArray:
        """Return a track's audio before effects and fader, (samples, 2)."""
        ...

    def write(self, write: Write) -> None:
        """Write everything in one undo step."""
        ...

    def undo_name(self) -> str:
        """Return the name of the step that would be undone."""
        ...

    def undo(self) -> object:
        """Undo it."""
        ...

    def dry_run_loudness(self, limit_s: float) -> Loudness | None:
        """Measure the master by a dry-run render that takes no longer than that."""
        ...


class Fader(Protocol):
    """A fader as a witness sees it."""

    @property
    def gain_linear(self) -> float:
        """Its gain as a factor."""
        ...


class Witness(Protocol):
    """Another way to read the faders; ``bridge.reaper.web.WebInterface`` is the real one."""

    def tracks(self) -> Sequence[Fader]:
        """Return all faders, the master's first."""
        ...


class ReaperDaw:
    """Owns the last surveys and what was read from them."""

    name = "REAPER"
    eq = eq_sweeps = True
    by_meters = False
    fader_highest_db = master_highest_db = FADER_MAX_DB

    def __init__(self, link: Link, where: str, *, witness: Witness | None = None, only_selected: bool = False) -> None:
        self.where = where
        self._link = link
        self._witness = witness
        self._only_selected = only_selected
        self._survey: Survey | None = None  # the one that was read for the job
        self._seen: Survey | None = None  # the last one of all
        self._reading: Reading | None = None
        self._unwitnessed: tuple[Change, ...] = ()
        self._said: tuple[str, ...] = ()

    @property
    def project(self) -> str:
        """The project's file, or its name where it was never saved."""
        survey = self._last_survey()
        return survey.path or survey.name or "unsaved project"

    @property
    def midi(self) -> ReaperMidi:
        """What adds, reads and deletes MIDI tracks."""
        return ReaperMidi(self._link)

    @property
    def master_eq(self) -> bool:
        """Whether the master's effects are switched on, and an EQ of ours among them would be heard."""
        return self.eq and self._last_survey().master.effects_enabled

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the session that was read, and of how it was read back."""
        return (*self._last().notes, *self._said)

    @property
    def recording(self) -> bool:
        """Whether REAPER recorded when it was looked at last."""
        return self._seen is not None and bool(self._seen.play_state & RECORDING)

    def read(self) -> Session:
        """Return the session as it is now. Raises ``SessionUnreadable``, also while REAPER records."""
        self._survey = self._surveyed(items=True)
        if self.recording:
            raise SessionUnreadable("REAPER is recording: stop the recording first, nothing was changed")
        self._reading = reading.read(self._survey, only_selected=self._only_selected, by_meters=self.by_meters)
        return self._reading.session

    def audio(self) -> Iterator[FloatArray]:
        """Yield the tracks before EQ, fader and pan, as they arrive at the master, in blocks of a second."""
        found = self._last()
        rate_hz = found.session.sample_rate_hz
        whole, rest = divmod(round(found.session.length_s * rate_hz), rate_hz)
        sizes = [rate_hz] * whole + [rest] * bool(rest)
        sides = [np.array(part.sides, np.float32) for part in found.parts]

        def accessor(guid: str, start_s: float, samples: int) -> FloatArray:
            return self._link.audio(guid, start_s, samples, rate_hz)

        readers = [track_blocks(part.track, rate_hz, sizes, accessor) for part in found.parts]
        with ExitStack() as stack:
            for reader in readers:
                stack.callback(reader.close)
            for blocks in zip(*readers, strict=True):
                yield np.stack([block * gains for block, gains in zip(blocks, sides, strict=True)])

    def changes(self, settings: Settings) -> tuple[Change, ...]:
        """Return what would have to be written for these settings; what differs less than DAWs keep is none."""
        survey = self._last_survey()
        write = reading.write(self._last(), settings, "")
        tracks = {track.guid: track for track in survey.tracks} | {MASTER: survey.master}
        made: list[Change] = []
        for one in write.tracks:
            made += _changes(one, tracks[one.guid])
        if write.tempo_bpm is not None:
            made.append(
                Change(track=TEMPO, name="", what="tempo", found=survey.tempo_bpm, wanted=float(write.tempo_bpm))
            )
        return tuple(change for change in made if not same(change.found, change.wanted))

    def put(self, changes: Sequence[Change], undo_name: str) -> None:
        """Write the wanted values in one undo step. Raises ``WriteRefused``."""
        seen = self._seen or self._surveyed()
        tracks = {track.guid: track for track in seen.tracks} | {MASTER: seen.master}
        effects = {guid: mine.guid for guid, track in tracks.items() if (mine := reading.own_eq(track)) is not None}
        # What is not to follow the tempo must stay where it is: REAPER is asked, in the same step, whether it did.
        stays = self._survey is not None and not _follows(tempo_room(self._survey))
        self._link.write(_write(changes, undo_name, effects, items_stay=stays))
        self._unwitnessed = tuple(changes)

    def standing(self, changes: Sequence[Change]) -> tuple[Value | None, ...]:
        """Return the values as they are now; None where the track is gone.

        The first time after a write the web interface is asked too. Raises ``WriteRefused`` where it sees another.
        """
        survey = self._surveyed()
        if self._survey is not None and (survey.path, survey.name) != (self._survey.path, self._survey.name):
            here, there = (s.path or s.name or "an unsaved project" for s in (survey, self._survey))
            raise SessionMoved(f"REAPER now shows {here}, not {there}: go back to that project tab, then try again")
        tracks = {track.guid: track for track in survey.tracks} | {MASTER: survey.master}
        self._second_witness(survey)
        return tuple(_value(change, tracks.get(change.track), survey) for change in changes)

    def tempo_room(self) -> TempoRoom:
        """Return what a change of tempo would stretch and move in the session that was read."""
        return tempo_room(self._last_survey())

    def undo_name(self) -> str:
        """Return the name of the step that REAPER would undo now."""
        return self._link.undo_name()

    def undo(self) -> None:
        """Take back REAPER's last undo step."""
        self._link.undo()

    def check(self) -> Checked | None:
        """Measure the master by REAPER's dry-run render."""
        measured = self._link.dry_run_loudness(RENDER_START_S + self._last_survey().length_s)
        if measured is None:
            return None
        return Checked(measured.integrated_lufs, measured.true_peak_dbtp, "a dry-run render in REAPER")

    def _second_witness(self, survey: Survey) -> None:
        """Compare the faders just written with what the web interface says, as far as its six decimals go.

        It is asked once reapy has answered, so that a REAPER that is silent costs one wait and not two.
        """
        changes, self._unwitnessed = self._unwitnessed, ()
        if self._witness is None or not changes:
            return
        try:
            faders = self._witness.tracks()
        except DawError as error:
            self._said = (f"the faders were read back through reapy alone: {error}",)
            return
        tracks = {track.guid: (number, track) for number, track in enumerate((survey.master, *survey.tracks))}
        tracks[MASTER] = (0, survey.master)
        for change in changes:
            if change.what != "fader" or change.track not in tracks:
                continue
            number, track = tracks[change.track]
            seen = faders[number].gain_linear if number < len(faders) else None
            if seen is None or abs(seen - track.gain_linear) > RATIO * abs(track.gain_linear) + 1e-6:
                raise WriteRefused(f"the web interface shows {change.words} at {seen}, not {track.gain_linear:.6f}")

    def _last(self) -> Reading:
        if self._reading is None:
            self.read()
        assert self._reading is not None
        return self._reading

    def _last_survey(self) -> Survey:
        if self._survey is None:
            self._survey = self._surveyed()
        return self._survey

    def _surveyed(self, *, items: bool = False) -> Survey:
        """Look at REAPER; only a session that is to be mixed needs the items."""
        self._seen = self._link.survey(items=items)
        return self._seen


def _changes(write: TrackWrite, track: SurveyTrack) -> Iterator[Change]:
    name = "the master" if write.guid == MASTER else track.name
    if write.gain_linear is not None:
        yield Change(track=write.guid, name=name, what="fader", found=track.gain_linear, wanted=write.gain_linear)
    if write.pan is not None:
        yield Change(track=write.guid, name=name, what="pan", found=track.pan, wanted=write.pan)
    if write.eq is not None:
        yield Change(track=write.guid, name=name, what="eq", found=_eq(track), wanted=_values(write.eq.bands))


def _follows(room: TempoRoom) -> bool:
    return bool(room.stretched or room.moved)


def _write(changes: Sequence[Change], undo_name: str, effects: Mapping[str, str], *, items_stay: bool) -> Write:
    """Return the write of the wanted values, the changes of a track together; ``effects`` are our EQs by track."""
    tracks: dict[str, dict[str, object]] = {}
    tempo_bpm = None
    for change in changes:
        if change.what == "tempo":
            tempo_bpm = change.wanted
            continue
        fields = tracks.setdefault(change.track, {"guid": change.track})
        if isinstance(change.wanted, tuple):
            bands = tuple(SurveyBand(**band.model_dump()) for band in change.wanted)
            fields["eq"] = EqWrite(bands=bands, effect=effects.get(change.track, ""))
        else:
            fields["gain_linear" if change.what == "fader" else "pan"] = change.wanted
    written = tuple(TrackWrite.model_validate(fields) for fields in tracks.values())
    stays = items_stay and tempo_bpm is not None
    return Write.model_validate(
        {"undo_name": undo_name, "tracks": written, "tempo_bpm": tempo_bpm, "items_stay": stays}
    )


def _value(change: Change, track: SurveyTrack | None, survey: Survey) -> Value | None:
    if change.what == "tempo":
        return survey.tempo_bpm
    if track is None:
        return None
    if change.what == "eq":
        return _eq(track)
    return track.gain_linear if change.what == "fader" else track.pan


def _eq(track: SurveyTrack) -> tuple[BandValue, ...]:
    mine = reading.own_eq(track)
    return () if mine is None else _values(mine.bands)


def _values(bands: Sequence[SurveyBand]) -> tuple[BandValue, ...]:
    return tuple(BandValue(**band.model_dump()) for band in bands)
