"""Servers on 127.0.0.1 that play back what they are given, or misbehave. Each runs in a thread until its block ends."""

import socket
import threading
from contextlib import contextmanager


@contextmanager
def serving(does):
    """Listen, and run ``does(connection, over)`` for each connection; yields the port."""
    over = threading.Event()
    threads = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve(connection):
            with connection:
                try:
                    does(connection, over)
                except OSError:
                    return  # the client went away

        def accept():
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    continue
                connection.settimeout(5.0)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            accepting.join(5.0)
            for thread in threads:
                thread.join(5.0)


class Web:
    """A web interface that plays back: ``answers`` by path, and the requests it got."""

    def __init__(self, answers=None, *, status="200 OK", default=""):
        self.answers = answers or {}
        self.status = status
        self.default = default
        self.requests = []

    @property
    def paths(self):
        return [request.split(" ")[1] for request in self.requests]

    def __call__(self, connection, over):
        request = read_request(connection)
        self.requests.append(request)
        body = self.answers.get(request.split(" ")[1], self.default)
        body = body() if callable(body) else body
        connection.sendall(reply(body.encode() if isinstance(body, str) else body, self.status))


def read_request(connection):
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            break
        request += piece
    return request.decode()


def reply(body, status="200 OK"):
    """An answer with the headers of REAPER's csurf_www.cpp."""
    head = f"HTTP/1.1 {status}\r\nServer:reaper_csurf_www/0.1\r\nContent-Type: text/plain\r\n"
    head += f"Cache-Control: no-cache, must-revalidate\r\nContent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def hangs(connection, over):
    """Take everything and say nothing."""
    over.wait(30.0)


def hangs_up(connection, over):
    """Close at once."""


def trickles(connection, over):
    """Answer a byte at a time, never done."""
    for byte in reply(b"TRACK\t0\tMASTER" + b"x" * 100_000):
        if over.wait(0.02):
            return
        connection.sendall(bytes([byte]))


def says(*pieces):
    """Send these bytes and close."""

    def does(connection, over):
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)

    return does


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
