"""The process that holds reapy: ``python -m bridge.reaper.reapy_child --host H --web-port N``.

reapy connects when it is imported, can hang there for ever, recurses without end and has one socket a process. So it
lives here, where ``bridge.reaper.reapy_link`` can end it. Frames (``bridge.reaper.frames``) come in on stdin:

    {"do": "survey", "items": true}  {"do": "write", "write": {…}}  {"do": "audio", "guid": …}  …

and go out on stdout: any number of ``{"alive": true}``, then ``{"ok": …}`` or ``{"error": kind, "message": …}``. The
first answer comes unasked, once reapy is connected. The process ends when stdin does.
"""

import argparse
import importlib
import os
import queue
import signal
import socket
import sys
import threading
import urllib.request
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.error import URLError

from bridge.reaper import reapy_midi, reapy_reading, reapy_writing
from bridge.reaper.frames import Frame, FrameBroken, read_frame, write_frame
from bridge.reaper.reascript import Hold, Reascript, ReascriptError, sent
from bridge.reaper.survey import MidiWrite, Write

Header = dict[str, Any]
HTTP_LIMIT_S = 2.0
GRACE_S = 2.0
"""How long a request may go on when the parent is gone: one that is cut off in a HOLD takes reapy's server with it."""


class NoServer(Exception):  # noqa: N818 - a state, named as the user sees it
    """reapy found no server by way of the web interface, to which it gives half a second."""


CONNECT_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (ImportError, "missing"),
    (ConnectionRefusedError, "refused"),
    (TimeoutError, "silent"),
    (ConnectionError, "lost"),
    (RecursionError, "endless"),
    (NoServer, "web"),
)
REQUEST_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (ReascriptError, "failed"),
    (reapy_reading.Gone, "gone"),
    (OSError, "lost"),
    (ValueError, "lost"),
)


class _Nowhere(urllib.request.HTTPHandler):
    """Reaches no web interface at all."""

    def http_open(self, req: urllib.request.Request) -> Any:
        raise URLError(f"{req.host} is not asked yet")


