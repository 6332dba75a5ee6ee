"""One run of the DAW, from its start to its end: the live session, its protocols, and their servers."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Protocol, TypeVar

from mock_daw.dialects.letters import Dialect, Letter, Opening, Peer
from mock_daw.errors import StartError
from mock_daw.inbox import Gone, Inbox, Request, Wire
from mock_daw.live import Live
from mock_daw.setup import Address, Setup
from mock_daw.udp import UdpPort

Send = Callable[[bytes], None]
Call = Callable[[str, tuple[object, ...]], object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rooms:
    """The protocols of one life, without their sockets: all called by the main loop alone."""

    live: Live
    receive: Callable[[bytes], None]
    answer: Callable[[str], str]
    call: Call
    feedback: Callable[[], None]
    publish: Callable[[int], None]
    dialects: Mapping[str, Dialect] = field(default_factory=dict)


class Server(Protocol):
    """A TCP endpoint in the shape that this module needs."""

    def stop(self) -> None:
        """Close it, with all its connections."""
        ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the protocols can ask of the program: to send feedback and letters, to save, to start reapy's server."""

    send: Send
    save: Callable[[], None]
    start_reapy: Callable[[], None]
    post: Callable[[Letter], None]


class Assemble(Protocol):
    """Builds the protocols over the session of a setup."""

    def __call__(self, setup: Setup, hooks: Hooks) -> Rooms:
        """Return them. Raises ``StartError`` for a setup that can not be had."""
        ...


class OpenWeb(Protocol):
    """Opens the web interface's server; returns it with its address."""

    def __call__(
        self, address: Address, answer: Callable[[str], str], credentials: tuple[str, str] | None
    ) -> tuple[Server, Address]:
        """Raise ``OSError`` where the port can not be had."""
        ...


class OpenReapy(Protocol):
    """Opens reapy's server; returns it with its port."""

    def __call__(self, call: Call, port: int, tick_s: float, publish: Callable[[int], None]) -> tuple[Server, int]:
        """Raise ``OSError`` where the port can not be had."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a life is built from; tests put in others."""

    assemble: Assemble
    open_web: OpenWeb
    open_reapy: OpenReapy


class Life:
    """Owns the live session and the open ports, until ``end``. Raises ``StartError`` where a port can not be had.

    ``setup`` holds the ports as opened.
    """

    def __init__(self, setup: Setup, rooms: Rooms, parts: Parts, inbox: Inbox) -> None:
        self.rooms = rooms
        self.setup = setup
        self._parts = parts
        self._inbox = inbox
        self._asking = Lock()
        self._asked: dict[Future[object], Wire] | None = {}  # None when this life is over
        self._udp: UdpPort | None = None
        self._ports: dict[str, UdpPort] = {}
        self._web: Server | None = None
        self._reapy: Server | None = None
        try:
            self._open()
        except BaseException:
            self.end()
            raise

    def drain(self) -> None:
        """Take in what lies in the OSC sockets."""
        for port in (self._udp, *self._ports.values()):
            if port is not None:
                port.drain()

    def deliver(self, letter: Letter) -> bool:
        """Send a letter from its dialect's port; return whether the system took it."""
        port = self._ports.get(letter.dialect)
        return port is not None and port.send(letter.data, letter.peer)

    def crash_reapy(self) -> None:
        """End reapy's server; its port stays published, as after a crash."""
        if self._reapy is None:
            return
        with self._asking:
            _leave_unanswered(call for call, wire in (self._asked or {}).items() if wire is Wire.REAPY)
        self._reapy.stop()
        self._reapy = None

    def start_reapy(self) -> None:
        """Start reapy's server, unless it runs or is not wanted. Raises ``StartError``."""
        if self._reapy is not None or self.setup.reapy is None:
            return
        wanted, publish = self.setup.reapy, self.rooms.publish
        self._reapy, reapy = _opened(
            "reapy", "--reapy", wanted, lambda: self._parts.open_reapy(self._call, wanted, self.setup.tick_s, publish)
        )
        self.setup = replace(self.setup, reapy=reapy)

    def end(self) -> None:
        """Close all ports; who waits for an answer gets ``Gone``. Twice is once."""
        with self._asking:
            _leave_unanswered(self._asked or {})
            self._asked = None
        for server in (self._web, self._reapy):
            if server is not None:
                server.stop()
        for port in (self._udp, *self._ports.values()):
            if port is not None:
                port.close()
        self._ports = {}
        self._udp = self._web = self._reapy = None
        self.rooms.live.stop()

    def _open(self) -> None:
        setup, open_web = self.setup, self._parts.open_web
        if setup.osc is not None:
            port = setup.osc
            self._udp = _opened("OSC", "--osc", port, lambda: UdpPort(setup.host, port, self._arrived))
            self.setup = replace(self.setup, osc=self._udp.address[1])
        self.setup = replace(self.setup, dialects=tuple(self._open_dialect(opening) for opening in setup.dialects))
        if setup.web is not None:
            address = (setup.host, setup.web)
            self._web, (_, web) = _opened(
                "the web interface", "--web", setup.web, lambda: open_web(address, self._answer, setup.web_user)
            )
            self.setup = replace(self.setup, web=web)
        self.start_reapy()

    def _open_dialect(self, opening: Opening) -> Opening:
        def arrived(data: bytes, peer: Peer) -> None:
            self._inbox.put(Wire.OSC_IN, Letter(opening.name, data, peer))

        port = _opened(
            opening.name, f"--{opening.name}", opening.port, lambda: UdpPort(self.setup.host, opening.port, arrived)
        )
        self._ports[opening.name] = port
        return replace(opening, port=port.address[1])

    # In the threads of the servers

    def _arrived(self, datagram: bytes, _peer: Peer) -> None:
        self._inbox.put(Wire.OSC_IN, datagram)

    def _answer(self, path: str) -> str:
        return str(self._ask(Wire.WEB, path))

    def _call(self, name: str, args: tuple[object, ...]) -> object:
        return self._ask(Wire.REAPY, (name, args))

    def _ask(self, wire: Wire, content: object) -> object:
        request = Request(content)
        with self._asking:
            if self._asked is None:
                raise Gone("the mock DAW is gone")
            self._asked[request.answer] = wire
            self._inbox.put(wire, request)
        try:
            return request.answer.result()
        finally:
            with self._asking:
                if self._asked is not None:
                    self._asked.pop(request.answer, None)


def _leave_unanswered(answers: Iterable[Future[object]]) -> None:
    for answer in answers:
        if not answer.done():
            answer.set_exception(Gone("the mock DAW is gone"))


def _opened(what: str, option: str, port: int, opening: Callable[[], T]) -> T:
    try:
        return opening()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = f"close what uses it, or take another with {option} PORT (0: any that is free)"
        raise StartError(f"port {port} for {what} can not be opened ({reason})", remedy) from error
