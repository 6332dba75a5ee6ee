"""The open project of the mock DAW, as REAPER keeps one: tracks, items, effects, sends, markers, tempo.

Everything is frozen: one ``Session`` is one moment, an edit makes the next, and undo keeps the earlier ones. Gains are
linear factors as in REAPER, so that a value reads back to the last bit; pan is in [-1, 1], positions are in seconds,
frequencies in Hz. Objects are named by their GUID, ``{8-4-4-4-12}``, which an undo keeps.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from mock_daw.held_media import HeldFile
from mock_daw.midi import Midi

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://faderbot.invalid/mock_daw")
MASTER_GUID = "{00000000-0000-0000-0000-000000000000}"
EMPTY: Mapping[str, str] = MappingProxyType({})


def guid(*parts: object) -> str:
    """Return the GUID that belongs to these parts, the same in every run."""
    return f"{{{str(uuid.uuid5(NAMESPACE, chr(0).join(map(str, parts)))).upper()}}}"


class EqKind(StrEnum):
    """The band types of ReaEQ."""

    HIGH_PASS = "high_pass"  # noqa: S105 - a filter
    LOW_SHELF = "low_shelf"
    BELL = "bell"
    NOTCH = "notch"
    HIGH_SHELF = "high_shelf"
    LOW_PASS = "low_pass"  # noqa: S105 - a filter
    BAND_PASS = "band_pass"  # noqa: S105 - a filter
    ALL_PASS = "all_pass"  # noqa: S105 - a filter


@dataclass(frozen=True, slots=True)
class EqBand:
    """One band of a ReaEQ: linear gain, centre or corner in Hz, width in octaves."""

    kind: EqKind
    freq_hz: float
    gain_linear: float = 1.0
    bandwidth_oct: float = 2.0
    enabled: bool = True


FRESH_REAEQ = (
    EqBand(EqKind.LOW_SHELF, 100.0, 1.0, 0.8),
    EqBand(EqKind.BELL, 300.0),
    EqBand(EqKind.BELL, 1000.0),
    EqBand(EqKind.HIGH_SHELF, 5000.0, 1.0, 0.8),
    EqBand(EqKind.HIGH_PASS, 100.0, enabled=False),
)


@dataclass(frozen=True, slots=True)
class Equaliser:
    """The state of a ReaEQ: its bands in the order of its tabs, and its global gain as a factor."""

    bands: tuple[EqBand, ...] = FRESH_REAEQ
    gain_linear: float = 1.0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an effect that is no ReaEQ: kept, shown and undone, but without a sound."""

    name: str
    value: float = 0.0
    low: float = 0.0
    high: float = 1.0


Settings = tuple[Equaliser | None, tuple[Parameter, ...]]


@dataclass(frozen=True, slots=True)
class Effect:
    """One slot of an effects chain. ``name`` is the plug-in's, such as "VST: ReaEQ (Cockos)"; ``alias`` the user's.

    ``equaliser`` is there for a ReaEQ alone, the one effect that the mock plays. ``wet`` is the share of its sound in
    [0, 1]; the rest is what came in. ``file`` and ``chunk`` are what the project file said of any other.
    ``preset_settings`` are what ``settings`` were when the preset was chosen; None where that is not known. ``unheard``
    are values by name that another system shows of its equaliser, and that the mock does not play.
    """

    guid: str
    name: str
    alias: str = ""
    enabled: bool = True
    offline: bool = False
    preset: str = ""
    equaliser: Equaliser | None = None
    parameters: tuple[Parameter, ...] = ()
    ident: str = ""
    chunk: tuple[str, ...] = ()
    wet: float = 1.0
    preset_settings: "Settings | None" = None
    unheard: tuple[tuple[str, float], ...] = ()

    @property
    def settings(self) -> "Settings":
        """What a preset holds: the equaliser's state and the values of the parameters."""
        return self.equaliser, self.parameters

    @property
    def is_at_preset(self) -> bool:
        """Whether nothing was turned since the preset was chosen."""
        return bool(self.preset) and self.preset_settings in (None, self.settings)


