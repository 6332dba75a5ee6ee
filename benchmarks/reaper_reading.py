"""How long a project of many items takes to be read over reapy, and for how long REAPER shows nothing meanwhile.

    python benchmarks/reaper_reading.py

Prints Markdown. Each project has tracks of 30 items each, as of edited drums. It is in the mock REAPER, whose main loop
turns as often as REAPER's or serves at once; and once more with the mock's functions where REAPER has its own, in the
process of reapy's server: *near*. The mock's program (*far*) asks another process for each call, which takes about 25
times as long. Near, a text takes 4 MiB of memory, as in REAPER's reaper_python.py. Each project is read twice over one
connection, and both must give the same:

- *within*: as ``bridge.reaper.reapy_reading`` does, by code of ours that runs inside REAPER.
- *one by one*: the same code outside, a request a value, REAPER held for a quarter of a second at a time.

*Held* is the longest time in which REAPER's main loop did nothing else: for *one by one* from HOLD to RELEASE, for
*within* from the start to the end of our code there. *Functions* is the share of *within* that the mock's functions
take: how often they are called, times what one call takes, which is measured there too. *No items*: as *within*, by
``survey(items=False)``.
"""

import argparse
import ctypes
import http.server
import importlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import soundfile as sf

from bridge.reaper.reapy_child import connect
from bridge.reaper.reapy_reading import survey
from bridge.reaper.reascript import INSIDE, Hold, Reascript, Run, sent
from bridge.reaper.survey import Survey
from mock_daw.live import Live
from mock_daw.opening import open_session
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.api import NAMES, Functions
from mock_daw.reaper.reapy_subprocess import reaper_python, serve

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
TRACKS, ITEMS, TICKS_MS = (10, 32, 100), 30, (0, 33)
HOLD_S = 0.25
RATE_HZ = 48_000
TEXT_BYTES = 4 * 1024 * 1024
CALLS = 500
NOW = "__import__('time').perf_counter()"
TIMED = f"[{NOW}, {INSIDE}, {NOW}]"
ONE_CALL = (
    f"[{NOW}, [__import__('reapy').reascript_api.GetMediaItemInfo_Value(item, 'D_VOL') for _ in calls] and None, {NOW}]"
)


class Connection:
    """A connection to a REAPER. Owns reapy's client, counts its requests and times how long REAPER is held."""

    def __init__(self, port: int) -> None:
        self.reascript, self._hold = connect(HOST, port)
        self._client = importlib.import_module("reapy.tools.network.machines").get_selected_client()
        self._request = self._client.request
        self._client.request = self._counted
        self.requests, self.held_s = 0, [0.0]

    def within(self) -> Survey:
        """Read by code that runs inside REAPER."""
        return self._survey(sent(self._timed))

    def without_items(self) -> Survey:
        """Read what is asked for after a mix is written, the same way."""
        return self._survey(sent(self._timed), items=False)

    def one_by_one(self) -> Survey:
        """Read by the same code out here."""

        def held(module: ModuleType, name: str, args: list[object]) -> Any:
            begin, _, wanted = args
            with self._held():
                return getattr(module, name)(self._functions, begin, HOLD_S, wanted)

        return self._survey(held)

    def call_s(self) -> float:
        """Return how long a call of a function takes within the mock REAPER."""
        api = self._functions
        item = api.GetTrackMediaItem(api.GetTrack(0, 0), 0)
        before, _, after = self._request(eval, {"args": [ONE_CALL, {"item": item, "calls": [0] * CALLS}], "kwargs": {}})
        return (after - before) / CALLS

    @property
    def _functions(self) -> Any:
        return importlib.import_module("reapy.reascript_api")

    def _survey(self, run: Run, *, items: bool = True) -> Survey:
        self.requests, self.held_s = 0, []
        return survey(Reascript(self._functions, (), run), lambda: None, items=items)

    def _counted(self, *args: Any) -> Any:
        self.requests += 1
        return self._request(*args)

    def _timed(self, function: Callable[..., Any], asked: dict[str, Any]) -> Any:
        expression, values = asked["args"]
        assert expression == INSIDE
        before, value, after = self._client.request(function, {**asked, "args": [TIMED, values]})
        self.held_s.append(after - before)
        return value

    @contextmanager
    def _held(self) -> Iterator[None]:
        hold: Hold = self._hold
        with hold():
            before = time.perf_counter()
            yield
        self.held_s.append(time.perf_counter() - before)


def measured(port: int) -> dict[str, Any]:
    """Return what came of both ways of reading the project in a REAPER."""
    connection = Connection(port)
    found: dict[str, Any] = {"call_s": connection.call_s()}
    surveys = []
    ways = {"within": connection.within, "one by one": connection.one_by_one, "without": connection.without_items}
    for name, way in ways.items():
        before = time.perf_counter()
        surveys.append(way())
        took = time.perf_counter() - before
        found[name] = {"took_s": took, "requests": connection.requests, "held_s": max(connection.held_s)}
    assert surveys[0] == surveys[1]
    assert all(len(track.items) == ITEMS for track in surveys[0].tracks)
    return found