def main() -> None:
    """Connect to REAPER, answer requests, end with stdin."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--web-port", required=True, type=int)
    wanted = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group, and the parent decides what they mean
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what reapy prints is no frame
    requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    idle = threading.Event()
    idle.set()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests, idle), daemon=True).start()
    try:
        reascript, hold = connect(wanted.host, wanted.web_port)
        hello = Frame({"ok": str(reascript.call("GetAppVersion"))})
    except Exception as error:  # noqa: BLE001 - reapy fails in many ways, and the parent has to hear of each
        write_frame(answers, _failure(error, CONNECT_FAILURES, "stale"))
        return
    write_frame(answers, hello)
    work = Work(reascript, hold, lambda: _alive(answers))
    while True:
        write_frame(answers, answer(requests.get(), work))
        idle.set()


def connect(host: str, web_port: int) -> tuple[Reascript, Hold]:
    """Import reapy and connect it. Raises whatever reapy does.

    The first connection, at import, would go to port 2307 whatever is wanted, and through a proxy if the environment
    names one: it is sent nowhere.
    """
    warnings.simplefilter("ignore")
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({}), _Nowhere()))
    reapy = importlib.import_module("reapy")
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    socket.setdefaulttimeout(HTTP_LIMIT_S)
    config = importlib.import_module("reapy.config")
    machines = importlib.import_module("reapy.tools.network.machines")
    config.WEB_INTERFACE_PORT = web_port  # type: ignore[attr-defined]
    try:
        reapy.connect(host)
    except reapy.errors.DisabledDistAPIError as error:
        raise NoServer("no answer in time") from error
    if not reapy.dist_api_is_enabled():
        raise NoServer("no answer in time")  # for "localhost" reapy only warns
    run = sent(machines.get_selected_client().request)
    return Reascript(reapy.reascript_api, (reapy.errors.DistError,), run), reapy.inside_reaper


@dataclass(frozen=True, slots=True)
class Work:
    """What a request is answered with.

    ``alive`` tells the parent that REAPER still does something, ``known`` is what was read of items so far.
    """

    reascript: Reascript
    hold: Hold
    alive: Callable[[], None]
    known: reapy_reading.KnownItems = field(default_factory=dict)


def answer(request: Frame, work: Work) -> Frame:
    """Do what a request asks for and return the answer, a failure too."""
    try:
        return REQUESTS.get(request.header["do"], _call)(request.header, work)
    except Exception as error:  # noqa: BLE001 - the parent has to hear of whatever happens here
        return _failure(error, REQUEST_FAILURES, "lost")


def _survey(header: Header, work: Work) -> Frame:
    found = reapy_reading.survey(work.reascript, work.alive, work.known, items=header.get("items", True))
    return Frame({"ok": found.model_dump(mode="json")})


def _audio(header: Header, work: Work) -> Frame:
    wanted = (header["guid"], header["start_s"], header["samples"], header["rate_hz"])
    samples = reapy_reading.audio(work.reascript, work.hold, work.alive, *wanted)
    if sys.byteorder == "big":
        samples.byteswap()
    return Frame({"ok": None}, samples.tobytes())


def _write(header: Header, work: Work) -> Frame:
    wanted = Write.model_validate(header["write"])
    reapy_writing.write(work.reascript, work.hold, wanted, work.alive)
    return Frame({"ok": None})


def _faders(header: Header, work: Work) -> Frame:
    reapy_writing.set_faders(work.reascript, work.hold, header["gains_linear"])
    return Frame({"ok": None})


def _add_midi(header: Header, work: Work) -> Frame:
    return Frame({"ok": {"guid": reapy_midi.add_midi(work.reascript, MidiWrite.model_validate(header["midi"]))}})


def _delete_track(header: Header, work: Work) -> Frame:
    reapy_midi.delete_track(work.reascript, header["guid"], header["undo_name"])
    return Frame({"ok": True})


def _call(header: Header, work: Work) -> Frame:
    """Call the function of that name with the project in front as its first argument."""
    project = reapy_reading.current_project(work.reascript)
    return Frame({"ok": work.reascript.call(header["do"], project, *header.get("args", ()))})


REQUESTS: Mapping[str, Callable[[Header, Work], Frame]] = {
    "survey": _survey,
    "audio": _audio,
    "write": _write,
    "faders": _faders,
    "add_midi": _add_midi,
    "midi_notes": lambda header, work: Frame({"ok": reapy_midi.midi_notes(work.reascript, header["guid"])}),
    "delete_track": _delete_track,
    "peaks": lambda _, work: Frame({"ok": reapy_reading.peaks(work.reascript, work.hold)}),
    "dry run": lambda _, work: Frame({"ok": reapy_reading.dry_run(work.reascript, work.hold)}),
    "undo": lambda _, work: Frame({"ok": reapy_writing.undo(work.reascript, work.hold)}),
    "undo name": lambda _, work: Frame({"ok": reapy_reading.undo_name(work.reascript)}),
}


def _failure(error: BaseException, kinds: tuple[tuple[type[BaseException], str], ...], other: str) -> Frame:
    kind = next((kind for known, kind in kinds if isinstance(error, known)), other)
    lines = [line for line in str(error).splitlines() if line.strip()]
    return Frame({"error": kind, "message": lines[0].strip() if lines else type(error).__name__})


def _alive(answers: BinaryIO) -> None:
    try:
        write_frame(answers, Frame({"alive": True}))
    except OSError:
        return  # the parent is gone: what REAPER is in the middle of is brought to its end, see GRACE_S


def _listen(stream: BinaryIO, requests: "queue.SimpleQueue[Frame]", idle: threading.Event) -> None:
    try:
        while (frame := read_frame(stream)) is not None:
            idle.clear()
            requests.put(frame)
    except FrameBroken:
        pass
    idle.wait(GRACE_S)
    os._exit(0)


if __name__ == "__main__":
    main()
