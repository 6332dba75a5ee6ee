"""The tracks in focus and locked as REAPER's script leaves them in ``wish.json``: {version, focus, lock}, exact names.

A name may hold anything, quotes too, which no command line takes from a script in the same way everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bridge.errors import DawStale
from bridge.notes import listed
from bridge.reaper.file_exchange import WISH, FileExchange, plain


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: int
    focus: list[str]
    lock: list[str]


@dataclass(frozen=True, slots=True)
class Wished:
    """Names of tracks that are in the session, and what is to be said of those that are not."""

    focus: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def wished(folder: Path | None, names: Sequence[str]) -> Wished:
    """Return what the script wishes of a session with tracks of these names; nothing without a folder.

    Raises ``DawStale`` for what is not understood.
    """
    found = None if folder is None else FileExchange(folder).message(WISH)
    if found is None:
        return Wished()
    try:
        file = _File.model_validate(plain(dict(found)))
    except ValidationError as error:
        raise DawStale(f"the script's wishes are not understood ({error.errors()[0]['msg']}): update both") from error
    here = set(names)
    focus, lock = (tuple(name for name in some if name in here) for some in (file.focus, file.lock))
    return Wished(focus, lock, tuple(_notes(file, names)))


def _notes(file: _File, names: Sequence[str]) -> Iterator[str]:
    here = set(names)
    away = [name for name in dict.fromkeys((*file.focus, *file.lock)) if name not in here]
    if away:
        yield f"in focus or locked, but with nothing in this mix: {listed(away)}"
    for what, some in (("in focus", file.focus), ("locked", file.lock)):
        several = [name for name in some if names.count(name) > 1]
        if several:
            yield f"{what}, all tracks of the same name together: {listed(several)}"
