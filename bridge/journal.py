"""The journal: what a job is about to change, on disk before the first write, so that a crash can be undone.

One JSON file a job, written whole and flushed to the disk before the DAW is touched. A job is ``writing`` until
everything was read back, then ``done``; ``undone`` once it was taken back. The names of the files sort by time. One
that can not be read is passed over and named, and stays where it is: a newer Faderbot may be able to read it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from platformdirs import user_state_path

from bridge.changes import Change, MadeTrack, Part
from bridge.mixed import Mixed

KEPT = 50
FOLDER_VARIABLE = "FADERBOT_STATE_DIR"


class JournalError(Exception):
    """The journal can not be written or read: where, why, and what to do, in one line."""


class State(StrEnum):
    """How far a job came. ``TRYING``: faders were being tried by ear, so any of them may stand anywhere."""

    TRYING = "trying"
    WRITING = "writing"
    DONE = "done"
    UNDONE = "undone"

    @property
    def unfinished(self) -> bool:
        """Whether the job is under way, or was cut off."""
        return self in {State.TRYING, State.WRITING}


class Loudness(Part):
    """How loud a session was before and after a job, by one and the same measure: what a comparison has to match.

    ``master`` is the master's fader where the job left it as it was, found and wanted alike.
    """

    before_lufs: float
    after_lufs: float
    master: Change | None = None


class Entry(Part):
    """A job in the journal. ``daw`` and ``where`` say which DAW it was, ``project`` which of its projects.

    ``compared``: since then before and after were compared, so that either may be up. ``made`` is the track that the
    job added, where that is what it did: then there are no changes. ``mixed`` is what a mix set, to learn from what is
    changed by hand after it.
    """

    version: Literal[1] = 1
    at: str
    daw: str
    where: str
    project: str
    undo_name: str
    state: State
    changes: tuple[Change, ...]
    heard: Loudness | None = None
    compared: bool = False
    made: MadeTrack | None = None
    mixed: Mixed | None = None

    @property
    def title(self) -> str:
        """The job in words, for lists and questions."""
        return f"{self.undo_name} in {self.project}, {self.when}"

    @property
    def when(self) -> str:
        """When it was, to the second, as people read it."""
        return f"{self.at[:10]} {self.at[11:19]} UTC"

    @property
    def size(self) -> str:
        """How much the job did, in words."""
        return f"{len(self.changes)} values" if self.made is None else self.made.words


def default_folder() -> Path:
    """Return where the journal is kept: the user's state folder, or where the environment says."""
    told = os.environ.get(FOLDER_VARIABLE)
    return Path(told) if told else user_state_path("faderbot", appauthor=False) / "journal"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file of the journal that can not be read, and why."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"the journal file {self.path} can not be read ({self.why})"


class Journal:
    """The journal's folder. Owns the files in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, entry: Entry) -> Path:
        """Write a new entry and return its file. Raises ``JournalError``: then nothing may be changed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for number in range(1000):
                path = self.folder / f"{entry.at.replace(':', '')}-{number:03d}.json"
                if not path.exists():
                    self._write(path, entry)
                    self._prune()
                    return path
        except OSError as error:
            raise self._unwritable(error) from error
        raise JournalError(f"the journal in {self.folder} is full: delete old files there")

    def set_state(self, path: Path, state: State) -> None:
        """Note how far a job came. Raises ``JournalError``."""
        self._update(path, state=state)

    def set_compared(self, path: Path) -> None:
        """Note that from now on either side of a job may be up. Raises ``JournalError``."""
        self._update(path, compared=True)

    def set_made(self, path: Path, made: MadeTrack) -> None:
        """Note what is now known of a track that a job made. Raises ``JournalError``."""
        self._update(path, made=made)

    def entries(self) -> Iterator[tuple[Path, Entry]]:
        """Yield the entries with their files, the newest first, without those that can not be read: see ``unread``."""
        for path, found in self._all():
            if isinstance(found, Entry):
                yield path, found

    def unread(self) -> tuple[Unread, ...]:
        """Return the files that can not be read, the newest first."""
        return tuple(found for _, found in self._all() if isinstance(found, Unread))

    def _update(self, path: Path, **fields: State | bool | MadeTrack) -> None:
        entry = read(path)
        try:
            self._write(path, entry.model_copy(update=fields))
        except OSError as error:
            raise self._unwritable(error) from error

    def _all(self) -> Iterator[tuple[Path, Entry | Unread]]:
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            try:
                yield path, _entry(path)
            except FileNotFoundError:
                continue  # another job has just cleared up
            except (OSError, ValueError) as error:
                yield path, Unread(path, _why(error))

    def _write(self, path: Path, entry: Entry) -> None:
        waiting = path.with_suffix(".new")
        with waiting.open("w", encoding="utf-8") as file:
            file.write(entry.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)

    def _prune(self) -> None:
        for path in sorted(self.folder.glob("*.json"), reverse=True)[KEPT:]:
            path.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> JournalError:
        why = error.strerror or str(error)
        return JournalError(
            f"the journal in {self.folder} can not be written ({why}), and without it nothing is changed: "
            f"mend that, or name another folder in {FOLDER_VARIABLE}"
        )


def read(path: Path) -> Entry:
    """Read an entry. Raises ``JournalError``."""
    try:
        return _entry(path)
    except (OSError, ValueError) as error:
        raise JournalError(f"{Unread(path, _why(error))}: move it away") from error


def _entry(path: Path) -> Entry:
    """Read an entry. Raises ``OSError``, and ``ValueError`` for what is none."""
    return Entry.model_validate_json(path.read_text(encoding="utf-8"))


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is damaged or of another version"


def now() -> str:
    """Return the present time in UTC, to the microsecond, so that files sort by it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
