"""A track that a job adds to a running DAW, and how it is taken away again: journalled, written, read back.

Whatever goes wrong after the first write, an interrupt included, takes the track away; where the DAW can no longer be
asked, the error says so, and the journal keeps what it takes for ``faderbot undo``.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from agent.daw import DawError, WriteRefused
from bridge.changes import MadeTrack, MidiNote, nearness_s
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, State, now
from bridge.live import MidiDaw, SessionMoved
from bridge.live_job import PUT_BACK, LeftInBetween, not_recording


class Fate(StrEnum):
    """What became of a track that was to go: it went, it was gone already, or it was left."""

    REMOVED = "removed"
    GONE = "gone"
    LEFT = "left"


def add_track(
    daw: MidiDaw,
    journal: Journal,
    name: str,
    notes: Sequence[MidiNote],
    *,
    start_s: float,
    end_s: float,
    undo_name: str,
    deliver: Callable[[], None] = lambda: None,
) -> MadeTrack:
    """Add a track with these notes in one undo step, read it back, and return it.

    ``deliver`` is called at the end: where it fails the track is taken away as well.

    Raises ``DawError`` (and then all is as it was, unless it is a ``LeftInBetween``) and ``JournalError``.
    """
    daw.standing(())  # another project in front is no place for it
    not_recording(daw)
    undo_name = f"{undo_name}, again" if daw.undo_name() == undo_name else undo_name
    within_s = nearness_s(daw.midi.ruler().tempo_bpm)
    made = MadeTrack(name=name, notes=tuple(notes), before=daw.midi.track_keys(), within_s=within_s)
    hand = _Hand(daw, journal, made, undo_name)
    try:
        with undisturbed():
            made = hand.add(start_s, end_s)
        deliver()
    except BaseException:
        with undisturbed():
            hand.put_back()
        raise
    return made


def take_away(daw: MidiDaw, made: MadeTrack, undo_name: str, *, surely: bool = False) -> Fate:
    """Take a track away: by the DAW's own undo where the last step is ours, else by deleting that track.

    It is left where more was put on it since, and, unless ``surely``, where its notes are not those that were written.
    A track whose key is not known is the one that came since and has these notes. Raises ``DawError``.
    """
    key = made.key or _found(daw, made)
    if not key or daw.midi.notes(key) is None:
        return Fate.GONE
    if undo_name and daw.undo_name() == undo_name:
        daw.undo()
    notes = daw.midi.notes(key)
    if notes is None:
        return Fate.REMOVED
    if daw.midi.worked_on(key) or not (surely or made.holds(notes)):
        return Fate.LEFT
    daw.midi.delete(key, PUT_BACK)
    if daw.midi.notes(key) is not None:
        raise LeftInBetween(f"{daw.name} did not delete {made.words}: delete it there")
    return Fate.REMOVED


def stands(daw: MidiDaw, made: MadeTrack) -> bool:
    """Tell whether a track is in the open project."""
    key = made.key or _found(daw, made)
    return bool(key) and daw.midi.notes(key) is not None


def _found(daw: MidiDaw, made: MadeTrack) -> str:
    """Return the key of the one track that came since and has the notes; empty where there is none, or are several."""
    new = [key for key in daw.midi.track_keys() if key not in made.before]
    alike = [key for key in new if made.holds(daw.midi.notes(key) or ())]
    return alike[0] if len(alike) == 1 else ""


class _Hand:
    """Adds a track and takes it away. Owns the journal's entry of the job."""

    def __init__(self, daw: MidiDaw, journal: Journal, made: MadeTrack, undo_name: str) -> None:
        self._daw, self._journal, self._made, self._undo_name = daw, journal, made, undo_name
        self._file: Path | None = None

    def add(self, start_s: float, end_s: float) -> MadeTrack:
        """Journal, write and read back. Raises ``DawError`` and ``JournalError``."""
        made = self._made
        self._file = self._journal.open(self._entry())
        key = self._daw.midi.add(made.name, made.notes, start_s, end_s, self._undo_name)
        self._made = made = made.model_copy(update={"key": key})
        self._journal.set_made(self._file, made)
        found = self._daw.midi.notes(key)
        if found is None:
            raise SessionMoved(f"{made.words} was taken away while it was read back")
        if not made.holds(found):
            raise WriteRefused(f"{self._daw.name} did not take the notes as they were written: {len(found)} came back")
        self._journal.set_state(self._file, State.DONE)
        return made

    def put_back(self) -> None:
        """Take the track away, whatever of it is there. Raises ``LeftInBetween``."""
        if self._file is None:
            return
        try:
            fate = take_away(self._daw, self._made, self._undo_name, surely=True)
        except LeftInBetween:
            raise
        except DawError as error:
            raise LeftInBetween(
                f"{self._daw.name} can not be asked any more, so whether {self._made.words} was added is not known "
                f"({error}): once it answers, `faderbot undo` takes it away"
            ) from error
        if fate is Fate.LEFT:
            raise LeftInBetween(f"{self._made.words} was left, since more was put on it meanwhile: delete it there")
        self._journal.set_state(self._file, State.UNDONE)

    def _entry(self) -> Entry:
        return Entry(
            at=now(),
            daw=self._daw.name,
            where=self._daw.where,
            project=self._daw.project,
            undo_name=self._undo_name,
            state=State.WRITING,
            changes=(),
            made=self._made,
        )
