"""A few of ReaScript's functions over a project in memory, with the tuples of REAPER's reaper_python.py.

It is the other side of ``bridge.reaper.reapy_*``, written from REAPER's own documents and not from our mock DAW.
"""

# ruff: noqa: N802 - the names are REAPER's

import copy
import math
from dataclasses import dataclass, field

BAND_KINDS = ((1, 0, 100.0, 0.8), (2, 0, 300.0, 2.0), (2, 1, 1000.0, 2.0), (4, 0, 5000.0, 0.8), (0, 0, 100.0, 2.0))


@dataclass
class Band:
    kind: int
    index: int
    freq_hz: float
    bandwidth_oct: float
    gain: float = 1.0
    enabled: bool = True


@dataclass
class Effect:
    name: str = "VST: ReaEQ (Cockos)"
    alias: str = ""
    enabled: bool = True
    offline: bool = False
    guid: str = "{00000000-0000-0000-0000-0000000000FF}"
    bands: list[Band] = field(default_factory=lambda: [Band(*kind, enabled=kind[0] != 0) for kind in BAND_KINDS])


@dataclass
class Take:
    values: dict[str, float] = field(default_factory=lambda: {"D_VOL": 1.0, "D_PLAYRATE": 1.0})
    kind: str = "WAVE"
    path: str = "/songs/kick.wav"
    length_s: float = 10.0
    in_beats: bool = False
    parent_path: str = ""
    effects: int = 0
    envelopes: int = 0
    stretch_markers: int = 0
    notes: list[list[float]] = field(default_factory=list)
    """Start and end in ticks, channel, key, velocity."""


@dataclass
class Item:
    values: dict[str, float] = field(default_factory=lambda: {"D_LENGTH": 10.0, "D_VOL": 1.0})
    take: Take | None = field(default_factory=Take)


@dataclass
class Envelope:
    name: str = "Volume"
    active: str = "1"
    points: int = 2


@dataclass
class Send:
    to: int
    values: dict[str, float] = field(default_factory=lambda: {"D_VOL": 0.5})


@dataclass
class Track:
    name: str
    values: dict[str, float] = field(default_factory=lambda: {"D_VOL": 1.0, "B_MAINSEND": 1.0, "I_FXEN": 1.0})
    locked: bool = False
    effects: list[Effect] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    peaks: tuple[float, float] = (0.5, 0.25)
    audio: list[float] | None = None
    """Interleaved stereo from the start of the project at the rate that is asked for."""


@dataclass
class Project:
    tracks: list[Track]
    master: Track = field(default_factory=lambda: Track("MASTER"))
    tempo_bpm: float = 120.0


