"""The way to a running REAPER through reapy, at arm's length: reapy lives in a process of its own that can be ended.

No call takes longer than its limit without a sign of life. After a failure of the link itself it is closed for good.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from agent.daw import DawError, SessionUnreadable, WriteRefused
from bridge.changes import MidiNote
from bridge.deadline import Deadline
from bridge.errors import DawSilent, DawStale, DawUnreachable, TrackGone
from bridge.gains import both_db, gain_linear
from bridge.reaper.frames import Frame
from bridge.reaper.reapy_process import ReapyProcess
from bridge.reaper.reapy_start import Start, pause, server_port, start_again
from bridge.reaper.survey import MidiWrite, Survey, Write
from bridge.reaper.web import WebInterface

FloatArray = NDArray[np.float32]
DRY_RUN_LIMIT_S = 600.0
LIMIT_S = 5.0
MIDI_LIMIT_S = 60.0
"""REAPER gives no sign of life while it takes in all the notes of a song."""
WEB_LIMIT_S = 3.0
FIRST_ANSWER_S = 0.5
"""What connecting leaves of a deadline for the first request."""
CHANNELS = 2
PLAYING = 1
WATCH_S = 0.05
TRY_AGAIN = frozenset({"refused", "web"})
"""The server is about to listen, or the web interface was too slow for reapy."""
_CALL_SHARE = 0.9
"""Of the limit, so that the process has ended within it as well."""
_LAST_TRY_SHARE = 0.3
_END_MARGIN_S = 0.2
_RESTART = "restart REAPER, or run: faderbot setup reaper"


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a dry-run render of the master measured; the true peak is None where REAPER does not tell it."""

    integrated_lufs: float
    true_peak_dbtp: float | None


