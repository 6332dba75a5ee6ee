"""batch.json: which sessions of an archive are mixed, a line of JSON a session, and so what a restart may skip.

A session's line is written when it ends. It is done as long as its outputs are there, its stems have the names, sizes
and times of change that they had, and the options are the same; one that failed is tried again.
"""

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bridge.embedded import is_audio
from bridge.interrupts import undisturbed
from bridge.mix_command import Options
from bridge.outputs import MIX, OutputError

SCHEMA: Final = "faderbot-batch"
FILE = "batch.json"
Stems = tuple[tuple[str, int, int], ...]


class BatchLine(BaseModel):
    """A session in batch.json. ``stems``: name, size in bytes and time of change in ns of each; costs J in [0, 1]."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )

    kind: Literal["faderbot-batch"] = Field(SCHEMA, alias="schema")
    version: Literal[1] = 1
    session: str
    out: str
    status: Literal["done", "failed"]
    reason: str | None = None
    loudness_lufs: float | None = None
    cost_before: float | None = None
    cost_after: float | None = None
    options: dict[str, Any]
    stems: Stems

    def text(self) -> str:
        """Return the line, with its end."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), allow_nan=False) + "\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A session that is to be mixed: its folder, where its outputs go, and what its stems look like."""

    session: Path
    out: Path
    stems: Stems

    def is_done(self, before: BatchLine | None, options: Mapping[str, Any]) -> bool:
        """Tell whether it was mixed before, and nothing about it has changed."""
        return (
            before is not None
            and before.status == "done"
            and (before.out, before.stems, before.options) == (str(self.out), self.stems, options)
            and all((self.out / name).is_file() for name in MIX)
        )


def asked_for(sessions: Sequence[Path], out: Path) -> list[Asked]:
    """Return what is asked for: each session into a folder of its name. Raises ``OutputError``."""
    homes = {os.path.realpath(session) for session in sessions}
    asked = []
    for session, name in zip(sessions, distinct([Path(os.path.realpath(s)).name for s in sessions]), strict=True):
        folder = Path(os.path.realpath(out)) / name
        if str(folder) in homes:
            raise OutputError(f"{folder} holds stems, and mix.wav would be taken for one: choose another --out")
        asked.append(Asked(Path(os.path.realpath(session)), folder, stems_of(session)))
    return asked


def stems_of(session: Path) -> Stems:
    """Return name, size and time of change of each audio file; nothing where the folder can not be read."""
    try:
        found = [(path.name, path.stat()) for path in sorted(session.iterdir()) if is_audio(path)]
    except OSError:
        return ()
    return tuple((name, status.st_size, status.st_mtime_ns) for name, status in found)


def distinct(names: Iterable[str]) -> list[str]:
    """Return names of which no two are alike, not even where case does not count: the second gets a number."""
    taken: set[str] = set()
    out: list[str] = []
    for name in names:
        tries, number = name, 1
        while tries.casefold() in taken:
            number += 1
            tries = f"{name} ({number})"
        taken.add(tries.casefold())
        out.append(tries)
    return out


def recorded(options: Options, policy_sha256: str) -> dict[str, Any]:
    """Return the options as a line has them: the policy by what is in it, for a file of that name may be another."""
    whole = asdict(options) | {"policy": policy_sha256}
    kept: dict[str, Any] = json.loads(json.dumps(whole))
    return kept


class Ledger:
    """batch.json while a batch goes on. Owns the file."""

    def __init__(self, path: Path, lines: dict[str, BatchLine]) -> None:
        self._path, self._lines = path, lines

    def of(self, session: Path) -> BatchLine | None:
        """Return what is written of a session."""
        return self._lines.get(str(session))

    def begin(self, again: Iterable[Path]) -> None:
        """Write the file anew without those sessions that are done again. Raises ``OutputError``."""
        for session in again:
            self._lines.pop(str(session), None)
        part = self._path.with_name(f".{self._path.name}.part")
        with _writable(self._path):
            part.write_text("".join(line.text() for line in self._lines.values()), encoding="utf-8")
            part.replace(self._path)

    def add(self, line: BatchLine) -> None:
        """Append a session's line. Raises ``OutputError``."""
        self._lines[line.session] = line
        with undisturbed(), _writable(self._path), self._path.open("a", encoding="utf-8") as file:
            file.write(line.text())


@contextmanager
def kept(folder: Path) -> Iterator[Ledger]:
    """Keep the ledger of an output folder, alone. Raises ``OutputError``, also where another batch goes on there."""
    path = folder / FILE
    lock = FileLock(folder / f".{FILE}.lock", timeout=0, fallback_to_soft=False)
    with _writable(path):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with _writable(path):
            lock.acquire()
    except Timeout as error:
        raise OutputError(f"another faderbot batch writes to {folder}: wait for its end") from error
    try:
        yield Ledger(path, read_lines(_text(path)))
    finally:
        lock.release()


def read_lines(text: str) -> dict[str, BatchLine]:
    """Return the last line of each session, by its folder; what is no line of ours (one cut short) is passed over."""
    found: dict[str, BatchLine] = {}
    for line in io.StringIO(text):
        try:
            one = BatchLine.model_validate_json(line)
        except ValidationError:
            continue
        found[one.session] = one
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise OutputError(f"{path} can not be read ({error.strerror}): choose another folder with --out") from error


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise
    except OSError as error:
        raise OutputError(f"{path} can not be written ({error.strerror}): choose another folder with --out") from error
