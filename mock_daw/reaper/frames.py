"""The private line between the mock and its reapy subprocess: JSON headers, audio as raw doubles behind them.

A frame is the length of the header and of the audio (two unsigned 32-bit little-endian integers), the header in
UTF-8, then the audio. An array in the message stands as ``{"doubles": count}`` in the header; there is at most one.
"""

import json
import struct
from array import array
from typing import IO, Any

LENGTHS = struct.Struct("<II")
KEY = "doubles"


class LineClosedError(ConnectionError):
    """The other end has gone."""


def write(line: IO[bytes], message: object) -> None:
    """Write one message. Raises ``OSError`` where the other end has gone."""
    audio: list[bytes] = []

    def default(value: Any) -> object:
        doubles = array("d", value)
        audio.append(doubles.tobytes())
        return {KEY: len(doubles)}

    header = json.dumps(message, default=default).encode()
    body = b"".join(audio)
    line.write(LENGTHS.pack(len(header), len(body)) + header)
    if body:
        line.write(body)
    line.flush()


def read(line: IO[bytes]) -> Any:
    """Read one message, an array as ``array("d")``. Raises ``LineClosedError`` at the end of the line."""
    header_bytes, body_bytes = LENGTHS.unpack(_exactly(line, LENGTHS.size))
    header = _exactly(line, header_bytes)
    doubles = array("d")
    doubles.frombytes(_exactly(line, body_bytes))

    def put(found: dict[str, Any]) -> object:
        return doubles if found.keys() == {KEY} else found

    return json.loads(header, object_hook=put)


def _exactly(line: IO[bytes], size: int) -> bytes:
    data = line.read(size)
    if len(data) < size:
        raise LineClosedError("the other end of the line has gone")
    return data
