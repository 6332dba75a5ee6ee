"""Jobs for workers: they are imported by processes of their own, and so live in a module."""

import os
import signal
import threading
from functools import partial
from pathlib import Path

LIMIT_S = 60.0


def hand(folder):
    """Return what does the jobs below; what they leave behind for one another lies in this folder."""
    return partial(_done, folder)


def _done(folder: Path, job):
    what, value = job
    return JOBS[what](folder, value)


def _square(_folder, value):
    return value * value


def _die(folder, value):
    """Be killed, as often as told."""
    deaths = folder / f"deaths-{value}"
    count = len(deaths.read_text()) if deaths.exists() else 0
    if count < value:
        deaths.write_text("x" * (count + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return f"died {count} times"


def _unsendable(_folder, _value):
    return lambda: None


def _clear_up(folder, _value):
    """Work without end; whoever is stopped clears up."""
    (folder / "begun").touch()
    try:
        threading.Event().wait(LIMIT_S)
    finally:
        (folder / "begun").unlink()
        (folder / "cleared up").touch()


def _after_begun(folder, _value):
    """Wait for the job above."""
    tick = threading.Event()
    while not (folder / "begun").exists():
        tick.wait(0.02)


JOBS = {
    "square": _square,
    "die": _die,
    "unsendable": _unsendable,
    "clear up": _clear_up,
    "after begun": _after_begun,
}
