"""The port to the meters of a DAW that plays: what mixing by meters alone asks for, beside ``bridge.live.LiveDaw``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bridge.changes import Change


@dataclass(frozen=True, slots=True)
class Fall:
    """How a DAW's peak meters fall back: in dB a second, and how long after the sound a frame tells of it at most."""

    db_per_s: float
    late_s: float


@dataclass(frozen=True, slots=True)
class MeterFrame:
    """All meters at one moment: when it came in seconds of the clock given, and the peaks in dBFS after the faders.

    Where the DAW tells both sides, a peak is that of both, as ``bridge.gains.both_db``: loudness adds them up too.

    Keys are those of ``bridge.changes.Change.track``, the master's ``MASTER`` among them where the DAW has one;
    silence is minus infinity. A track that did not speak up keeps what it said last where the DAW tells changes only.
    """

    at_s: float
    peaks_dbfs: Mapping[str, float]


@runtime_checkable
class Located(Protocol):
    """A transport that can be sent elsewhere while it plays."""

    def go_to(self, position_s: float) -> None:
        """Play on from there, in seconds; what the user plays is left alone. Raises ``DawError``."""
        ...


class Metered(Protocol):
    """A DAW whose meters can be watched while it plays. All of it may raise ``DawError``."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tracks of the session that was read last, in its order."""
        ...

    @property
    def fall(self) -> Fall:
        """How its meters fall."""
        ...

    @property
    def located(self) -> Located | None:
        """Its transport, where that can be sent elsewhere."""
        ...

    def faders(self) -> tuple[Change, ...]:
        """Return every fader that may move in the session that was read last, wanted where it was found."""
        ...

    def play(self) -> None:
        """Play from the start; what played already plays on."""
        ...

    def stop(self) -> None:
        """Leave the transport as it was before ``play``, also after a failure; needs no ``play`` before."""
        ...

    def frames(self, limit_s: float) -> Iterator[MeterFrame]:
        """Yield the meters as they come for that long, some ten times a second."""
        ...

    def nudge(self, changes: Sequence[Change]) -> None:
        """Write the wanted values at once, without an undo step of its own where the DAW lets us."""
        ...
