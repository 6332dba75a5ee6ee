"""What the mixer is set to: channel strips, master fader and tempo. Frozen, checked when made."""

from dataclasses import dataclass
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from mock_daw.equalizer import Band, Shape
from mock_daw.errors import EngineError

FADER_MAX_DB = 12.0
MASTER_MAX_DB = 24.0
HIGH_PASS_RANGE_HZ = (10.0, 2000.0)
TEMPO_RANGE_BPM = (20.0, 400.0)
FLAT_EQ = (
    Band(Shape.LOW_SHELF, 100.0),
    Band(Shape.BELL, 350.0),
    Band(Shape.BELL, 2500.0),
    Band(Shape.HIGH_SHELF, 8000.0),
)


@dataclass(frozen=True, slots=True)
class Strip:
    """One channel strip: fader in dB (``-inf`` is closed), pan in [-1, 1], EQ, high-pass in Hz, mute."""

    gain_db: float = 0.0
    pan: float = 0.0
    eq: tuple[Band, ...] = FLAT_EQ
    high_pass_hz: float | None = None
    muted: bool = False

    def __post_init__(self) -> None:
        _check_fader("a fader", self.gain_db, FADER_MAX_DB)
        if not -1.0 <= self.pan <= 1.0:
            raise EngineError(f"a pan of {self.pan} is outside -1 to 1")
        low, high = HIGH_PASS_RANGE_HZ
        if self.high_pass_hz is not None and not low <= self.high_pass_hz <= high:
            raise EngineError(f"a high-pass at {self.high_pass_hz} Hz is outside {low:.0f} to {high:.0f} Hz")

    @property
    def closed(self) -> bool:
        """Whether nothing passes, by mute or fader."""
        return self.muted or self.gain_db == -inf

    @property
    def side_gains(self) -> NDArray[np.float32]:
        """The linear gains (left, right) of fader and pan; pan is a balance, so the centre leaves both sides alone."""
        gain = 0.0 if self.closed else linear(self.gain_db)
        return np.array([gain * min(1.0, 1.0 - self.pan), gain * min(1.0, 1.0 + self.pan)], np.float32)


@dataclass(frozen=True, slots=True)
class Mix:
    """All settings of the mixer at one moment: one strip a track, master fader in dB, tempo in BPM, master EQ.

    The master's EQ comes before its fader.
    """

    strips: tuple[Strip, ...]
    master_gain_db: float = 0.0
    tempo_bpm: float = 120.0
    master_eq: tuple[Band, ...] = FLAT_EQ

    def __post_init__(self) -> None:
        _check_fader("a master fader", self.master_gain_db, MASTER_MAX_DB)
        low, high = TEMPO_RANGE_BPM
        if not low <= self.tempo_bpm <= high:
            raise EngineError(f"a tempo of {self.tempo_bpm} BPM is outside {low:.0f} to {high:.0f} BPM")


def linear(gain_db: float) -> float:
    """Return a gain in dB as a factor; minus infinity is 0."""
    return float(10.0 ** (gain_db / 20.0))


def _check_fader(what: str, gain_db: float, limit_db: float) -> None:
    if isnan(gain_db) or gain_db > limit_db:
        raise EngineError(f"{what} at {gain_db} dB is above +{limit_db:.0f} dB or no number")
