"""What drummers of a style do, as it was counted in songs and patterns: ``styles.json``.

``benchmarks/grooves.py`` counts it and writes the file; nothing in it is typed in. A style has a profile for each meter
and grid that its songs have; for any other a profile is adapted, and says so.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from agent.rhythm.music import Layer, Music
from agent.rhythm.pattern import VOICES, Voice

F64 = NDArray[np.float64]
Share = float  # 0 to 1
EVERY = "all"  # the style that all songs make together
FILE = "styles.json"
_STRAIGHT, _TERNARY = 4, 6
# Where the quarters of a straight beat go on a ternary one, and back: an off-beat eighth is swung to the last third.
_SWUNG = (0, 2, 4, 5)
_EVENED = (0, 1, 1, 2, 2, 3)
_LEAST_SHARE = 0.02
# How much better a style must explain the music, in nats a bar, than all songs together to be taken.
_CLEARLY_NATS = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One style on one grid; arrays are (steps of a bar, voices) unless told, shares 0 to 1.

    ``probability``: the share of ordinary bars that hit it; ``with_bass`` and ``without_bass``: of those where a bass
    note begins on that step, and where none does. ``velocity``: mean, 1 to 127; ``offset`` and ``offset_spread``: mean
    and standard deviation in shares of a step, positive is late. ``hits_per_bar`` and ``syncopation``: mean and
    standard deviation over bars (``agent.rhythm.measures.syncopation`` of kick and snare). A fill comes about every
    ``fill_every_bars``, with ``fill_probability``; ``crash_on_phrase``: the share of bars after a fill that begin with
    a crash. ``repetition``: the share of hits that a bar has in common with the one before. ``swing``: 0 for even
    eighths, 1 for the last third. ``bass``, ``others`` (steps,): how often a note of the bass, of anything else, begins
    there; ``None`` where the songs had none. ``adapted``: no bar of this style on this grid was counted.
    """

    beats_per_bar: int
    steps_per_beat: int
    bars: int
    probability: F64
    with_bass: F64
    without_bass: F64
    velocity: F64
    offset: F64
    offset_spread: F64
    fill_probability: F64
    hits_per_bar: tuple[float, float]
    syncopation: tuple[float, float]
    fill_every_bars: int
    crash_on_phrase: Share
    repetition: Share
    swing: Share
    bass: F64 | None = None
    others: F64 | None = None
    adapted: bool = False

    @property
    def steps(self) -> int:
        """How many steps a bar has."""
        return self.beats_per_bar * self.steps_per_beat


class VoiceRow(BaseModel):
    """One voice of a profile in the file, a number for each step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probability: tuple[Share, ...]
    with_bass: tuple[Share, ...]
    without_bass: tuple[Share, ...]
    velocity: tuple[int, ...]
    offset: tuple[float, ...]
    offset_spread: tuple[float, ...]
    fill_probability: tuple[Share, ...]


class ProfileRow(BaseModel):
    """One profile in the file. Voices that are never hit are left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beats_per_bar: int = Field(ge=1)
    steps_per_beat: Literal[4, 6]
    bars: int = Field(ge=1)
    hits_per_bar: tuple[float, float]
    syncopation: tuple[float, float]
    fill_every_bars: int = Field(ge=1)
    crash_on_phrase: Share
    repetition: Share
    swing: Share
    bass: tuple[Share, ...] | None
    others: tuple[Share, ...] | None
    voices: Mapping[str, VoiceRow]

    def profile(self) -> Profile:
        """Return it as arrays. Raises ``ValueError`` for rows of another length, or a voice that is none."""
        steps = self.beats_per_bar * self.steps_per_beat
        tables: dict[str, Any] = {name: np.zeros((steps, VOICES)) for name in VoiceRow.model_fields}
        for voice, row in self.voices.items():
            if voice.upper() not in Voice.__members__:
                raise ValueError(f"{voice} is no voice of a drum kit")
            for name, table in tables.items():
                table[:, Voice[voice.upper()]] = getattr(row, name)
        tables["velocity"][tables["velocity"] == 0] = _usual_velocity(tables["velocity"])
        return Profile(
            self.beats_per_bar,
            self.steps_per_beat,
            self.bars,
            **tables,
            hits_per_bar=self.hits_per_bar,
            syncopation=self.syncopation,
            fill_every_bars=self.fill_every_bars,
            crash_on_phrase=self.crash_on_phrase,
            repetition=self.repetition,
            swing=self.swing,
            bass=None if self.bass is None else np.array(self.bass),
            others=None if self.others is None else np.array(self.others),
        )


class Source(BaseModel):
    """Where songs come from, and under which licence; the songs themselves do not ship, only what was counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    licence: str
    what: str


class StyleProfile(BaseModel):
    """A style: how its songs got its name, which they are, and what was counted in them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str = Field(description="how it was told that these songs are of this style")
    songs: tuple[str, ...]
    bars: int
    tempo_range_bpm: tuple[float, float] | None = Field(description="10th and 90th percentile, where songs tell")
    rows: tuple[ProfileRow, ...]

    @property
    def profiles(self) -> Mapping[tuple[int, int], Profile]:
        """What was counted, by beats a bar and steps a beat."""
        return MappingProxyType({(row.beats_per_bar, row.steps_per_beat): row.profile() for row in self.rows})

    def profile(self, beats_per_bar: int, steps_per_beat: int) -> Profile:
        """Return the profile for a meter and a grid (4 or 6 steps a beat): what was counted, or else adapted."""
        wanted = (beats_per_bar, steps_per_beat)
        other = (beats_per_bar, _TERNARY if steps_per_beat == _STRAIGHT else _STRAIGHT)
        own, every = self.profiles, styles()[EVERY].profiles
        if wanted in own:
            return own[wanted]
        for known in (own.get(other), every.get(wanted), every.get(other)):
            if known is not None:
                return _regridded(known, steps_per_beat)
        longest = max(own.values(), key=lambda profile: (profile.beats_per_bar == 4, profile.bars))
        return _with_beats(_regridded(longest, steps_per_beat), beats_per_bar)


