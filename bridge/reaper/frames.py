"""What crosses the pipe between Faderbot and the process that holds reapy: frames of a JSON header and raw bytes.

4 bytes   length of the header, unsigned, little-endian
4 bytes   length of the payload
header    JSON in UTF-8
payload   float32 samples, little-endian, or nothing
"""

import json
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")
_MOST_HEADER_BYTES = 256_000_000


class FrameBroken(Exception):  # noqa: N818 - a state, named as the user sees it
    """What arrived is no frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message: its header, and what is too much for JSON."""

    header: dict[str, Any]
    payload: bytes = b""


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Write a frame and flush it. Raises ``OSError`` where nobody reads any more."""
    header = json.dumps(frame.header).encode()
    stream.write(_LENGTHS.pack(len(header), len(frame.payload)) + header + frame.payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame | None:
    """Read a frame; None where the stream has ended between two of them. Raises ``FrameBroken``."""
    lengths = stream.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise FrameBroken("the stream ends within a frame")
    header_length, payload_length = _LENGTHS.unpack(lengths)
    if header_length > _MOST_HEADER_BYTES:
        raise FrameBroken(f"a header of {header_length} bytes")
    header, payload = stream.read(header_length), stream.read(payload_length)
    if len(header) < header_length or len(payload) < payload_length:
        raise FrameBroken("the stream ends within a frame")
    try:
        content = json.loads(header)
    except ValueError as error:
        raise FrameBroken("a header that is not JSON") from error
    if not isinstance(content, dict):
        raise FrameBroken("a header that is no object")
    return Frame(content, payload)
