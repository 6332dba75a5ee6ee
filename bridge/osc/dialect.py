"""A dialect of OSC as data: what an ``osc:FILE.toml`` may say. Frozen, and what is misspelt is an error.

In addresses and in the arguments before a value, ``{n}`` stands for a track's number on the wire.
"""

import math
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bridge.osc.fader_laws import NAMED, Curve, Decibels, Factor, Fader, Law

Constant = int | float | str
TRACK = "{n}"
_MOST_TRACKS = 512


class Part(BaseModel):
    """Frozen, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _slashed(address: str) -> str:
    if not address.startswith("/") or any(mark in address for mark in " #*,?[]"):
        raise ValueError('an address begins with "/" and has no blanks and none of # * , ? [ ]')
    return address


Address = Annotated[str, Field(min_length=2, max_length=200)]


class Command(Part):
    """A message as it stands."""

    address: Address
    arguments: tuple[Constant, ...] = ()

    _address = field_validator("address")(_slashed)


class Repeated(Command):
    """A message that is sent again after so many seconds."""

    every_s: float = Field(gt=0.0, le=60.0)


class NameItem(Part):
    """A kind of value: where it is set, what stands before it in a message, where it is asked for and told.

    It is asked for at ``address`` unless ``ask`` says otherwise, and told where it was asked for unless ``told`` does.
    """

    address: Address
    before: tuple[Constant, ...] = ()
    ask: Address | None = None
    told: Address | None = None

    @field_validator("address", "ask", "told")
    @classmethod
    def _are_addresses(cls, address: str | None) -> str | None:
        return None if address is None else _slashed(address)

    @property
    def asked_at(self) -> str:
        """The address of the question."""
        return self.ask or self.address

    @property
    def told_at(self) -> str:
        """The address of the answer."""
        return self.told or self.ask or self.address


class Item(NameItem):
    """A number, and its type tag when it is set."""

    type: Literal["f", "i"] = "f"


class Gains(Part):
    """How values are gains: in dB, as a factor, or as a position on a fader by a named law or a table.

    ``highest_db`` is where a fader ends that is told in dB or as a factor, ``closed_db`` what closes one in dB.
    ``steps`` are so many places from 0 to 1, ``step_db`` is a step in dB.
    """

    unit: Literal["db", "linear", "position"]
    law: str | None = None
    curve: tuple[tuple[float, float], ...] | None = None
    steps: int | None = Field(None, ge=2, le=1 << 24)
    highest_db: float | None = Field(None, ge=-20.0, le=24.0)
    closed_db: float = Field(-150.0, le=-40.0)
    step_db: float | None = Field(None, gt=0.0, le=6.0)

    @field_validator("law")
    @classmethod
    def _is_known(cls, law: str | None) -> str | None:
        if law is not None and law not in NAMED:
            raise ValueError(f"there is no law {law!r}: use {' or '.join(map(repr, NAMED))}, or a curve of your own")
        return law

    @field_validator("curve")
    @classmethod
    def _rises(cls, curve: tuple[tuple[float, float], ...] | None) -> tuple[tuple[float, float], ...] | None:
        if curve is None:
            return None
        if len(curve) < 2:
            raise ValueError("a curve has at least two points, [position, dB] each")
        for (left, low_db), (right, high_db) in pairwise(curve):
            if not (left < right and low_db < high_db):
                raise ValueError(
                    f"a curve rises from point to point, and [{left}, {low_db}] to [{right}, {high_db}] does not"
                )
        if math.inf in curve[-1] or not math.isfinite(curve[1][1]):
            raise ValueError("only the first point of a curve may be -inf dB, and none +inf")
        return curve

    @model_validator(mode="after")
    def _fits_its_unit(self) -> Self:
        has_law = self.law is not None or self.curve is not None
        if self.unit == "position" and (self.law is None) == (self.curve is None):
            raise ValueError('with unit = "position" name a law, or give a curve = [[position, dB], …]: one of the two')
        if self.unit != "position" and (has_law or self.steps is not None):
            raise ValueError(f'law, curve and steps are for unit = "position": leave them out with "{self.unit}"')
        if self.unit != "db" and self.step_db is not None:
            raise ValueError(f'step_db is for unit = "db": leave it out with "{self.unit}"')
        return self

    @property
    def gain_law(self) -> Law:
        """The law of the values."""
        highest_db = 12.0 if self.highest_db is None else self.highest_db
        if self.unit == "db":
            return Decibels(self.closed_db, highest_db)
        if self.unit == "linear":
            return Factor(highest_db)
        return Curve(self.curve) if self.curve is not None else NAMED[str(self.law)]


class FaderItem(Item, Gains):
    """A fader; ``start_db`` is where it is taken to stand while it was not told, where nothing can be asked for."""

    start_db: float | None = Field(None, ge=-100.0, le=12.0)

    @property
    def fader(self) -> Fader:
        """The law with its steps; what is sent as a whole number is kept as one."""
        if self.type == "i":
            return Fader(self.gain_law, 1)
        if self.step_db is not None:
            return Fader(self.gain_law, max(1, round(1.0 / self.step_db)))
        return Fader(self.gain_law, None if self.steps is None else self.steps - 1)


class SwitchItem(Item):
    """A switch: ``on`` is the value that means that it is on, as muted."""

    type: Literal["f", "i"] = "i"
    on: float = 1.0


class PanItem(Item):
    """A pan, from ``left`` to ``right``."""

    left: float = 0.0
    right: float = 1.0

    @model_validator(mode="after")
    def _has_two_ends(self) -> Self:
        if self.left == self.right:
            raise ValueError("left and right are the same: say which values are all left and all right")
        return self


class Meter(Gains):
    """Meters that are told by themselves: of a track, and of the master where there is one.

    ``fall_db_per_s`` is how fast they fall; without it they are taken to follow at once.
    """

    address: Address
    before: tuple[Constant, ...] = ()
    master: Address | None = None
    after_fader: bool = True
    subscribe: Repeated | None = None
    fall_db_per_s: float | None = Field(None, gt=0.0, le=1000.0)

    @field_validator("address", "master")
    @classmethod
    def _are_addresses(cls, address: str | None) -> str | None:
        return None if address is None else _slashed(address)


class Counted(Part):
    """A question for the number of tracks."""

    ask: Address
    told: Address | None = None

    @field_validator("ask", "told")
    @classmethod
    def _are_addresses(cls, address: str | None) -> str | None:
        return None if address is None else _slashed(address)


class Tracks(Part):
    """Which tracks there are: so many, those of these names, as many as are counted, or at most so many.

    Of ``at_most`` those are there whose fader is told. ``first`` is the number of the first on the wire, ``digits`` how
    many digits it has there at least. With ``unused`` a track without a name and with a closed fader is not there.
    """

    count: int | None = Field(None, ge=1, le=_MOST_TRACKS)
    names: tuple[str, ...] | None = None
    counted: Counted | None = None
    at_most: int | None = Field(None, ge=1, le=_MOST_TRACKS)
    first: int = Field(1, ge=0, le=1)
    digits: int = Field(1, ge=1, le=4)
    unused: Literal["unnamed and closed"] | None = None

    @model_validator(mode="after")
    def _are_said_once(self) -> Self:
        said = [self.count, self.names, self.counted, self.at_most]
        if sum(way is not None for way in said) != 1:
            raise ValueError("say in one way which tracks there are: count, names, counted or at_most")
        return self


class Asked(Part):
    """How it is asked: each value by an address without a value, all of it by one message, or never."""

    how: Literal["address", "refresh", "never"]
    message: Command | None = None

    @model_validator(mode="after")
    def _has_its_message(self) -> Self:
        if (self.how == "refresh") != (self.message is not None):
            raise ValueError('how = "refresh" needs message = { address = "/…" }, and the other ways have no message')
        return self


class Dialect(Part):
    """A dialect. What it does not have is left out: a mixer without a tempo has no ``tempo``."""

    name: str = Field(min_length=1, max_length=60)
    port: int = Field(ge=1, le=65_535)
    listen_port: int = Field(0, ge=0, le=65_535)
    bundles: bool = False
    pause_ms: float = Field(4.0, ge=0.0, le=1000.0)
    echoes: bool = True
    tracks: Tracks
    ask: Asked
    fader: FaderItem
    names: NameItem | None = None
    mute: SwitchItem | None = None
    solo: SwitchItem | None = None
    pan: PanItem | None = None
    master: FaderItem | None = None
    tempo: Item | None = None
    play: Command | None = None
    stop: Command | None = None
    meter: Meter | None = None
    keep_alive: Repeated | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        of_tracks = {"fader": self.fader, "names": self.names, "mute": self.mute, "solo": self.solo, "pan": self.pan}
        for place, item in of_tracks.items():
            if item is not None and not _says_which(item.address, item.before):
                raise ValueError(f"{place}: which track is it? Put {TRACK} into its address, or into before")
        if self.meter is not None and not _says_which(self.meter.address, self.meter.before):
            raise ValueError(f"meter: which track is it? Put {TRACK} into its address, or into before")
        if self.ask.how == "never" and (self.tracks.names is None or self.fader.start_db is None):
            raise ValueError(
                'ask: with how = "never" nothing is told, so give names in [tracks] and start_db in [fader]'
            )
        if self.tracks.names is None and self.names is None:
            raise ValueError(
                "tracks: how are they called? Give names in [tracks], or say in [names] where they are told"
            )
        return self


def _says_which(address: str, before: tuple[Constant, ...]) -> bool:
    return TRACK in address or TRACK in before
