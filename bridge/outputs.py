"""The files a job leaves behind, such as mix.wav, mix.json, mix.RPP. All appear at the end, complete, or none does."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from agent.session import Session, Settings
from bridge.finishing import BYTES_A_FRAME
from bridge.interrupts import undisturbed
from bridge.rpp import Item, ProjectUnwritable, check_item, project_text

WAV, JSON, RPP = "mix.wav", "mix.json", "mix.RPP"
MIX = (WAV, RPP, JSON)
_SPARE_BYTES = 4_000_000
_STAGE = ".faderbot-"
_REMEDY = "choose another folder with --out"


class OutputError(Exception):
    """The outputs can not be written: where, why, and what to do, in one line."""


class Plays(Protocol):
    """What a track plays: a file, or None, and its length in seconds."""

    @property
    def path(self) -> Path | None:
        """The file."""
        ...

    @property
    def length_s(self) -> float:
        """The length in seconds."""
        ...

    @property
    def speed(self) -> float:
        """How fast it plays: 2.0 is twice as fast."""
        ...


class Stage:
    """A hidden folder inside the output folder, on the same disk, where the outputs are made. Owns that folder."""

    def __init__(self, folder: Path, hidden: Path, names: Sequence[str] = MIX) -> None:
        self.folder, self.hidden, self.names = folder, hidden, tuple(names)

    @property
    def wav(self) -> Path:
        """Where mix.wav is made."""
        return self.hidden / WAV

    def write(self, name: str, text: str) -> None:
        """Write a text output. File names that are not UTF-8 come out as the bytes they are."""
        with (self.hidden / name).open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            file.write(text)

    def commit(self) -> None:
        """Move all outputs to their place, over those of an earlier run."""
        with undisturbed():
            for name in self.names:
                (self.hidden / name).replace(self.folder / name)


@contextmanager
def staged(folder: Path, frames: int, names: Sequence[str] = MIX) -> Iterator[Stage]:
    """Make the output folder and a stage in it, for files of these names; clear up whatever happens.

    ``frames`` are those of the audio among them, 0 where there is none.

    Raises ``OutputError``, at once where the folder can not be written or its disk is too small.
    """
    made: list[Path] = []
    hidden: Path | None = None
    try:
        with _one_line(folder):
            with undisturbed():
                made += [path for path in (folder, *folder.parents) if not path.exists()]
                folder.mkdir(parents=True, exist_ok=True)
                _check(folder, frames, names)
                hidden = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
            yield Stage(folder, hidden, names)
    except BaseException:
        with undisturbed():
            _clear(hidden)
            for path in made:
                with suppress(OSError):
                    path.rmdir()
        raise
    with undisturbed():
        _clear(hidden)


def sweep(folder: Path) -> None:
    """Remove the stages that a run left in an output folder because it was killed."""
    for stage in folder.glob(f"{_STAGE}*"):
        _clear(stage)


def _clear(hidden: Path | None) -> None:
    if hidden is not None:
        shutil.rmtree(hidden, ignore_errors=True)


def default_folder(stems: Path, what: str = "mix") -> Path:
    """Return where the outputs go unless told: beside the stems folder, its name with ``-mix`` behind."""
    stems = Path(os.path.realpath(stems))
    return stems.with_name(f"{stems.name}-{what}") if stems.name else Path(what)


def reaper_project(
    session: Session, settings: Settings, stems: Sequence[Plays], folder: Path, name: str = RPP
) -> tuple[str, tuple[str, ...]]:
    """Return the session as a REAPER project to lie in ``folder``, and a note on each file it can not hold.

    ``name`` is what the project's file will be called.
    """
    items: list[Item | None] = []
    notes: list[str] = []
    for track, stem in zip(session.tracks, stems, strict=True):
        item = None if stem.path is None else Item(_relative(stem.path, folder), stem.length_s, stem.speed)
        try:
            if item is not None:
                check_item(item)
        except ProjectUnwritable as error:
            item = None
            notes.append(f"{name}: track {track.name} is empty there: {error}")
        items.append(item)
    return project_text(replace(session, settings=settings), items), tuple(notes)


def _relative(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder; as it is where there is no way (another drive of Windows)."""
    try:
        return os.path.relpath(os.path.realpath(path), os.path.realpath(folder))
    except ValueError:
        return os.path.realpath(path)


def _check(folder: Path, frames: int, names: Sequence[str]) -> None:
    for name in names:
        if (folder / name).is_dir():
            raise OutputError(f"{folder / name} is a folder, where a file of that name is to go: {_REMEDY}")
    needed = frames * BYTES_A_FRAME + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        short = f"about {needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free"
        raise OutputError(f"the disk of {folder} is too full ({short}): free some space, or {_REMEDY}")


@contextmanager
def _one_line(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise OutputError(f"{folder} is a file: {_REMEDY}") from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            problem = f"the disk of {folder} is full ({error.strerror}): free some space, or {_REMEDY}"
        else:
            problem = f"{folder} can not be written ({error.strerror or error}): check its permissions, or {_REMEDY}"
        raise OutputError(problem) from error
