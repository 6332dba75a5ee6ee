"""Playing: a play position, a clock that its owner turns, and peak meters of what was heard."""

from contextlib import ExitStack
from math import inf, isfinite, log10
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mock_daw.channel import Channel, channels
from mock_daw.equalizer import Equalizer
from mock_daw.errors import EngineError
from mock_daw.project import Project
from mock_daw.strip import Mix, linear

FloatArray = NDArray[np.float32]
Peak = tuple[float, float]


class Meters(NamedTuple):
    """Peaks of the last stretch in dBFS, (left, right): one pair a track after fader and pan, and the master's."""

    position_s: float
    tracks_peak_dbfs: tuple[Peak, ...]
    master_peak_dbfs: Peak


class Transport:
    """Owns the play position, the files that are open while it plays, and the meters."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._position_samples = 0
        self._owed_samples = 0.0  # the part of a sample by which the clock is ahead of the position
        self._playing = False
        self._files = ExitStack()
        self._channels: tuple[Channel, ...] | None = None
        self._master = Master(project.sample_rate_hz)
        self._peaks = np.zeros((len(project.tracks) + 1, 2))  # the last row is the master's

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

    @property
    def position_s(self) -> float:
        """The play position in seconds."""
        return self._position_samples / self._project.sample_rate_hz

    def follow(self, project: Project) -> None:
        """Go on in the project as it plays at another speed, from where it is, in seconds, or from its end."""
        self._close()
        self._project = project
        self._position_samples = min(self._position_samples, project.length_samples)

    def play(self) -> None:
        """Start playing from the position."""
        self._playing = True

    def stop(self) -> None:
        """Stop, and stay where it is; the meters keep what was played last."""
        self._playing = False
        self._close()

    def seek(self, position_s: float) -> None:
        """Move the position. Raises ``EngineError``."""
        if not 0.0 <= position_s <= self._project.length_s:
            raise EngineError(f"a position of {position_s} s is outside 0 to {self._project.length_s:.3f} s")
        self._close()
        self._position_samples = round(position_s * self._project.sample_rate_hz)
        self._owed_samples = 0.0

    def advance(self, seconds: float, mix: Mix) -> None:
        """Let time pass and meter what is heard in it; at the end of the project the transport stops.

        While it is stopped nothing is heard: the meters fall. Raises ``EngineError`` and ``ProjectError``.
        """
        if not (isfinite(seconds) and seconds >= 0.0):
            raise EngineError(f"the clock can not advance by {seconds} s")
        self._peaks = np.zeros_like(self._peaks)
        if not self._playing:
            return
        due = seconds * self._project.sample_rate_hz + self._owed_samples
        left = self._project.length_samples - self._position_samples
        samples = min(round(due), left)
        self._owed_samples = due - round(due)
        while samples > 0:
            step = min(samples, self._project.sample_rate_hz)
            self._hear(step, mix)
            samples -= step
        if self._position_samples == self._project.length_samples:
            self.stop()

    def meters(self) -> Meters:
        """Return the meters of the last stretch."""
        *tracks, master = ((_dbfs(left), _dbfs(right)) for left, right in self._peaks)
        return Meters(self.position_s, tuple(tracks), master)

    def _hear(self, samples: int, mix: Mix) -> None:
        if self._channels is None:
            self._channels = self._files.enter_context(channels(self._project, self._position_samples))
            self._master = Master(self._project.sample_rate_hz)
        outputs = [channel.wet(samples, strip) for channel, strip in zip(self._channels, mix.strips, strict=True)]
        heard = [*outputs, self._master.output(outputs, samples, mix)]
        self._peaks = np.maximum(self._peaks, [np.abs(audio).max(axis=0) for audio in heard])
        self._position_samples += samples

    def _close(self) -> None:
        self._files.close()
        self._channels = None


class Master:
    """The master bus: sum, EQ, fader. Owns the EQ's state."""

    def __init__(self, rate_hz: int) -> None:
        self._equalizer = Equalizer(rate_hz)

    def output(self, outputs: list[FloatArray], samples: int, mix: Mix) -> FloatArray:
        """Return what leaves it (samples, 2) where the strips give these blocks."""
        bus = np.zeros((samples, 2), np.float32)
        for output in outputs:
            bus += output
        self._equalizer.set(mix.master_eq, None)
        return self._equalizer.filter(bus) * np.float32(linear(mix.master_gain_db))


def _dbfs(peak: float) -> float:
    return 20.0 * log10(peak) if peak > 0.0 else -inf
