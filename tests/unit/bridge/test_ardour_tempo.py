"""A server that tells what a real Ardour 7.3 was seen to tell, in its order."""

import base64
import hashlib
import json
import struct

import pytest

from bridge.ardour_tempo import ArdourTempo
from tests.silent_servers import hangs_up, read_request, says, serving, unused_port

TEXT, PONG = 1, 10  # section 11.8
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def text_frame(words):
    """Return a text as a server sends it: RFC 6455, section 5.2."""
    payload = words.encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    return bytes((0x81, 126)) + struct.pack(">H", size) + payload


def said_by(connection):
    """Yield a client's short frames, each with its kind and what it says."""
    came = b""
    while piece := connection.recv(4096):
        came += piece
        while len(came) >= 6 and len(came) >= 6 + (came[1] & 0x7F):
            assert came[1] & 0x80, "a client masks what it says"
            size, mask = came[1] & 0x7F, came[2:6]
            yield came[0] & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(came[6 : 6 + size]))
            came = came[6 + size :]


def whole(connection, head, frames):
    connection.sendall(head + b"".join(frames))


class Ardour:
    """``tempo_bpm`` is what it is set to; ``talks`` counts its connections; ``tells`` says its head and its frames."""

    def __init__(self, *tracks, tempo_bpm=120.0, tells=whole, accept="{digest}"):
        self.tracks, self.tempo_bpm, self.talks = tracks, tempo_bpm, 0
        self.tells, self.accept = tells, accept

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
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
        head += f"Sec-WebSocket-Accept: {self.accept.format(digest=digest)}\r\n"
        head += "Sec-WebSocket-Protocol: lws-ardour\r\n\r\n"
        self.tells(connection, head.encode(), [text_frame(json.dumps(one)) for one in told])
        for kind, payload in said_by(connection):
            if kind == TEXT:
                said = json.loads(payload)
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


def bytewise(connection, head, frames):
    for byte in head + b"".join(frames):
        connection.sendall(bytes((byte,)))


def in_fragments(connection, head, frames):
    """Send each text as a first frame of two bytes and a last one with the rest: section 5.4."""
    connection.sendall(head)
    for frame in frames:
        payload = frame[2:]
        assert len(payload) < 126
        connection.sendall(bytes((0x01, 2)) + payload[:2] + bytes((0x80, len(payload) - 2)) + payload[2:])


def among_others(connection, head, frames):
    """Send a ping, bytes, and texts that are no JSON, long ones too, between the texts."""
    strange = [b"\x89\x05Hello", b"\x82\x01\x00", text_frame("no JSON"), text_frame("x" * 300), b"\x8a\x00"]
    connection.sendall(head)
    for frame in frames:
        connection.sendall(b"".join(strange) + frame)
    assert next(said_by(connection)) == (PONG, b"Hello")


@pytest.mark.parametrize("tells", [bytewise, in_fragments, among_others])
def test_however_it_comes_it_is_the_same(tells):
    with serving(Ardour("Kick", "Bass", tempo_bpm=97.3, tells=tells)) as port:
        assert ArdourTempo("127.0.0.1", port).read(["Kick", "Bass"]) == 97.3


def test_a_name_that_needs_a_longer_frame_is_read():
    name = "Kick " * 40
    with serving(Ardour(name)) as port:
        assert ArdourTempo("127.0.0.1", port).read([name]) == 120.0


def test_who_does_not_know_the_key_is_no_ardour():
    ardour = Ardour("Kick", accept="bm90IHRoZSBrZXk=")
    with serving(ardour) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert tempo.read(["Kick"]) is None
        tempo.write(90.0, ["Kick"])
    assert ardour.tempo_bpm == 120.0


def closes_at_once(connection, head, frames):
    connection.sendall(head + b"\x88\x00")


def breaks_the_rules(connection, head, frames):
    """Send a frame with reserved bits and a masked one: section 5.2 and 5.1."""
    connection.sendall(head + b"\xf1\x85\x00\x00\x00\x00Hello" + b"".join(frames))


@pytest.mark.parametrize("tells", [closes_at_once, breaks_the_rules])
def test_one_that_tells_no_tempo_is_passed_over(tells):
    with serving(Ardour("Kick", tells=tells)) as port:
        assert ArdourTempo("127.0.0.1", port).read(["Kick"]) is None


def test_another_session_is_neither_read_nor_set():
    ardour = Ardour("Kick")
    with serving(ardour) as port:
        tempo = ArdourTempo("127.0.0.1", port)
        assert tempo.read(["Kick", "Bass"]) is None
        tempo.write(90.0, ["Kick", "Bass"])
        assert ardour.tempo_bpm == 120.0


@pytest.mark.parametrize(
    "wrong",
    [
        hangs_up,
        says(b"HTTP/1.1 404 Not Found\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        says(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        says(b"\r\n\r\n"),
        says(b"\0" * 100),
    ],
)
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
