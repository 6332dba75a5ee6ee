"""The running DAW behind every protocol: the one state, its undo history, its transport and its meters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntFlag
from threading import RLock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mock_daw.errors import EngineError
from mock_daw.render_settings import RenderSettings
from mock_daw.session import Session

Edit = Callable[[Session], Session]
LONGEST_STEP_S = 0.1
UNNAMED = "Edit"


class PlayState(IntFlag):
    """REAPER's: stopped is 0."""

    STOPPED = 0
    PLAYING = 1
    PAUSED = 2
    RECORDING = 4


class Player(Protocol):
    """Plays a session; ``mock_daw.player.Player`` does."""

    def seek(self, position_s: float) -> None:
        """Go on from another position."""
        ...

    def advance(self, session: Session, samples: int) -> NDArray[np.float64]:
        """Play that many samples; return the absolute peaks (1 + tracks, 2), the master first, after the fader."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the undo history: its name and the session before and after it."""

    name: str
    before: Session
    after: Session


class Live:
    """Owns the open session, its undo and redo history, the transport and the meters.

    Protocols run in threads of their own: hold ``lock`` around anything that must not be mixed with another's.
    ``changes`` grows with every change of the session (REAPER's project state change count). ``render_settings`` are
    those of the next render, ``render_stats`` what the last one measured, in REAPER's words; ``selected_regions`` are
    the GUIDs of the regions selected to be rendered.
    """

    def __init__(self, session: Session, player: Player, *, meter_hold: "MeterHold | None" = None) -> None:
        self.lock = RLock()
        self.changes = 0
        self._session = session
        self._player = player
        self._marked = session
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._blocks: list[Session] = []
        self._state = PlayState.STOPPED
        self._position_samples = 0
        self._adjusted: str | None = None
        self._edit_position_s = 0.0
        self._owed = 0.0
        self._meters = meter_hold or MeterHold()
        self.ext_state: dict[tuple[str, str], str] = {}
        self.render_settings = RenderSettings()
        self.render_stats = ""
        self.selected_regions: frozenset[str] = frozenset()
        self.clock_s = 0.0

    # The session

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self._session

    def edit(self, change: Edit, name: str | None = UNNAMED) -> None:
        """Change the session, in an undo step of its own unless a block is open.

        With ``name`` None there is no step (selections, what a script does outside a block): it can not be undone.
        """
        with self.lock:
            before, after = self._session, change(self._session)
            if after == before:
                return
            self._session = after
            self.changes += 1
            if name is not None and not self._blocks:
                self._record(Step(name, before, after))

    def adjust(self, change: Edit, name: str) -> None:
        """Change the session as a control surface's fader does: moves of one name in a row share one step.

        REAPER holds the volume changes of surfaces together until a pan change or another step comes, or ``settle``.
        """
        with self.lock:
            steps, goes_on = len(self._undo), self._adjusted == name
            self.edit(change, name)
            if len(self._undo) == steps:
                return
            if goes_on:
                last, first = self._undo.pop(), self._undo.pop()
                self._undo.append(Step(name, first.before, last.after))
            self._adjusted = name

    def settle(self) -> None:
        """Let the next ``adjust`` begin a step of its own, as ``CSurf_FlushUndo`` does."""
        self._adjusted = None

    @contextmanager
    def block(self, name: str) -> Iterator[None]:
        """Make one undo step of all edits in the block."""
        self.begin_block()
        try:
            yield
        finally:
            self.end_block(name)

    def begin_block(self) -> None:
        """Open an undo block; blocks may be nested, and the outermost makes the step."""
        with self.lock:
            self._blocks.append(self._session)

    def end_block(self, name: str) -> None:
        """Close an undo block; without an open one, or without a change, nothing happens."""
        with self.lock:
            if not self._blocks:
                return
            before = self._blocks.pop()
            if not self._blocks and before != self._session:
                self._record(Step(name, before, self._session))

    def mark(self, name: str) -> None:
        """Make one undo step of everything since the last one, as a script's ``Undo_OnStateChange`` does."""
        with self.lock:
            if not self._blocks and self._marked != self._session:
                self._record(Step(name, self._marked, self._session))

    @property
    def undo_names(self) -> tuple[str, ...]:
        """The names of the steps that can be undone, the oldest first."""
        return tuple(step.name for step in self._undo)

    @property
    def redo_names(self) -> tuple[str, ...]:
        """The names of the steps that can be done again, the next one last."""
        return tuple(step.name for step in self._redo)

    def undo(self) -> str | None:
        """Take the last step back and return its name; None where there is none."""
        return self._move(self._undo, self._redo, lambda step: step.before)

    def redo(self) -> str | None:
        """Do the step again that was undone last and return its name; None where there is none."""
        return self._move(self._redo, self._undo, lambda step: step.after)

    # The transport

    @property
    def state(self) -> PlayState:
        """Playing, paused, recording or stopped."""
        return self._state

    @property
    def position_s(self) -> float:
        """The play position in seconds; the edit cursor while stopped."""
        if self._state is PlayState.STOPPED:
            return self._edit_position_s
        return self._position_samples / self._session.rate_hz

    @property
    def edit_position_s(self) -> float:
        """The edit cursor in seconds: where play starts."""
        return self._edit_position_s

    def play(self) -> None:
        """Play from the edit cursor, or go on after a pause."""
        with self.lock:
            if self._state is PlayState.STOPPED:
                self._owed = 0.0
                self._go(self._edit_position_s)
            self._state = PlayState.PLAYING

    def record(self) -> None:
        """Play, and say that it records; what is recorded goes nowhere."""
        with self.lock:
            self.play()
            self._state = PlayState.PLAYING | PlayState.RECORDING

    def pause(self) -> None:
        """Pause, or go on after a pause; a recording that pauses is still one."""
        with self.lock:
            if self._state is not PlayState.STOPPED:
                self._state ^= PlayState.PLAYING | PlayState.PAUSED

    def stop(self) -> None:
        """Stop; the play position goes back to the edit cursor, as REAPER's does."""
        with self.lock:
            self._state = PlayState.STOPPED
            self._player.close()

    def seek(self, position_s: float, *, moves_play: bool = True) -> None:
        """Move the edit cursor, and with it the play position unless that is to stay.

        Raises ``EngineError`` for what is no position.
        """
        if not 0.0 <= position_s < float("inf"):
            raise EngineError(f"a position of {position_s} s is not in the project")
        with self.lock:
            self._edit_position_s = position_s
            if moves_play and self._state is not PlayState.STOPPED:
                self._go(position_s)

    def advance(self, seconds: float) -> None:
        """Let time pass: what plays is metered. Raises ``EngineError`` for time that can not pass.

        At the end of the loop or the project play turns back or stops; what was started beyond it plays on.
        """
        if not 0.0 <= seconds < float("inf"):
            raise EngineError(f"the clock can not advance by {seconds} s")
        with self.lock:
            self.clock_s += seconds
            while seconds > 0.0:
                step_s = min(seconds, LONGEST_STEP_S) if self._state & PlayState.PLAYING else seconds
                self._advance(step_s)
                seconds -= step_s

    # The meters

    @property
    def meters(self) -> "MeterHold":
        """The meters, as they stand after the last ``advance``."""
        return self._meters

    # Within

    def _advance(self, step_s: float) -> None:
        peaks = np.zeros((len(self._session.tracks) + 1, 2))
        if self._state & PlayState.PLAYING:
            due = step_s * self._session.rate_hz + self._owed
            samples = round(due)
            self._owed = due - samples
            while samples > 0 and self._state & PlayState.PLAYING:
                end = self._end_ahead()
                piece = samples if end is None else min(samples, end - self._position_samples)
                peaks = np.maximum(peaks, self._player.advance(self._session, piece))
                self._position_samples += piece
                samples -= piece
                if self._position_samples == end:
                    self._turn_back()
        self._meters.feed(peaks, step_s)

    @property
    def _looping(self) -> bool:
        return self._session.repeat and self._session.loop_end_s > self._session.loop_start_s

    def _end_ahead(self) -> int | None:
        """Return the sample at which play turns back or stops; None if it lies behind."""
        end_s = self._session.loop_end_s if self._looping else self._session.length_s
        end = round(end_s * self._session.rate_hz)
        return end if end > self._position_samples else None

    def _turn_back(self) -> None:
        if self._session.repeat:
            self._go(self._session.loop_start_s if self._looping else 0.0)
        elif not self._state & PlayState.RECORDING:
            self.stop()

    def _go(self, position_s: float) -> None:
        self._position_samples = round(position_s * self._session.rate_hz)
        self._player.seek(position_s)

    def _record(self, step: Step) -> None:
        self._undo.append(step)
        self._redo.clear()
        self._marked = step.after
        self._adjusted = None

    def _move(self, source: list[Step], other: list[Step], wanted: Callable[[Step], Session]) -> str | None:
        with self.lock:
            if not source or self._blocks:
                return None
            step = source.pop()
            other.append(step)
            self._session = _with_selection_of(self._session, wanted(step))
            self._marked = self._session
            self._adjusted = None
            self.changes += 1
            return step.name


