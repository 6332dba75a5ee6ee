"""``faderbot doctor``: what can be reached, what is missing, and how to mend it, line by line."""

import os
import platform
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent.daw import DawError
from agent.policy import PolicyUnreadable, shipped
from bridge.connecting import Door, reapy
from bridge.deadline import REACHING_S, Deadline
from bridge.journal import FOLDER_VARIABLE, Journal, default_folder
from bridge.one_job import job_under_way
from bridge.other_daws import OtherDaw
from bridge.reaper import reading
from bridge.reaper.survey import Survey
from bridge.reaper.web import WebInterface
from bridge.version import faderbot_version

SETUP = "run: faderbot setup reaper, then restart REAPER"
BY_REAPY = "a mix would go through reapy, the web interface beside it: faderbot mix --daw reaper"
BY_WEB = "a mix would go over the web interface alone: faderbot mix STEMS_DIR --daw reaper"
BY_FILES = "a mix would go through Faderbot's own script in REAPER, by files in"
BY_OSC = "a mix would go over OSC alone: faderbot mix STEMS_DIR --daw osc"
USUAL_RATE_HZ = 48_000
NO_WAY = "a mix has no way in as it is; the action Faderbot: Auto-mix, run in REAPER, brings a way of its own"
_KNOCK_S = 0.5


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the doctor's report: what was looked at, how it is, and how to mend it."""

    verdict: Verdict
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.verdict.value:<8}{self.what}" + (f"\n        → {self.remedy}" if self.remedy else "")


def examine(door: Door, deadline: Deadline | None = None) -> Iterator[Finding]:
    """Yield what is found, from the inside out, at last which way a mix would take.

    A check that needs one that failed before is not made. What does not answer by the ``deadline``, 5 s from now,
    counts as not there, as in a mix.
    """
    yield Finding(Verdict.GOOD, f"Faderbot {faderbot_version()}, Python {platform.python_version()}")
    yield _policy()
    yield from _journal(default_folder(), door)
    deadline = deadline or Deadline.after(REACHING_S)
    if door.other is not None:
        yield from _other(door, door.other)
    elif door.osc is not None:
        yield from _osc(door)
    elif door.through is not None:
        yield from _through(door, deadline)
    else:
        yield from _web_and_reapy(door, deadline)


def _web_and_reapy(door: Door, deadline: Deadline) -> Iterator[Finding]:
    web = door.web(deadline)
    reached = _tried(f"REAPER's web interface at {door.where}", lambda: str(len(web.tracks()) - 1) + " tracks")
    yield reached
    if reached.verdict is Verdict.BAD:
        yield Finding(Verdict.NOTE, "reapy was not tried: it is found through the web interface")
        yield Finding(Verdict.NOTE, NO_WAY)
        return
    port = _server_port(web)
    connected = yield from _reapy(door, deadline)
    if connected and port is None:
        port = _server_port(door.web())  # it has just been started
    if port is not None:
        yield from _open_port(port)
    yield Finding(Verdict.GOOD, BY_REAPY if connected else BY_WEB)


def _server_port(web: WebInterface) -> int | None:
    """Return where reapy's server listens, if REAPER knows; why it does not is said elsewhere."""
    with suppress(DawError):
        text = web.ext_state("reapy", "server_port").strip()
        return int(text) if text.isdecimal() and int(text) < 65_536 else None
    return None


def _policy() -> Finding:
    try:
        _, about = shipped()
    except PolicyUnreadable as error:
        return Finding(Verdict.BAD, f"the policy that comes along: {error}", "install Faderbot again")
    return Finding(Verdict.GOOD, f"the policy that comes along: {about.algorithm}, {about.steps:,} steps")


def _journal(folder: Path, door: Door) -> Iterator[Finding]:
    if not _writable(folder):
        yield Finding(
            Verdict.BAD,
            f"the journal in {folder} can not be written, and without it no DAW is touched",
            f"make it writable, or name another folder in {FOLDER_VARIABLE}",
        )
        return
    yield Finding(Verdict.GOOD, f"the journal in {folder}")
    journal = Journal(folder)
    for unread in journal.unread():
        yield Finding(Verdict.NOTE, str(unread), "faderbot undo takes no older job back until it is moved away")
    under_way = job_under_way(folder, door.daw, door.machine)
    if under_way:
        yield Finding(Verdict.NOTE, under_way, "wait for its end before you mix or undo")
        return  # what is being written was not cut off
    for _, entry in journal.entries():
        if entry.state.unfinished:
            yield Finding(Verdict.NOTE, f"a job was cut off: {entry.title}", "open that project and run: faderbot undo")


