"""Held against the examples of RFC 6455: sections 1.3 and 5.7."""

import base64

import pytest

from bridge import websocket
from bridge.websocket import Frames

NONCE = b"the sample nonce"
HELLO = bytes.fromhex("810548656c6c6f")
HEAD = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat"
)


def texts(*pieces):
    frames = Frames()
    return [text for piece in pieces for text in frames.take(piece)]


def test_a_client_opens_with_its_key():
    lines = websocket.opening("127.0.0.1", 3818, "chat", NONCE).decode().split("\r\n")
    assert lines[0] == "GET / HTTP/1.1"
    assert lines[-2:] == ["", ""]
    assert {"Host: 127.0.0.1:3818", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"} <= set(
        lines
    )
    assert "Sec-WebSocket-Protocol: chat" in lines


def test_a_server_that_knows_the_key_is_accepted():
    assert base64.b64encode(NONCE) == b"dGhlIHNhbXBsZSBub25jZQ=="
    assert websocket.is_accepted(HEAD, NONCE)
    assert not websocket.is_accepted(HEAD, b"another nonce---")
    assert not websocket.is_accepted(HEAD.replace(b"101 Switching", b"200 OK"), NONCE)
    assert not websocket.is_accepted(b"", NONCE)


def test_a_client_masks_what_it_says():
    assert websocket.text("Hello", bytes.fromhex("37fa213d")) == bytes.fromhex("818537fa213d7f9f4d5158")


def test_a_long_text_is_refused():
    with pytest.raises(ValueError, match="126 bytes"):
        websocket.text("x" * 126, bytes(4))


@pytest.mark.parametrize("cut", range(len(HELLO) + 1))
def test_a_frame_may_come_in_pieces(cut):
    assert texts(HELLO[:cut], HELLO[cut:]) == ["Hello"]


def test_a_message_may_come_in_frames():
    assert texts(bytes.fromhex("010348656c"), bytes.fromhex("80026c6f")) == ["Hello"]


@pytest.mark.parametrize(("head", "size"), [("817e0100", 256), ("817f0000000000010000", 65_536)])
def test_long_frames(head, size):
    assert texts(bytes.fromhex(head) + b"x" * size + HELLO) == ["x" * size, "Hello"]


def test_pings_and_bytes_are_passed_over_and_a_close_is_told():
    assert texts(bytes.fromhex("890548656c6c6f") + bytes.fromhex("820100") + HELLO + bytes.fromhex("8800")) == [
        "Hello",
        None,
    ]


def test_a_client_says_farewell():
    assert websocket.farewell(bytes(4)) == bytes.fromhex("8880") + bytes(4)
