"""The mock DAW as a whole: a session, REAPER's three ways in, a clock, and faults."""

import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread, current_thread
from types import TracebackType
from typing import Literal, Self

from mock_daw.assembly import REAPER
from mock_daw.clock import Clock, ManualClock, MaxClock, RealClock
from mock_daw.dialects.letters import Opening, opening_of
from mock_daw.errors import EngineError, StartError
from mock_daw.fault_spec import parse_fault
from mock_daw.faults import Fault
from mock_daw.inbox import Gone
from mock_daw.life import Parts
from mock_daw.live import Live
from mock_daw.main_loop import SERVED, URGENT, MainLoop
from mock_daw.opening import open_session
from mock_daw.session import Session
from mock_daw.setup import Address, Setup
from mock_daw.traffic import Traffic
from mock_daw.udp import UdpSender

Speed = float | Literal["max", "manual"]
TICK_S = 0.033  # REAPER's timer for scripts and control surfaces runs about thirty times a second
AT_ONCE_PERIOD_S = 0.01


class MockDaw:
    """A REAPER to test against, from ``with`` to its end. Owns the main loop's thread.

    ``project`` is a folder of stems, an ``.RPP`` file or a ``Session``. ``osc``, ``web`` and ``reapy`` are ports: None
    is closed, 0 lets the system choose; ``osc_to`` is where OSC feedback goes (a host and port), ``pattern`` a
    ``.ReaperOSC`` file in place of REAPER's default. ``speed`` is a factor of real time, "max" (as fast as audio can be
    computed), or "manual": then time passes in ``step`` alone, requests are answered at once, and OSC sent before a
    step, a web request or a reapy call is handled before it. ``tick_s`` is the main loop's turn; with 0 everything is
    served on arrival. ``faults`` are words or ``Fault``s; the lots of loss and the like come from ``seed``.

    ``ardour``, ``ableton``, ``bitwig``, ``x32`` and ``xair`` serve the OSC of these systems on a port, over the same
    session; AbletonOSC and Bitwig's extension take (port, port to send to), and Bitwig's its number of values as well.

    Raises ``ProjectError``, ``StartError`` and ``FaultError``.
    """

    def __init__(
        self,
        project: Path | str | Session,
        *,
        osc: int | None = None,
        osc_to: Address | None = None,
        pattern: Path | None = None,
        web: int | None = None,
        web_user: tuple[str, str] | None = None,
        reapy: int | None = None,
        ardour: int | Opening | None = None,
        ableton: int | tuple[int, int] | Opening | None = None,
        bitwig: int | tuple[int, int] | tuple[int, int, int] | Opening | None = None,
        x32: int | Opening | None = None,
        xair: int | Opening | None = None,
        host: str = "127.0.0.1",
        speed: Speed = 1.0,
        tick_s: float = TICK_S,
        faults: Sequence[str | Fault] = (),
        seed: int = 0,
        parts: Parts = REAPER,
    ) -> None:
        self._tick_s = tick_s or AT_ONCE_PERIOD_S
        self._speed = speed
        self._at_once = tick_s == 0
        self._faults = [parse_fault(fault) if isinstance(fault, str) else fault for fault in faults]
        self._seed = seed
        self._parts = parts
        session = project if isinstance(project, Session) else open_session(Path(project))
        to, text = _resolved(osc_to), _text(pattern)
        wanted: dict[str, int | Sequence[int] | Opening | None] = {
            "ardour": ardour,
            "ableton": ableton,
            "bitwig": bitwig,
            "x32": x32,
            "xair": xair,
        }
        dialects = tuple(_opening(name, ports) for name, ports in wanted.items() if ports is not None)
        self._setup = Setup(session, host, osc, to, text, pattern, web, web_user, reapy, tick_s, dialects)
        self._loop: MainLoop | None = None
        self._thread: Thread | None = None
        self._sender: UdpSender | None = None

    def __enter__(self) -> Self:
        """Start; the ports are open when this returns."""
        to = self._setup.osc_to
        self._sender = UdpSender(to) if to is not None else None
        try:
            self._loop = MainLoop(
                self._setup,
                self._parts,
                self._clock(),
                self._send,
                self._faults,
                seed=self._seed,
                between_turns=SERVED if self._at_once or self._by_hand else URGENT,
            )
        except BaseException:
            self._close_sender()
            raise
        self._thread = Thread(target=self._loop.run, name="mock-daw main", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything. Raises what the main loop failed of, unless something else is on its way up."""
        self.close()
        if error is None and self._running.failure is not None:
            raise self._running.failure

    def close(self) -> None:
        """End the main loop and close all ports."""
        loop, thread = self._running, self._thread
        assert thread is not None
        if not loop.ended.is_set() and thread is not current_thread():
            loop.do(loop.end)
        thread.join()
        self._close_sender()

    # Where it is

    @property
    def live(self) -> Live:
        """The open session, its transport, meters and undo history."""
        return self._running.live

    @property
    def osc_address(self) -> Address | None:
        """Where OSC is received; None: nowhere."""
        return self._address(self._running.life.setup.osc)

    @property
    def web_address(self) -> Address | None:
        """Where the web interface is; None: nowhere."""
        return self._address(self._running.life.setup.web)

    @property
    def reapy_port(self) -> int | None:
        """The port of reapy's server; None if there is none."""
        return self._running.life.setup.reapy

    @property
    def dialects(self) -> Mapping[str, Address]:
        """Where the OSC of other systems is received, by their names."""
        host = self._setup.host
        return {opening.name: (host, opening.port) for opening in self._running.life.setup.dialects}

    @property
    def log(self) -> Traffic:
        """What was received and sent."""
        return self._running.traffic

    @property
    def clock_s(self) -> float:
        """How long it runs, in its own seconds, over all restarts."""
        return self._running.now_s

    @property
    def ended(self) -> Event:
        """Set when the main loop has ended, or failed."""
        return self._running.ended

    # What tests do

    def step(self, seconds: float = 0.0) -> None:
        """Handle what was sent, let time pass, send feedback. Raises ``EngineError`` unless the speed is "manual"."""
        loop = self._running
        if not self._by_hand:
            raise EngineError("only a mock DAW of speed=“manual” can be stepped")
        self._do(lambda: loop.step(seconds, self._tick_s))

    def freeze(self) -> None:
        """Open a modal dialog: nothing is answered, the sockets stay open."""
        self._do(self._running.freeze)

    def thaw(self) -> None:
        """Close it."""
        self._do(self._running.thaw)

    def vanish(self) -> None:
        """End the DAW: its ports are closed. ``restart`` brings it back."""
        self._do(self._running.vanish)

    def restart(self) -> None:
        """End the DAW and start it again on the same ports, with the session as it was saved last, or opened."""
        self._do(self._running.come_back)

    def save(self) -> None:
        """Save the session in memory, for ``restart``; no file is written."""
        self._do(self._running.save)

    def crash_reapy(self) -> None:
        """End reapy's server; its port stays published."""
        self._do(self._running.crash_reapy)

    # Within

    @property
    def _running(self) -> MainLoop:
        if self._loop is None:
            raise EngineError("the mock DAW is not started: use it in a “with”")
        return self._loop

    @property
    def _by_hand(self) -> bool:
        return self._speed == "manual"

    def _do(self, job: Callable[[], None]) -> None:
        loop = self._running
        try:
            loop.do(job)
        except Gone:
            if loop.failure is not None:
                raise loop.failure from None
            raise

    def _address(self, port: int | None) -> Address | None:
        return None if port is None else (self._setup.host, port)

    def _clock(self) -> Clock:
        if self._speed == "manual":
            return ManualClock()
        if self._speed == "max":
            return MaxClock(self._tick_s, at_once=self._at_once)
        return RealClock(self._tick_s, self._speed, at_once=self._at_once)

    def _send(self, datagram: bytes) -> bool:
        return self._sender is not None and self._sender.send(datagram)

    def _close_sender(self) -> None:
        if self._sender is not None:
            self._sender.close()


def _opening(name: str, ports: "int | Sequence[int] | Opening") -> Opening:
    if isinstance(ports, Opening):
        return ports
    return opening_of(name, (ports,) if isinstance(ports, int) else ports)


def _text(pattern: Path | None) -> str | None:
    if pattern is None:
        return None
    try:
        return pattern.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise StartError(f"{pattern} can not be read ({error.strerror})", "name a .ReaperOSC file") from error


def _resolved(to: Address | None) -> Address | None:
    if to is None:
        return None
    host, port = to
    if not 0 < port < 65_536:
        raise StartError(f"{port} is no port to send to", "take one from 1 to 65535")
    try:
        return str(socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)[0][4][0]), port
    except (OSError, UnicodeError) as error:
        raise StartError(f"“{host}” is no host that is known", "give an address, such as 127.0.0.1") from error