def _writable(folder: Path) -> bool:
    there = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _reapy(door: Door, deadline: Deadline) -> Generator[Finding, None, bool]:
    """Yield what is found of reapy, and return whether a mix would go that way."""
    if door.credentials is not None:
        yield Finding(
            Verdict.NOTE,
            "reapy can not log in to a web interface with a password: without it faders only, audio from stems",
            "take the password out in REAPER's preferences, Control/OSC/web",
        )
    try:
        with closing(reapy(door, deadline)) as link:
            survey = link.survey()
    except DawError as error:
        yield Finding(
            Verdict.BAD,
            f"reapy: {error}",
            f"{SETUP}; until then: faderbot mix STEMS_DIR --daw reaper moves faders only",
        )
        return False
    yield Finding(Verdict.GOOD, f"reapy: {survey.path or survey.name or 'an unsaved project'}")
    yield from _mixable(survey)
    return True


def _through(door: Door, deadline: Deadline) -> Iterator[Finding]:
    try:
        with closing(door.files(deadline)) as link:
            survey = link.survey()
    except DawError as error:
        yield Finding(Verdict.BAD, str(error))
        yield Finding(Verdict.NOTE, NO_WAY)
        return
    yield Finding(Verdict.GOOD, f"REAPER's own script: {survey.path or survey.name or 'an unsaved project'}")
    yield from _mixable(survey)
    yield Finding(Verdict.GOOD, f"{BY_FILES} {door.where}")


def _mixable(survey: Survey) -> Iterator[Finding]:
    try:
        found = reading.read(survey)
    except DawError as error:
        yield Finding(Verdict.NOTE, str(error))
        return
    yield Finding(Verdict.GOOD, f"{len(found.parts)} of {len(survey.tracks)} tracks can be mixed")
    for note in found.notes:
        yield Finding(Verdict.NOTE, note)


def _other(door: Door, other: OtherDaw) -> Iterator[Finding]:
    try:
        with door.talk() as (talk, _):
            desk = talk.read()
            law, free = talk.eq_law, [track for track in desk.tracks if track.left_alone is None]
    except DawError as error:
        yield Finding(Verdict.BAD, str(error), other.remedy)
        return
    yield Finding(Verdict.GOOD, f"{other.name} over OSC at {door.where}: {desk.project}, {len(free)} tracks")
    if desk.recording:
        yield Finding(Verdict.NOTE, f"{other.name} is recording: a mix waits for you to stop it")
    if law is None:
        yield Finding(Verdict.NOTE, f"faders only: no EQ of {other.name} can be set over OSC")
    else:
        ours = [t for t in free if t.eq is not None and law.eq(t.eq, desk.rate_hz or USUAL_RATE_HZ) is not None]
        yield Finding(Verdict.GOOD if ours else Verdict.NOTE, f"{len(ours)} of {len(free)} tracks have {law.wanted}")
    for limit in talk.limits:
        yield Finding(Verdict.NOTE, limit)


def _osc(door: Door) -> Iterator[Finding]:
    try:
        with door.surface() as surface:
            desk = surface.read()
    except DawError as error:
        yield Finding(Verdict.BAD, str(error), SETUP)
        yield Finding(Verdict.NOTE, NO_WAY)
        return
    file = "Faderbot's pattern file" if surface.our_pattern_file else "REAPER's own pattern file"
    yield Finding(Verdict.GOOD, f"OSC at {door.where}: {len(desk.tracks)} tracks, {file}")
    yield Finding(Verdict.NOTE, "over OSC alone: faders only, audio from stems; reapy and the web interface do more")
    yield Finding(Verdict.GOOD, BY_OSC)


def _open_port(port: int) -> Iterator[Finding]:
    """Knock at reapy's port from the address that other machines see."""
    address = _own_address()
    if address is None:
        return
    with suppress(OSError), socket.create_connection((address, port), timeout=_KNOCK_S):
        yield Finding(
            Verdict.NOTE,
            f"reapy's port {port} is open to your network: anybody in it can run programs in REAPER",
            f"let your firewall refuse port {port} from other machines",
        )


def _own_address() -> str | None:
    """Return the address of this machine in its network; nothing is sent to find it (192.0.2.1 is no machine's)."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        address = str(probe.getsockname()[0])
        return None if address.startswith("127.") else address
    return None


def _tried(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(Verdict.GOOD, f"{what}: {check()}")
    except DawError as error:
        return Finding(Verdict.BAD, str(error), SETUP)
