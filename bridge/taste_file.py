"""What was learned from a user: one file of JSON lines in the user's state folder, a line a preference.

It is read and written here alone, and sent nowhere. Every change writes the whole file anew beside it and then puts
that in its place, so that a crash leaves the old one or the new one. A line that can not be read is passed over, named,
and kept: a newer Faderbot may be able to read it.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock, Timeout
from platformdirs import user_state_path
from pydantic import BaseModel, ConfigDict, Field

from agent.roles import Role
from agent.taste import Knob, Preference, Taste, taste
from bridge.journal import FOLDER_VARIABLE

NAME = "taste.jsonl"
A_MOMENT_S = 2.0
Db = Annotated[float, Field(ge=-200.0, le=200.0, allow_inf_nan=False)]


class TasteError(Exception):
    """There is nothing to learn, or the file can not be read or written: what, and what to do, in one line."""


class Line(BaseModel):
    """A line of the file: how a role was moved by hand after a mix in a style, in dB."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    at: str
    session: str
    style: str
    role: Role
    knob: Knob
    moved_db: Db
    taste_db: Db = 0.0
    lesson: str

    @classmethod
    def of(cls, preference: Preference) -> "Line":
        """Return a preference as a line."""
        return cls(**{name: getattr(preference, name) for name in cls.model_fields if name != "version"})

    def preference(self) -> Preference:
        """Return the preference in a line."""
        return Preference(**{name: getattr(self, name) for name in type(self).model_fields if name != "version"})


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the file holds: the preferences, the oldest first, and in words the lines that can not be read."""

    preferences: tuple[Preference, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The lessons, the oldest first; one may have taught several preferences."""
        return tuple(dict.fromkeys(one.lesson for one in self.preferences))

    def of(self, lesson: str) -> tuple[Preference, ...]:
        """Return what one lesson taught."""
        return tuple(one for one in self.preferences if one.lesson == lesson)

    def taste(self, style: str) -> Taste:
        """Return the taste in a style."""
        return taste(self.preferences, style)


class TasteFile:
    """The file. Owns it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Lessons:
        """Return what was learned; nothing where there is no file. Raises ``TasteError``."""
        rows = list(self._rows())
        unread = tuple(
            f"line {number} of {self.path} can not be read (it is damaged or of another version): passed over"
            for number, (_, one) in enumerate(rows, 1)
            if one is None
        )
        return Lessons(tuple(one for _, one in rows if one is not None), unread)

    def add(self, preferences: Sequence[Preference]) -> None:
        """Write down a lesson, in place of what was learned from the same mix before. Raises ``TasteError``."""
        lessons = {one.lesson for one in preferences}
        with self._alone():
            kept = [text for text, one in self._rows() if one is None or one.lesson not in lessons]
            self._write(self.path, [*kept, *(Line.of(one).model_dump_json() for one in preferences)])

    def undo(self) -> tuple[Preference, ...]:
        """Take the last lesson back and return what it had taught. Raises ``TasteError``, where there is none too."""
        with self._alone():
            rows = list(self._rows())
            known = [one for _, one in rows if one is not None]
            if not known:
                raise TasteError(f"there is no lesson to take back: nothing is learned in {self.path}")
            last = known[-1].lesson
            self._write(self.path, [text for text, one in rows if one is None or one.lesson != last])
        return tuple(one for one in known if one.lesson == last)

    def forget(self) -> int:
        """Delete the file and return how many lessons were in it. Raises ``TasteError``."""
        with self._alone():
            lessons = len({one.lesson for _, one in self._rows() if one is not None})
            try:
                self.path.unlink(missing_ok=True)
            except OSError as error:
                raise self._failed("deleted", self.path, error) from error
        return lessons

    def export(self, path: Path) -> int:
        """Write the lines that can be read to another file and return their number. Raises ``TasteError``."""
        if path.exists():
            raise TasteError(f"{path} is there already: name a new file")
        lines = [text for text, one in self._rows() if one is not None]
        self._write(path, lines)
        return len(lines)

    def _rows(self) -> Iterator[tuple[str, Preference | None]]:
        """Yield the lines, each with its preference, None where it can not be read."""
        try:
            text = self.path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed("read", self.path, error) from error
        for line in text.split("\n"):
            if line.strip():
                try:
                    yield line, Line.model_validate_json(line.encode("utf-8", "surrogateescape")).preference()
                except ValueError:
                    yield line, None

    def _write(self, path: Path, lines: Sequence[str]) -> None:
        waiting = path.with_name(f"{path.name}.new")
        text = "".join(f"{line}\n" for line in lines)
        try:
            with waiting.open("wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                file.flush()
                os.fsync(file.fileno())
            waiting.replace(path)
        except OSError as error:
            raise self._failed("written", path, error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only one that changes the file."""
        lock = FileLock(self.path.with_suffix(".lock"), timeout=A_MOMENT_S, fallback_to_soft=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire()
        except Timeout as error:
            raise TasteError("another faderbot learn is at work: wait for its end, then try again") from error
        except OSError as error:
            raise self._failed("written", self.path, error) from error
        try:
            yield
        finally:
            lock.release()

    def _failed(self, what: str, path: Path, error: OSError) -> TasteError:
        why = error.strerror or str(error)
        remedy = f", or name another folder in {FOLDER_VARIABLE}" if path == self.path else ""
        return TasteError(f"{path} can not be {what} ({why}): mend that{remedy}")


def default_file() -> Path:
    """Return where the taste is kept: in the user's state folder, or where the environment says."""
    told = os.environ.get(FOLDER_VARIABLE)
    return (Path(told) if told else user_state_path("faderbot", appauthor=False)) / NAME
