"""The journal: what a job is about to change, on disk before the first write, so that a crash can be undone.

One JSON file a job, written whole and flushed to the disk before the DAW is touched. A job is ``writing`` until
everything was read back, then ``done``; ``undone`` once it was taken back.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from platformdirs import user_state_path
from pydantic import ValidationError

from bridge.changes import Change, Part

KEPT = 50
FOLDER_VARIABLE = "FADERBOT_STATE_DIR"


class JournalError(Exception):
    """The journal can not be written or read: where, why, and what to do, in one line."""


class State(StrEnum):
    """How far a job came."""

    WRITING = "writing"
    DONE = "done"
    UNDONE = "undone"


class Entry(Part):
    """A job in the journal. ``daw`` and ``where`` say which DAW it was, ``project`` which of its projects."""

    version: Literal[1] = 1
    at: str
    daw: str
    where: str
    project: str
    undo_name: str
    state: State
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """The job in words, for lists and questions."""
        return f"{self.undo_name} in {self.project}, {self.at}"


def default_folder() -> Path:
    """Return where the journal is kept: the user's state folder, or where the environment says."""
    told = os.environ.get(FOLDER_VARIABLE)
    return Path(told) if told else user_state_path("faderbot", appauthor=False) / "journal"


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
        entry = read(path)
        try:
            self._write(path, entry.model_copy(update={"state": state}))
        except OSError as error:
            raise self._unwritable(error) from error

    def entries(self) -> Iterator[tuple[Path, Entry]]:
        """Yield the entries with their files, the newest first. Raises ``JournalError`` at one that can not be read."""
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            yield path, read(path)

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
        return Entry.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is damaged or of another version"
        raise JournalError(f"the journal file {path} can not be read ({why}): move it away") from error


def now() -> str:
    """Return the present time in UTC, to the microsecond, so that files sort by it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