class StylesFile(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["faderbot-styles"] = "faderbot-styles"
    version: Literal[1] = 1
    made: str
    command: str
    notes: tuple[str, ...]
    sources: Mapping[str, Source]
    styles: tuple[StyleProfile, ...]


@cache
def styles() -> Mapping[str, StyleProfile]:
    """Return all styles that ship, by name; ``EVERY`` is what all songs make together."""
    return MappingProxyType({one.name: one for one in styles_file().styles})


@cache
def styles_file() -> StylesFile:
    """Return the file that ships, with its sources."""
    return TypeAdapter(StylesFile).validate_json((files("agent.rhythm") / FILE).read_bytes())


def style(name: str) -> StyleProfile:
    """Return a style by its name. Raises ``KeyError`` that names all there are."""
    known = styles()
    if name not in known:
        raise KeyError(f"there is no style {name}: there are {', '.join(sorted(known))}")
    return known[name]


def best_style(music: Music) -> str:
    """Return the style whose songs' bass and other parts begin where this music's do; ``EVERY`` if none does clearly.

    A step's notes are taken as drawn with the shares that the style's songs show on it. The tempo counts where the
    style's songs tell theirs.
    """
    fits = {
        name: _log_likelihood(one.profile(music.beats_per_bar, music.steps_per_beat), music)
        + _tempo_fit(one.tempo_range_bpm, music.tempo_bpm)
        for name, one in styles().items()
    }
    best = max(fits, key=lambda name: fits[name])
    return best if fits[best] > fits[EVERY] + _CLEARLY_NATS else EVERY


def _log_likelihood(profile: Profile, music: Music) -> float:
    """Return how probable the music's onsets are under the profile, in nats a sounding bar; −inf if it can't tell."""
    if profile.adapted or profile.bass is None or profile.others is None:
        return -math.inf
    begins = music.onset[:, music.sounding()] > 0
    total = 0.0
    for share, layer in (
        (profile.bass, begins[Layer.BASS]),
        (profile.others, begins[Layer.CHORDS] | begins[Layer.MELODY]),
    ):
        p = share.clip(_LEAST_SHARE, 1 - _LEAST_SHARE)
        total += float((layer * np.log(p) + ~layer * np.log(1 - p)).sum(1).mean()) if layer.any() else 0.0
    return total


def _tempo_fit(tempo_range_bpm: tuple[float, float] | None, tempo_bpm: float) -> float:
    """Return the log of how usual a tempo is: octaves outside the range, squared; 0 within, or where none is known."""
    if tempo_range_bpm is None:
        return 0.0
    outside = max(math.log2(tempo_range_bpm[0] / tempo_bpm), math.log2(tempo_bpm / tempo_range_bpm[1]), 0.0)
    return -8.0 * outside**2


def _usual_velocity(velocity: F64) -> float:
    hit = velocity[velocity > 0]
    return float(hit.mean()) if len(hit) else 90.0


_TABLES = (*VoiceRow.model_fields, "bass", "others")


def _each(profile: Profile, change: Callable[[F64], F64]) -> Profile:
    """Return the profile with every table of steps changed in the same way."""
    told = [name for name in _TABLES if getattr(profile, name) is not None]
    changed: dict[str, Any] = {name: change(getattr(profile, name)) for name in told}
    changed["velocity"][changed["velocity"] == 0] = _usual_velocity(profile.velocity)
    return replace(profile, **changed)


def _regridded(profile: Profile, steps_per_beat: int) -> Profile:
    """Return a profile on the other grid: straight becomes swung, ternary is evened out."""
    if profile.steps_per_beat == steps_per_beat:
        return replace(profile, adapted=True)
    to = _SWUNG if steps_per_beat == _TERNARY else _EVENED
    places = [beat * steps_per_beat + to[k] for beat in range(profile.beats_per_bar) for k in range(len(to))]

    def moved(table: F64) -> F64:
        out = np.zeros((profile.beats_per_bar * steps_per_beat, *table.shape[1:]))
        np.maximum.at(out, np.array(places), table)
        return out

    return replace(_each(profile, moved), steps_per_beat=steps_per_beat, adapted=True)


def _with_beats(profile: Profile, beats_per_bar: int) -> Profile:
    """Return a profile with its first beats, or with its beats again from the first where it has too few."""
    beats = np.arange(beats_per_bar) % profile.beats_per_bar
    steps = (beats[:, None] * profile.steps_per_beat + np.arange(profile.steps_per_beat)).reshape(-1)
    share = beats_per_bar / profile.beats_per_bar
    return replace(
        _each(profile, lambda table: table[steps]),
        beats_per_bar=beats_per_bar,
        hits_per_bar=(profile.hits_per_bar[0] * share, profile.hits_per_bar[1] * share),
        syncopation=(profile.syncopation[0] * share, profile.syncopation[1] * share),
        adapted=True,
    )
