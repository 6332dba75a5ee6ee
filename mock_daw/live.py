"""The running DAW behind every protocol: the open projects, their undo history, the transport and the meters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock

import numpy as np

from mock_daw.document import Document, Player, PlayState, Step
from mock_daw.errors import EngineError
from mock_daw.meter_hold import MeterHold
from mock_daw.render_settings import RenderSettings
from mock_daw.session import Session

__all__ = ["DEFAULT_OPTIONS", "FIRST_TAB", "Document", "Edit", "Live", "MeterHold", "PlayState", "Player"]

Edit = Callable[[Session], Session]
LONGEST_STEP_S = 0.1
UNNAMED = "Edit"
FIRST_TAB = "project"
# Of a fresh REAPER: snapping, automatic crossfades, and recording that splits items into takes.
DEFAULT_OPTIONS = frozenset({1157, 40041, 41330})


class Live:
    """Owns the open projects, one a tab, of which one is in front; the transport and the meters are its.

    Protocols run in threads of their own: hold ``lock`` around anything that must not be mixed with another's.
    ``changes`` grows with every change of any project. ``options`` are the preferences that are on, by the numbers of
    the actions that switch them.
    """

    def __init__(self, session: Session, player: Player, *, meter_hold: MeterHold | None = None) -> None:
        self.lock = RLock()
        self.changes = 0
        self._tabs = [Document(FIRST_TAB, session, player)]
        self._front = self._tabs[0]
        self._opened = 0
        self._meters = meter_hold or MeterHold()
        self.ext_state: dict[tuple[str, str], str] = {}
        self.options = DEFAULT_OPTIONS
        self.clock_s = 0.0

    # The projects

    @property
    def front(self) -> Document:
        """The project in front, which everything is about."""
        return self._front

    @property
    def tabs(self) -> tuple[Document, ...]:
        """All open projects, in the order of their tabs."""
        return tuple(self._tabs)

    def open_tab(self, session: Session, player: Player) -> Document:
        """Open a project in a tab of its own, behind the others, and bring it to the front."""
        with self.lock:
            self._opened += 1
            opened = Document(f"{FIRST_TAB} {self._opened}", session, player)
            self._tabs.append(opened)
            self.select_tab(opened)
            return opened

    def select_tab(self, document: Document) -> None:
        """Bring a project to the front; the one that was there stops."""
        with self.lock:
            if document is not self._front:
                self.stop()
                self._front = document
                self._meters.clear()

    def close_tab(self, document: Document) -> None:
        """Close a project, unless it is the only one; the one on its left comes to the front in its place."""
        with self.lock:
            place = self._tabs.index(document)
            if len(self._tabs) == 1:
                return
            document.player.close()
            self._tabs.remove(document)
            if document is self._front:
                self._front = self._tabs[max(place - 1, 0)]
                self._meters.clear()

    def open_here(self, session: Session, player: Player) -> None:
        """Open a project in the tab in front, in the place of the one there."""
        with self.lock:
            self.stop()
            place = self._tabs.index(self._front)
            changes = self._front.changes + 1
            self._front = Document(self._front.name, session, player, changes=changes, saved_at=changes)
            self._tabs[place] = self._front
            self.changes += 1
            self._meters.clear()

    @contextmanager
    def behind(self, document: Document) -> Iterator[None]:
        """Work on a project as if it were in front: a script may name any of them."""
        with self.lock:
            front = self._front
            if document is front:
                yield  # what it does may bring another to the front
                return
            self._front = document
            try:
                yield
            finally:
                self._front = front

    @property
    def render_settings(self) -> RenderSettings:
        """The settings of the next render."""
        return self._front.render_settings

    @render_settings.setter
    def render_settings(self, settings: RenderSettings) -> None:
        self._front.render_settings = settings

    @property
    def render_stats(self) -> str:
        """What the last render measured, in REAPER's words."""
        return self._front.render_stats

    @render_stats.setter
    def render_stats(self, text: str) -> None:
        self._front.render_stats = text

    @property
    def selected_regions(self) -> frozenset[str]:
        """The GUIDs of the regions selected to be rendered."""
        return self._front.selected_regions

    @selected_regions.setter
    def selected_regions(self, guids: frozenset[str]) -> None:
        self._front.selected_regions = guids

    # The session

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self._front.session

    def edit(self, change: Edit, name: str | None = UNNAMED) -> None:
        """Change the session, in an undo step of its own unless a block is open.

        With ``name`` None there is no step (selections, what a script does outside a block): it can not be undone.
        """
        with self.lock:
            before, after = self._front.session, change(self._front.session)
            if after == before:
                return
            self._front.session = after
            self._changed()
            if name is not None and not self._front.blocks:
                self._record(Step(name, before, after))

    def adjust(self, change: Edit, name: str) -> None:
        """Change the session as a control surface's fader does: moves of one name in a row share one step.

        REAPER holds the volume changes of surfaces together until a pan change or another step comes, or ``settle``.
        """
        with self.lock:
            steps, goes_on = len(self._front.undo), self._front.adjusted == name
            self.edit(change, name)
            if len(self._front.undo) == steps:
                return
            if goes_on:
                last, first = self._front.undo.pop(), self._front.undo.pop()
                self._front.undo.append(Step(name, first.before, last.after))
            self._front.adjusted = name

    def settle(self) -> None:
        """Let the next ``adjust`` begin a step of its own, as ``CSurf_FlushUndo`` does."""
        self._front.adjusted = None

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
            self._front.blocks.append(self._front.session)

    def end_block(self, name: str) -> None:
        """Close an undo block; without an open one, or without a change, nothing happens."""
        with self.lock:
            if not self._front.blocks:
                return
            before = self._front.blocks.pop()
            if not self._front.blocks and before != self._front.session:
                self._record(Step(name, before, self._front.session))

    def mark(self, name: str) -> None:
        """Make one undo step of everything since the last one, as a script's ``Undo_OnStateChange`` does."""
        with self.lock:
            if not self._front.blocks and self._front.marked != self._front.session:
                self._record(Step(name, self._front.marked, self._front.session))

    @property
    def undo_names(self) -> tuple[str, ...]:
        """The names of the steps that can be undone, the oldest first."""
        return tuple(step.name for step in self._front.undo)

    @property
    def redo_names(self) -> tuple[str, ...]:
        """The names of the steps that can be done again, the next one last."""
        return tuple(step.name for step in self._front.redo)

    def undo(self) -> str | None:
        """Take the last step back and return its name; None where there is none."""
        return self._move(self._front.undo, self._front.redo, lambda step: step.before)

    def redo(self) -> str | None:
        """Do the step again that was undone last and return its name; None where there is none."""
        return self._move(self._front.redo, self._front.undo, lambda step: step.after)

    # The transport

    @property
    def state(self) -> PlayState:
        """Playing, paused, recording or stopped."""
        return self._front.state

    @property
    def position_s(self) -> float:
        """The play position in seconds; the edit cursor while stopped."""
        if self._front.state is PlayState.STOPPED:
            return self._front.edit_position_s
        return self._front.position_samples / self._front.session.rate_hz

    @property
    def edit_position_s(self) -> float:
        """The edit cursor in seconds: where play starts."""
        return self._front.edit_position_s

    def play(self) -> None:
        """Play from the edit cursor, or go on after a pause."""
        with self.lock:
            if self._front.state is PlayState.STOPPED:
                self._front.owed = 0.0
                self._go(self._front.edit_position_s)
            self._front.state = PlayState.PLAYING

    def record(self) -> None:
        """Play, and say that it records; what is recorded goes nowhere."""
        with self.lock:
            self.play()
            self._front.state = PlayState.PLAYING | PlayState.RECORDING

    def pause(self) -> None:
        """Pause, or go on after a pause; a recording that pauses is still one."""
        with self.lock:
            if self._front.state is not PlayState.STOPPED:
                self._front.state ^= PlayState.PLAYING | PlayState.PAUSED

    def stop(self) -> None:
        """Stop; the play position goes back to the edit cursor, as REAPER's does."""
        with self.lock:
            self._front.state = PlayState.STOPPED
            self._front.player.close()

    def seek(self, position_s: float, *, moves_play: bool = True) -> None:
        """Move the edit cursor, and with it the play position unless that is to stay.

        Raises ``EngineError`` for what is no position.
        """
        if not 0.0 <= position_s < float("inf"):
            raise EngineError(f"a position of {position_s} s is not in the project")
        with self.lock:
            self._front.edit_position_s = position_s
            if moves_play and self._front.state is not PlayState.STOPPED:
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
                step_s = min(seconds, LONGEST_STEP_S) if self._front.state & PlayState.PLAYING else seconds
                self._advance(step_s)
                seconds -= step_s

    # The meters

    @property
    def meters(self) -> MeterHold:
        """The meters, as they stand after the last ``advance``."""
        return self._meters

    # Within

    def _advance(self, step_s: float) -> None:
        peaks = np.zeros((len(self._front.session.tracks) + 1, 2))
        if self._front.state & PlayState.PLAYING:
            due = step_s * self._front.session.rate_hz + self._front.owed
            samples = round(due)
            self._front.owed = due - samples
            while samples > 0 and self._front.state & PlayState.PLAYING:
                end = self._end_ahead()
                piece = samples if end is None else min(samples, end - self._front.position_samples)
                peaks = np.maximum(peaks, self._front.player.advance(self._front.session, piece))
                self._front.position_samples += piece
                samples -= piece
                if self._front.position_samples == end:
                    self._turn_back()
        self._meters.feed(peaks, step_s)

    @property
    def _looping(self) -> bool:
        return self._front.session.repeat and self._front.session.loop_end_s > self._front.session.loop_start_s

    def _end_ahead(self) -> int | None:
        """Return the sample at which play turns back or stops; None if it lies behind."""
        end_s = self._front.session.loop_end_s if self._looping else self._front.session.length_s
        end = round(end_s * self._front.session.rate_hz)
        return end if end > self._front.position_samples else None

    def _turn_back(self) -> None:
        if self._front.session.repeat:
            self._go(self._front.session.loop_start_s if self._looping else 0.0)
        elif not self._front.state & PlayState.RECORDING:
            self.stop()

    def _go(self, position_s: float) -> None:
        self._front.position_samples = round(position_s * self._front.session.rate_hz)
        self._front.player.seek(position_s)

    def _changed(self) -> None:
        self._front.changes += 1
        self.changes += 1

    def _record(self, step: Step) -> None:
        self._front.undo.append(step)
        self._front.redo.clear()
        self._front.marked = step.after
        self._front.adjusted = None

    def _move(self, source: list[Step], other: list[Step], wanted: Callable[[Step], Session]) -> str | None:
        with self.lock:
            if not source or self._front.blocks:
                return None
            step = source.pop()
            other.append(step)
            self._front.session = _with_selection_of(self._front.session, wanted(step))
            self._front.marked = self._front.session
            self._front.adjusted = None
            self._changed()
            return step.name


def _with_selection_of(now: Session, then: Session) -> Session:
    """Return an earlier session with what is selected now: REAPER leaves selections out of undo by default."""
    selected = {track.guid for track in now.tracks if track.selected}
    tracks = tuple(replace(track, selected=track.guid in selected) for track in then.tracks)
    return replace(then, tracks=tracks, master=replace(then.master, selected=now.master.selected))
