"""What a surface looks at: the session through the banks of one device; and what it has to say of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mock_daw.reaper.pattern import Device
from mock_daw.session import Effect, Session, Track


class Report(NamedTuple):
    """One value for the device: a key, numbers from the innermost outwards, and the forms in which it can be said.

    ``position`` goes to the flags n, b and t, ``raw`` to f, ``text`` to s. With ``forgotten`` nothing is said: what was
    said before no longer counts. REAPER never reports on the flags i and r.
    """

    key: str
    numbers: tuple[int, ...] = ()
    position: float | None = None
    raw: float | None = None
    text: str | None = None
    forgotten: bool = False


@dataclass(frozen=True, slots=True)
class Bank:
    """What the device shows now. ``track`` is REAPER's number (0 the master); all others count from 0."""

    track: int = 0
    tracks_from: int = 0
    effect: int = 0
    parameters_from: int = 0
    instrument_parameters_from: int = 0
    markers_from: int = 0
    regions_from: int = 0


@dataclass(frozen=True, slots=True)
class Touched:
    """The effect parameter that was moved last, by REAPER's track number and places from 0."""

    track: int
    effect: int
    parameter: int


@dataclass(frozen=True, slots=True)
class Scene:
    """The session as one device sees it. ``open_effects`` holds the GUIDs of effects whose window is open."""

    session: Session
    device: Device = field(default_factory=Device)
    bank: Bank = field(default_factory=Bank)
    open_effects: frozenset[str] = frozenset()
    touched: Touched | None = None

    def track(self, number: int) -> Track | None:
        """Return a track by REAPER's number, None where there is none."""
        return self.session.track(number) if 0 <= number <= len(self.session.tracks) else None

    def effect(self, number: int, place: int) -> Effect | None:
        """Return an effect by its track's number and its place, None where there is none."""
        track = self.track(number)
        return track.effects[place] if track is not None and 0 <= place < len(track.effects) else None

    def in_bank(self, number: int) -> bool:
        """Whether the bank shows this track."""
        return self.bank.tracks_from < number <= self.bank.tracks_from + self.device.tracks

    def title(self, number: int) -> str:
        """Return the name that a surface shows for a track, be it there or not."""
        track = self.track(number)
        if track is not None and track.name not in {"", str(number)}:
            return track.name
        return f"Track {number}" if number else "MASTER"

    def on_track(
        self,
        key: str,
        number: int,
        position: float | None = None,
        *,
        raw: float | None = None,
        text: str | None = None,
        within: tuple[int, ...] = (),
    ) -> Iterator[Report]:
        """Report on a track as the chosen one, as one of the bank, as both, or not at all."""
        if number == self.bank.track:
            yield Report(key, within, position, raw, text)
        if self.in_bank(number):
            yield Report(key, (*within, number - self.bank.tracks_from), position, raw, text)
