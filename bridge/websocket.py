"""WebSocket as a client speaks it (RFC 6455), as far as short talks in text need it. Pure: bytes and values."""

import base64
import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

KEY_BYTES, MASK_BYTES = 16, 4
HEAD_END = b"\r\n\r\n"
_ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # section 1.3
_FINAL, _MASKED, _SHORTEST, _LONGER = 0x80, 0x80, 126, 127


class Opcode(IntEnum):
    """What a frame is (section 11.8)."""

    MORE = 0x0
    TEXT = 0x1
    CLOSE = 0x8


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as it came; ``final`` ends a message."""

    opcode: int
    payload: bytes
    final: bool = True


class Frames:
    """Owns the bytes of the frame that is still coming, and of the message that is not whole."""

    def __init__(self) -> None:
        self._bytes = b""
        self._text = b""

    def take(self, more: bytes) -> Iterator[str | None]:
        """Yield the texts that have become whole, None for a close."""
        self._bytes += more
        while (cut := _first(self._bytes)) is not None:
            frame, self._bytes = cut
            match frame.opcode:
                case Opcode.TEXT | Opcode.MORE:
                    self._text += frame.payload
                    if frame.final:
                        text, self._text = self._text, b""
                        yield text.decode("utf-8", errors="replace")
                case Opcode.CLOSE:
                    yield None
                case _:
                    pass  # pings, pongs and bytes: a talk is over before a pong is missed


def opening(host: str, port: int, protocol: str, nonce: bytes) -> bytes:
    """Return a client's half of the handshake (section 4.1); the nonce is 16 random bytes."""
    lines = (
        "GET / HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_key(nonce).decode()}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {protocol}",
    )
    return "\r\n".join(lines).encode() + HEAD_END


def is_accepted(head: bytes, nonce: bytes) -> bool:
    """Tell whether a server's head is its half of the handshake (section 4.2.2)."""
    status, *fields = head.decode("latin-1").split("\r\n")
    told = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    digest = hashlib.sha1(_key(nonce) + _ACCEPT_GUID, usedforsecurity=False).digest()
    return " 101 " in f"{status} " and told.get("sec-websocket-accept") == base64.b64encode(digest).decode()


def text(words: str, mask: bytes) -> bytes:
    """Return a text as a client sends it, masked by 4 random bytes (section 5.3)."""
    return _framed(Opcode.TEXT, words.encode(), mask)


def farewell(mask: bytes) -> bytes:
    """Return a client's close."""
    return _framed(Opcode.CLOSE, b"", mask)


def _framed(opcode: Opcode, payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    if size >= _SHORTEST:
        raise ValueError(f"{size} bytes are more than a short frame holds")
    masked = bytes(byte ^ mask[place % MASK_BYTES] for place, byte in enumerate(payload))
    return bytes((_FINAL | opcode, _MASKED | size)) + mask + masked


def _first(there: bytes) -> tuple[Frame, bytes] | None:
    """Return the first frame and what is behind it, None where it is not whole (section 5.2)."""
    if len(there) < 2:
        return None
    size, start = there[1] & ~_MASKED, 2
    for marker, form in ((_SHORTEST, ">H"), (_LONGER, ">Q")):
        if size == marker:
            end = start + struct.calcsize(form)
            if len(there) < end:
                return None
            (size,) = struct.unpack(form, there[start:end])
            start = end
            break
    if len(there) < start + size:
        return None
    frame = Frame(there[0] & 0x0F, there[start : start + size], bool(there[0] & _FINAL))
    return frame, there[start + size :]


def _key(nonce: bytes) -> bytes:
    return base64.b64encode(nonce)
