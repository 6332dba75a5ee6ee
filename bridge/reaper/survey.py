"""A REAPER project as reapy reads it in one go: what a mix needs to know, in REAPER's own units (linear gains).

This is what crosses the pipe from the process that holds reapy (``bridge.reaper.reapy_child``).
"""

from pydantic import BaseModel, ConfigDict

from bridge.changes import MidiNote


class Part(BaseModel):
    """A frozen part of a survey; a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SurveyBand(Part):
    """A band of our own ReaEQ: ``kind`` as TrackFX_GetEQParam numbers band types, Hz, dB, octaves."""

    kind: int
    freq_hz: float
    gain_db: float
    bandwidth_oct: float
    enabled: bool = True


class SurveyEffect(Part):
    """A slot of an effects chain; ``alias`` is the name it was given, ``guid`` REAPER's."""

    guid: str
    name: str
    alias: str = ""
    enabled: bool = True
    offline: bool = False
    bands: tuple[SurveyBand, ...] = ()


class SurveySend(Part):
    """A send: the GUID of the track it feeds, linear gain, mode 0 post-fader, 1 before effects, 3 before the fader."""

    to: str
    gain_linear: float
    pan: float = 0.0
    muted: bool = False
    mode: int = 0
    mono: bool = False
    phase_inverted: bool = False


class SurveyItem(Part):
    """An item with its active take. ``source_path`` is empty where it plays no file (MIDI, for example).

    ``timebase``: 0 time, 1 beats (position, length, rate), 2 beats (position), -1 the track's; of a track, -1 the
    project's.
    """

    position_s: float
    length_s: float
    gain_linear: float = 1.0
    muted: bool = False
    looped: bool = False
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    fade_in_shape: int = 0
    fade_out_shape: int = 0
    source_kind: str = ""
    source_path: str = ""
    source_length_s: float = 0.0
    offset_s: float = 0.0
    playrate: float = 1.0
    take_gain_linear: float = 1.0
    take_pan: float = 0.0
    channel_mode: int = 0
    pitch_semitones: float = 0.0
    take_effects: int = 0
    take_envelopes: int = 0
    stretch_markers: int = 0
    timebase: int = -1


class SurveyEnvelope(Part):
    """An envelope of a track by REAPER's name, such as "Volume"."""

    name: str
    active: bool
    points: int


class SurveyTrack(Part):
    """A track, or the master. In a survey without items there are none, and nothing counts as locked."""

    guid: str
    name: str
    gain_linear: float
    pan: float = 0.0
    muted: bool = False
    solo: int = 0
    selected: bool = False
    armed: bool = False
    locked: bool = False
    phase_inverted: bool = False
    folder_depth: int = 0
    main_send: bool = True
    effects_enabled: bool = True
    effects: tuple[SurveyEffect, ...] = ()
    sends: tuple[SurveySend, ...] = ()
    items: tuple[SurveyItem, ...] = ()
    envelopes: tuple[SurveyEnvelope, ...] = ()
    automation: int = 0
    timebase: int = -1


class Survey(Part):
    """The whole project. ``play_state`` is a sum of 1 playing, 2 paused, 4 recording.

    Tempo and beats count what the time signature counts: 6/8 at 80 dotted quarters is 240 BPM with 6 beats a bar.
    """

    name: str
    path: str
    rate_hz: int
    length_s: float
    tempo_bpm: float
    tempo_markers: int = 0
    timebase: int = 0
    beats_per_bar: float = 4.0
    master: SurveyTrack
    tracks: tuple[SurveyTrack, ...]
    play_state: int = 0
    position_s: float = 0.0
    change_count: int = 0
    undo_name: str = ""


class EqWrite(Part):
    """Our ReaEQ on a track as it should be.

    ``bands`` has all of them, in the order of ReaEQ's tabs; none at all takes our ReaEQ away again. ``effect`` is the
    GUID of the one to set or take away; without it a new one is made and named.
    """

    bands: tuple[SurveyBand, ...]
    effect: str = ""


class TrackWrite(Part):
    """What to set on a track, by GUID (the master's is ``MASTER``); None leaves a value alone."""

    guid: str
    gain_linear: float | None = None
    pan: float | None = None
    eq: EqWrite | None = None


class Write(Part):
    """All that one undo step sets."""

    undo_name: str
    tracks: tuple[TrackWrite, ...] = ()
    tempo_bpm: float | None = None
    items_stay: bool = False


class MidiWrite(Part):
    """A MIDI item on a new track behind the last one. Notes are in seconds from the project's start, by start and key.

    ``channel`` counts from 0: General MIDI's drum channel is 9.
    """

    undo_name: str
    name: str
    start_s: float
    end_s: float
    notes: tuple[MidiNote, ...]
    channel: int = 9


MASTER = "master"
EQ_ALIAS = "Faderbot EQ"
