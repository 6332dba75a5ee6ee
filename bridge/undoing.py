"""Taking a job back from its journal: after a crash, or because it was not liked."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.changes import Change, Value, same
from bridge.comparing import is_ours, master_left
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, JournalError, State
from bridge.last_job import last_job, track_values
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


def undo_last(daw: LiveDaw, journal: Journal, *, everything: bool = False, others: Sequence[LiveDaw] = ()) -> Undone:
    """Bring the values of ``last_job`` back to what they were before it.

    Values that somebody changed after the job are left, unless ``everything``, or the job was cut off while it tried
    faders: what it tried and what the user did can not be told apart then. An EQ that a crash left half-written
    looks like that, and is restored. What a comparison of before and after set is no such change. Raises ``DawError``
    and ``JournalError``.
    """
    job = last_job(daw, journal, others)
    daw, entry = job.daw, job.entry
    changes = (*entry.changes, *(master_left(entry) if entry.compared else ()))
    values = daw.standing(changes)
    not_recording(daw)
    tracks = track_values(changes, values)
    if tracks and all(value is None for value in tracks):
        raise JournalError(f"no track of that job is in {daw.project}: open the project that was mixed")
    pairs = list(zip(changes, values, strict=True))
    gone = [change for change, value in pairs if value is None]
    away = [change for change, value in pairs if value is not None and not same(value, change.found)]
    cut_off, everything = entry.state is State.WRITING, everything or entry.state is State.TRYING
    theirs = [c for c, v in pairs if not everything and _theirs(entry, c, v) and not (cut_off and c.what == "eq")]
    mine = [change for change in away if change not in theirs]
    with undisturbed():
        # The DAW's own undo would take everything of the step back: only where nothing of it is to be left.
        not_back = take_back(daw, mine, "" if theirs else entry.undo_name)
        if not_back:
            raise LeftInBetween(f"not put back: {listed(not_back)}; try again, or use {daw.name}'s undo history")
        journal.set_state(job.file, State.UNDONE)
    return Undone(entry, *(tuple(change.words for change in some) for some in (mine, theirs, gone)))


def _theirs(entry: Entry, change: Change, value: Value | None) -> bool:
    return set_since(change, value) and not (entry.compared and is_ours(entry, change, value))
