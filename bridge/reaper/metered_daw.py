"""A running REAPER that is mixed by its meters: whatever plays takes part, MIDI and instruments, after its effects."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, Self

from bridge.changes import Change, Value
from bridge.gains import gain_db
from bridge.metered import Fall, MeterFrame
from bridge.reaper.daw import Link, ReaperDaw
from bridge.reaper.survey import MASTER

FALL = Fall(db_per_s=120.0, late_s=0.2)
"""REAPER's meters as they are set when it is new (docs/reaper_guesses.md)."""


class MeterLink(Link, Protocol):
    """What is asked of reapy, or of REAPER's own script, beyond a ``Link``."""

    def play_from_start(self) -> None:
        """Play from the start, and remember how the transport was."""
        ...

    def play_on_from(self, position_s: float) -> None:
        """Go on from there where we began to play; what the user plays is left alone."""
        ...

    def leave_off(self) -> None:
        """Leave the transport as it was before; nothing where nothing was played."""
        ...

    def watch(self, guids: Sequence[str], seconds: float) -> Iterator[tuple[float, Mapping[str, float]]]:
        """Yield peaks as factors by GUID, both sides in one, for so long, each with the time of a steady clock in s."""
        ...

    def set_faders(self, gains_linear: Mapping[str, float]) -> None:
        """Set faders by GUID without an undo step."""
        ...


class MeteredReaperDaw(ReaperDaw):
    """A ``bridge.playing.MeteredDaw``. Owns what ``ReaperDaw`` owns."""

    eq = False
    by_meters = True
    fall = FALL

    def __init__(self, link: MeterLink, where: str, *, only_selected: bool = False) -> None:
        super().__init__(link, where, only_selected=only_selected)
        self._meters = link

    @property
    def keys(self) -> tuple[str, ...]:
        """The GUIDs of the tracks of the session that was read last."""
        return tuple(part.track.guid for part in self._last().parts)

    def faders(self) -> tuple[Change, ...]:
        """Return every fader that may move, wanted where it was found."""
        found = self._last()
        movable = [p.track for p, track in zip(found.parts, found.session.tracks, strict=True) if not track.locked]
        rows = [(track.guid, track.name, track.gain_linear) for track in movable]
        return tuple(
            Change(track=key, name=name, what="fader", found=gain, wanted=gain)
            for key, name, gain in (*rows, (MASTER, "the master", self._last_survey().master.gain_linear))
        )

    def play(self) -> None:
        """Play from the start."""
        self._meters.play_from_start()

    @property
    def located(self) -> Self:
        """Its transport, which can be sent elsewhere."""
        return self

    def go_to(self, position_s: float) -> None:
        """Play on from there."""
        self._meters.play_on_from(position_s)

    def stop(self) -> None:
        """Leave the transport as it was found."""
        self._meters.leave_off()

    def frames(self, limit_s: float) -> Iterator[MeterFrame]:
        """Yield the meters for that long."""
        for at_s, peaks in self._meters.watch((*self.keys, MASTER), limit_s):
            yield MeterFrame(at_s, {key: _dbfs(peak) for key, peak in peaks.items()})

    def nudge(self, changes: Sequence[Change]) -> None:
        """Set faders without an undo step."""
        self._meters.set_faders({change.track: _gain(change.wanted) for change in changes})


def _dbfs(peak: float) -> float:
    return gain_db(peak) if peak > 0.0 else -math.inf


def _gain(value: Value) -> float:
    if not isinstance(value, float):
        raise TypeError(f"{value} is no fader")
    return value
