"""The subprocess with reapy's own server, spoken to in reapy's own frames."""

import importlib.util
import json
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from textwrap import dedent
from threading import Event

import numpy as np
import pytest

from mock_daw.inbox import Gone
from mock_daw.reaper.reapy_server import ReapyServer

pytestmark = pytest.mark.skipif(importlib.util.find_spec("reapy") is None, reason="reapy is not installed")

LIMIT_S = 20.0


class Client:
    """One connection in reapy's protocol: frames of an 8-byte little-endian length and JSON."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        self.greeting = self.read()

    def read(self):
        length = int.from_bytes(self._exactly(8), "little")
        return self._exactly(length).decode()

    def ask(self, name, *args):
        """Call a function of the fake module by name."""
        self.tell(name, *args)
        return json.loads(self.read())

    def tell(self, name, *args):
        """Call a function and leave its answer."""
        function = {"__callable__": True, "module_name": "reaper_python", "name": f"RPR_{name}"}
        self._write({"function": function, "input": {"args": args, "kwargs": {}}})

    def send(self, request):
        self._write(request)
        return json.loads(self.read())

    def _write(self, request):
        data = json.dumps(request).encode()
        self._socket.sendall(len(data).to_bytes(8, "little") + data)

    def ends(self):
        """Wait until the server has closed the connection."""
        return self._socket.recv(1) == b""

    def close(self):
        self._socket.close()

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            more = self._socket.recv(size - len(data))
            assert more, "the server closed the connection"
            data += more
        return data


@contextmanager
def serving(call, **options):
    server = ReapyServer(call, tick_s=0.0, **options)
    server.start()
    clients = []

    def connect():
        clients.append(Client(server.port))
        return clients[-1]

    try:
        yield server, connect
    finally:
        for client in clients:
            client.close()
        server.stop()


def test_a_call_goes_through_with_its_arguments_and_its_answer():
    calls = []

    def call(name, args):
        calls.append((name, args))
        return (1, "Vöx", 0.1, None)

    with serving(call) as (_, connect):
        client = connect()
        assert client.greeting.startswith("('127.0.0.1', ")
        assert client.ask("GetTrackName", "pointer", "", 2048) == {"value": [1, "Vöx", 0.1, None], "type": "result"}
    assert calls == [("GetTrackName", ("pointer", "", 2048))]


@pytest.mark.parametrize("kind", [AttributeError, TypeError, ValueError, IndexError, ZeroDivisionError])
def test_an_error_reaches_the_client_and_the_next_call_works(kind):
    def call(name, _args):
        if name == "CountTracks":
            raise kind("what happened")
        return 7

    with serving(call) as (server, connect):
        client = connect()
        answer = client.ask("CountTracks", 0)
        expected = "RuntimeError" if kind is ZeroDivisionError else kind.__name__
        assert answer["type"] == "error"
        assert answer["traceback"].splitlines()[-1] == f"{expected}: what happened"
        assert client.ask("GetPlayState") == {"value": 7, "type": "result"}
        assert server.crashes == []


def test_a_call_of_a_daw_that_is_gone_has_no_answer_and_the_server_stays_down():
    def call(_name, _args):
        raise Gone("the mock DAW is gone")

    with serving(call) as (server, connect):
        client = connect()
        client.tell("CountTracks", 0)
        assert client.ends()
        server.stop()
        assert server.crashes == []
        assert not server.alive
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), LIMIT_S)


def test_a_buffer_is_filled_and_only_its_length_crosses_the_line():
    seen = []

    def call(_name, args):
        seen.append(args)
        return 1, np.array([0.5, -0.25, 1e-300])

    with serving(call) as (_, connect):
        answer = connect().ask("GetAudioAccessorSamples", "accessor", 48_000, 1, 0.0, 3, [0.0] * 4)
    assert answer["value"] == [1, [0.5, -0.25, 1e-300, 0.0]]
    assert seen == [("accessor", 48_000, 1, 0.0, 3, 4)]


def test_only_the_loopback_address_is_bound():
    with serving(lambda *_: 0) as (server, _), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.port), LIMIT_S)


def test_the_port_is_told_at_the_start_and_after_a_crash():
    told = []
    with serving(lambda *_: 0, register=told.append) as (server, connect):
        assert told == [server.port]
        client = connect()
        client.send({"function": "HOLD", "input": None})
        client.close()
        assert server.wait_for_crash(LIMIT_S)
        assert server.wait_until_up(LIMIT_S)
        assert told == [server.port] * 2
        assert "OSError" in server.crashes[0]
        assert connect().ask("GetPlayState")["value"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c_in_the_terminal_leaves_the_subprocess_to_the_mock():
    with serving(lambda *_: 5) as (server, connect):
        client = connect()
        server._life._process.send_signal(signal.SIGINT)
        assert client.ask("GetPlayState")["value"] == 5
        assert server.crashes == []


def test_a_port_that_is_taken_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = ReapyServer(lambda *_: 0, port=other.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            server.start()
        assert not server.alive
        server.stop()


def test_a_stopped_server_closes_its_connections_and_can_be_started_again():
    with serving(lambda *_: 5) as (server, connect):
        client = connect()
        port = server.port
        server.stop()
        server.stop()
        assert client.ends()
        assert not server.alive
        server.start()
        assert server.port == port
        assert connect().ask("GetPlayState")["value"] == 5


def test_who_answers_a_call_may_stop_the_server_meanwhile():
    asked, stopped = Event(), Event()

    def call(_name, _args):
        asked.set()
        stopped.wait(LIMIT_S)
        return 0

    with serving(call) as (server, connect):
        client = connect()
        client.tell("GetPlayState")
        assert asked.wait(LIMIT_S)
        server.stop()
        stopped.set()
        assert client.ends()


@pytest.mark.parametrize("held", [False, True])
def test_the_subprocess_ends_with_the_mock(held):
    mock = """
        import sys
        from mock_daw.reaper.reapy_server import ReapyServer
        server = ReapyServer(lambda name, args: 0, tick_s=0.0)
        server.start()
        print(server.port, flush=True)
        sys.stdin.read()
    """
    with subprocess.Popen([sys.executable, "-c", dedent(mock)], stdin=-1, stdout=-1, stderr=-3) as process:
        client = Client(int(process.stdout.readline()))
        if held:
            client.send({"function": "HOLD", "input": None})
        process.kill()
        process.wait(LIMIT_S)
    assert client.ends()
    client.close()
