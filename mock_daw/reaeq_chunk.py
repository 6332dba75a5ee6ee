"""ReaEQ's state as project files keep it, in base64: three blocks, the lines of each no longer than 128 characters.

1. The plug-in's header: its id "reeq" backwards, fe ed 5e ee backwards, the pins of its inputs and outputs (a count,
   then 8 bytes a pin), the length of block 2, 1 and 0x100000.
2. The state: the size of a band's record (33), the number of bands, the records; 1, 1, the global gain as a double,
   and how the editor was last shown, 16 bytes.
3. The preset's name between two zero bytes, and 0x10.

All is little-endian. Read off states that REAPER 6 and 7 saved; the numbers of the band types are those that public
readers of ReaEQ's state agree on, and of which 0, 1, 3, 4 and 8 have been seen in files.
"""

import base64
import binascii
import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from mock_daw.session import EqBand, EqKind, Equaliser

TYPE_OF_KIND = {
    EqKind.LOW_SHELF: 0,
    EqKind.HIGH_SHELF: 1,
    EqKind.LOW_PASS: 3,
    EqKind.HIGH_PASS: 4,
    EqKind.ALL_PASS: 5,
    EqKind.NOTCH: 6,
    EqKind.BAND_PASS: 7,
    EqKind.BELL: 8,
}
# 2 and 9 are older bells. A type that nobody knows is an all-pass: it is shown, and does not change the level.
KIND_OF_TYPE = {number: kind for kind, number in TYPE_OF_KIND.items()} | {2: EqKind.BELL, 9: EqKind.BELL}
KIND_OF_UNKNOWN = EqKind.ALL_PASS

MAGIC = b"qeer\xee\x5e\xed\xfe"
PINS = struct.pack("<IQQIQQ", 2, 1, 2, 2, 1, 2)
AFTER_LENGTH = struct.pack("<II", 1, 0x100000)
LONGEST_PINS = 256
RECORD = struct.Struct("<iidddB")
HEAD = struct.Struct("<ii")
GAIN = struct.Struct("<iid")
SHOWN = struct.pack("<IIII", 0, 509, 348, 2)
NO_PRESET = b"\x00\x00\x10\x00\x00\x00"
LINE_BYTES = 96
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class UnreadableChunkError(ValueError):
    """The lines are not the state of a ReaEQ."""


@dataclass(frozen=True, slots=True)
class _State:
    """A state in its parts: what is not the equaliser's is kept as it was."""

    pins: bytes = PINS
    after_length: bytes = AFTER_LENGTH
    records: tuple[tuple[int, int, float, float, float, int], ...] = ()
    flags: tuple[int, int] = (1, 1)
    gain_linear: float = 1.0
    shown: bytes = SHOWN
    preset: bytes = NO_PRESET


def decode(lines: Sequence[str]) -> Equaliser:
    """Read the equaliser out of the base64 lines. Raises ``UnreadableChunkError``."""
    state = _parsed(lines)
    bands = tuple(
        EqBand(KIND_OF_TYPE.get(number, KIND_OF_UNKNOWN), freq_hz, gain_linear, bandwidth_oct, bool(enabled))
        for number, enabled, freq_hz, gain_linear, bandwidth_oct, _ in state.records
    )
    return Equaliser(bands, state.gain_linear)


def encode(equaliser: Equaliser, like: Sequence[str] = ()) -> tuple[str, ...]:
    """Write the equaliser as base64 lines. What they say besides is taken from ``like``, an earlier state of it.

    So a band keeps a type number that we do not know, or know by another number, for as long as its kind is the same.
    """
    try:
        old = _parsed(like) if like else _State()
    except UnreadableChunkError:
        old = _State()
    records = b"".join(_record(band, old, place) for place, band in enumerate(equaliser.bands))
    gain = GAIN.pack(*old.flags, equaliser.gain_linear)
    body = HEAD.pack(RECORD.size, len(equaliser.bands)) + records + gain + old.shown
    header = MAGIC + old.pins + struct.pack("<I", len(body)) + old.after_length
    return tuple(line for block in (header, body, old.preset) for line in _base64_lines(block))


def _record(band: EqBand, old: _State, place: int) -> bytes:
    number, last = TYPE_OF_KIND[band.kind], 1
    if place < len(old.records):
        old_number, *_, last = old.records[place]
        if KIND_OF_TYPE.get(old_number, KIND_OF_UNKNOWN) == band.kind:
            number = old_number
    return RECORD.pack(number, band.enabled, band.freq_hz, band.gain_linear, band.bandwidth_oct, last)


def _parsed(lines: Sequence[str]) -> _State:
    raw = _bytes(lines)
    try:
        return _split(raw)
    except struct.error as error:
        raise UnreadableChunkError("the state ends too early") from error


def _split(raw: bytes) -> _State:
    if not raw.startswith(MAGIC):
        raise UnreadableChunkError("the state does not begin as ReaEQ's does")
    place = len(MAGIC)
    for _ in ("inputs", "outputs"):
        (pins,) = struct.unpack_from("<I", raw, place)
        if pins > LONGEST_PINS:
            raise UnreadableChunkError(f"a plug-in with {pins} pins")
        place += 4 + 8 * pins
    pins_end, body_start = place, place + 12
    (length,) = struct.unpack_from("<I", raw, pins_end)
    body, preset = raw[body_start : body_start + length], raw[body_start + length :]
    size, bands = HEAD.unpack_from(body)
    records_end = HEAD.size + RECORD.size * bands
    if size != RECORD.size or bands < 0 or len(body) != length or records_end > length:
        raise UnreadableChunkError("the bands do not fit into the state")
    records = tuple(RECORD.iter_unpack(body[HEAD.size : records_end]))
    first, second, gain_linear = GAIN.unpack_from(body, records_end)
    for _, _, freq_hz, band_gain_linear, bandwidth_oct, _ in (*records, (0, 0, 1.0, gain_linear, 1.0, 0)):
        finite = math.isfinite(freq_hz) and math.isfinite(band_gain_linear) and math.isfinite(bandwidth_oct)
        if not finite or freq_hz <= 0.0 or band_gain_linear < 0.0 or bandwidth_oct <= 0.0:
            raise UnreadableChunkError("a band has a value that no ReaEQ has")
    shown = body[records_end + GAIN.size :]
    after_length = raw[pins_end + 4 : body_start]
    return _State(raw[len(MAGIC) : pins_end], after_length, records, (first, second), gain_linear, shown, preset)


def _bytes(lines: Sequence[str]) -> bytes:
    """Decode the lines; REAPER 4 wrote the end of one block and the start of the next in one."""
    try:
        pieces = (piece for line in lines for piece in BASE64.findall(line))
        return b"".join(base64.b64decode(piece, validate=True) for piece in pieces)
    except binascii.Error as error:
        raise UnreadableChunkError("the state is not base64") from error


def _base64_lines(block: bytes) -> list[str]:
    starts = range(0, len(block), LINE_BYTES)
    return [base64.b64encode(block[start : start + LINE_BYTES]).decode() for start in starts]
