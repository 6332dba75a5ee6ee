"""Meters with the fall of other systems, fed from the same audio as the mock's own."""

import numpy as np
from numpy.typing import NDArray

from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold
from mock_daw.routing import balance

FASTEST_DB_PER_S = 1e6
LOWEST_GAIN = 1e-6


class SharedMeters(MeterHold):
    """REAPER's meters, which pass on what they are fed to the others in ``followers``."""

    def __init__(self) -> None:
        super().__init__()
        self.followers: list[MeterHold] = []

    def feed(self, peaks: NDArray[np.float64], seconds: float) -> None:
        """Take in the peaks of the last stretch, and so do the followers."""
        super().feed(peaks, seconds)
        for follower in self.followers:
            follower.feed(peaks, seconds)


class PreFader(MeterHold):
    """The level before the faders, worked out from what comes after them; a closed or muted channel reads silence."""

    def __init__(self, live: Live, decay_db_per_s: float) -> None:
        super().__init__(decay_db_per_s)
        self._live = live

    def feed(self, peaks: NDArray[np.float64], seconds: float) -> None:
        """Take in the peaks behind the faders as these are now."""
        session = self._live.session
        gains = np.array([_sides(track.gain_linear, track.pan) for track in (session.master, *session.tracks)])
        before = np.divide(peaks, gains, out=np.zeros_like(peaks), where=gains > LOWEST_GAIN)
        super().feed(before, seconds)


def level(hold: MeterHold, number: int) -> tuple[float, float]:
    """Return the linear peaks left and right of a track, 0 for one that is not there."""
    peaks = hold.peaks
    return (float(peaks[number, 0]), float(peaks[number, 1])) if 0 <= number < len(peaks) else (0.0, 0.0)


def loudest(hold: MeterHold, number: int) -> float:
    """Return the linear peak of the louder side of a track."""
    return max(level(hold, number))


def _sides(gain_linear: float, pan: float) -> tuple[float, float]:
    left, right = balance(pan)
    return gain_linear * left, gain_linear * right
