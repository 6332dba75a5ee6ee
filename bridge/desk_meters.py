"""A desk without audio: its session is what the line tells, and its meters are watched while the DAW plays."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.daw import SessionUnreadable
from bridge.changes import Change
from bridge.desk import Line
from bridge.desk_daw import DeskDaw, as_write
from bridge.live import SessionMoved
from bridge.metered import Fall, Located, MeterFrame
from bridge.notes import listed

FloatArray = NDArray[np.float32]


class Meters(Protocol):
    """The transport and meters of a DAW, strips by their numbers, 0 the master. All of it may raise ``DawError``."""

    @property
    def fall(self) -> Fall:
        """How its meters fall."""
        ...

    def play(self) -> None:
        """Play from the start; what played already plays on."""
        ...

    def stop(self) -> None:
        """Leave the transport as it was before."""
        ...

    def levels(self, limit_s: float) -> Iterator[tuple[float, Mapping[int, float]]]:
        """Yield the time and the peaks in dBFS for that long."""
        ...

    def nudge(self, gains_db: Mapping[int, float]) -> None:
        """Set faders at once."""
        ...


class NoAudio:
    """Ears that hear nothing: every track may take part, and none has audio."""

    sample_rate_hz = 48_000
    length_s = 0.0

    def places(self, tracks: Sequence[str]) -> tuple[int | None, ...]:
        """Return a place for each track."""
        return tuple(range(len(tracks)))

    def blocks(self, places: Sequence[int]) -> Iterator[FloatArray]:
        """Raise ``SessionUnreadable``."""
        raise SessionUnreadable(f"no audio of {len(places)} tracks comes this way, only meters: name a folder of stems")


class MeteredDesk(DeskDaw):
    """A ``bridge.live.LiveDaw`` and a ``bridge.metered.Metered`` in one, over one line."""

    def __init__(self, line: Line, meters: Meters, where: str, *, only_selected: bool = False) -> None:
        super().__init__(line, where, NoAudio(), only_selected=only_selected)
        self._meters = meters

    @property
    def fall(self) -> Fall:
        """How the meters fall."""
        return self._meters.fall

    @property
    def located(self) -> Located | None:
        """The transport, where it can be sent elsewhere."""
        return self._meters if isinstance(self._meters, Located) else None

    def play(self) -> None:
        """Play from the start."""
        self._meters.play()

    def stop(self) -> None:
        """Leave the transport as it was before ``play``."""
        self._meters.stop()

    def frames(self, limit_s: float) -> Iterator[MeterFrame]:
        """Yield the meters of the session that was read last, for that long; one that was not told of is silent."""
        numbers = self.numbers()
        for at_s, peaks in self._meters.levels(limit_s):
            yield MeterFrame(at_s, {key: peaks.get(number, -math.inf) for key, number in numbers.items()})

    def nudge(self, changes: Sequence[Change]) -> None:
        """Set faders at once. Raises ``SessionMoved`` for a track that was not read."""
        numbers = self.numbers()
        gone = [change.name for change in changes if change.track not in numbers]
        if gone:
            raise SessionMoved(f"{listed(gone)} is not in the session that was read: start again")
        self._meters.nudge(as_write(changes, numbers).gains_db)
