"""The mock DAW's console program in a process of its own, for tests that are its clients."""

import http.client
import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

ROOT = Path(__file__).parents[1]
LIMIT_S = 30.0
COMMAND = [sys.executable, "-m", "mock_daw"]


@dataclass
class Running:
    """A console program that has printed where it is."""

    process: subprocess.Popen[str]
    endpoints: dict[str, object]
    feedback: socket.socket

    def osc(self, address: str, *values: float | str) -> None:
        message = OscMessageBuilder(address)
        for value in values:
            message.add_arg(value)
        self.feedback.sendto(message.build().dgram, tuple(self.endpoints["osc"]))

    def web(self, path: str, timeout_s: float = LIMIT_S) -> str:
        connection = http.client.HTTPConnection(*self.endpoints["web"], timeout=timeout_s)
        try:
            connection.request("GET", f"/_/{path}")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def track(self, number: int) -> list[str]:
        return self.web(f"TRACK/{number}").rstrip("\n").split("\t")

    def wait_for(self, number: int, field: int, value: str) -> None:
        """Ask the web interface, also one that is still to open, until a track's field is so."""
        deadline_s = time.monotonic() + LIMIT_S
        now: list[str] = []
        while now[field : field + 1] != [value]:
            assert time.monotonic() < deadline_s, now
            with suppress(ConnectionError):
                now = self.track(number)

    def wait_for_report(self, address: str, wanted: Callable[[object], bool]) -> None:
        """Wait for feedback on an address with a value that is wanted."""
        deadline_s = time.monotonic() + LIMIT_S
        reported: list[object] = []
        while time.monotonic() < deadline_s:
            if select.select([self.feedback], [], [], 0.1)[0]:
                reported += [m.params[0] for m in messages(self.feedback.recv(65_535)) if m.address == address]
                if any(map(wanted, reported)):
                    return
        pytest.fail(f"{address} reported {reported}")

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, errors


def messages(datagram: bytes) -> Iterator[OscMessage]:
    if OscBundle.dgram_is_bundle(datagram):
        yield from OscBundle(datagram)
    else:
        yield OscMessage(datagram)


@contextmanager
def running(*arguments: object) -> Iterator[Running]:
    feedback = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    feedback.bind(("127.0.0.1", 0))
    to = f"127.0.0.1:{feedback.getsockname()[1]}"
    words = [*map(str, arguments), "--json", *(["--osc-to", to] if "--osc" in arguments else [])]
    process = subprocess.Popen([*COMMAND, *words], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        yield Running(process, json.loads(line), feedback)
    finally:
        process.kill()
        process.communicate()
        feedback.close()
