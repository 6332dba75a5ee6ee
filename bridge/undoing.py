"""Taking a job back from its journal: after a crash, or because it was not liked."""

from dataclasses import dataclass
from pathlib import Path

from bridge.changes import Change, Value, same
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, JournalError, State
from bridge.live import LiveDaw
from bridge.live_job import LeftInBetween, take_back
from bridge.notes import listed


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the values restored, those left since somebody changed them later, the tracks gone."""

    entry: Entry
    restored: tuple[str, ...]
    left: tuple[str, ...]
    gone: tuple[str, ...]


def last_job(daw: LiveDaw, journal: Journal) -> tuple[Path, Entry]:
    """Return the newest job in the open project that was not undone. Raises ``JournalError`` where there is none."""
    for path, entry in journal.entries():
        if entry.state is not State.UNDONE and (entry.daw, entry.project) == (daw.name, daw.project):
            return path, entry
    raise JournalError(f"there is nothing of Faderbot's to undo in {daw.project}: open the project that was mixed")


def undo_last(daw: LiveDaw, journal: Journal, *, everything: bool = False) -> Undone:
    """Bring the last job's values back to what they were before it.

    Values that somebody changed after the job are left, unless ``everything``; after a crash in the middle of a job
    all are restored. Raises ``DawError`` and ``JournalError``.
    """
    path, entry = last_job(daw, journal)
    values = daw.standing(entry.changes)
    pairs = list(zip(entry.changes, values, strict=True))
    gone = [change for change, value in pairs if value is None]
    away = [change for change, value in pairs if value is not None and not same(value, change.found)]
    theirs = [] if everything or entry.state is State.WRITING else [c for c, v in pairs if _theirs(c, v)]
    mine = [change for change in away if change not in theirs]
    with undisturbed():
        # The DAW's own undo would take everything of the step back: only where nothing of it is to be left.
        not_back = take_back(daw, mine, "" if theirs else entry.undo_name)
        if not_back:
            raise LeftInBetween(f"not put back: {listed(not_back)}; try again, or use {daw.name}'s undo history")
        journal.set_state(path, State.UNDONE)
    return Undone(entry, *(tuple(change.words for change in some) for some in (mine, theirs, gone)))


def _theirs(change: Change, value: Value | None) -> bool:
    return value is not None and not any(same(value, known) for known in (change.found, change.wanted))
