"""Ardour's dialect of OSC: what is asked, what is heard, and how faders and plug-ins are set. Pure.

From Ardour's ``libs/surfaces/osc``, and seen with Ardour 7.3:

- ``/set_surface`` makes Ardour tell everything, and then every change; ``/strip/list`` names the strips in order, from
  1, and tells everything anew.
- Replies go to the port that asked, or to one that is set in the preferences (8000, and that is how a session begins),
  unless ``/set_surface`` names another.
- Without feedback bit 16384 the replies have the address ``#reply``, which is none.
- A fader is set and told in dB; at -193 and below it is closed (told as -200). It ends at +6.02.
- A fader's automation is told: off, or playing, writing, touched.
- A plug-in's parameters are set in their own units, and read back through its descriptor; nothing echoes them. What is
  out of their range, and what names no strip or plug-in, is left out without a word.
- Queries of single values are answered without the strip's number: they are of no use here.
- Meters are told every 100 ms while they change; -193 is silence.
- The master is told apart from the strips. A session can be without one.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bridge.desk import MASTER_NUMBER
from bridge.osc.packets import Argument, Message

PORT = 3819
FADER_HIGHEST_DB = 20.0 * math.log10(2.0)
AUDIO_TRACK = "AT"

_BUTTONS, _CONTROLS, _HEARTBEAT, _MASTER, _METERS, _SLASHED_REPLIES = 1, 2, 8, 16, 128, 16_384
_FEEDBACK = _BUTTONS | _CONTROLS | _HEARTBEAT | _MASTER | _METERS | _SLASHED_REPLIES
_NO_BANKS, _ALL_BUT_MASTER, _IN_DB, _NO_PAGES, _NO_LINK = 0, 31, 0, (0, 0), (0, 0)
_CLOSED_DB, _CLOSED_FROM_DB, _SILENT_FROM_DB = -200.0, -193.0, -193.0

GAIN, MUTE, SOLO, SELECT = "/strip/gain", "/strip/mute", "/strip/solo", "/strip/select"
AUTOMATION, TRIM = "/strip/gain/automation", "/strip/trimdB"
PANNER, PAN, NAME, METER = "/strip/pan_type", "/strip/pan_stereo_position", "/strip/name", "/strip/meter"
LIST, PLUGINS, DESCRIPTOR, PARAMETER = (
    "/strip/list",
    "/strip/plugin/list",
    "/strip/plugin/descriptor",
    "/strip/plugin/parameter",
)
MASTER_GAIN, MASTER_METER = "/master/gain", "/master/meter"
PROJECT, RECORD, STOPPED, ROLLING = "/session_name", "/rec_enable_toggle", "/transport_stop", "/transport_play"
PLACE, HEARTBEAT = "/transport_frame", "/heartbeat"

_NEEDED_OF_TRACK = (GAIN, MUTE, SOLO, SELECT, AUTOMATION, TRIM)
_NEEDED_OF_ALL = (PROJECT, RECORD, STOPPED)
_OF_STRIPS = frozenset({*_NEEDED_OF_TRACK, PAN, PANNER, NAME, METER})
_SINGLES = frozenset({MASTER_GAIN, MASTER_METER, *_NEEDED_OF_ALL, ROLLING, PLACE, HEARTBEAT})
_TEXTS = frozenset({PANNER, NAME, PROJECT})

Address = tuple[str, int]
"""An address, and the strip it is about; ``MASTER_NUMBER`` for what is no strip's."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A strip in the list: its kind (AT an audio track), its name, its audio channels."""

    kind: str
    name: str
    inputs: int
    outputs: int


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in on a strip, by its number there."""

    number: int
    name: str
    active: bool


@dataclass(slots=True)
class Told:
    """Owns what was heard since it was made, as Ardour put it."""

    values: dict[Address, float | str] = field(default_factory=dict)
    strips: dict[int, Listed] = field(default_factory=dict)
    rate_hz: int | None = None
    samples: int = 0
    plugins: dict[int, tuple[Plugin, ...]] = field(default_factory=dict)
    parameters: dict[tuple[int, int], dict[int, float]] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Take in a message; what means nothing here is passed over."""
        match message:
            case Message("/reply", ("end_route_list", int(rate_hz), int(samples), *_)):
                self.rate_hz, self.samples = rate_hz, samples
            case Message("/reply", (str(kind), str(name), int(inputs), int(outputs), int(), int(), int(number), *_)):
                self.strips[number] = Listed(kind, name, inputs, outputs)
            case Message("/strip/plugin/list", (int(number), *rest)):
                self.plugins[number] = tuple(_plugins(rest))
            case Message("/strip/plugin/descriptor", (int(strip), int(plugin), int(number), *rest)) if rest:
                if (value := _number(rest[-1])) is not None:
                    self.parameters.setdefault((strip, plugin), {})[number] = value
            case _:
                if (said := heard(message)) is not None:
                    self.values[said[0]] = said[1]

    @property
    def size(self) -> int:
        """How much is known."""
        parameters = sum(map(len, self.parameters.values()))
        ended = self.rate_hz is not None
        return len(self.values) + len(self.strips) + len(self.plugins) + parameters + ended

    def is_on(self, address: str, strip: int = MASTER_NUMBER) -> bool:
        """Tell whether a switch was told to be on."""
        return bool(self.number(address, strip))

    def number(self, address: str, strip: int = MASTER_NUMBER) -> float | None:
        """Return a number that was told, None where it was not."""
        value = self.values.get((address, strip))
        return value if isinstance(value, float) else None

    def text(self, address: str, strip: int = MASTER_NUMBER) -> str:
        """Return a text that was told, empty where it was not."""
        value = self.values.get((address, strip))
        return value if isinstance(value, str) else ""

    def missing(self) -> Iterator[Address]:
        """Yield what a whole answer would have, and this one has not."""
        if self.rate_hz is None:
            yield LIST, 0
        last = max((*self.strips, *(strip for address, strip in self.values if address == GAIN)), default=0)
        yield from ((LIST, number) for number in range(1, last + 1) if number not in self.strips)
        needed = [(address, MASTER_NUMBER) for address in _NEEDED_OF_ALL]
        needed += [(address, number) for number in self.tracks() for address in _NEEDED_OF_TRACK]
        yield from (address for address in needed if address not in self.values)

    def missing_perhaps(self) -> Iterator[Address]:
        """Yield what was not told and may not be there: a session's master, a track's panner."""
        if (MASTER_GAIN, MASTER_NUMBER) not in self.values:
            yield MASTER_GAIN, MASTER_NUMBER
        for number, strip in self.tracks().items():
            if strip.outputs == 2:
                yield from ((address, number) for address in (PANNER, PAN) if (address, number) not in self.values)

    def tracks(self) -> Mapping[int, Listed]:
        """Return the audio tracks by number."""
        return {number: strip for number, strip in sorted(self.strips.items()) if strip.kind == AUDIO_TRACK}


