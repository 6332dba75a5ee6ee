"""Taking a job back from its journal: after a crash, or because it was not liked."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.changes import Change, MadeTrack, Value, same
from bridge.comparing import is_ours, master_left
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, JournalError, State
from bridge.last_job import Job, last_job, track_values
from bridge.live import LiveDaw, takes_midi
from bridge.live_job import LeftInBetween, not_recording, set_since, take_back
from bridge.made_track import Fate, take_away
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
    looks like that, and is restored. What a comparison of before and after set is no such change. A track that the job
    made goes, unless it was worked on since. Raises ``DawError`` and ``JournalError``.
    """
    job = last_job(daw, journal, others)
    daw, entry = job.daw, job.entry
    if entry.made is not None:
        return _track_taken_away(job, entry.made, journal, everything=everything)
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


def _track_taken_away(job: Job, made: MadeTrack, journal: Journal, *, everything: bool) -> Undone:
    daw, entry = job.daw, job.entry
    if not takes_midi(daw):
        raise JournalError(f"{entry.title} added {made.words}: take it back through reapy or the button in {daw.name}")
    daw.standing(())
    not_recording(daw)
    with undisturbed():
        # What was cut off may lack notes, and is known by the key of a track that nobody else has seen.
        surely = everything or (entry.state is State.WRITING and bool(made.key))
        fate = take_away(daw, made, entry.undo_name, surely=surely)
        if fate is not Fate.LEFT:
            journal.set_state(job.file, State.UNDONE)
    told = {one: (made.words,) if fate is one else () for one in Fate}
    return Undone(entry, told[Fate.REMOVED], told[Fate.LEFT], told[Fate.GONE])


def _theirs(entry: Entry, change: Change, value: Value | None) -> bool:
    return set_since(change, value) and not (entry.compared and is_ours(entry, change, value))