class ReapyLink:
    """A connection to a running REAPER. Owns the process that holds reapy, and how the transport was before it played.

    Every method raises ``DawSilent`` where REAPER gives no sign of life within the limit, and ``DawUnreachable`` where
    the connection broke; the link is closed then.
    """

    def __init__(
        self, child: ReapyProcess, where: str, limit_s: float, version: str, first: Deadline | None = None
    ) -> None:
        self.where, self.version = where, version
        self._child, self._limit_s, self._first = child, limit_s, first
        self._left: tuple[int, float] | None = None
        self._pause = threading.Event()  # never set: a wait that can be no shorter

    @classmethod
    def connect(
        cls,
        host: str = "127.0.0.1",
        web_port: int = 2307,
        *,
        limit_s: float = LIMIT_S,
        deadline: Deadline | None = None,
    ) -> Self:
        """Connect within the limit, starting reapy's server in REAPER where it does not run.

        By the ``deadline`` it is connected, and the first request has brought a sign of life. Raises
        ``DawUnreachable``, ``DawSilent``, ``DawStale`` or ``CredentialsRefused``.
        """
        call_s = limit_s * _CALL_SHARE
        if deadline is not None:
            limit_s = deadline.limit_s(limit_s) - min(FIRST_ANSWER_S, deadline.left_s / 2)
        start = Start(WebInterface(host, web_port, timeout_s=min(WEB_LIMIT_S, limit_s)), time.monotonic() + limit_s)
        port = server_port(start)
        child, hello = _hello(start)
        if hello.get("error") == "refused":
            child.end()
            start_again(start)
        while hello.get("error") in TRY_AGAIN and start.left_s() > limit_s * _LAST_TRY_SHARE:
            child.end()
            pause()
            try:
                child, hello = _hello(start)
            except DawSilent:
                break  # the time is over, and what was said before tells more
        if "error" in hello:
            child.end()
            raise _not_connected(hello, f"{host}:{port}")
        return cls(child, start.web.where, call_s, str(hello.get("ok", "")), deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def survey(self, *, items: bool = True) -> Survey:
        """Return the whole project, or all but its items and locks, which is faster. Raises ``SessionUnreadable``."""
        return Survey.model_validate(self._ask({"do": "survey", "items": items}, SessionUnreadable).header["ok"])

    def audio(self, guid: str, start_s: float, samples: int, rate_hz: int) -> FloatArray:
        """Return a track's audio before effects and fader, (samples, 2). Raises ``SessionUnreadable``."""
        wanted = {"guid": guid, "start_s": start_s, "samples": samples, "rate_hz": rate_hz}
        payload = self._ask({"do": "audio", **wanted}, SessionUnreadable).payload
        return np.frombuffer(payload, "<f4").astype(np.float32).reshape(-1, CHANNELS)

    def write(self, write: Write) -> None:
        """Write everything in one undo step, or nothing at all. Raises ``WriteRefused``."""
        try:
            self._ask({"do": "write", "write": write.model_dump(mode="json")}, WriteRefused)
        except DawUnreachable as error:
            raise type(error)(f"{error}; it was being written to: see Edit, Undo in REAPER for what stands") from error

    def add_midi(self, wanted: MidiWrite) -> str:
        """Add a track with a MIDI item in one undo step, or nothing at all, and return its GUID.

        Raises ``WriteRefused``.
        """
        try:
            answer = self._ask(
                {"do": "add_midi", "midi": wanted.model_dump(mode="json")}, WriteRefused, MIDI_LIMIT_S
            ).header["ok"]
        except DawUnreachable as error:
            raise type(error)(f"{error}; {wanted.name} was being added: see Edit, Undo in REAPER") from error
        return str(answer["guid"])

    def midi_notes(self, guid: str) -> tuple[MidiNote, ...] | None:
        """Return the notes on a track; None where the track is gone. Raises ``SessionUnreadable``."""
        try:
            found = self._ask({"do": "midi_notes", "guid": guid}, SessionUnreadable, gone=TrackGone).header["ok"]
        except TrackGone:
            return None
        return tuple(MidiNote(float(start), float(end), int(key), int(force)) for start, end, key, force in found)

    def delete_track(self, guid: str, undo_name: str) -> None:
        """Delete a track in one undo step. Raises ``WriteRefused``, and ``TrackGone`` where it is not there."""
        self._ask({"do": "delete_track", "guid": guid, "undo_name": undo_name}, WriteRefused, gone=TrackGone)

    def undo(self) -> str:
        """Take back the last undo step and return its name, empty where there was none. Raises ``WriteRefused``."""
        return str(self._ask({"do": "undo"}, WriteRefused).header["ok"])

    def undo_name(self) -> str:
        """Return the name of the step that would be undone, empty where there is none."""
        return str(self._ask({"do": "undo name"}).header["ok"])

    def change_count(self) -> int:
        """Return a number that grows with every change of the project."""
        return int(self._ask({"do": "GetProjectStateChangeCount"}).header["ok"])

    def peaks(self) -> dict[str, tuple[float, float]]:
        """Return the peak meters of all tracks and the master by GUID, left and right in dBFS."""
        found: Mapping[str, tuple[float, float]] = self._ask({"do": "peaks"}, SessionUnreadable).header["ok"]
        return {guid: (float(left), float(right)) for guid, (left, right) in found.items()}

    def dry_run_loudness(self, limit_s: float = DRY_RUN_LIMIT_S) -> Loudness | None:
        """Render the master without a file and return its loudness; None where REAPER tells none.

        REAPER gives no sign of life while it renders.
        """
        found = self._ask({"do": "dry run"}, SessionUnreadable, limit_s=limit_s).header["ok"]
        return None if found is None else Loudness(*found)

    def watch(self, guids: Sequence[str], seconds: float) -> Iterator[tuple[float, dict[str, float]]]:
        """Yield peaks as factors by GUID, both sides in one, for so long, each with the time of a steady clock."""
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0.0:
            peaks = self.peaks()
            found = {guid: both_db(*map(gain_linear, peaks[guid])) for guid in guids if guid in peaks}
            yield time.monotonic(), {guid: gain_linear(peak_dbfs) for guid, peak_dbfs in found.items()}
            self._pause.wait(min(WATCH_S, max(0.0, left_s)))

    def set_faders(self, gains_linear: Mapping[str, float]) -> None:
        """Set faders by GUID without an undo step. Raises ``WriteRefused``."""
        self._ask({"do": "faders", "gains_linear": dict(gains_linear)}, WriteRefused)

    def play_from_start(self) -> None:
        """Play from the start, and remember how the transport was."""
        state = int(self._ask({"do": "GetPlayStateEx"}).header["ok"])
        cursor_s = float(self._ask({"do": "GetCursorPositionEx"}).header["ok"])
        self._left = (state, cursor_s)
        self.seek(0.0)
        if not state & PLAYING:
            self.play()

    def play_on_from(self, position_s: float) -> None:
        """Go on from there where we began to play; what the user plays is left alone."""
        if self._left is not None and not self._left[0] & PLAYING:
            self.seek(position_s)

    def leave_off(self) -> None:
        """Leave the transport as it was before ``play_from_start``; what played plays on."""
        if self._left is None:
            return
        (state, cursor_s), self._left = self._left, None
        if not state & PLAYING:
            self.stop()
        self._ask({"do": "SetEditCurPos2", "args": [cursor_s, False, False]})

    def play(self) -> None:
        """Start playing from the edit cursor."""
        self._ask({"do": "OnPlayButtonEx"})

    def stop(self) -> None:
        """Stop playing."""
        self._ask({"do": "OnStopButtonEx"})

    def seek(self, position_s: float) -> None:
        """Move the edit cursor, and the play position if REAPER plays."""
        self._ask({"do": "SetEditCurPos2", "args": [position_s, False, True]})

    def close(self) -> None:
        """End the process that holds reapy."""
        self._child.end()

    def _ask(
        self,
        header: dict[str, Any],
        failed: type[DawError] = DawError,
        limit_s: float | None = None,
        *,
        gone: type[DawError] | None = None,
    ) -> Frame:
        limit_s = self._limit_s if limit_s is None else limit_s
        if self._child.ended:
            raise DawUnreachable(f"the connection to REAPER at {self.where} is closed: connect again")
        try:
            first, self._first = self._first, None
            answer = self._child.ask(Frame(header), limit_s, None if first is None else first.limit_s(limit_s))
        except DawError:
            self._child.end()
            raise
        message = answer.header.get("message", "")
        match answer.header.get("error"):
            case None:
                return answer
            case "failed":
                raise failed(f"REAPER at {self.where}: {message}")
            case "gone":
                raise (gone or failed)(
                    f"REAPER at {self.where}: a track is no longer in the project ({message}): read it again"
                )
        self._child.end()
        raise DawUnreachable(f"REAPER at {self.where} closed the connection ({message}): {_RESTART}")


def _hello(start: Start) -> tuple[ReapyProcess, dict[str, Any]]:
    child = ReapyProcess(start.web)
    try:
        return child, child.hear(start.left_s() - _END_MARGIN_S).header
    except DawSilent as error:
        child.end()
        raise DawSilent(
            f"reapy's server in REAPER at {start.web.where} accepts but does not answer: close any open dialogue in "
            f"REAPER and try again, or {_RESTART}"
        ) from error
    except BaseException:
        child.end()
        raise


_NOT_CONNECTED: Mapping[str, tuple[type[DawUnreachable], str]] = {
    "missing": (DawUnreachable, "reapy is not installed beside Faderbot ({message}): pip install python-reapy"),
    "silent": (DawSilent, "reapy's server in REAPER at {where} does not answer ({message}): {restart}"),
    "web": (DawSilent, "reapy finds no way to its server at {where} ({message}): try again, or {restart}"),
    "lost": (DawUnreachable, "reapy's server at {where} closed the connection ({message}): {restart}"),
    "refused": (DawStale, "no server of reapy's is left at {where}, where REAPER says it is: {restart}"),
    "endless": (DawStale, "reapy's action in REAPER starts no server at {where}: {restart}"),
    "stale": (DawStale, "what answers at {where} is no server of reapy's ({message}): {restart}"),
}


def _not_connected(hello: Mapping[str, Any], where: str) -> DawUnreachable:
    kind, text = _NOT_CONNECTED[hello["error"]]
    return kind(text.format(message=hello.get("message", ""), where=where, restart=_RESTART))
