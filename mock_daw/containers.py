"""Tells whether the audio that a file's header declares is really in the file.

libsndfile silently plays what is left of a cut WAV or AIFF, so a half copied stem would be mixed as if it were whole.
Chunk layouts: RIFF/WAVE (Microsoft and IBM, 1991), RF64 (EBU Tech 3306), AIFF (Apple, 1989).
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

# Written by programs that stream and can not go back to fill the size in (ffmpeg and sox into a pipe, for example).
UNKNOWN_SIZES = (range(0x7FFF_F000, 0x8000_0000), range(0xFFFF_FF00, 0x1_0000_0000))


class Chunk(NamedTuple):
    """A chunk's identifier, its declared size and where its content starts, in bytes."""

    name: bytes
    size: int
    start: int


def missing_bytes(path: Path) -> int:
    """Return how many bytes of declared audio lie beyond the file's end; 0 for containers other than WAV and AIFF."""
    with path.open("rb") as file:
        magic, _, kind = struct.unpack("4s4s4s", file.read(12).ljust(12))
        file_size = file.seek(0, os.SEEK_END)
        if magic in {b"RIFF", b"RF64", b"BW64"} and kind == b"WAVE":
            return _beyond(file, file_size, byte_order="<", audio=b"data")
        if magic == b"RIFX" and kind == b"WAVE":
            return _beyond(file, file_size, byte_order=">", audio=b"data")
        if magic == b"FORM" and kind in {b"AIFF", b"AIFC"}:
            return _beyond(file, file_size, byte_order=">", audio=b"SSND")
    return 0


def mp3_states_length(path: Path) -> bool:
    """Return whether an MP3's first frame is a Xing, Info or VBRI header; without, its length can only be guessed."""
    with path.open("rb") as file:
        tag, _, *size = struct.unpack("3s3s4B", file.read(10).ljust(10, b"\0"))
        # An ID3v2 tag may hold pictures; its size is four times seven bits.
        tag_bytes = 10 + sum(bits << shift for bits, shift in zip(size, (21, 14, 7, 0), strict=True))
        file.seek(tag_bytes if tag == b"ID3" else 0)
        first_frame = file.read(2048)
    return any(name in first_frame for name in (b"Xing", b"Info", b"VBRI"))


def _beyond(file: BinaryIO, file_size: int, *, byte_order: str, audio: bytes) -> int:
    size_in_ds64: int | None = None
    for chunk in _chunks(file, file_size, byte_order):
        if chunk.name == b"ds64":
            file.seek(chunk.start)
            _, size_in_ds64 = struct.unpack("<QQ", file.read(16).ljust(16, b"\0"))
        if chunk.name == audio:
            size = size_in_ds64 if size_in_ds64 is not None and chunk.size == 0xFFFF_FFFF else chunk.size
            unknown = any(size in sizes for sizes in UNKNOWN_SIZES)
            return 0 if unknown else max(0, chunk.start + size - file_size)
    return 0


def _chunks(file: BinaryIO, file_size: int, byte_order: str) -> Iterator[Chunk]:
    position = 12
    while position + 8 <= file_size:
        file.seek(position)
        name, size = struct.unpack(f"{byte_order}4sI", file.read(8))
        yield Chunk(name, size, position + 8)
        position += 8 + size + size % 2  # chunks are padded to even sizes