def _with_selection_of(now: Session, then: Session) -> Session:
    """Return an earlier session with what is selected now: REAPER leaves selections out of undo by default."""
    selected = {track.guid for track in now.tracks if track.selected}
    tracks = tuple(replace(track, selected=track.guid in selected) for track in then.tracks)
    return replace(then, tracks=tracks, master=replace(then.master, selected=now.master.selected))


class MeterHold:
    """Peak meters with decay and hold, in linear peak: one row a track, the master first, columns left and right.

    REAPER's peak meters fall by so many dB a second (its preference "meter decay", 120 dB/s unless set).
    """

    def __init__(self, decay_db_per_s: float = 120.0) -> None:
        self._decay_db_per_s = decay_db_per_s
        self._now = np.zeros((1, 2))
        self._held = np.zeros((1, 2))

    @property
    def peaks(self) -> NDArray[np.float64]:
        """The decaying peaks (1 + tracks, 2)."""
        return self._now

    @property
    def held(self) -> NDArray[np.float64]:
        """The highest peaks since ``clear`` (1 + tracks, 2)."""
        return self._held

    def feed(self, peaks: NDArray[np.float64], seconds: float) -> None:
        """Take in the peaks of the last stretch."""
        fallen = _rows(self._now, len(peaks)) * 10.0 ** (-self._decay_db_per_s * seconds / 20.0)
        self._now = np.maximum(peaks, fallen)
        self._held = np.maximum(_rows(self._held, len(peaks)), peaks)

    def clear(self, row: int | None = None) -> None:
        """Forget the held peaks of one row or of all."""
        self._held = self._held.copy()
        self._held[slice(None) if row is None else row] = 0.0


def _rows(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Return the values with that many rows: tracks may have come or gone."""
    fitted = np.zeros((rows, 2))
    kept = min(rows, len(values))
    fitted[:kept] = values[:kept]
    return fitted
