"""The sockets of the web interface: a thread for each connection, which asks ``answer`` and waits for it.

As REAPER's server: connections stay open, 100 at most, and one whose request takes longer than 30 s is closed. Behind
"/_/" lie the commands; of REAPER's own web pages the mock has none, but a short one at "/" that says what this is.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from mock_daw.reaper.http_text import (
    ACCESS,
    FOUND,
    MISSING,
    UNCACHED,
    MalformedRequest,
    Request,
    allowed,
    read_request,
    response,
)

Answer = Callable[[str], str]
LOOPBACK = "127.0.0.1"
CHUNK = 16_384
STOPPING_S = 5.0
PLAIN = (("Content-Type", "text/plain"), *UNCACHED)
PAGE = (("Content-Type", "text/html"), *UNCACHED)
CHALLENGE = (("WWW-Authenticate", 'Basic realm="reaper_www"'),)
INDEX = (
    b"<!DOCTYPE html><title>mock REAPER</title><p>This is Faderbot's mock of REAPER's web interface. "
    b'It answers commands behind /_/, such as <a href="/_/NTRACK;TRACK;TRANSPORT">/_/NTRACK;TRACK;TRANSPORT</a>.'
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take to arrive, and how many connections there may be at once."""

    request_s: float = 30.0
    connections: int = 100


class WebServer:
    """Owns the listening socket and its connections, from ``start`` to ``stop``.

    ``answer`` is called in the connections' threads with what is behind "/_/", and may take its time; where it raises
    ``TimeoutError`` or ``ConnectionError`` (the DAW is gone), the connection closes without an answer.
    """

    def __init__(
        self,
        address: tuple[str, int],
        answer: Answer,
        *,
        credentials: tuple[str, str] | None = None,
        limits: Limits | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted = address
        self._answer = answer
        self._credentials = credentials
        self._limits = limits or Limits()
        self._now = now
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._open: dict[socket.socket, threading.Thread] = {}
        self._acceptor: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, once started; before that, where it was told to."""
        if self._listener is None:
            return self._wanted
        host, port = self._listener.getsockname()[:2]
        return str(host), int(port)

    def start(self) -> None:
        """Listen. Raises ``OSError`` (or ``OverflowError``) where the port can not be had."""
        family = socket.AF_INET6 if ":" in self._wanted[0] else socket.AF_INET
        listener = socket.create_server((self._wanted[0] or LOOPBACK, self._wanted[1]), family=family)
        self._listener = listener
        self._acceptor = threading.Thread(target=self._accept, args=(listener,), name="web", daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Close the listening socket and all connections, and wait for their threads. Twice is once."""
        with self._lock:
            listener, self._listener = self._listener, None
            threads = list(self._open.values())
            for connection in self._open:
                _shut(connection)
        if listener is None:
            return
        self._wanted = listener.getsockname()[:2]
        _shut(listener)
        listener.close()
        if self._acceptor is not None:
            self._acceptor.join(STOPPING_S)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(STOPPING_S)

    # In the accepting thread

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # stop() closed it
            thread = threading.Thread(target=self._serve, args=(connection,), name="web connection", daemon=True)
            with self._lock:
                welcome = self._listener is listener and len(self._open) < self._limits.connections
                if welcome:
                    self._open[connection] = thread
                    thread.start()
            if not welcome:
                connection.close()

    # In the thread of a connection

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._converse(connection)
        finally:
            with self._lock:
                self._open.pop(connection, None)
            connection.close()

    def _converse(self, connection: socket.socket) -> None:
        received = b""
        while True:
            try:
                read = self._read(connection, received)
            except (MalformedRequest, OSError):
                return  # REAPER too closes the connection without a word
            if read is None:
                return
            request, received = read
            try:
                answered = self._responded(request)
            except (TimeoutError, ConnectionError):
                return  # there is no DAW to answer any more
            try:
                connection.settimeout(self._limits.request_s)
                connection.sendall(answered)
            except OSError:
                return  # the other side did not wait for it
            if not request.keep_alive:
                return

    def _read(self, connection: socket.socket, received: bytes) -> tuple[Request, bytes] | None:
        """Return the next request and what follows it; None when the other side has closed."""
        deadline_s = self._now() + self._limits.request_s
        while (read := read_request(received)) is None:
            left_s = deadline_s - self._now()
            if left_s <= 0.0:
                raise TimeoutError("a request took too long to arrive")
            connection.settimeout(left_s)
            chunk = connection.recv(CHUNK)
            if not chunk:
                return None
            received += chunk
        return read

    def _responded(self, request: Request) -> bytes:
        keep_alive = request.keep_alive
        if self._credentials is not None and not allowed(request, self._credentials):
            return response(ACCESS, keep_alive=keep_alive, headers=CHALLENGE)
        if request.path.startswith(b"/_/"):
            body = self._answer(request.path[3:].decode("utf-8", "surrogateescape")).encode("utf-8", "replace")
            return response(FOUND, body, keep_alive=keep_alive, headers=PLAIN)
        if request.path == b"/":
            return response(FOUND, INDEX, keep_alive=keep_alive, headers=PAGE)
        return response(MISSING, keep_alive=keep_alive)


def _shut(connection: socket.socket) -> None:
    """Wake whoever waits on a socket."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was first
