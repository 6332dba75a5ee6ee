"""What a job changes in a DAW, value by value: enough to say what was applied, and to put everything back."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

MASTER, TEMPO = "master", "tempo"
"""Keys of what is no track's."""


class Part(BaseModel):
    """Frozen, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BandValue(Part):
    """An EQ band as it is written: the DAW's number of its type, Hz, dB, octaves."""

    kind: int
    freq_hz: float
    gain_db: float
    bandwidth_oct: float
    enabled: bool = True


# A fader, a pan or a tempo; or the bands of our EQ, of which () is none at all.
Value = float | tuple[BandValue, ...]


class Change(Part):
    """One value: where it is (the DAW's key of the track, or "master"), its name for people, and its two values.

    A fader is in the DAW's exact form (REAPER: linear), so that it can be put back to the last bit.
    """

    track: str
    name: str
    what: Literal["fader", "pan", "eq", "tempo"]
    found: Value
    wanted: Value

    @property
    def words(self) -> str:
        """The value in words, as in "the fader of Bass"."""
        return "the tempo" if self.what == "tempo" else f"the {self.what} of {self.name}"


NOTE_S = 1e-3


class MidiNote(NamedTuple):
    """A note of a MIDI item, in seconds from the project's start; key and velocity as MIDI has them."""

    start_s: float
    end_s: float
    pitch: int
    velocity: int


class MadeTrack(Part):
    """A track with one MIDI item that a job made.

    ``key`` is the DAW's of the track, empty until that is known; ``before`` are the keys of the tracks that were there;
    ``within_s`` is how near a note must be read back.
    """

    name: str
    notes: tuple[MidiNote, ...]
    before: tuple[str, ...]
    key: str = ""
    within_s: float = NOTE_S

    @property
    def words(self) -> str:
        """The track in words."""
        return f"the track “{self.name}” with {len(self.notes)} notes"

    def holds(self, notes: Sequence[MidiNote]) -> bool:
        """Tell whether notes that were read back are the track's."""
        return same_notes(notes, self.notes, self.within_s)


def nearness_s(tempo_bpm: float) -> float:
    """Return how near a note must be read back: 1 ms, or half a tick where that is more (480 ticks a quarter)."""
    return max(NOTE_S, 0.5 * 60.0 / tempo_bpm / 480.0)


def same_notes(one: Sequence[MidiNote], other: Sequence[MidiNote], within_s: float = NOTE_S) -> bool:
    """Tell whether two items hold the same notes as far as DAWs keep them: times that near, all else exactly."""
    pairs = zip(_in_order(one), _in_order(other), strict=False)
    return len(one) == len(other) and all(
        mine.pitch == yours.pitch
        and mine.velocity == yours.velocity
        and abs(mine.start_s - yours.start_s) <= within_s
        and abs(mine.end_s - yours.end_s) <= within_s
        for mine, yours in pairs
    )


def _in_order(notes: Sequence[MidiNote]) -> list[MidiNote]:
    """Return notes key by key: rounding may turn two keys that are struck at once around."""
    return sorted(notes, key=lambda note: (note.pitch, note.start_s))


# How near a value must be read back: faders and pans as a share, frequencies and bandwidths as a share, gains in dB.
RATIO, DB = 1e-3, 0.05


def same(one: Value | None, other: Value | None) -> bool:
    """Tell whether two values are the same as far as DAWs keep them."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same_band, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return _near(one, other)
    return False


def _same_band(one: BandValue, other: BandValue) -> bool:
    return (one.kind, one.enabled) == (other.kind, other.enabled) and (
        not one.enabled
        or (
            abs(one.gain_db - other.gain_db) <= DB
            and _near(one.freq_hz, other.freq_hz)
            and _near(one.bandwidth_oct, other.bandwidth_oct)
        )
    )


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= RATIO * max(abs(one), abs(other), RATIO)
