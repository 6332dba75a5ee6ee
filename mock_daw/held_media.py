"""Media files that stay open while a project uses them, as REAPER keeps them.

So a file whose name is deleted, or given to another, plays on: a stem can be rendered over the file it plays from.
Windows, where an open file can not be deleted, has no need of it.
"""

import io
import os
import weakref
from pathlib import Path


class HeldFile:
    """Owns an open file until the last that refers to it has gone. Raises ``OSError`` where it can not be opened."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)

    def is_at(self, path: Path) -> bool:
        """Whether the name still is this file's."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.stat())
        except OSError:
            return False

    def reader(self) -> io.RawIOBase:
        """Return a reader with a position of its own; any number may read at a time."""
        return _Reader(self, self._descriptor)


class _Reader(io.RawIOBase):
    """Reads a descriptor at its own position, from the start on."""

    def __init__(self, file: HeldFile, descriptor: int) -> None:
        self._file = file  # which is open for as long as it is referred to
        self._descriptor = descriptor
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        starts = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: os.fstat(self._descriptor).st_size}
        self._position = starts[whence] + offset
        return self._position

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]  # typeshed: any buffer
        found = os.pread(self._descriptor, len(buffer), self._position)
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)


def hold(path: Path) -> HeldFile | None:
    """Open a file for as long as the result is kept; None where that can not be, or is of no use."""
    if not hasattr(os, "pread"):
        return None
    try:
        return HeldFile(path)
    except OSError:
        return None
