"""A server that tells what a real Ardour 7.3 was seen to tell, in its order."""

import base64
import hashlib
import json
import threading

import pytest

from bridge.ardour_tempo import ArdourTempo
from tests.silent_servers import hangs_up, read_request, says, serving, unused_port

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Ardour:
    """``tempo_bpm`` is what it is set to; ``talks`` counts its connections."""

    def __init__(self, *tracks, tempo_bpm=120.0):
        self.tracks, self.tempo_bpm, self.talks = tracks, tempo_bpm, 0
        self.set = threading.Event()

    def __call__(self, connection, over):
        self.talks += 1
        head = read_request(connection)
        assert "Sec-WebSocket-Protocol: lws-ardour" in head
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key"))
        digest = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()  # noqa: S324 - RFC 6455
        told = [
            {"node": "strip_description", "addr": [0], "val": ["Master", 1056]},
            {"node": "strip_gain", "addr": [0], "val": [0]},
            *(
                {"node": "strip_description", "addr": [number], "val": [name, 1025]}
                for number, name in enumerate(self.tracks, 1)
            ),
            {"node": "transport_tempo", "val": [float(f"{self.tempo_bpm:.6g}")]},
            {"node": "transport_bbt", "val": ["001|01|0000"]},
        ]
        frames = b"".join(bytes((0x81, len(text))) + text for text in (json.dumps(one).encode() for one in told))
        accept = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: {digest}\r\n\r\n"
        connection.sendall(accept.encode() + frames)
        came = b""
        while piece := connection.recv(4096):
            came += piece
            if len(came) < 2 or len(came) < 6 + (came[1] & 0x7F):
                continue
            size, mask = came[1] & 0x7F, came[2:6]
            said = json.loads(bytes(byte ^ mask[at % 4] for at, byte in enumerate(came[6 : 6 + size])))
            assert said["node"] == "transport_tempo"
            (self.tempo_bpm,) = said["val"]
            connection.sendall(b"\x88\x00")
            return


def test_the_tempo_is_read_and_set():
    ardour = Ardour("Kick", "Bass", tempo_bpm=97.3)
    with serving(ardour) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert tempo.read(["Kick", "Bass"]) == 97.3
        tempo.write(120.1234567, ["Kick", "Bass"])
        assert ardour.tempo_bpm == 120.1234567
        assert tempo.read(["Kick", "Bass"]) == 120.123


def test_another_session_is_neither_read_nor_set():
    ardour = Ardour("Kick")
    with serving(ardour) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert tempo.read(["Kick", "Bass"]) is None
        tempo.write(90.0, ["Kick", "Bass"])
        assert ardour.tempo_bpm == 120.0


@pytest.mark.parametrize("wrong", [hangs_up, says(b"HTTP/1.1 404 Not Found\r\n\r\n"), says(b"\0" * 100)])
def test_what_is_no_ardour_tells_nothing(wrong):
    with serving(wrong) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert tempo.read(["Kick"]) is None
        tempo.write(90.0, ["Kick"])


def test_where_nothing_listens_is_asked_once():
    port = unused_port()
    tempo = ArdourTempo("127.0.0.1", port)
    assert tempo.read(["Kick"]) is None


def test_what_was_not_there_is_not_asked_again():
    asked = []

    def leaves(connection, over):
        asked.append(read_request(connection))

    with serving(leaves) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert [tempo.read(["Kick"]) for _ in range(3)] == [None] * 3
    assert len(asked) == 1


def test_what_was_there_is_asked_again():
    ardour = Ardour("Kick")
    busy = [True]

    def at_times(connection, over):
        if not ardour.talks or not busy.pop():
            ardour(connection, over)

    with serving(at_times) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert tempo.read(["Kick"]) == 120.0
        busy += [False, True]
        assert tempo.read(["Kick"]) == 120.0
    assert ardour.talks == 2