def surface(port: int) -> Message:
    """Return the message that makes Ardour tell everything, and every change from then on, to a port of the sender."""
    return Message("/set_surface", (_NO_BANKS, _ALL_BUT_MASTER, _FEEDBACK, _IN_DB, *_NO_PAGES, *_NO_LINK, port))


def farewell() -> Message:
    """Return the message after which Ardour tells nothing more to who sends it."""
    return Message("/set_surface", (_NO_BANKS, _ALL_BUT_MASTER, 0, _IN_DB, *_NO_PAGES, *_NO_LINK, 0))


def heard(message: Message) -> tuple[Address, float | str] | None:
    """Return what a message tells of a strip or of the session; None where it means nothing here."""
    match message.address in _OF_STRIPS, message.address in _SINGLES, message.arguments:
        case True, _, (int(strip), argument):
            pass
        case _, True, (argument,):
            strip = MASTER_NUMBER
        case _:
            return None
    value = _text(argument) if message.address in _TEXTS else _number(argument)
    return None if value is None else ((message.address, strip), value)


def fader(number: int, gain_db: float) -> Message:
    """Return what sets a fader in dB, by the strip's number or ``MASTER_NUMBER``."""
    db = _CLOSED_DB if gain_db <= _CLOSED_FROM_DB else gain_db
    return Message(MASTER_GAIN, (db,)) if number == MASTER_NUMBER else Message(GAIN, (number, db))


def parameter(strip: int, plugin: int, number: int, value: float) -> Message:
    """Return what sets a plug-in's parameter, in its own unit."""
    return Message(PARAMETER, (strip, plugin, number, float(value)))


def gain_db(told_db: float) -> float:
    """Return a fader in dB: minus infinity where it is closed."""
    return -math.inf if told_db <= _CLOSED_FROM_DB else told_db


def peak_dbfs(told_db: float) -> float:
    """Return a meter in dBFS: minus infinity for silence."""
    return -math.inf if told_db <= _SILENT_FROM_DB else told_db


def _plugins(rest: list[Argument]) -> Iterator[Plugin]:
    for number, name, active in zip(rest[0::3], rest[1::3], rest[2::3], strict=False):
        if isinstance(number, int) and isinstance(name, str):
            yield Plugin(number, name, bool(active))


def _number(argument: Argument) -> float | None:
    if isinstance(argument, str | bytes) or not math.isfinite(argument):
        return None
    return float(argument)


def _text(argument: Argument) -> str | None:
    return argument if isinstance(argument, str) else None
