"""What a job changes in a DAW, value by value: enough to say what was applied, and to put everything back."""

from typing import Literal

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
