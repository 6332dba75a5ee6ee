"""The resource folder on disk: read, backed up, and changed all at once or not at all."""

import errno
import itertools
import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.interrupts import undisturbed
from bridge.reaper.draft import FILES, REAPER_INI, Change, Contents, SetupError
from bridge.reaper.record import RECORD, Record, RecordUnreadable


def read(folder: Path, others: Iterable[str] = ()) -> Contents:
    """Read the files of a resource folder that setup is about, those on record, and ``others`` that it will be about.

    Raises ``SetupError``, also where it is no resource folder.
    """
    contents = {name: _read(folder / name) for name in FILES}
    contents |= {name: _read(folder / name) for name in {*others, *_on_record(contents[RECORD])}}
    if contents[REAPER_INI] is None:
        where = 'Options > "Show REAPER resource path" in REAPER opens the right one; give it with --resource-path'
        raise SetupError(f"{folder} has no {REAPER_INI}: start REAPER once, or take another folder ({where})")
    return contents


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SetupError(f"{path} can not be read ({error.strerror}): check its permissions") from error


def _on_record(content: bytes | None) -> Iterable[str]:
    try:
        return Record.parse(content).placed
    except RecordUnreadable:  # the plan will say so
        return ()


def write(folder: Path, changes: Sequence[Change], stamp: str) -> tuple[Path, ...]:
    """Make the changes: all of them, or none. Return the backups, whose names have the stamp, beside the files.

    A link stays one: what it points to is changed. Raises ``SetupError``, also where a file is no longer what the
    plan was made for.
    """
    backups: tuple[Path, ...] | None = None
    try:
        with undisturbed():
            backups = _write(folder, changes, stamp)
    except KeyboardInterrupt:
        if backups is None:  # else it came too late to stop anything
            raise
    assert backups is not None
    return backups


def _write(folder: Path, changes: Sequence[Change], stamp: str) -> tuple[Path, ...]:
    backups: list[Path] = []
    temporary: list[Path] = []
    made: list[Path] = []
    try:
        _replace([_prepared(folder, change, stamp, backups, temporary, made) for change in changes])
    except BaseException as error:
        _discard([*temporary, *([] if isinstance(error, _NotPutBack) else backups)])
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError):
            raise SetupError(f"{_where(error, folder)}; nothing was changed: {_remedy(error)}") from error
        raise
    _discard(temporary)
    _tidy(folder, changes)
    return tuple(backups)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A change up to its last step: what comes in place of the file, and what would put the old one back."""

    path: Path
    new: Path | None
    old: Path | None


class _NotPutBack(SetupError):  # noqa: N818 - a state, as its siblings are
    """An old file could not be put back: its backup must stay."""


def _prepared(
    folder: Path, change: Change, stamp: str, backups: list[Path], temporary: list[Path], made: list[Path]
) -> _Ready:
    """Write everything for a change beside the file; the lists get what came into being."""
    path = Path(os.path.realpath(folder / change.name))
    _check(path, change)
    for parent in reversed(path.parents):
        if not parent.exists():
            made.insert(0, parent)
            parent.mkdir()
    old = new = None
    if change.before is not None:
        needs_backup = change.name != RECORD and not change.is_ours
        old, kind = (_backup(path, stamp), backups) if needs_backup else (_hidden(path), temporary)
        kind.append(old)
        _fill(old, change.before, path)
    if change.after is not None:
        new = _hidden(path)
        temporary.append(new)
        _fill(new, change.after, path)
    return _Ready(path, new, old)


def _check(path: Path, change: Change) -> None:
    now = path.read_bytes() if path.exists() else None
    if now != change.before:
        raise SetupError(f"{path} was changed by something else just now; nothing was changed: quit REAPER, try again")
    if now is not None and not path.stat().st_mode & stat.S_IWUSR:
        raise SetupError(f"{path} is read-only; nothing was changed: allow writing to it")


def _replace(ready: Sequence[_Ready]) -> None:
    done: list[_Ready] = []
    try:
        for one in ready:
            if one.new is None:
                one.path.unlink()
            else:
                one.new.replace(one.path)
            done.append(one)
    except OSError:
        _put_back(done)
        raise
    for folder in {one.path.parent for one in done}:
        _sync(folder)


def _put_back(done: Sequence[_Ready]) -> None:
    stuck: list[str] = []
    for one in reversed(done):
        try:
            if one.old is None:
                one.path.unlink()
            else:
                one.old.replace(one.path)
        except OSError as error:
            stuck.append(f"{one.path} ({error.strerror}), its old contents are in {one.old}")
    if stuck:
        raise _NotPutBack(f"only a part was written, and this could not be put back: {'; '.join(stuck)}: copy it back")


def _tidy(folder: Path, changes: Sequence[Change]) -> None:
    """Remove the folders that only the files that went were in, but never REAPER's own, which are the top ones."""
    for change in changes:
        parents = (folder / change.name).parents if change.after is None else ()
        with suppress(OSError):
            for parent in parents:
                if folder in {parent, parent.parent}:
                    break
                parent.rmdir()


def _backup(path: Path, stamp: str) -> Path:
    """Make an empty file for a backup, named after the file and the time."""
    for number in itertools.count(1):
        backup = path.with_name(f"{path.name}.faderbot-{stamp}{f'-{number}' if number > 1 else ''}.bak")
        with suppress(FileExistsError):
            backup.touch(exist_ok=False)
            break
    return backup


def _hidden(path: Path) -> Path:
    """Make an empty file that will take another's place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".faderbot", dir=path.parent)
    os.close(handle)
    return Path(name)


def _fill(new: Path, content: bytes, path: Path) -> None:
    """Write a file so that it is on the disk when this returns, as readable as the one it stands for."""
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _like(path, new)


def _like(path: Path, new: Path) -> None:
    """Give a new file the permissions of the one it takes the place of, and its owner where root may do so."""
    if path.exists():
        status = path.stat()
        new.chmod(stat.S_IMODE(status.st_mode))
        owner = status.st_uid, status.st_gid
    else:
        new.chmod(0o644)
        owner = path.parent.stat().st_uid, path.parent.stat().st_gid
    if os.name == "posix" and os.geteuid() == 0:
        os.chown(new, *owner)


def _sync(folder: Path) -> None:
    """Let the new names reach the disk, where folders can be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _discard(paths: Sequence[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _where(error: OSError, folder: Path) -> str:
    return f"{error.filename or folder} can not be written ({error.strerror or error})"


def _remedy(error: OSError) -> str:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return "free some space on its disk" if full else "check its permissions, and that no program holds it open"
