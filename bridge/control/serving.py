"""The server's sockets, processes and clock around ``bridge.control.core``."""

import queue
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from ipaddress import ip_address
from typing import Protocol, Self

from bridge.control.child import NOT_STARTED, Child, Post
from bridge.control.core import Control, Effect, Interrupt, Kill, Say, Send, Start
from bridge.control.jobs import Ended
from bridge.errors import DawUnreachable
from bridge.interrupts import handled
from bridge.json_progress import Told
from bridge.osc.link import Address
from bridge.osc.packets import packed

LONGEST_WAIT_S = 1.0
_LARGEST_BYTES = 65_535
_MOST_AT_ONCE = 512
_BUFFER_BYTES = 1 << 20


class Running(Protocol):
    """A job's process; ``bridge.control.child.Child`` is the real one."""

    def interrupt(self) -> None:
        """Stop it as Ctrl-C does."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


Launch = Callable[[Sequence[str], Post], Running]


class Server:
    """Owns the sockets, the process of the job under way, and what came from it and was not dealt with yet."""

    def __init__(
        self,
        wire: socket.socket,
        control: Control,
        *,
        launch: Launch = Child,
        say: Callable[[str], None] = lambda _line: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire, self._control, self._launch, self._say, self._clock = wire, control, launch, say, clock
        self._wire.setblocking(False)
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._came: queue.SimpleQueue[Told | Ended] = queue.SimpleQueue()
        self._job: Running | None = None
        self._stopped_by: int | None = None
        self._is_stopping = False

    @classmethod
    def open(cls, address: Address, control: Control, *, say: Callable[[str], None], launch: Launch = Child) -> Self:
        """Listen there. Raises ``DawUnreachable`` where that can not be had."""
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            wire.bind(address)
        except OSError as error:
            wire.close()
            raise DawUnreachable(
                f"UDP {address[0]}:{address[1]} can not be listened to ({error.strerror or error}): "
                "another program does, or the address is not this machine's; choose another with --listen"
            ) from error
        return cls(wire, control, launch=launch, say=say)

    @property
    def where(self) -> Address:
        """Where it listens."""
        host, port = self._wire.getsockname()
        return str(host), int(port)

    @property
    def open_to_others(self) -> bool:
        """Whether another machine can reach it."""
        return not ip_address(self.where[0]).is_loopback

    def run(self) -> int:
        """Serve until SIGINT, SIGTERM or ``stop``; a job under way takes back what it wrote first.

        Returns the number of the signal that came, 0 where none did.
        """
        with closing(self._wire), closing(self._bell), closing(self._ringer), handled(self.stop):
            while not (self._is_stopping and self._control.job is None):
                self._turn()
        return self._stopped_by or 0

    def stop(self, signal_number: int | None = None) -> None:
        """Let ``run`` come to its end; from any thread, and from a signal's handler."""
        self._stopped_by = self._stopped_by or signal_number
        self._is_stopping = True
        self._ring()

    def _turn(self) -> None:
        now_s = self._clock()
        due_s = self._control.due_s
        limit_s = LONGEST_WAIT_S if due_s is None else min(LONGEST_WAIT_S, max(0.0, due_s - now_s))
        select.select([self._wire, self._bell], [], [], limit_s)
        for datagram, sender in self._datagrams():
            self._do(self._control.heard(datagram, sender, self._clock()))
        self._silence_bell()
        for came in self._from_the_job():
            self._take(came)
        self._do(self._control.passed(self._clock()))
        if self._is_stopping:
            self._do(self._control.stop(self._clock()))

    def _take(self, came: Told | Ended) -> None:
        if isinstance(came, Told):
            self._do(self._control.told(came, self._clock()))
        else:
            self._job = None
            self._do(self._control.ended(came, self._clock()))

    def _do(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(to, message):
                    for datagram in packed([message]):
                        self._send(datagram, to)
                case Start(words):
                    self._start(words)
                case Interrupt() if self._job is not None:
                    self._job.interrupt()
                case Kill() if self._job is not None:
                    self._job.kill()
                case Say(line):
                    self._say(line)
                case _:  # the process has just ended: that is on its way here
                    pass

    def _send(self, datagram: bytes, to: Address) -> None:
        try:
            self._wire.sendto(datagram, to)
        except OSError as error:  # the network is down, or a loopback socket is to reach another machine
            self._say(f"{to[0]}:{to[1]} can not be told anything: {error.strerror or error}")

    def _start(self, words: Sequence[str]) -> None:
        try:
            self._job = self._launch(words, self._post)
        except (OSError, ValueError) as error:
            self._post(Ended(NOT_STARTED, err=f"faderbot: the job can not be started: {error}"))

    def _post(self, came: Told | Ended) -> None:
        self._came.put(came)
        self._ring()

    def _ring(self) -> None:
        try:
            self._ringer.send(b".")
        except OSError:  # full, so it rings already; or closed, so nobody is there any more
            return

    def _silence_bell(self) -> None:
        try:
            while self._bell.recv(_LARGEST_BYTES):
                pass
        except BlockingIOError:
            return

    def _from_the_job(self) -> Iterator[Told | Ended]:
        while True:
            try:
                yield self._came.get_nowait()
            except queue.Empty:
                return

    def _datagrams(self) -> Iterator[tuple[bytes, Address]]:
        """Yield what has come; a flood does not hold the job's news up for ever."""
        for _ in range(_MOST_AT_ONCE):
            try:
                datagram, sender = self._wire.recvfrom(_LARGEST_BYTES)
            except BlockingIOError:
                return
            except ConnectionError:
                continue  # an earlier answer met no listener (Windows tells so here)
            yield datagram, sender
