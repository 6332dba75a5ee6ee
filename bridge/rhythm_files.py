"""The files of a rhythm: drums.mid, preview.wav, pattern.png, rhythm.json. All appear at the end, or none does."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from bridge.interrupts import undisturbed
from bridge.outputs import OutputError, Stage, default_folder, staged
from bridge.wishes import WishUnclear

FOLDER = "rhythm"


class Kind(StrEnum):
    """What is in a file."""

    MIDI = "drums.mid"
    PREVIEW = "preview.wav"
    PICTURE = "pattern.png"
    DOCUMENT = "rhythm.json"


ENDINGS: Mapping[str, Kind] = MappingProxyType(
    {".mid": Kind.MIDI, ".midi": Kind.MIDI, ".wav": Kind.PREVIEW, ".png": Kind.PICTURE, ".json": Kind.DOCUMENT}
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is to be written: where, what is in it, and how it is called in reports."""

    path: Path
    kind: Kind
    name: str


def wanted_files(outs: Sequence[Path], stems: Path | None) -> tuple[Wanted, ...]:
    """Return the files that are named, or all kinds in a folder beside the stems where none is; without one, none.

    Raises ``WishUnclear`` for an ending that says nothing, ``OutputError`` where a file would be taken for a stem.
    """
    if not outs and stems is not None:
        folder = default_folder(stems, FOLDER)
        return tuple(Wanted(folder / kind.value, kind, kind.value) for kind in Kind)
    files = tuple(Wanted(path, _kind(path), str(path)) for path in dict.fromkeys(outs))
    for file in files:
        if stems is not None and file.kind is Kind.PREVIEW and _folder(file.path) == os.path.realpath(stems):
            raise OutputError(f"{file.path} would be taken for a stem: choose another folder with --out")
    return files


class Places:
    """Where files are made, and how they come to where they are to be. Owns the stages."""

    def __init__(self, stages: Mapping[str, Stage]) -> None:
        self._stages = stages

    def of(self, file: Wanted) -> Path:
        """Return where a file is made."""
        return self._stages[_folder(file.path)].hidden / file.path.name

    def commit(self) -> None:
        """Move all files to their places."""
        with undisturbed():
            for stage in self._stages.values():
                stage.commit()


@contextmanager
def places(files: Sequence[Wanted], frames: int) -> Iterator[Places]:
    """Make the folders of files and a stage in each; clear up whatever happens. ``frames`` are those of a preview.

    Raises ``OutputError``.
    """
    names: dict[str, list[str]] = {}
    folders: dict[str, Path] = {}
    audio: set[str] = set()
    for file in files:
        key = _folder(file.path)
        names.setdefault(key, []).append(file.path.name)
        folders.setdefault(key, file.path.parent)
        audio |= {key} if file.kind is Kind.PREVIEW else set()
    with ExitStack() as stack:
        stages = {
            key: stack.enter_context(staged(folders[key], frames if key in audio else 0, names[key])) for key in names
        }
        yield Places(stages)


def _kind(path: Path) -> Kind:
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise WishUnclear(f"--out {path}: its ending says what it is to be: one of {', '.join(ENDINGS)}")
    return kind


def _folder(path: Path) -> str:
    return os.path.realpath(path.parent)
