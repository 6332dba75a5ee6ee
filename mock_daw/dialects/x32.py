"""A Behringer X32 or X Air over the mock's session: replies go to the port that asked, changes to whom asks for them.

Followed are Maillot's unofficial document, the "X AIR Mixer OSC Document", and an M32R as others measured it: an
address alone asks for a value, a value out of range is ignored, and so is what is unknown; ``/xremote`` is not
answered, holds for ten seconds and is refused in silence to one client more than the console takes; meters come every
50 ms times a factor for ten seconds. Guessed: who changes a value is not told of it himself, and meters fall by 120 dB
a second. A muted or closed channel reads silence before the fader too, since the mock does not play it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from mock_daw.dialects.desk import Desk
from mock_daw.dialects.letters import Peer, Reply
from mock_daw.dialects.osc10 import Argument, decode, encode
from mock_daw.dialects.x32_meters import x32_meters, xair_meters
from mock_daw.dialects.x32_tree import XAIR, Model, Tree, Value
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold
from mock_daw.session import Session

EXPIRY_S = 10.0
METER_PERIOD_S = 0.05
FALL_DB_PER_S = 120.0
LONGEST_FACTOR = 99
MOST_SUBSCRIPTIONS = 256
IP_ADDRESS = "127.0.0.1"

Meters = Callable[[str, MeterHold, MeterHold, int], bytes | None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Meters that a client gets: of which channel, how often, when next and until when."""

    channel: int
    period_s: float
    next_s: float
    until_s: float


class Console:
    """Owns the clients of a console: who hears of changes, and who gets which meters."""

    def __init__(self, model: Model, live: Live, before: MeterHold, after: MeterHold, reply: Reply) -> None:
        self._model = model
        self._live = live
        self._desk = Desk(live)
        self._tree = Tree(model, self._desk)
        self._before, self._after = before, after
        self._reply = reply
        self._remotes: dict[Peer, float] = {}
        self._subscriptions: dict[tuple[Peer, str], Subscription] = {}
        self._seen: Session | None = None
        self._told: dict[str, Value] = {}
        self._changed_by: dict[str, Peer] = {}
        self._blob: Meters = xair_meters if model is XAIR else x32_meters

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what the console ignores changes nothing."""
        for message in decode(data):
            handler = HANDLERS.get(message.address)
            if handler is not None:
                handler(self, peer, message.args)
            elif message.args:
                if self._tree.set(message.address, message.args[0]):
                    self._changed_by[message.address] = peer
            else:
                value = self._tree.value(message.address)
                if value is not None:
                    self._reply(encode(message.address, value), peer)

    def turn(self) -> None:
        """Tell the clients of changes, and send the meters that are due."""
        now_s = self._live.clock_s
        self._desk.rest()
        self._remotes = {peer: until_s for peer, until_s in self._remotes.items() if now_s < until_s}
        self._tell_changes()
        for key, subscription in list(self._subscriptions.items()):
            if now_s >= subscription.until_s:
                del self._subscriptions[key]
            elif now_s >= subscription.next_s - 1e-9:
                next_s = max(subscription.next_s + subscription.period_s, now_s)
                self._subscriptions[key] = replace(subscription, next_s=next_s)
                self._send_meters(key, subscription)

    # What clients ask for

    def introduce(self, address: str, peer: Peer) -> None:
        """Say what the console is."""
        version, server, model, firmware = self._model.info
        args = {
            "/info": (version, server, model, firmware),
            "/xinfo": (IP_ADDRESS, server, model, firmware),
            "/status": ("active", IP_ADDRESS, server),
        }[address]
        self._reply(encode(address, *args), peer)

    def listen(self, peer: Peer) -> None:
        """Tell a client of changes for ten seconds more, unless there are too many clients."""
        if peer in self._remotes or len(self._remotes) < self._model.clients:
            if not self._remotes:
                self._baseline()
            self._remotes[peer] = self._live.clock_s + EXPIRY_S

    def meter(self, peer: Peer, args: tuple[Argument, ...]) -> None:
        """Send a client meters for ten seconds: ``id [channel] [second] [factor]``."""
        name = args[0] if args else None
        if not isinstance(name, str) or len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            return
        whole = [int(arg) for arg in args[1:] if isinstance(arg, int)]
        factor = whole[2] if len(whole) > 2 and self._model is not XAIR else 1
        period_s = METER_PERIOD_S * min(max(factor, 1), LONGEST_FACTOR)
        now_s = self._live.clock_s
        channel = whole[0] if whole else 0
        self._subscriptions[peer, name] = Subscription(channel, period_s, now_s, now_s + EXPIRY_S)

    def renew(self, peer: Peer, args: tuple[Argument, ...]) -> None:
        """Let a client's meters go on for ten seconds more."""
        name = f"/{str(args[0]).lstrip('/')}" if args else ""
        known = self._subscriptions.get((peer, name))
        if known is not None:
            self._subscriptions[peer, name] = replace(known, until_s=self._live.clock_s + EXPIRY_S)

    def end(self, peer: Peer) -> None:
        """Send a client no more meters and changes."""
        self._remotes.pop(peer, None)
        for key in [key for key in self._subscriptions if key[0] == peer]:
            del self._subscriptions[key]

    # Within

    def _baseline(self) -> None:
        self._seen, self._told = self._live.session, self._tree.values()

    def _tell_changes(self) -> None:
        if self._remotes and (self._live.session is not self._seen or self._changed_by):
            before = self._told
            self._baseline()
            for address, value in self._told.items():
                if before.get(address) != value:
                    self._push(address, value)
        self._changed_by.clear()

    def _push(self, address: str, value: Value) -> None:
        for peer in self._remotes:
            if self._changed_by.get(address) != peer:
                self._reply(encode(address, value), peer)

    def _send_meters(self, key: tuple[Peer, str], subscription: Subscription) -> None:
        peer, name = key
        blob = self._blob(name, self._before, self._after, subscription.channel)
        if blob is not None:
            self._reply(encode(name, blob), peer)


Handler = Callable[[Console, Peer, tuple[Argument, ...]], None]


def _introduction(address: str) -> Handler:
    return lambda console, peer, _args: console.introduce(address, peer)


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **{address: _introduction(address) for address in ("/info", "/xinfo", "/status")},
        "/xremote": lambda console, peer, _args: console.listen(peer),
        "/meters": lambda console, peer, args: console.meter(peer, args),
        "/renew": lambda console, peer, args: console.renew(peer, args),
        "/unsubscribe": lambda console, peer, _args: console.end(peer),
    }
)
