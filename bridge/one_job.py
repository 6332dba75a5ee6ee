"""One job at a time on a DAW: whoever comes second is told so, whichever way it came.

A lock of the operating system on a file beside the journal: it goes with its holder, however that ends.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from agent.daw import DawError
from bridge.journal import FOLDER_VARIABLE, JournalError
from bridge.machine import THIS

A_MOMENT_S = 0.3
"""Who only looks whether there is a job holds the lock for less."""


class JobUnderWay(DawError):  # noqa: N818 - a state, named as the user sees it
    """Another job works on this DAW: nothing was changed by this one."""


@contextmanager
def only_job(folder: Path, daw: str, machine: str = THIS) -> Iterator[None]:
    """Be the only job on a DAW until the end of the block; all its ways in and all its copies on a machine are one.

    Two machines that mix in the same DAW over a network do not see each other. Raises ``JobUnderWay``, and
    ``JournalError`` where the folder can not be written.
    """
    lock = FileLock(folder / _name(daw, machine), timeout=A_MOMENT_S, fallback_to_soft=False)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except Timeout as error:
        raise JobUnderWay(f"{_words(daw, machine)}: wait for its end, nothing was changed") from error
    except OSError as error:
        raise JournalError(
            f"{folder} can not be written ({error.strerror or error}), and without it two jobs could get in each "
            f"other's way: mend that, or name another folder in {FOLDER_VARIABLE}"
        ) from error
    try:
        yield
    finally:
        lock.release()


def job_under_way(folder: Path, daw: str, machine: str = THIS) -> str | None:
    """Return in words that a job works on a DAW; None where none does, or where that can not be told."""
    if not (folder / _name(daw, machine)).exists():
        return None
    try:
        with only_job(folder, daw, machine):
            return None
    except JobUnderWay:
        return _words(daw, machine)
    except JournalError:
        return None


def _words(daw: str, machine: str) -> str:
    return f"another Faderbot job works on {daw} on {machine or 'this machine'}"


def _name(daw: str, machine: str) -> str:
    return "-".join(re.findall(r"[a-z0-9.]+", f"{daw} {machine}".casefold())) + ".lock"
