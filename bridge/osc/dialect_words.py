"""Messages in a dialect that is data: what asks, what sets, and what is told. Pure."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bridge.desk import MASTER_NUMBER
from bridge.osc.dialect import TRACK, Constant, Dialect, Item, NameItem
from bridge.osc.packets import Argument, Message


class What(StrEnum):
    """The kinds of values. The last four are no track's."""

    NAME = "name"
    FADER = "fader"
    MUTE = "mute"
    SOLO = "solo"
    PAN = "pan"
    METER = "meter"
    MASTER = "master"
    TEMPO = "tempo"
    COUNT = "count"
    MASTER_METER = "the master's meter"


Key = tuple[What, int]
"""A kind, and the track by its number from 1; ``MASTER_NUMBER`` for what is no track's."""

Told = float | str


@dataclass(frozen=True, slots=True)
class _Ear:
    """How a kind of value is recognised: its address, where a track's number is in it, and what comes before it."""

    what: What
    address: re.Pattern[str]
    before: tuple[Constant, ...]


class Words:
    """A dialect's messages."""

    def __init__(self, dialect: Dialect) -> None:
        self._tracks = dialect.tracks
        self._items: dict[What, NameItem] = {what: item for what, item in _items(dialect) if item is not None}
        self._ears = tuple(_ears(dialect, self._items))

    @property
    def of_tracks(self) -> tuple[What, ...]:
        """The kinds that are told of tracks, without meters."""
        return tuple(what for what in (What.FADER, What.NAME, What.MUTE, What.SOLO, What.PAN) if what in self._items)

    @property
    def of_all(self) -> tuple[What, ...]:
        """The kinds that are no track's."""
        return tuple(what for what in (What.MASTER, What.TEMPO) if what in self._items)

    def question(self, key: Key) -> Message:
        """Return what asks for a value."""
        what, number = key
        counted = self._tracks.counted
        if what is What.COUNT and counted is not None:
            return Message(counted.ask)
        item = self._items[what]
        return Message(self._filled(item.asked_at, number), self._leading(item.before, number))

    def setting(self, key: Key, value: float) -> Message:
        """Return what sets a value."""
        what, number = key
        item = self._items[what]
        sent: Argument = round(value) if isinstance(item, Item) and item.type == "i" else float(value)
        return Message(self._filled(item.address, number), (*self._leading(item.before, number), sent))

    def heard(self, message: Message) -> tuple[Key, Told] | None:
        """Return what a message tells; None where it means nothing here."""
        return next((said for ear in self._ears if (said := self._with(ear, message)) is not None), None)

    def _with(self, ear: _Ear, message: Message) -> tuple[Key, Told] | None:
        found = ear.address.fullmatch(message.address)
        if found is None or len(message.arguments) <= len(ear.before):
            return None
        leading, value = message.arguments[: len(ear.before)], message.arguments[len(ear.before)]
        numbers = [int(number) for number in found.groups()] + [
            given for expected, given in zip(ear.before, leading, strict=True) if expected == TRACK
        ]
        if any(expected not in (TRACK, given) for expected, given in zip(ear.before, leading, strict=True)):
            return None
        told = _text(value) if ear.what is What.NAME else _number(value)
        if told is None or any(not isinstance(number, int) or number != numbers[0] for number in numbers):
            return None
        place = int(numbers[0]) + 1 - self._tracks.first if numbers else MASTER_NUMBER
        return None if numbers and place < 1 else ((ear.what, place), told)

    def _filled(self, address: str, number: int) -> str:
        return address.replace(TRACK, f"{self._on_the_wire(number):0{self._tracks.digits}d}")

    def _leading(self, before: Sequence[Constant], number: int) -> tuple[Argument, ...]:
        return tuple(self._on_the_wire(number) if part == TRACK else part for part in before)

    def _on_the_wire(self, number: int) -> int:
        return number - 1 + self._tracks.first


def _items(dialect: Dialect) -> Iterator[tuple[What, NameItem | None]]:
    yield What.FADER, dialect.fader
    yield What.NAME, dialect.names
    yield What.MUTE, dialect.mute
    yield What.SOLO, dialect.solo
    yield What.PAN, dialect.pan
    yield What.MASTER, dialect.master
    yield What.TEMPO, dialect.tempo


def _ears(dialect: Dialect, items: dict[What, NameItem]) -> Iterator[_Ear]:
    for what, item in items.items():
        for address in dict.fromkeys((item.told_at, item.address)):  # a value that is set may be echoed there
            yield _Ear(what, _pattern(address), item.before)
    if dialect.meter is not None:
        yield _Ear(What.METER, _pattern(dialect.meter.address), dialect.meter.before)
        if dialect.meter.master is not None:
            yield _Ear(What.MASTER_METER, _pattern(dialect.meter.master), ())
    if (counted := dialect.tracks.counted) is not None:
        yield _Ear(What.COUNT, _pattern(counted.told or counted.ask), ())


def _pattern(address: str) -> re.Pattern[str]:
    return re.compile("([0-9]{1,6})".join(map(re.escape, address.split(TRACK))))


def _number(argument: Argument) -> float | None:
    if isinstance(argument, str | bytes) or not math.isfinite(argument):
        return None
    return float(argument)


def _text(argument: Argument) -> str | None:
    return argument if isinstance(argument, str) else None
