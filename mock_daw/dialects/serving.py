"""Which dialects there are, on which ports, and how each is put over a live session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mock_daw.dialects import ableton, ardour, bitwig, x32
from mock_daw.dialects.ableton import Ableton
from mock_daw.dialects.ardour import Ardour
from mock_daw.dialects.bitwig import Bitwig
from mock_daw.dialects.letters import Dialect, Letter, Opening, Post, Reply
from mock_daw.dialects.metering import PreFader, SharedMeters
from mock_daw.dialects.x32 import Console
from mock_daw.dialects.x32_tree import X32, XAIR, Model
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold


@dataclass(frozen=True, slots=True)
class Ground:
    """What a dialect is put on: the session, its meters, and what saves it."""

    live: Live
    meters: SharedMeters
    save: Callable[[], None]

    def falling(self, decay_db_per_s: float) -> MeterHold:
        """Return meters with a fall of their own."""
        hold = MeterHold(decay_db_per_s)
        self.meters.followers.append(hold)
        return hold

    def before_faders(self, decay_db_per_s: float) -> MeterHold:
        """Return meters before the faders."""
        hold = PreFader(self.live, decay_db_per_s)
        self.meters.followers.append(hold)
        return hold


BITWIG_CLIENT = "127.0.0.1"  # the extension's own setting
Serve = Callable[[Ground, Opening, Reply], Dialect]


def serve(opening: Opening, ground: Ground, post: Post) -> Dialect:
    """Put a dialect over a live session; ``post`` sends for it."""

    def reply(data: bytes, peer: tuple[str, int]) -> None:
        post(Letter(opening.name, data, peer))

    return DIALECTS[opening.name](ground, opening, reply)


def _ardour(ground: Ground, opening: Opening, reply: Reply) -> Dialect:
    del opening
    return Ardour(ground.live, ground.falling(ardour.FALL_DB_PER_S), reply, ground.save)


def _ableton(ground: Ground, opening: Opening, reply: Reply) -> Dialect:
    return Ableton(ground.live, ground.falling(ableton.FALL_DB_PER_S), reply, opening.reply_port)


def _bitwig(ground: Ground, opening: Opening, reply: Reply) -> Dialect:
    meters = ground.falling(bitwig.FALL_DB_PER_S)
    return Bitwig(ground.live, meters, reply, (BITWIG_CLIENT, opening.reply_port), opening.resolution)


def _console(model: Model) -> Serve:
    def served(ground: Ground, opening: Opening, reply: Reply) -> Dialect:
        del opening
        fall = x32.FALL_DB_PER_S
        return Console(model, ground.live, ground.before_faders(fall), ground.falling(fall), reply)

    return served


DIALECTS: Mapping[str, Serve] = MappingProxyType(
    {"ardour": _ardour, "ableton": _ableton, "bitwig": _bitwig, "x32": _console(X32), "xair": _console(XAIR)}
)
