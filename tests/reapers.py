"""A REAPER in memory for the bridge's unit tests: what ``ReaperDaw`` asks of reapy, with undo and injected failures."""

from dataclasses import dataclass

import numpy as np

from agent.daw import DawError
from bridge.reaper.survey import (
    EQ_ALIAS,
    MASTER,
    MidiWrite,
    Survey,
    SurveyEffect,
    SurveyItem,
    SurveyTrack,
    Write,
)
from tests.mixes import RATE_HZ, STEMS, tone

SECONDS = 3.0


class Gone(DawError):  # noqa: N818 - as the errors it stands for
    """The DAW does not answer any more."""


def item(**fields):
    return SurveyItem(**{"position_s": 0.0, "length_s": SECONDS, "source_path": "/nowhere/a.wav", **fields})


def track(name, **fields):
    return SurveyTrack(**{"guid": f"{{{name}}}", "name": name, "gain_linear": 1.0, "items": (item(),), **fields})


def survey(*tracks, **fields):
    master = SurveyTrack(guid="{master}", name="MASTER", gain_linear=1.0)
    whole = {
        "name": "song",
        "path": "/songs/song.RPP",
        "rate_hz": RATE_HZ,
        "length_s": SECONDS,
        "tempo_bpm": 120.0,
        "master": master,
        "tracks": tracks or tuple(track(name) for name in STEMS),
    }
    return Survey(**{**whole, **fields})


@dataclass
class Loudness:
    integrated_lufs: float = -14.0
    true_peak_dbtp: float | None = -1.2


class MemoryLink:
    """Keeps a survey, writes to it with an undo history, and fails where it is told: ``before[name](link)``."""

    def __init__(self, found=None):
        self.now = found or survey()
        self.undo_steps = []
        self.calls = []
        self.before = {}
        self.loudness = Loudness()
        self.midi = {}
        self.written = []

    def survey(self, *, items=True):
        self._called("survey")
        return self.now if items else _each(self.now, lambda t: t.model_copy(update={"items": (), "locked": False}))

    def audio(self, guid, start_s, samples, rate_hz):
        self._called("audio")
        name = guid.strip("{}")
        wave = tone(*STEMS[name], seconds=SECONDS, rate_hz=rate_hz)
        first = round(start_s * rate_hz)
        return np.ascontiguousarray(wave[first : first + samples])

    def write(self, write: Write):
        self._called("write")
        self.written.append(write)
        self.step(write.undo_name, lambda now: written(now, write))
        self._called("written")

    def add_midi(self, wanted: MidiWrite):
        self._called("add_midi")
        guid = f"{{{wanted.name} {len(self.calls)}}}"
        made = track(wanted.name, guid=guid, items=(item(source_path="", source_kind="MIDI"),))
        self.step(wanted.undo_name, lambda now: now.model_copy(update={"tracks": (*now.tracks, made)}))
        self.midi[guid] = wanted.notes
        self._called("added")
        return guid

    def midi_notes(self, guid):
        self._called("midi_notes")
        return self.midi.get(guid, ()) if any(t.guid == guid for t in self.now.tracks) else None

    def delete_track(self, guid, undo_name):
        self._called("delete_track")
        name = next(t.name for t in self.now.tracks if t.guid == guid)
        self.step(undo_name, deleted(name))

    def undo_name(self):
        return self.undo_steps[-1][0] if self.undo_steps else ""

    def undo(self):
        self._called("undo")
        now = self.now  # a project's name is in no undo step
        self.now = self.undo_steps.pop()[1].model_copy(update={"path": now.path, "name": now.name})

    def dry_run_loudness(self, limit_s):
        self._called("check")
        return self.loudness

    def step(self, name, change):
        """Make an undo step, as a user's hand does."""
        before, self.now = self.now, change(self.now)
        self.undo_steps.append((name, before))

    def fader(self, name):
        return next(t.gain_linear for t in self.now.tracks if t.name == name)

    def _called(self, name):
        self.calls.append(name)
        if name in self.before:
            self.before[name](self)


def moved(name, gain_linear):
    """Return a change that moves a fader."""
    return lambda now: _each(now, lambda t: t.model_copy(update={"gain_linear": gain_linear}) if t.name == name else t)


def deleted(name):
    """Return a change that deletes a track."""
    return lambda now: now.model_copy(update={"tracks": tuple(t for t in now.tracks if t.name != name)})


def written(now, write):
    wanted = {one.guid: one for one in write.tracks}
    missing = set(wanted) - {t.guid for t in now.tracks} - {MASTER}
    if missing:
        raise DawError(f"there is no track {missing}")
    after = _each(now, lambda t: _track(t, wanted.get(t.guid)))
    master = _track(now.master, wanted.get(MASTER))
    tempo = {} if write.tempo_bpm is None else {"tempo_bpm": write.tempo_bpm}
    return after.model_copy(update={"master": master, **tempo})


def _each(now, change):
    return now.model_copy(update={"tracks": tuple(change(t) for t in now.tracks)})


def _track(found, write):
    if write is None:
        return found
    values = {name: getattr(write, name) for name in ("gain_linear", "pan") if getattr(write, name) is not None}
    if write.eq is not None:
        kept = tuple(effect for effect in found.effects if effect.guid != (write.eq.effect or "none"))
        mine = SurveyEffect(
            guid=f"eq of {found.guid}", name="VST: ReaEQ (Cockos)", alias=EQ_ALIAS, bands=write.eq.bands
        )
        values["effects"] = (*kept, mine) if write.eq.bands else kept
    return found.model_copy(update=values)
