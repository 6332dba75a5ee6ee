"""Which job an undo takes back: the newest one in the open project, whichever way it came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.changes import MASTER, TEMPO, Change, Value, same
from bridge.desk import OPEN_PROJECT
from bridge.journal import Entry, Journal, JournalError, State
from bridge.live import LiveDaw, takes_midi
from bridge.machine import machine_of
from bridge.made_track import stands


@dataclass(frozen=True, slots=True)
class Job:
    """A job to take back: its file and entry in the journal, and the DAW as the job saw it."""

    file: Path
    entry: Entry
    daw: LiveDaw


def last_job(
    daw: LiveDaw,
    journal: Journal,
    others: Sequence[LiveDaw] = (),
    *,
    counts: Callable[[Entry], bool] = lambda _entry: True,
    to: str = "to undo",
) -> Job:
    """Return the newest job in the open project that was not undone, of those that count; ``to`` says what for.

    A job by another kind of way, which knows tracks by other keys, is looked for in ``others``: the same DAW as such a
    way shows it. An older job is never returned in place of a newer one that may be in this project: where that needs
    a way that is not among ``others`` the error says which, and where its file can not be read, that it has to be moved
    away first. Raises ``JournalError``, for no job at all too.
    """
    jobs = [
        (path, e) for path, e in journal.entries() if e.state is not State.UNDONE and e.daw == daw.name and counts(e)
    ]
    own = _own_job(daw, jobs)
    job = _newer_by_another_way(daw, others, jobs, own) or own
    unread = next((u for u in journal.unread() if job is None or u.path.name > job.file.name), None)
    if job is None:
        also = f"; {unread}" if unread else ""
        raise JournalError(
            f"there is nothing of Faderbot's {to} in {daw.project}: open the project that was mixed{also}"
        )
    if unread is not None:
        raise JournalError(
            f"{unread} and may be of a job newer than {job.entry.title}: undo that newer one in {daw.name}, "
            "or move the file away, then undo again"
        )
    return job


def _own_job(daw: LiveDaw, jobs: Sequence[tuple[Path, Entry]]) -> Job | None:
    """Return the newest job by this kind of way; a project saved under another name since is known by its tracks."""
    mine = [
        (path, entry)
        for path, entry in jobs
        if _alike(daw, entry) and (entry.project != OPEN_PROJECT or _on_one_machine(daw, entry))
    ]
    for path, entry in mine:
        if entry.project == daw.project:
            return Job(path, entry, daw)
    for path, entry in mine:
        if _is_here(daw, entry):
            return Job(path, entry, daw)
    return None


def _is_here(daw: LiveDaw, entry: Entry) -> bool:
    """Tell whether all tracks of a job are in the open project; of one that touched none it can not be told."""
    if entry.made is not None:
        return takes_midi(daw) and stands(daw, entry.made)
    values = track_values(entry.changes, daw.standing(entry.changes))
    return bool(values) and None not in values


def _newer_by_another_way(
    daw: LiveDaw, others: Sequence[LiveDaw], jobs: Sequence[tuple[Path, Entry]], own: Job | None
) -> Job | None:
    for path, entry in jobs:
        if own is not None and path.name <= own.file.name:
            break
        if _alike(daw, entry) or not _on_one_machine(daw, entry):
            continue
        seen = next((other for other in others if _alike(other, entry)), None)
        if seen is None:
            raise JournalError(f"{_other_way(entry)}; if it is another project's, move {path} away")
        if _stands(seen, entry):
            return Job(path, entry, seen)
    return None


def _alike(daw: LiveDaw, entry: Entry) -> bool:
    """Tell whether a job came by the same kind of way: one that tells the project, or faders alone."""
    return (daw.project == OPEN_PROJECT) == (entry.project == OPEN_PROJECT)


def _on_one_machine(daw: LiveDaw, entry: Entry) -> bool:
    return machine_of(entry.where) == machine_of(daw.where)


def _other_way(entry: Entry) -> str:
    if entry.project == OPEN_PROJECT:
        way = "moved faders alone: take it back with faderbot undo STEMS_DIR and its folder, or faderbot undo --daw osc"
    else:
        way = (
            "came through reapy or Faderbot's own script: take it back with faderbot undo, or with the action "
            f"Faderbot: Undo last auto-mix in {entry.daw}"
        )
    return f"the last job ({entry.title}) {way}"


def _stands(daw: LiveDaw, entry: Entry) -> bool:
    """Tell whether something of a job stands in the open project; after a comparison either side of it may be up."""
    moved = [change for change in entry.changes if not same(change.found, change.wanted)]
    pairs = zip(moved, daw.standing(moved), strict=True)
    return any(same(value, c.wanted) or (entry.compared and same(value, c.found)) for c, value in pairs)


def track_values(changes: Sequence[Change], values: Sequence[Value | None]) -> list[Value | None]:
    """Return the values of tracks: a master and a tempo are in every project."""
    return [v for change, v in zip(changes, values, strict=True) if change.track not in {MASTER, TEMPO}]
