"""The folder through which the bridge and REAPER's own script talk: small versioned JSON files, renamed into place.

reaper.json     {version, beat, at}           REAPER's, again and again: it lives; when, in s since 1970
bridge.json     {version, beat}               ours
request-N.json  {version, number, do, …}      ours, N from 1
answer-N.json   {version, number, ok}         REAPER's; or {…, error, message}
answer-N.f32    float32, little-endian        REAPER's, before the answer
progress.json   {version, stage, share, words}  ours
result.json     {version, ok} or {…, error}   our last word
cancel.json     {version}                     REAPER's: stop
wish.json       {version, focus, lock}        REAPER's, before the program starts: names of tracks

A folder serves one run of the program. The other side is ``daw_scripts/reaper/Faderbot/exchange.lua``. Lua writes texts
as the bytes they are; one that is no UTF-8 is read as a surrogate and written back as that byte.
"""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridge.errors import DawStale, DawUnreachable

VERSION = 1
REAPER, BRIDGE, PROGRESS, RESULT, CANCEL, WISH = (
    f"{name}.json" for name in ("reaper", "bridge", "progress", "result", "cancel", "wish")
)
_START = "in REAPER, run the action Faderbot: Auto-mix"
_SUFFIXES = frozenset({".json", ".f32", ".new"})

Message = Mapping[str, Any]


class FileExchange:
    """Reads and writes the files in the folder. Owns nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def open(cls, folder: Path) -> "FileExchange":
        """Open a folder that REAPER's script has made, and close it to other users. Raises ``DawUnreachable``."""
        try:
            found = folder.lstat()
        except OSError as error:
            raise DawUnreachable(f"there is no {folder}: {_START}") from error
        if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            raise DawUnreachable(f"{folder} is no folder of yours: {_START}")
        folder.chmod(stat.S_IRWXU)
        return cls(folder)

    def beat(self) -> bytes | None:
        """Return the last sign of life of REAPER's side, as it stands; None where there is none."""
        return self._bytes(REAPER)

    def check_version(self) -> None:
        """Raise ``DawStale`` where REAPER's script speaks another version, ``DawUnreachable`` where there is none."""
        found = self.message(REAPER)
        if found is None:
            raise DawUnreachable(f"REAPER does not serve {self.folder}: {_START}")
        if found.get("version") != VERSION:
            raise DawStale(
                f"REAPER's script speaks version {found.get('version')}, this Faderbot {VERSION}: update both"
            )
        if self._bytes(BRIDGE) is not None:
            raise DawUnreachable(f"{self.folder} served another run already: {_START}")

    @property
    def cancelled(self) -> bool:
        """Whether REAPER's side wants the job stopped."""
        return (self.folder / CANCEL).exists()

    def message(self, name: str) -> Message | None:
        """Return what is in a file of REAPER's; None where there is none. Raises ``DawStale`` for what is no object."""
        content = self._bytes(name)
        if content is None:
            return None
        try:
            found = json.loads(content.decode("utf-8", "surrogateescape"))
        except ValueError as error:
            raise DawStale(f"{self.folder / name} is no JSON: update REAPER's script and Faderbot") from error
        if not isinstance(found, dict):
            raise DawStale(f"{self.folder / name} is no object: update REAPER's script and Faderbot")
        return found

    def put(self, name: str, message: Message) -> None:
        """Put an object into its place at once. Raises ``OSError``."""
        path = self.folder / name
        made = path.with_name(f"{name}.new")
        made.write_text(json.dumps({**message, "version": VERSION}, allow_nan=False), encoding="ascii")
        made.replace(path)

    def samples(self, name: str) -> bytes:
        """Return and remove a file of samples. Raises ``DawStale`` where there is none."""
        content = self._bytes(name)
        if content is None:
            raise DawStale(f"{self.folder / name} is missing: run the action in REAPER again")
        self.remove(name)
        return content

    def remove(self, name: str) -> None:
        """Remove a file; one that Windows holds on to stays until REAPER's side clears up."""
        with suppress(FileNotFoundError, PermissionError):
            (self.folder / name).unlink()

    def clear(self) -> None:
        """Remove all of the exchange's files, and the folder where nothing else is in it."""
        with suppress(OSError):  # the other side clears up as well, and whoever comes second finds nothing
            for path in self.folder.iterdir():
                if path.suffix in _SUFFIXES:
                    self.remove(path.name)
            self.folder.rmdir()

    def _bytes(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except (FileNotFoundError, PermissionError):  # PermissionError: Windows, just while it is renamed
            return None


def plain(value: Any) -> Any:
    """Return a value whose texts are UTF-8, with a mark where they held other bytes."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value
