"""Ardour 7's OSC over the mock's session: replies go to the port that asked, feedback to all that set themselves up.

What is known comes from Ardour's ``libs/surfaces/osc`` and from what an Ardour 7.3 answered. Guessed or simpler here:

- Banks, pages, sends, the selected strip, cues and LED meters (bit 256) are not served; trim stays at 0 dB.
- With gain mode 1 Ardour shows a gain in place of the name for a moment; here the name stays.
- A muted track's meter falls to silence (Ardour's strip meters lie before the mute), and play stops at the end.
- ``/undo`` and ``/redo`` leave the mixer alone, as Ardour's do: they move over steps of the editor only.
- Messages of a burst that Ardour would lose are lost with the fault ``burst``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mock_daw.dialects import ardour_plugins, ardour_requests
from mock_daw.dialects.ardour_feedback import (
    HEARTBEAT,
    MASTER,
    METERS,
    SAMPLES,
    Saying,
    Settings,
    master_state,
    strip_state,
    stripped,
    strips,
    transport_state,
)
from mock_daw.dialects.ardour_laws import meter_db
from mock_daw.dialects.ardour_requests import Handler, Request, frames
from mock_daw.dialects.desk import Desk
from mock_daw.dialects.letters import Peer, Reply
from mock_daw.dialects.metering import level
from mock_daw.dialects.osc10 import Outgoing, decode, encode
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold
from mock_daw.session import Session

METER_PERIOD_S = 0.1
HEARTBEAT_PERIOD_S = 1.0
FALL_DB_PER_S = 13.3  # an Ardour 7.3: 0.2837 dB a block of 1024 samples at 48 kHz
MOST_SURFACES = 64
METER_FLOOR_DB, METER_SPAN_DB = -94.0, 100.0  # of gain modes that want a meter in [0, 1]

Told = dict[tuple[str, int | None], tuple[Outgoing, ...]]


@dataclass(slots=True)
class Surface:
    """One client: what it asked for, and what it was told last."""

    settings: Settings = field(default_factory=Settings)
    seen: tuple[Session, bool] | None = None
    told: Told = field(default_factory=dict)
    metered: Told = field(default_factory=dict)
    metered_s: float = 0.0
    beat_s: float = 0.0
    beat: bool = False


HANDLERS: Mapping[str, Handler] = MappingProxyType({**ardour_requests.HANDLERS, **ardour_plugins.HANDLERS})


class Ardour:
    """Owns the surfaces, by the address that their messages come from."""

    def __init__(self, live: Live, meters: MeterHold, reply: Reply, save: Callable[[], None]) -> None:
        self.desk = Desk(live)
        self.save = save
        self._meters = meters
        self._reply = reply
        self._surfaces: dict[Peer, Surface] = {}

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what Ardour ignores changes nothing."""
        for message in decode(data):
            address, args = message.address, message.args
            head, _, tail = address.rpartition("/")
            if address not in HANDLERS and tail.isdecimal() and tail.isascii():
                address, args = head, (int(tail[:9]), *args)
            handler = HANDLERS.get(address)
            if handler is not None:
                handler(Request(self, peer, address, args))

    def turn(self) -> None:
        """Send what has changed, the meters ten times a second, and the heartbeat once."""
        now_s = self.desk.live.clock_s
        self.desk.rest()
        for peer, surface in self._surfaces.items():
            if not surface.settings.feedback:
                continue
            if surface.seen != (seen := (self.desk.session, self.desk.playing)):
                surface.seen = seen
                self._tell(peer, surface, self._state(surface.settings))
            if now_s - surface.metered_s >= METER_PERIOD_S - 1e-9:
                surface.metered_s = now_s
                self._tell(peer, surface, self._levels(surface.settings), surface.metered)
            if surface.settings.wants(HEARTBEAT) and now_s - surface.beat_s >= HEARTBEAT_PERIOD_S - 1e-9:
                surface.beat_s, surface.beat = now_s, not surface.beat
                self.send(peer, "/heartbeat", float(surface.beat))

    def send(self, peer: Peer, address: str, *args: Outgoing) -> None:
        """Send a message to a client."""
        self._reply(encode(address, *args), peer)

    def settings(self, peer: Peer) -> Settings:
        """Return what a client asked for."""
        surface = self._surfaces.get(peer)
        return Settings() if surface is None else surface.settings

    def set_up(self, peer: Peer, settings: Settings) -> None:
        """Give a client other settings, and tell it everything."""
        if peer not in self._surfaces and len(self._surfaces) == MOST_SURFACES:
            del self._surfaces[next(iter(self._surfaces))]
        now_s = self.desk.live.clock_s
        self._surfaces[peer] = Surface(settings, metered_s=now_s, beat_s=now_s)
        self.refresh(peer)

    def refresh(self, peer: Peer) -> None:
        """Tell a client everything once more."""
        surface = self._surfaces.get(peer)
        if surface is not None and surface.settings.feedback:
            surface.told.clear()
            self._tell(peer, surface, self._state(surface.settings))

    def _state(self, settings: Settings) -> Iterable[Saying]:
        session = self.desk.session
        yield from strip_state(session, settings)
        if settings.wants(MASTER):
            yield from master_state(session.master, settings)
            yield from transport_state(session, playing=self.desk.playing)

    def _levels(self, settings: Settings) -> Iterable[Saying]:
        if settings.wants(METERS):
            for ssid, number in strips(self.desk.session, settings):
                yield stripped("/strip/meter", ssid, self._level(number, settings), settings)
            if settings.wants(MASTER):
                yield "/master/meter", (self._level(0, settings),)
        if settings.wants(SAMPLES):
            yield "/position/samples", (str(frames(self.desk.live)),)

    def _level(self, number: int, settings: Settings) -> float:
        left_db = meter_db(level(self._meters, number)[0])
        return (left_db - METER_FLOOR_DB) / METER_SPAN_DB if settings.gainmode else left_db

    def _tell(self, peer: Peer, surface: Surface, sayings: Iterable[Saying], told: Told | None = None) -> None:
        known = surface.told if told is None else told
        for address, args in sayings:
            strip = args[0] if len(args) > 1 and isinstance(args[0], int) else None
            if known.get((address, strip)) != args:
                known[address, strip] = args
                self.send(peer, address, *args)