class SendMode(StrEnum):
    """Where a send leaves its track."""

    POST_FADER = "post_fader"
    PRE_FX = "pre_fx"
    PRE_FADER = "pre_fader"


@dataclass(frozen=True, slots=True)
class Send:
    """A send of a track into another, which it names by GUID; the other's receive is the same object."""

    guid: str
    to: str
    gain_linear: float = 1.0
    pan: float = 0.0
    muted: bool = False
    mode: SendMode = SendMode.POST_FADER
    mono: bool = False
    phase_inverted: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What an item plays. ``kind`` is REAPER's word ("WAVE", "MIDI", "EMPTY"); no path, no sound.

    ``midi`` are the events of one that the project itself holds; ``held`` keeps its file open, as REAPER does.
    """

    kind: str = "WAVE"
    path: Path | None = None
    length_s: float = 0.0
    rate_hz: int = 0
    channels: int = 0
    midi: Midi | None = None
    held: HeldFile | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Take:
    """The active take of an item."""

    guid: str
    name: str = ""
    source: Source = field(default_factory=Source)
    offset_s: float = 0.0
    playrate: float = 1.0
    gain_linear: float = 1.0
    pan: float = 0.0
    channel_mode: int = 0
    pitch_semitones: float = 0.0
    preserve_pitch: bool = True
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Fade:
    """A fade at an end of an item: seconds and REAPER's shape, 0 to 6."""

    length_s: float = 0.0
    shape: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A media item on a track. ``timebase``: 0 time, 1 beats (position, length, rate), 2 beats (position), -1 unset."""

    guid: str
    position_s: float
    length_s: float
    take: Take | None = None
    takes: int = 1
    gain_linear: float = 1.0
    fade_in: Fade = field(default_factory=Fade)
    fade_out: Fade = field(default_factory=Fade)
    muted: bool = False
    selected: bool = False
    looped: bool = False
    locked: bool = False
    timebase: int = -1

    @property
    def end_s(self) -> float:
        """Where it ends."""
        return self.position_s + self.length_s


@dataclass(frozen=True, slots=True)
class Point:
    """A point of an envelope; the value of a volume envelope is a linear gain."""

    position_s: float
    value: float
    shape: int = 0


@dataclass(frozen=True, slots=True)
class Envelope:
    """Automation of one parameter of a track, by REAPER's name ("Volume", "Pan", "Mute")."""

    guid: str
    name: str
    points: tuple[Point, ...] = ()
    active: bool = True
    visible: bool = True


class Automation(StrEnum):
    """A track's automation mode, in REAPER's order from 0."""

    TRIM_READ = "trim/read"
    READ = "read"
    TOUCH = "touch"
    WRITE = "write"
    LATCH = "latch"
    LATCH_PREVIEW = "latch preview"


