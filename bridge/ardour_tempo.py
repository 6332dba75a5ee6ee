"""Ardour's tempo, over its WebSockets surface: no message of its OSC surface tells or sets it.

From Ardour's ``libs/surfaces/websockets``, and seen with Ardour 7.3:

- It listens on TCP port 3818, where "WebSockets Server (Experimental)" is switched on. A second Ardour on the machine
  has none, so a talk begins with a look whether the tracks are those that OSC told.
- Whoever connects is told every strip and its plug-ins, then the tempo, in JSON. It has six digits, and is that of the
  session's start; marks of other tempos behind it are neither told nor changed.
- What is set is not echoed to who set it.
"""

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Ping, RejectConnection, Request, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError

from bridge.deadline import Deadline

PORT = 3818
CONNECT_S = 0.5
TALK_S = 2.0
_PROTOCOL = "lws-ardour"
_TEMPO, _STRIP = "transport_tempo", "strip_description"
_AT_ONCE = 65_536
_TRIES = 3


class ArdourTempo:
    """Reads and sets it. Each talk is a connection of its own; where none was ever had, no more are tried."""

    def __init__(self, host: str, port: int = PORT) -> None:
        self._host, self._port = host, port
        self._tries = 1  # more once it was there, none where it was not

    def read(self, tracks: Iterable[str]) -> float | None:
        """Return the tempo at the session's start in BPM; None where it is not told, or where other tracks are."""
        for _ in range(self._tries):
            with suppress(OSError), self._talk() as talk:
                tempo_bpm = talk.tempo_bpm(tracks)
                self._tries = _TRIES
                return tempo_bpm
        if self._tries < _TRIES:
            self._tries = 0
        return None

    def write(self, tempo_bpm: float, tracks: Iterable[str]) -> None:
        """Set it, where the tracks are those; whether it was taken, ``read`` tells."""
        with suppress(OSError), self._talk() as talk:
            if talk.tempo_bpm(tracks) is not None:
                talk.set_tempo(tempo_bpm)

    @contextmanager
    def _talk(self) -> Iterator["_Talk"]:
        with socket.create_connection((self._host, self._port), CONNECT_S) as wire:
            talk = _Talk(wire, Deadline.after(TALK_S))
            talk.open(self._host, self._port)
            yield talk


class _Talk:
    """One connection (RFC 6455). All of it raises ``OSError`` where it is over, or takes too long."""

    def __init__(self, wire: socket.socket, deadline: Deadline) -> None:
        self._wire, self._deadline = wire, deadline
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._coming = self._events()  # one for the whole talk: what has come and was not asked for yet is in it

    def open(self, host: str, port: int) -> None:
        self._say(Request(host=f"{host}:{port}", target="/", subprotocols=[_PROTOCOL]))
        for event in self._coming:
            match event:
                case AcceptConnection():
                    return
                case RejectConnection():
                    break
                case _:
                    pass
        raise ConnectionError(f"no WebSockets surface at {host}:{port}")

    def tempo_bpm(self, tracks: Iterable[str]) -> float | None:
        """Return the tempo that is told after the strips, None where a track is not among them."""
        strips: set[str] = set()
        for words in self._told():
            match words:
                case {"node": str(node), "val": [str(name), *_]} if node == _STRIP:
                    strips.add(name)
                case {"node": str(node), "val": [int() | float() as bpm]} if node == _TEMPO:
                    return float(bpm) if strips.issuperset(tracks) else None
        return None

    def set_tempo(self, tempo_bpm: float) -> None:
        """Set it, and wait until all that was said is heard."""
        said = TextMessage(json.dumps({"node": _TEMPO, "val": [float(tempo_bpm)]}))
        self._say(said, CloseConnection(CloseReason.NORMAL_CLOSURE))
        for _ in self._told():
            pass

    def _told(self) -> Iterator[object]:
        """Yield what is told until the other side closes; what is no JSON is passed over."""
        words = ""
        for event in self._coming:
            match event:
                case TextMessage():
                    words += event.data
                    if event.message_finished:
                        with suppress(ValueError):
                            yield json.loads(words)
                        words = ""
                case Ping():
                    self._say(event.response())
                case CloseConnection():
                    return
                case _:
                    pass

    def _events(self) -> Iterator[Event]:
        """Yield what comes, for as long as it is asked for."""
        with _lost_where_wrong():
            while True:
                yield from self._protocol.events()
                self._protocol.receive_data(self._some())

    def _say(self, *events: Event) -> None:
        with _lost_where_wrong():
            self._wire.sendall(b"".join(map(self._protocol.send, events)))

    def _some(self) -> bytes:
        left_s = self._deadline.left_s
        if not left_s:
            raise TimeoutError
        self._wire.settimeout(left_s)
        came = self._wire.recv(_AT_ONCE)
        if not came:
            raise ConnectionError
        return came


@contextmanager
def _lost_where_wrong() -> Iterator[None]:
    """Take what is against the protocol for a connection that is lost."""
    try:
        yield
    except ProtocolError as error:
        raise ConnectionError(str(error)) from error