class FakeReaper:
    """Its public methods are ReaScript's functions. ``called`` has their names in order."""

    def __init__(self, *tracks, rate_hz=48_000.0, own_rate=True):
        self._project = Project(list(tracks))
        self._numbers = {"PROJECT_SRATE": rate_hz, "PROJECT_SRATE_USE": float(own_rate), "PROJECT_TIMEBASE": 0.0}
        self._undo = []
        self._open = None
        self._changes = 1
        self.called = []
        self.broken = {}
        """Functions that fail, or do something else."""
        self.play_state = 0
        self.cursor_s = 1.5
        self.render_stats = "FILE:;PEAK:-1.500000;TRUEPEAK:-1.200000;LUFSI:-14.300000;LRA:4.000000"
        self.raw_gain_is_linear = True

    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        if name[0].isupper():
            self.called.append(name)
            return self.broken.get(name, value)
        return value

    @property
    def tracks(self):
        return self._project.tracks

    @property
    def master(self):
        return self._project.master

    @property
    def tempo_bpm(self):
        return self._project.tempo_bpm

    @property
    def undo_names(self):
        return [name for name, _ in self._undo]

    # Handles: an address of kind and place, good until the project changes.

    def _handle(self, kind, *places):
        number = {"MediaTrack": 1, "MediaItem": 2, "MediaItem_Take": 3, "PCM_source": 4, "TrackEnvelope": 5}[kind]
        for place in places:
            number = number * 1000 + place + 1
        return f"({kind}*)0x{number:016X}"

    def _places(self, handle):
        number = int(handle.rpartition("0x")[2], 16)
        places = []
        while number >= 1000:
            number, place = divmod(number, 1000)
            places.insert(0, place - 1)
        return places

    def _track(self, handle):
        place = self._places(handle)[0]
        return self.master if place == 998 else self.tracks[place]

    def _item(self, handle):
        track, item = self._places(handle)[:2]
        return self.tracks[track].items[item]

    def _changed(self):
        self._changes += 1

    # The project.

    def GetAppVersion(self):
        return "7.66/linux-x86_64"

    def GetResourcePath(self):
        return "/nowhere"

    def EnumProjects(self, index, name, size):
        return ("(ReaProject*)0x00000000046C1C00", index, "/songs/song.rpp", size)

    def GetProjectName(self, project, name, size):
        return (project, "song.rpp", size)

    def GetProjectLength(self, project):
        return 12.5

    def GetProjectStateChangeCount(self, project):
        return self._changes

    def GetProjectTimeSignature2(self, project, bpm, bpi):
        return (project, self._project.tempo_bpm, 4.0)

    def Master_GetTempo(self):
        return self._project.tempo_bpm

    def CountTempoTimeSigMarkers(self, project):
        return 0

    def SetCurrentBPM(self, project, bpm, want_undo):
        self._project.tempo_bpm = bpm
        self._changed()

    def GetSetProjectInfo(self, project, name, value, is_set):
        return self._numbers[name]

    def GetSetProjectInfo_String(self, project, name, text, is_set):
        return (True, project, name, self.render_stats if (name, text) == ("RENDER_STATS", "42440") else "", is_set)

    def GetAudioDeviceInfo(self, attribute, text, size):
        return (True, attribute, "44100", size)

    def GetPlayStateEx(self, project):
        return self.play_state

    def GetPlayPositionEx(self, project):
        return 7.25

    def GetCursorPositionEx(self, project):
        return self.cursor_s

    def OnPlayButtonEx(self, project):
        self.play_state = 1

    def OnStopButtonEx(self, project):
        self.play_state = 0

    def SetEditCurPos2(self, project, time, move_view, seek_play):
        self.cursor_s = time

    # Undo.

    def Undo_BeginBlock2(self, project):
        self._open = copy.deepcopy(self._project)

    def Undo_EndBlock2(self, project, name, flags):
        self._undo.append((name, self._open))
        self._changed()

    def Undo_CanUndo2(self, project):
        return self._undo[-1][0].encode().decode() if self._undo else None.decode()

    def Undo_DoUndo2(self, project):
        self._project = self._undo.pop()[1]
        self._changed()
        return 1

    # Tracks.

    def CountTracks(self, project):
        return len(self.tracks)

    def GetTrack(self, project, place):
        known = 0 <= place < len(self.tracks)
        return self._handle("MediaTrack", place) if known else "(MediaTrack*)0x0000000000000000"

    def GetMasterTrack(self, project):
        return self._handle("MediaTrack", 998)

    def GetTrackName(self, track, name, size):
        return (True, track, self._track(track).name, size)

    def GetSetMediaTrackInfo_String(self, track, name, text, is_set):
        if name == "P_NAME" and is_set:
            self._track(track).name = text
            self._changed()
            return (True, track, name, text, is_set)
        assert name == "GUID"
        return (True, track, name, f"{{TRACK-{self._track(track).name}}}", is_set)

    def InsertTrackAtIndex(self, place, want_defaults):
        self.tracks.insert(place, Track(""))
        self._changed()

    def DeleteTrack(self, track):
        self.tracks.remove(self._track(track))
        self._changed()

    def GetMediaTrackInfo_Value(self, track, name):
        return self._track(track).values.get(name, 0.0)

    def SetMediaTrackInfo_Value(self, track, name, value):
        self._track(track).values[name] = value
        self._changed()
        return True

    def GetTrackStateChunk(self, track, chunk, size, is_undo):
        lock = "  LOCK 1\n" if self._track(track).locked else ""
        inner = "  <ITEM\n    POSITION 0\n    LOCK 1\n  >\n"
        return (True, track, f"<TRACK\n  NAME x\n{lock}  NCHAN 2\n{inner}>\n", size, is_undo)

    def Track_GetPeakInfo(self, track, channel):
        return self._track(track).peaks[channel]

    def CountTrackEnvelopes(self, track):
        return len(self._track(track).envelopes)

    def GetTrackEnvelope(self, track, place):
        return self._handle("TrackEnvelope", self._places(track)[0], place)

    def _envelope(self, handle):
        track, place = self._places(handle)
        return self._track(self._handle("MediaTrack", track)).envelopes[place]

    def GetEnvelopeName(self, envelope, name, size):
        return (True, envelope, self._envelope(envelope).name, size)

    def GetSetEnvelopeInfo_String(self, envelope, name, text, is_set):
        return (True, envelope, name, self._envelope(envelope).active, is_set)

    def CountEnvelopePoints(self, envelope):
        return self._envelope(envelope).points

    def GetTrackNumSends(self, track, category):
        return len(self._track(track).sends)

    def GetTrackSendInfo_Value(self, track, category, place, name):
        send = self._track(track).sends[place]
        if name == "P_DESTTRACK":
            return float(int(self._handle("MediaTrack", send.to).rpartition("0x")[2], 16))
        return send.values.get(name, 0.0)

    # Effects.

    def TrackFX_GetCount(self, track):
        return len(self._track(track).effects)

    def TrackFX_AddByName(self, track, name, is_input, instantiate):
        if name != "ReaEQ (Cockos)":
            return -1
        effects = self._track(track).effects
        place = -1000 - instantiate if instantiate <= -1000 else len(effects)
        effects.insert(place, Effect())
        self._changed()
        return place

    def TrackFX_Delete(self, track, place):
        del self._track(track).effects[place]
        self._changed()
        return True

    def TrackFX_GetNamedConfigParm(self, track, place, name, text, size):
        effect = self._track(track).effects[place]
        values = {"renamed_name": effect.alias, "original_name": effect.name}
        return (name in values, track, place, name, values.get(name, ""), size)

    def TrackFX_SetNamedConfigParm(self, track, place, name, text):
        assert name == "renamed_name"
        self._track(track).effects[place].alias = text
        return True

    def TrackFX_GetFXName(self, track, place, name, size):
        effect = self._track(track).effects[place]
        return (True, track, place, effect.alias or effect.name, size)

    def TrackFX_GetFXGUID(self, track, place):
        return f"(GUID*)0x{place + 1:016X}"

    def guidToString(self, guid, text):
        return (guid, f"{{FX-{int(guid[-16:], 16)}}}")

    def TrackFX_GetEnabled(self, track, place):
        return self._track(track).effects[place].enabled

    def TrackFX_SetEnabled(self, track, place, enabled):
        self._track(track).effects[place].enabled = enabled

    def TrackFX_GetOffline(self, track, place):
        return self._track(track).effects[place].offline

    def TrackFX_GetNumParams(self, track, place):
        return 3 * len(self._track(track).effects[place].bands) + 3

    def TrackFX_GetEQParam(self, track, place, param, *_):
        bands = self._track(track).effects[place].bands
        if param >= 3 * len(bands):
            return (False, track, place, param, 0, 0, 0, 0.0)
        band, what = bands[param // 3], param % 3
        return (True, track, place, param, band.kind, band.index, what, self._normalised(band, what))

    def _normalised(self, band, what):
        gain = band.gain / 2 if band.gain <= 1 else 0.5 + (band.gain - 1) / 6
        return (math.log(band.freq_hz / 20.0) / math.log(1200.0), gain, band.bandwidth_oct / 4.0)[what]

    def TrackFX_GetFormattedParamValue(self, track, place, param, text, size):
        band = self._track(track).effects[place].bands[param // 3]
        gain = f"{20 * math.log10(band.gain):.1f}" if band.gain else "-inf"
        shown = (f"{band.freq_hz:.1f}", gain, f"{band.bandwidth_oct:.2f}")[param % 3]
        return (True, track, place, param, shown, size)

    def _band(self, track, place, kind, index):
        bands = self._track(track).effects[place].bands
        return next((band for band in bands if (band.kind, band.index) == (kind, index)), None)

    def TrackFX_SetEQParam(self, track, place, kind, index, what, value, is_normalised):
        band = self._band(track, place, kind, index)
        if band is None:
            return False
        if what == 0:
            band.freq_hz = 20.0 * 1200.0**value if is_normalised else value
        elif what == 1:
            raw = value if self.raw_gain_is_linear else 10 ** (value / 20)
            linear = value * 2 if value <= 0.5 else 1 + (value - 0.5) * 6
            band.gain = linear if is_normalised else raw
        else:
            band.bandwidth_oct = value * 4.0 if is_normalised else value
        self._changed()
        return True

    def TrackFX_GetEQBandEnabled(self, track, place, kind, index):
        return self._band(track, place, kind, index).enabled

    def TrackFX_SetEQBandEnabled(self, track, place, kind, index, enabled):
        self._band(track, place, kind, index).enabled = enabled
        return True

    # Items.

    def CountMediaItems(self, project):
        return sum(len(track.items) for track in self._project.tracks)

    def GetMediaItem(self, project, index):
        places = [(t, k) for t, track in enumerate(self._project.tracks) for k in range(len(track.items))]
        return self._handle("MediaItem", *places[index])

    def CountTrackMediaItems(self, track):
        return len(self._track(track).items)

    def GetTrackMediaItem(self, track, place):
        return self._handle("MediaItem", self._places(track)[0], place)

    def GetMediaItemInfo_Value(self, item, name):
        default = -1.0 if name.endswith("_AUTO") else 0.0
        return self._item(item).values.get(name, default)

    def GetActiveTake(self, item):
        if self._item(item).take is None:
            return "(MediaItem_Take*)0x0000000000000000"
        return self._handle("MediaItem_Take", *self._places(item))

    def GetMediaItemTakeInfo_Value(self, take, name):
        return self._item(take).take.values.get(name, 0.0)

    def GetMediaItemTake_Source(self, take):
        return self._handle("PCM_source", *self._places(take))

    def GetMediaSourceType(self, source, text, size):
        return (source, self._item(source).take.kind, size)

    def GetMediaSourceLength(self, source, in_beats):
        take = self._item(source).take
        return (take.length_s, source, take.in_beats)

    def GetMediaSourceFileName(self, source, text, size):
        take = self._item(source).take
        return (source, take.parent_path if len(self._places(source)) > 2 else take.path, size)

    def GetMediaSourceParent(self, source):
        return self._handle("PCM_source", *self._places(source), 0)

    def TakeFX_GetCount(self, take):
        return self._item(take).take.effects

    def CountTakeEnvelopes(self, take):
        return self._item(take).take.envelopes

    def GetTakeNumStretchMarkers(self, take):
        return self._item(take).take.stretch_markers

    # Audio.

    def CreateTrackAudioAccessor(self, track):
        return f"(AudioAccessor*)0x{self._places(track)[0] + 1:016X}"

    def DestroyAudioAccessor(self, accessor):
        return None

    def GetAudioAccessorSamples(self, accessor, rate_hz, channels, start_s, samples, buffer):
        audio = self.tracks[int(accessor[-16:], 16) - 1].audio
        if audio is None:
            return (0, buffer)
        start = round(start_s * rate_hz) * channels
        piece = audio[start : start + samples * channels]
        buffer[: len(piece)] = piece
        return (1, buffer)

    # MIDI. A quarter note is 960 ticks at 120 BPM: half a second; an item's ticks count from its start.

    def CreateNewMIDIItemInProj(self, track, start_s, end_s, in_quarters):
        items = self._track(track).items
        values = {"D_POSITION": start_s, "D_LENGTH": end_s - start_s, "D_VOL": 1.0}
        items.append(Item(values, Take(kind="MIDI", path="")))
        self._changed()
        return (self._handle("MediaItem", self._places(track)[0], len(items) - 1), track, start_s, end_s, in_quarters)

    def TakeIsMIDI(self, take):
        return self._item(take).take.kind == "MIDI"

    def MIDI_GetPPQPosFromProjTime(self, take, time_s):
        return (time_s - self._item(take).values["D_POSITION"]) * 1920.0

    def MIDI_GetProjTimeFromPPQPos(self, take, tick):
        return tick / 1920.0 + self._item(take).values["D_POSITION"]

    def MIDI_InsertNote(self, take, selected, muted, start, end, channel, pitch, velocity, no_sort):
        self._item(take).take.notes.append([round(start), round(end), channel, pitch, velocity])
        self._changed()
        return (True, take, selected, muted, start, end, channel, pitch, velocity, no_sort)

    def MIDI_Sort(self, take):
        self._item(take).take.notes.sort()

    def MIDI_CountEvts(self, take, notes, controls, texts):
        count = len(self._item(take).take.notes)
        return (2 * count, take, count, 0, 0)

    def MIDI_GetNote(self, take, place, *_):
        return (True, take, place, False, False, *self._item(take).take.notes[place])
