"""The HTTP that REAPER's web interface speaks: requests read, answers written; no sockets.

After ``WDL/jnetlib/httpserv.cpp`` and ``csurf_www.cpp``: only GET; anything else, or a line without "HTTP", is
malformed and ends the connection without an answer. The path runs to the last space of the line, or to a question mark.
A head of more than 64 KiB counts as malformed here; REAPER would let it wait for its time limit.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass

SERVER = "reaper_csurf_www/0.1"
LONGEST_HEAD = 65_536
UNCACHED = (("Cache-Control", "no-cache, must-revalidate"), ("Expires", "Sat, 26 Jul 1997 05:00:00 GMT"))
ACCESS = "HTTP/1.1 401 Unauthorized"
MISSING = "HTTP/1.1 404 NOT FOUND"
FOUND = "HTTP/1.1 200 OK"


class MalformedRequest(Exception):  # noqa: N818 - REAPER's word for it
    """What came is no request that REAPER answers: no GET, or too long."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its path as sent, whether the connection stays open, and headers by lower-case name."""

    path: bytes
    keep_alive: bool
    headers: Mapping[str, bytes]


def read_request(received: bytes) -> tuple[Request, bytes] | None:
    """Return the first request and what came after it, or None while it is not complete.

    Raises ``MalformedRequest``.
    """
    lines: list[bytes] = []
    rest = received
    while True:
        line, feed, rest = rest.partition(b"\n")
        if len(received) - len(rest) > LONGEST_HEAD:
            raise MalformedRequest(f"a head of more than {LONGEST_HEAD} bytes")
        if not feed:
            return None
        line = line.rstrip(b"\r")
        if not lines:
            _check(line)
        elif not line:
            return _request(lines), rest
        lines.append(line)


def response(status: str, body: bytes = b"", *, keep_alive: bool, headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Write an answer, its headers in REAPER's order."""
    fields = [("Server", SERVER), *headers, ("Content-length", str(len(body)))]
    if keep_alive:
        fields.append(("Connection", "keep-alive"))
    lines = [status, *(f"{name}:{value}" if name == "Server" else f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def allowed(request: Request, credentials: tuple[str, str]) -> bool:
    """Whether a request carries this user and password (Basic authentication)."""
    given = request.headers.get("authorization", b"").strip()
    if given[:5].lower() != b"basic":
        return False
    try:
        return b64decode(given[5:].strip(), validate=True) == ":".join(credentials).encode()
    except NotBase64:
        return False


def _check(line: bytes) -> None:
    _, space, version = line.rpartition(b" ")
    if not space or not version.startswith(b"HTTP") or not line.startswith(b"GET "):
        raise MalformedRequest(f"{line[:100]!r} is no GET request")


def _request(lines: list[bytes]) -> Request:
    front, _, version = lines[0].rpartition(b" ")
    path = front[4:].lstrip(b" ").partition(b"?")[0].partition(b"\0")[0]
    headers: dict[str, bytes] = {}
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        headers.setdefault(name.decode("latin-1").lower(), value.strip())
    keep_alive = not version.endswith(b"0") and b"close" not in headers.get("connection", b"").lower()
    return Request(path, keep_alive, headers)
