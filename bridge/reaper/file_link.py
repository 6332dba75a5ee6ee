"""The way to a REAPER without Python in it: a script of ours in Lua, and files (``bridge.reaper.file_exchange``)."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from agent.daw import DawError, SessionUnreadable, WriteRefused
from bridge.changes import MidiNote
from bridge.deadline import Clock, Deadline
from bridge.errors import DawSilent, DawStale, DawUnreachable, TrackGone
from bridge.gains import both_db, gain_linear
from bridge.reaper.file_exchange import FileExchange, Message, plain
from bridge.reaper.heart import Heart
from bridge.reaper.reapy_link import CHANNELS, DRY_RUN_LIMIT_S, MIDI_LIMIT_S, Loudness
from bridge.reaper.reapy_reading import measured
from bridge.reaper.survey import MidiWrite, Survey, Write

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long REAPER's side may give no sign of life, and how often is looked and told, in seconds."""

    silent_s: float = 4.5
    look_s: float = 0.005
    beat_s: float = 0.5


class FileLink:
    """A connection to REAPER's own script through files. Owns our heartbeat, and the number of the next request.

    Every method raises ``DawSilent`` where the script's heartbeat stops, and ``DawUnreachable`` once it is closed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock = time.monotonic,
        limits: Limits | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        self.where = str(folder)
        self._exchange = FileExchange(folder)
        self._clock, self._limits = clock, limits or Limits()
        self._first = deadline
        self._number = 0
        self._heart: Heart | None = None
        self._closed = False
        self._pause = threading.Event()  # never set: a wait that can be no shorter

    @classmethod
    def connect(
        cls,
        folder: Path,
        *,
        clock: Clock = time.monotonic,
        limits: Limits | None = None,
        on_cancel: Callable[[], None] | None = None,
        deadline: Deadline | None = None,
    ) -> Self:
        """Connect to a folder that REAPER's script serves; ``on_cancel`` is called where the user stops the job there.

        By the ``deadline`` there was a beat, and another after the first request. Raises ``DawUnreachable``,
        ``DawStale``, or ``DawSilent`` within the limit.
        """
        exchange = FileExchange.open(folder)
        exchange.check_version()
        link = cls(folder, clock=clock, limits=limits, deadline=deadline)
        link._heart = Heart(exchange, link._limits.beat_s, on_cancel)
        link._heart.start()
        try:
            link._hear_a_beat()
        except BaseException:
            link.close()
            raise
        return link

    def survey(self, *, items: bool = True) -> Survey:  # noqa: ARG002 - the script reads fast, and tells all
        """Return the whole project, items and locks even where they are not wanted. Raises ``SessionUnreadable``."""
        found = plain(self._ask({"do": "survey"}, SessionUnreadable)["ok"])
        try:
            return Survey.model_validate(found)
        except ValidationError as error:
            raise DawStale(
                f"what REAPER's script tells is not understood ({error.errors()[0]['msg']}): update both"
            ) from error

    def audio(self, guid: str, start_s: float, samples: int, rate_hz: int) -> FloatArray:
        """Return a track's audio before effects and fader, (samples, 2). Raises ``SessionUnreadable``."""
        wanted = {"guid": guid, "start_s": start_s, "samples": samples, "rate_hz": rate_hz}
        self._ask({"do": "audio", **wanted}, SessionUnreadable)
        content = self._exchange.samples(f"answer-{self._number}.f32")
        if len(content) != samples * CHANNELS * np.dtype("<f4").itemsize:
            raise SessionUnreadable(f"REAPER at {self.where}: {len(content)} bytes of audio came for {samples} samples")
        return np.frombuffer(content, "<f4").astype(np.float32).reshape(-1, CHANNELS)

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
            answer = self._ask({"do": "add_midi", "midi": wanted.model_dump(mode="json")}, WriteRefused, MIDI_LIMIT_S)[
                "ok"
            ]
        except DawUnreachable as error:
            raise type(error)(f"{error}; {wanted.name} was being added: see Edit, Undo in REAPER") from error
        return str(answer["guid"])

    def midi_notes(self, guid: str) -> tuple[MidiNote, ...] | None:
        """Return the notes on a track; None where the track is gone. Raises ``SessionUnreadable``."""
        try:
            found = self._ask({"do": "midi_notes", "guid": guid}, SessionUnreadable, gone=TrackGone)["ok"]
        except TrackGone:
            return None
        return tuple(MidiNote(float(start), float(end), int(key), int(force)) for start, end, key, force in found)

    def delete_track(self, guid: str, undo_name: str) -> None:
        """Delete a track in one undo step. Raises ``WriteRefused``, and ``TrackGone`` where it is not there."""
        self._ask({"do": "delete_track", "guid": guid, "undo_name": undo_name}, WriteRefused, gone=TrackGone)

    def play_from_start(self) -> None:
        """Play from the start; the script remembers how the transport was."""
        self._ask({"do": "play"})

    def play_on_from(self, position_s: float) -> None:
        """Go on from there where we began to play; what the user plays is left alone."""
        self._ask({"do": "go to", "position_s": position_s})

    def leave_off(self) -> None:
        """Leave the transport as it was before ``play_from_start``."""
        self._ask({"do": "rest"})

    def watch(self, guids: Sequence[str], seconds: float) -> Iterator[tuple[float, dict[str, float]]]:
        """Yield peaks as factors by GUID, both sides in one, for so long, each with the time of a steady clock."""
        until = self._clock() + seconds
        while self._clock() < until:
            told = plain(self._ask({"do": "meters"}, SessionUnreadable)["ok"])["peaks"]
            peaks = {one["guid"]: gain_linear(both_db(float(one["left"]), float(one["right"]))) for one in told}
            yield self._clock(), {guid: peaks[guid] for guid in guids if guid in peaks}

    def set_faders(self, gains_linear: Mapping[str, float]) -> None:
        """Set faders by GUID without an undo step. Raises ``WriteRefused``."""
        gains = [{"guid": guid, "gain_linear": gain} for guid, gain in gains_linear.items()]
        self._ask({"do": "nudge", "gains": gains}, WriteRefused)

    def undo_name(self) -> str:
        """Return the name of the step that would be undone, empty where there is none."""
        return str(plain(self._ask({"do": "undo name"})["ok"]))

    def undo(self) -> str:
        """Take back the last undo step and return its name, empty where there was none. Raises ``WriteRefused``."""
        return str(plain(self._ask({"do": "undo"}, WriteRefused)["ok"]))

    def dry_run_loudness(self, limit_s: float = DRY_RUN_LIMIT_S) -> Loudness | None:
        """Render the master without a file and return its loudness; None where REAPER tells none.

        REAPER gives no sign of life while it renders.
        """
        found = measured(str(self._ask({"do": "dry run"}, SessionUnreadable, limit_s)["ok"]))
        return None if found is None else Loudness(*found)

    def close(self) -> None:
        """End our heartbeat; what is left of a job that was stopped is cleared up."""
        self._closed = True
        if self._heart is not None:
            self._heart.stop()
        if self._exchange.cancelled:
            self._exchange.clear()

    def _ask(
        self,
        wanted: Message,
        failed: type[DawError] = DawError,
        limit_s: float | None = None,
        *,
        gone: type[DawError] | None = None,
    ) -> Message:
        if self._closed:
            raise DawUnreachable(f"the connection to REAPER at {self.where} is closed: run the action again")
        self._number += 1
        request, name = f"request-{self._number}.json", f"answer-{self._number}.json"
        try:
            self._exchange.put(request, {**wanted, "number": self._number})
        except OSError as error:
            raise DawUnreachable(f"{self.where} can not be written ({error.strerror}): REAPER is not asked") from error
        answer = self._awaited(name, limit_s)
        self._exchange.remove(name)
        message = plain(answer.get("message", ""))
        match answer.get("error"):
            case None:
                return answer
            case "failed":
                raise failed(f"REAPER at {self.where}: {message}")
            case "gone":
                raise (gone or failed)(
                    f"REAPER at {self.where}: a track is no longer in the project ({message}): read it again"
                )
        raise DawStale(f"REAPER's script and this Faderbot do not fit ({message}): update both")

    def _awaited(self, name: str, limit_s: float | None) -> Message:
        """Return an answer. Raises ``DawSilent`` where REAPER's beat stands still for longer than the limit."""
        limit_s = self._limits.silent_s if limit_s is None else limit_s
        first, self._first = self._first, None
        allowed_s = limit_s if first is None else first.limit_s(limit_s)
        beat, heard_s = self._exchange.beat(), self._clock()
        while (answer := self._exchange.message(name)) is None:
            self._pause.wait(self._limits.look_s)
            now = self._exchange.beat()
            if now is not None and now != beat:
                beat, heard_s, allowed_s = now, self._clock(), limit_s
            elif self._clock() - heard_s > allowed_s:
                self.close()
                raise DawSilent(self._silent)
        return answer

    def _hear_a_beat(self) -> None:
        """Wait for a new beat: the one that is there may be of a REAPER that is gone."""
        limit_s = self._limits.silent_s if self._first is None else self._first.limit_s(self._limits.silent_s)
        before, begin_s = self._exchange.beat(), self._clock()
        while self._exchange.beat() in {None, before}:
            if self._clock() - begin_s > limit_s:
                raise DawSilent(self._silent)
            self._pause.wait(self._limits.look_s)

    @property
    def _silent(self) -> str:
        return f"REAPER's script in {self.where} does not answer: close any open dialogue in REAPER and try again"
