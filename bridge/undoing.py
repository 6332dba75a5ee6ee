"""Taking a job back from its journal: after a crash, or because it was not liked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.changes import MASTER, TEMPO, Value, same
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, JournalError, State
from bridge.live import LiveDaw
from bridge.live_job import LeftInBetween, not_recording, set_since, take_back
from bridge.notes import listed


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the values restored, those left since somebody changed them later, the tracks gone."""

    entry: Entry
    restored: tuple[str, ...]
    left: tuple[str, ...]
    gone: tuple[str, ...]


def last_job(daw: LiveDaw, journal: Journal) -> tuple[Path, Entry]:
    """Return the newest job in the open project that was not undone.

    A project that was saved under another name since is known by its tracks. Raises ``JournalError`` for none.
    """
    mine = [(path, e) for path, e in journal.entries() if e.state is not State.UNDONE and e.daw == daw.name]
    for path, entry in mine:
        if entry.project == daw.project:
            return path, entry
    for path, entry in mine:
        values = _tracks(entry, daw.standing(entry.changes))
        if values and None not in values:
            return path, entry
    raise JournalError(f"there is nothing of Faderbot's to undo in {daw.project}: open the project that was mixed")


def undo_last(daw: LiveDaw, journal: Journal, *, everything: bool = False) -> Undone:
    """Bring the last job's values back to what they were before it.

    Values that somebody changed after the job are left, unless ``everything``. An EQ that a crash left half-written
    looks like that, and is restored. Raises ``DawError`` and ``JournalError``.
    """
    path, entry = last_job(daw, journal)
    values = daw.standing(entry.changes)
    not_recording(daw)
    tracks = _tracks(entry, values)
    if tracks and all(value is None for value in tracks):
        raise JournalError(f"no track of that job is in {daw.project}: open the project that was mixed")
    pairs = list(zip(entry.changes, values, strict=True))
    gone = [change for change, value in pairs if value is None]
    away = [change for change, value in pairs if value is not None and not same(value, change.found)]
    cut_off = entry.state is State.WRITING
    theirs = [c for c, v in pairs if not everything and set_since(c, v) and not (cut_off and c.what == "eq")]
    mine = [change for change in away if change not in theirs]
    with undisturbed():
        # The DAW's own undo would take everything of the step back: only where nothing of it is to be left.
        not_back = take_back(daw, mine, "" if theirs else entry.undo_name)
        if not_back:
            raise LeftInBetween(f"not put back: {listed(not_back)}; try again, or use {daw.name}'s undo history")
        journal.set_state(path, State.UNDONE)
    return Undone(entry, *(tuple(change.words for change in some) for some in (mine, theirs, gone)))


def _tracks(entry: Entry, values: Sequence[Value | None]) -> list[Value | None]:
    """Return the values of tracks: a master and a tempo are in every project."""
    return [v for change, v in zip(entry.changes, values, strict=True) if change.track not in {MASTER, TEMPO}]
