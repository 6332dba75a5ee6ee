"""REAPER's web interface as a client: the tracks, faders, transport, actions and undo, without Python in REAPER.

One GET carries any number of commands, ``/_/NTRACK;TRACK;TRANSPORT``, and all their answers come as lines of fields
between tabs. Source: ``ProcessCommand`` in reaper-sdk's csurf_www.cpp.
"""

import base64
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from bridge.deadline import Deadline
from bridge.dialling import dialled
from bridge.errors import CredentialsRefused, DawSilent, DawUnreachable
from bridge.reaper.web_text import (
    CUT_TRACK_VALUES,
    WebTrack,
    WebTransport,
    ext_state_command,
    gain_commands,
    parse,
    requests,
    set_ext_state_command,
)

UNDO_ACTION = 40029
_SETUP = "start REAPER, or run: faderbot setup reaper"
_MOST_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class WebInterface:
    """One REAPER's web interface. ``timeout_s`` is for a whole request, however slowly the answer trickles in.

    With a ``deadline`` all requests together end by then. Every request has a connection of its own, so that no command
    is ever sent twice. Every method raises ``DawUnreachable`` (nothing listens, or no REAPER), ``DawSilent`` or
    ``CredentialsRefused``.
    """

    host: str = "127.0.0.1"
    port: int = 2307
    credentials: tuple[str, str] | None = None
    timeout_s: float = 3.0
    deadline: Deadline | None = None

    def ask(self, *commands: str) -> list[list[str]]:
        """Send commands in one request and return the fields of each line of the answer."""
        return parse(self._get(f"/_/{';'.join(commands)}"))

    def tracks(self) -> tuple[WebTrack, ...]:
        """Return the master (number 0) and all tracks."""
        rows = [row for row in self.ask("TRACK") if row[0] == "TRACK"]
        return tuple(WebTrack.from_row(row) or self._cut_track(row) for row in rows)

    def gains(self) -> tuple[float, ...]:
        """Return the linear gains of all faders, the master's first."""
        return tuple(track.gain_linear for track in self.tracks())

    def transport(self) -> WebTransport:
        """Return whether REAPER plays, and where."""
        row = self._only("TRANSPORT", self.ask("TRANSPORT"))
        return WebTransport.from_row(row)

    def set_gains(self, gains_linear: Mapping[int, float], undo_name: str) -> None:
        """Set faders by track number (0 is the master) in one undo step; tracks grouped or selected stay behind."""
        for request in requests(gain_commands(gains_linear, undo_name)):
            self.ask(*request)

    def ext_state(self, section: str, key: str) -> str:
        """Return an extended state, empty where there is none."""
        row = self._only("EXTSTATE", self.ask(ext_state_command(section, key)))
        return row[3] if len(row) > 3 else ""

    def set_ext_state(self, section: str, key: str, value: str) -> None:
        """Set an extended state until REAPER quits."""
        self.ask(set_ext_state_command(section, key, value))

    def action(self, command: int | str) -> None:
        """Run an action by its number or its name, which begins with an underscore."""
        self.ask(str(command))

    def undo(self) -> None:
        """Take back the last undo step."""
        self.action(UNDO_ACTION)

    @property
    def where(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    def _only(self, kind: str, rows: list[list[str]]) -> list[str]:
        for row in rows:
            if row[0] == kind:
                return row
        raise self._no_reaper(f"gives no {kind} line")

    def _cut_track(self, row: list[str]) -> WebTrack:
        """Ask for a track's values one by one: REAPER cuts its line off at 256 bytes where the name is very long."""
        if len(row) < 2 or not row[1].isdigit():
            raise self._no_reaper("gives a track without a number")
        prefix = f"GET/TRACK/{row[1]}/"
        answers = self.ask(*(prefix + value for value in CUT_TRACK_VALUES))
        return WebTrack.from_values(
            row, {found[0].removeprefix(prefix): found[1] for found in answers if len(found) > 1}
        )

    def _no_reaper(self, what: str) -> DawUnreachable:
        return DawUnreachable(f"what answers at {self.where} {what}: it is no web interface of REAPER; {_SETUP}")

    def _get(self, path: str) -> str:
        late = threading.Event()
        limit_s = self.timeout_s if self.deadline is None else self.deadline.limit_s(self.timeout_s)
        try:
            with self._connected(Deadline.after(limit_s), late) as connection:
                connection.request("GET", path, headers={"Connection": "close", **self._authorization})
                response = connection.getresponse()
                body = response.read(_MOST_BYTES)
                if response.length:
                    raise http.client.IncompleteRead(body, response.length)
        except TimeoutError as error:
            raise self._silent(limit_s) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._silent(limit_s) if late.is_set() else self._failed(error) from error
        if late.is_set():
            raise self._silent(limit_s)
        if response.status == http.HTTPStatus.UNAUTHORIZED:
            raise CredentialsRefused(
                f"REAPER's web interface at {self.where} wants another user name and password: name them with "
                "--web-login, as Preferences, Control/OSC/web has them"
            )
        if response.status != http.HTTPStatus.OK:
            raise self._no_reaper(f"says {response.status} {response.reason}")
        return body.decode("utf-8", "replace")

    @contextmanager
    def _connected(self, end: Deadline, late: threading.Event) -> Iterator[http.client.HTTPConnection]:
        """Connect, and shut down when the time is over: a socket's own limit begins anew with every byte."""
        with closing(http.client.HTTPConnection(self.host, self.port)) as connection:
            reached = connection.sock = dialled(self.host, self.port, end)
            reached.settimeout(self.timeout_s)

            def shut() -> None:
                late.set()
                with suppress(OSError):  # the other side was faster
                    reached.shutdown(socket.SHUT_RDWR)

            timer = threading.Timer(end.left_s, shut)
            timer.daemon = True
            timer.start()
            try:
                yield connection
            finally:
                timer.cancel()
                timer.join()

    @property
    def _authorization(self) -> dict[str, str]:
        if self.credentials is None:
            return {}
        word = base64.b64encode(":".join(self.credentials).encode()).decode()
        return {"Authorization": f"Basic {word}"}

    def _silent(self, limit_s: float) -> DawSilent:
        return DawSilent(
            f"REAPER's web interface at {self.where} does not answer within {round(limit_s, 1):g} s: "
            "close any open dialogue in REAPER and try again"
        )

    def _failed(self, error: Exception) -> DawUnreachable:
        match error:
            case socket.gaierror() | UnicodeError():
                return DawUnreachable(f"{self.host or 'an empty name'} is no machine that is known here: see --host")
            case http.client.RemoteDisconnected() | http.client.IncompleteRead() | ConnectionResetError():
                return DawUnreachable(f"REAPER's web interface at {self.where} hung up in mid-answer: try again")
            case http.client.HTTPException() | ValueError():
                return self._no_reaper("does not speak HTTP")
        return DawUnreachable(f"nothing answers at {self.where} ({error}): {_SETUP}")
