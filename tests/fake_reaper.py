"""A process with reapy's own server over ``tests.fake_reascript``, and a web interface that only knows its port.

    python -m tests.fake_reaper --freeze NAME | --vanish NAME | --fail NAME     what a function does when it is called
                                --slow NAME   it takes a fifth of a second
                                --dead        the action starts no server
                                --stale       a port is named where nothing listens, until the action has run

Prints the port of the web interface when it is ready. Ends with stdin.
"""

import argparse
import http.server
import importlib
import os
import socket
import subprocess
import sys
import threading
import types
import warnings
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from tests.fake_reascript import Effect, FakeReaper, Item, Track

ACTION = "_RS0123456789abcdef"
SLOW_S = 0.2


def song():
    ramp = [sample / 100_000.0 for sample in range(2 * 60_000)]
    return FakeReaper(
        Track("Kick", items=[Item()], audio=ramp),
        Track("Lead Vocal", effects=[Effect()], items=[Item()], locked=True),
        Track("Café", items=[Item()]),
        rate_hz=8000.0,
    )


@contextmanager
def running(*faults):
    """Run such a process; yields the port of its web interface."""
    command = [sys.executable, "-m", "tests.fake_reaper", *faults]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], **pipes) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        rows = [self.server.row(command) for command in unquote(self.path).removeprefix("/_/").split(";")]
        body = "".join(rows).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def misbehave(reaper, wanted):
    def freeze(*_):
        threading.Event().wait()

    def vanish(*_):
        os._exit(1)

    def fail(*_):
        raise RuntimeError("not today")

    def slow(*args):
        threading.Event().wait(SLOW_S)
        return getattr(FakeReaper, wanted.slow)(reaper, *args)

    faults = ((wanted.freeze, freeze), (wanted.vanish, vanish), (wanted.fail, fail), (wanted.slow, slow))
    for name, does in faults:
        if name:
            reaper.broken[name] = does


def install(reaper):
    module = types.ModuleType("reaper_python")
    module._ft = {}
    for name in dir(FakeReaper):
        if name[0].isupper() or name == "guidToString":

            def call(*args, name=name):
                return getattr(reaper, name)(*args)

            setattr(module, f"RPR_{name}", call)
    sys.modules["reaper_python"] = module
    sys.modules["__main__"].obj = None  # reapy takes this for the inside of REAPER


def serve(port, started):
    server = importlib.import_module("reapy.tools.network").Server(port)
    started.set()
    while True:
        server.accept()
        server.send_results(server.process_requests(server.get_requests()))


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    for name in ("--freeze", "--vanish", "--fail", "--slow"):
        parser.add_argument(name)
    for name in ("--dead", "--stale"):
        parser.add_argument(name, action="store_true")
    wanted = parser.parse_args()
    reaper = song()
    misbehave(reaper, wanted)
    install(reaper)
    port, started, run = free_port(), threading.Event(), threading.Event()

    def row(command):
        section_and_key = command.removeprefix("GET/EXTSTATE/")
        if command == ACTION and not wanted.dead:
            run.set()
            started.wait(5.0)
        if section_and_key == "reapy/server_port":
            named = started.is_set() or wanted.stale
            return f"EXTSTATE\treapy\tserver_port\t{port if named else ''}\n"
        if section_and_key == "reapy/activate_reapy_server":
            return f'EXTSTATE\treapy\tactivate_reapy_server\t"{ACTION}"\n'
        return ""

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    web.row = row
    threading.Thread(target=web.serve_forever, daemon=True).start()

    def wait_for_the_end():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    sys.stdout.write(f"{web.server_address[1]}\n")
    sys.stdout.flush()
    run.wait()
    serve(port, started)


if __name__ == "__main__":
    main()