@dataclass(frozen=True, slots=True)
class Track:
    """A track, or the master. ``folder_depth`` is REAPER's: 1 opens a folder, -n closes n of them after the track.

    ``notes`` are texts that scripts keep on the track, by key (REAPER's P_EXT).
    """

    guid: str
    name: str = ""
    gain_linear: float = 1.0
    pan: float = 0.0
    width: float = 1.0
    pan_mode: int = -1
    muted: bool = False
    solo: int = 0
    armed: bool = False
    monitored: int = 0
    selected: bool = False
    locked: bool = False
    phase_inverted: bool = False
    folder_depth: int = 0
    main_send: bool = True
    effects_enabled: bool = True
    effects: tuple[Effect, ...] = ()
    sends: tuple[Send, ...] = ()
    items: tuple[Item, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    automation: Automation = Automation.TRIM_READ
    color: int = 0
    channels: int = 2
    notes: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    timebase: int = -1

    @property
    def instrument(self) -> int | None:
        """The place of the first instrument in the effects chain, if there is one."""
        kinds = ("VSTi:", "VST3i:", "AUi:", "CLAPi:", "DXi:")
        return next((k for k, effect in enumerate(self.effects) if effect.name.startswith(kinds)), None)


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker, or with an end a region; ``number`` is the one that is shown."""

    guid: str
    number: int
    position_s: float
    end_s: float | None = None
    name: str = ""
    color: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """The project at one moment.

    ``tempo_marker`` is whether tempo and time signature stand on a marker at 0 s; there is no other place for one.
    ``ext_state`` is the project's own: section to key to value. ``timebase`` is that of items whose track has
    none (-1) of its own: 1 beats (position, length, rate), as in a new project of REAPER.
    """

    name: str
    rate_hz: int
    tracks: tuple[Track, ...]
    master: Track = field(default_factory=lambda: Track(MASTER_GUID, "MASTER"))
    path: Path | None = None
    tempo_bpm: float = 120.0
    beats: int = 4
    beat_unit: int = 4
    markers: tuple[Marker, ...] = ()
    loop_start_s: float = 0.0
    loop_end_s: float = 0.0
    repeat: bool = False
    metronome: bool = False
    play_rate: float = 1.0
    automation_override: int = -1
    ext_state: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    tempo_marker: bool = False
    timebase: int = 1

    @property
    def length_s(self) -> float:
        """The end of the last item, marker or region, in seconds."""
        items = (item.end_s for track in self.tracks for item in track.items)
        marks = (m.position_s if m.end_s is None else m.end_s for m in self.markers)
        return max((*items, *marks), default=0.0)

    @property
    def soloed(self) -> bool:
        """Whether any track is soloed."""
        return any(track.solo for track in self.tracks)

    def index(self, guid: str) -> int:
        """Return the place of a track by GUID, from 0. Raises ``KeyError``."""
        for place, track in enumerate(self.tracks):
            if track.guid == guid:
                return place
        raise KeyError(guid)

    def track(self, number: int) -> Track:
        """Return a track by REAPER's number: 0 the master, then from 1. Raises ``IndexError``."""
        if number < 0:
            raise IndexError(number)
        return self.master if number == 0 else self.tracks[number - 1]

    def with_track(self, number: int, track: Track) -> "Session":
        """Return the session with another track in that place (0 the master). Raises ``IndexError``."""
        if number == 0:
            return replace(self, master=track)
        if not 0 < number <= len(self.tracks):
            raise IndexError(number)
        return replace(self, tracks=(*self.tracks[: number - 1], track, *self.tracks[number:]))

    def receives(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield (track number, send's place) of every send into a track, in REAPER's order."""
        wanted = self.track(number).guid
        for source, track in enumerate(self.tracks, 1):
            for place, send in enumerate(track.sends):
                if send.to == wanted:
                    yield source, place

    def parents(self) -> tuple[int | None, ...]:
        """Return for each track the place (from 0) of the folder it lies in, or None."""
        parents: list[int | None] = []
        open_folders: list[int] = []
        for place, track in enumerate(self.tracks):
            parents.append(open_folders[-1] if open_folders else None)
            if track.folder_depth > 0:
                open_folders.append(place)
            for _ in range(min(-track.folder_depth, len(open_folders))):
                open_folders.pop()
        return tuple(parents)

    def without(self, places: Collection[int]) -> "Session":
        """Return the session without the tracks at these places (from 0) and the sends into them.

        What lay in a folder that goes moves up into the folder's own.
        """
        parents = self.parents()
        kept = [place for place in range(len(self.tracks)) if place not in places]
        gone = {self.tracks[place].guid for place in places}
        levels: dict[int | None, int] = {None: 0}  # in how many kept folders a track's children lie
        for place, parent in enumerate(parents):
            levels[place] = levels[parent] + (place not in places)
        depths = [levels[parents[place]] for place in kept]
        tracks = tuple(
            replace(
                self.tracks[place],
                sends=tuple(send for send in self.tracks[place].sends if send.to not in gone),
                folder_depth=following - depth,
            )
            for place, depth, following in zip(kept, depths, [*depths, 0][1:], strict=True)
        )
        return replace(self, tracks=tracks)
