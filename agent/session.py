"""The words all speak: a session, its tracks, and the settings that the agent may change.

Everything here is frozen. Gains are in dB (a closed fader is ``-math.inf``), frequencies in Hz, tempo in BPM, pan in
[-1, 1] (a stereo balance: 0 leaves both sides alone, +1 silences the left). Limits are checked when a value is made.
"""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

FADER_MAX_DB = 12.0
EQ_LIMIT_DB = 24.0
TEMPO_RANGE_BPM = (20.0, 400.0)


class SettingError(ValueError):
    """A setting outside what a mixer can do."""


class EqShape(StrEnum):
    """The filter shapes of the Audio EQ Cookbook that a channel EQ needs."""

    LOW_SHELF = "low_shelf"
    BELL = "bell"
    HIGH_SHELF = "high_shelf"


@dataclass(frozen=True, slots=True)
class EqBand:
    """One EQ band: gain in dB at a frequency in Hz, its width in octaves (Audio EQ Cookbook, "BW")."""

    shape: EqShape
    freq_hz: float
    gain_db: float = 0.0
    bandwidth_oct: float = 2.0

    def __post_init__(self) -> None:
        if not 10.0 <= self.freq_hz <= 24_000.0:
            raise SettingError(f"an EQ frequency of {self.freq_hz} Hz is outside 10 Hz to 24 kHz")
        if not abs(self.gain_db) <= EQ_LIMIT_DB:
            raise SettingError(f"an EQ gain of {self.gain_db} dB is outside ±{EQ_LIMIT_DB:.0f} dB")
        if not 0.01 <= self.bandwidth_oct <= 4.0:
            raise SettingError(f"an EQ bandwidth of {self.bandwidth_oct} octaves is outside 0.01 to 4")


BAND_NAMES = ("low", "low-mid", "high-mid", "high")
FLAT_EQ = (
    EqBand(EqShape.LOW_SHELF, 100.0),
    EqBand(EqShape.BELL, 350.0),
    EqBand(EqShape.BELL, 2500.0),
    EqBand(EqShape.HIGH_SHELF, 8000.0),
)


@dataclass(frozen=True, slots=True)
class Strip:
    """The settings of one channel strip: fader, pan, four EQ bands (low to high) and an optional high-pass."""

    gain_db: float = 0.0
    pan: float = 0.0
    eq: tuple[EqBand, ...] = FLAT_EQ
    high_pass_hz: float | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.gain_db) or self.gain_db > FADER_MAX_DB:
            raise SettingError(f"a fader at {self.gain_db} dB is above +{FADER_MAX_DB:.0f} dB or no number")
        if not -1.0 <= self.pan <= 1.0:
            raise SettingError(f"a pan of {self.pan} is outside -1 to 1")
        if len(self.eq) != len(FLAT_EQ):
            raise SettingError(f"a strip has {len(FLAT_EQ)} EQ bands, not {len(self.eq)}")
        if self.high_pass_hz is not None and not 10.0 <= self.high_pass_hz <= 2000.0:
            raise SettingError(f"a high-pass at {self.high_pass_hz} Hz is outside 10 Hz to 2 kHz")

    @property
    def eq_gains_db(self) -> tuple[float, ...]:
        """The gains of the four bands in dB, low to high."""
        return tuple(band.gain_db for band in self.eq)

    def with_eq_gains(self, gains_db: tuple[float, ...]) -> "Strip":
        """Return the same strip with other band gains in dB."""
        return replace(self, eq=tuple(replace(b, gain_db=g) for b, g in zip(self.eq, gains_db, strict=True)))


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the agent may change: one strip a track, the master's fader in dB and EQ, the tempo in BPM."""

    strips: tuple[Strip, ...]
    master_gain_db: float = 0.0
    tempo_bpm: float = 120.0
    master_eq: tuple[EqBand, ...] = FLAT_EQ

    def __post_init__(self) -> None:
        if math.isnan(self.master_gain_db) or self.master_gain_db > 2 * FADER_MAX_DB:
            raise SettingError(f"a master fader at {self.master_gain_db} dB is above +{2 * FADER_MAX_DB:.0f} dB")
        low, high = TEMPO_RANGE_BPM
        if not low <= self.tempo_bpm <= high:
            raise SettingError(f"a tempo of {self.tempo_bpm} BPM is outside {low:.0f} to {high:.0f}")
        if len(self.master_eq) != len(FLAT_EQ):
            raise SettingError(f"the master has {len(FLAT_EQ)} EQ bands, not {len(self.master_eq)}")

    @property
    def master_eq_gains_db(self) -> tuple[float, ...]:
        """The gains of the master's four EQ bands in dB, low to high."""
        return tuple(band.gain_db for band in self.master_eq)


@dataclass(frozen=True, slots=True)
class Track:
    """A track as the DAW names it. ``locked`` tracks are heard but never moved; without ``eq`` faders alone are."""

    name: str
    locked: bool = False
    eq: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """A DAW session at one moment: its tracks, how they are set, and how long it plays."""

    name: str
    sample_rate_hz: int
    length_s: float
    tracks: tuple[Track, ...]
    settings: Settings

    def __post_init__(self) -> None:
        if len(self.tracks) != len(self.settings.strips):
            raise SettingError(f"{len(self.tracks)} tracks but {len(self.settings.strips)} strips")


@dataclass(frozen=True, slots=True)
class Meters:
    """Peak meters at one moment in dBFS, one (left, right) pair a track, and the master's."""

    position_s: float
    tracks_peak_dbfs: tuple[tuple[float, float], ...]
    master_peak_dbfs: tuple[float, float] = field(default=(-math.inf, -math.inf))