def row(where: str, tracks: int, tick_ms: int, found: dict[str, Any]) -> str:
    within, plain = found["within"], found["one by one"]
    functions_s = found["call_s"] * plain["requests"]
    cells = [
        where,
        f"{tracks} × {ITEMS}",
        f"{tick_ms} ms",
        *(f"{plain['took_s']:.1f} s", f"{plain['requests']:,}", f"{1000 * plain['held_s']:.0f} ms"),
        *(f"{within['took_s']:.1f} s", f"{within['requests']:,}", f"{1000 * within['held_s']:.0f} ms"),
        f"{plain['took_s'] / within['took_s']:.1f}",
        f"{functions_s / within['took_s']:.0%}",
        f"{1000 * found['without']['took_s']:.0f} ms",
    ]
    return f"| {' | '.join(cells)} |"


# REAPER


@contextmanager
def reaper(where: str, project: Path, tick_ms: int) -> Iterator[int]:
    """Run a mock REAPER; yields the port of its web interface."""
    far = ("-m", "mock_daw", str(project), "--json", "--web", "0", "--reapy", "0", "--tick-ms", str(tick_ms))
    with begun(*(far if where == "far" else (__file__, "--serve", str(project), str(tick_ms)))) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["web"][1]
        finally:
            process.terminate()
            process.communicate()


class Silence:
    """A player that plays nothing."""

    def seek(self, position_s: float) -> None:
        """Go on from anywhere."""

    def advance(self, session: Any, _samples: int) -> Any:
        """Return the peaks of silence."""
        return np.zeros((len(session.tracks) + 1, 2))

    def close(self) -> None:
        """There is nothing to close."""


class Web(http.server.BaseHTTPRequestHandler):
    """Answers every question with where reapy's server is."""

    def do_GET(self) -> None:
        """Answer."""
        body = f"EXTSTATE\treapy\tserver_port\t{vars(self.server)['reapy_port']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Opened:
    """Is told by reapy's server where it listens, and tells the world."""

    def say(self, message: dict[str, int]) -> None:
        """Open a web interface that knows the port, and print where it is."""
        web = http.server.ThreadingHTTPServer((HOST, 0), Web)
        vars(web)["reapy_port"] = message["port"]
        threading.Thread(target=web.serve_forever, daemon=True).start()
        print(json.dumps({"web": web.server_address}), flush=True)


def near(project: Path, tick_ms: int) -> None:
    """Serve a project with the mock's functions in the process of reapy's server."""
    live = Live(open_session(project), Silence())
    functions = Functions(live, Actions(live))

    def call(name: str, args: Any) -> Any:
        if "" in args:
            ctypes.create_string_buffer(b"", TEXT_BYTES)
        return functions.call(name, args)

    sys.modules["reaper_python"] = reaper_python(NAMES, call, str(project.parent))
    vars(sys.modules["__main__"])["obj"] = None  # reapy takes this for the inside of REAPER
    serve(0, tick_ms / 1000.0, Opened())  # type: ignore[arg-type]


def begun(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own programs
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
    )


def edited_drums(folder: Path, tracks: int) -> Path:
    """Write a project of so many tracks, cut into items that cross-fade."""
    wave = folder / "drum.wav"
    if not wave.exists():
        sf.write(wave, np.zeros((RATE_HZ, 2), np.float32), RATE_HZ, "PCM_16")
    lines = ["<REAPER_PROJECT 0.1 7.66 0", f"  SAMPLERATE {RATE_HZ} 1 0"]
    for track in range(tracks):
        lines += ["  <TRACK", f"    NAME Drum_{track + 1}", "    VOLPAN 0.5 0.25 -1 -1 1"]
        for item in range(ITEMS):
            lines += ["    <ITEM", f"      POSITION {0.5 * item}", "      LENGTH 0.51", "      LOOP 0"]
            lines += ["      FADEIN 1 0.01 0.01 1 0 0 0", "      FADEOUT 1 0.01 0.01 1 0 0 0"]
            lines += [f"      SOFFS {0.01 * item}", "      PLAYRATE 1 1 0 -1 0 0.0025"]
            lines += ["      <SOURCE WAVE", '        FILE "drum.wav"', "      >", "    >"]
        lines += ["  >"]
    project = folder / f"{tracks}.RPP"
    project.write_text("\n".join([*lines, ">", ""]))
    return project


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, help="measure one REAPER and print JSON: what is run for each project")
    parser.add_argument("--serve", nargs=2, metavar=("PROJECT", "TICK_MS"), help="be one, near")
    args = parser.parse_args()
    if args.serve is not None:
        near(Path(args.serve[0]), int(args.serve[1]))
    elif args.port is not None:
        print(json.dumps(measured(args.port)))
    else:
        table()


def table() -> None:
    ways = "one by one | requests | held | within | requests | held | times | functions | no items"
    print(f"| | tracks × items | turn | {ways} |\n{'|---' * 12}|")
    with tempfile.TemporaryDirectory() as name:
        for where, tracks, tick_ms in itertools.product(("near", "far"), TRACKS, TICKS_MS):
            project = edited_drums(Path(name), tracks)
            with reaper(where, project, tick_ms) as port, begun(__file__, "--port", str(port)) as process:
                out, _ = process.communicate()
                if process.returncode:
                    raise SystemExit(process.returncode)
            print(row(where, tracks, tick_ms, json.loads(out)), flush=True)


if __name__ == "__main__":
    main()
