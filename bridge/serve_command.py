"""What ``faderbot serve`` does: listen, say who can reach it, and run until it is stopped."""

import signal
import socket
import time
from collections.abc import Sequence
from functools import partial

from bridge.connecting import LOGIN_VARIABLE
from bridge.control.child import Child, Post
from bridge.control.core import Control
from bridge.control.jobs import Way
from bridge.control.serving import Server
from bridge.journal import Journal, default_folder, now
from bridge.osc.link import Address
from bridge.terminal import complain, tell, write
from bridge.wishes import WishUnclear

HOST, PORT = "127.0.0.1", 9977
OPEN = (
    "note: other machines can reach this server, and OSC knows no passwords: whoever can send to it can change the "
    "mix. Listen to 127.0.0.1 alone, or keep the network to yourself"
)


def serve(listen: Address, way: Way, *, login: str | None = None) -> int:
    """Serve until Ctrl-C (returns 130) or termination (returns 0). Raises ``DawUnreachable``.

    ``login`` is for REAPER's web interface; the jobs get it in their environment.
    """
    server = Server.open(listen, Control(way, time.monotonic()), say=_said, launch=partial(_launch, login))
    host, port = server.where
    write(f"listening for OSC on {host}:{port}; Ctrl-C ends it\n")
    if server.open_to_others:
        complain(OPEN)
    return 128 + signal.SIGINT if server.run() == signal.SIGINT else 0


def listen_address(typed: str) -> Address:
    """Return HOST:PORT, or PORT alone for this machine's programs only. Raises ``WishUnclear``."""
    host, _, port = typed.rpartition(":")
    if not (port.isdecimal() and int(port) < 1 << 16):
        raise WishUnclear(f"{typed!r} is no address to listen to: it is HOST:PORT, as {HOST}:{PORT}, or a port")
    try:
        found = socket.getaddrinfo(host or HOST, int(port), socket.AF_INET, socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        raise WishUnclear(f"{host} is no address of this machine: see --listen") from error
    return str(found[0][4][0]), int(port)


def left_half_done(journal: Journal, since: str) -> str | None:
    """Return in words what a job that began then, or later, has left half done; None where it left nothing so."""
    for _, entry in journal.entries():
        if entry.at >= since and entry.state.unfinished:
            return (
                f"the journal has all {len(entry.changes)} values as they were: /faderbot/undo, or `faderbot undo`, "
                "puts them back"
            )
    return None


def _said(line: str) -> None:
    tell(f"{line}\n")  # a full disk behind stdout would end the server


def _launch(login: str | None, words: Sequence[str], post: Post) -> Child:
    environment = {LOGIN_VARIABLE: login} if login else {}
    return Child(words, post, environment=environment, left=partial(left_half_done, Journal(default_folder()), now()))
