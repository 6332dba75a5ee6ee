"""OSC 1.0 packets as liblo, python-osc and the consoles exchange them; the specification is at opensoundcontrol.org.

Known are the type tags i, f, s, b, h, d, T, F and N. What is malformed is left out, and nothing ever raises.
"""

import struct
from dataclasses import dataclass

Argument = int | float | str | bytes | None
Arguments = tuple[Argument, ...]

BUNDLE = b"#bundle\0"
BUNDLE_HEAD_BYTES = 16
DEEPEST_BUNDLE = 8
NUMBERS = {"i": ">i", "f": ">f", "h": ">q", "d": ">d"}
CONSTANTS: dict[str, Argument] = {"T": True, "F": False, "N": None}
LARGEST_FLOAT = 3.4e38


@dataclass(frozen=True, slots=True)
class Message:
    """An address with its arguments; T and F are True and False, N is None."""

    address: str
    args: Arguments = ()


@dataclass(frozen=True, slots=True)
class Long:
    """A whole number that goes out with 64 bits."""

    value: int


@dataclass(frozen=True, slots=True)
class Double:
    """A number that goes out with double precision."""

    value: float


Outgoing = Argument | Long | Double


def decode(datagram: bytes) -> list[Message]:
    """Return the messages in a datagram, those in bundles in their order."""
    return list(_messages(datagram, DEEPEST_BUNDLE))


def encode(address: str, *args: Outgoing) -> bytes:
    """Return the datagram of one message. Whole numbers beyond 32 bits are held at their ends."""
    fields = [_field(arg) for arg in args]
    tags = "," + "".join(tag for tag, _ in fields)
    return _padded(address.encode()) + _padded(tags.encode()) + b"".join(body for _, body in fields)


def bundle(parts: list[bytes]) -> bytes:
    """Return encoded messages as one bundle, to be done at once."""
    head = BUNDLE + struct.pack(">q", 1)
    return head + b"".join(struct.pack(">i", len(part)) + part for part in parts)


def _messages(data: bytes, depth: int) -> list[Message]:
    if not data.startswith(BUNDLE):
        message = _message(data)
        return [] if message is None else [message]
    found: list[Message] = []
    place = BUNDLE_HEAD_BYTES
    while depth and place + 4 <= len(data):
        (size,) = struct.unpack_from(">i", data, place)
        place += 4
        if not 0 < size <= len(data) - place:
            break
        found += _messages(data[place : place + size], depth - 1)
        place += size
    return found


def _message(data: bytes) -> Message | None:
    address, place = _text(data, 0)
    if not address.startswith("/"):
        return None
    if place >= len(data):
        return Message(address)
    tags, place = _text(data, place)
    if not tags.startswith(","):
        return None
    args: list[Argument] = []
    for tag in tags[1:]:
        value, place = _value(tag, data, place)
        if place > len(data):
            return None
        args.append(value)
    return Message(address, tuple(args))


def _value(tag: str, data: bytes, place: int) -> tuple[Argument, int]:
    """Return an argument and the place behind it, which lies behind the end for one that is not there."""
    if tag in CONSTANTS:
        return CONSTANTS[tag], place
    if tag in NUMBERS and place + struct.calcsize(NUMBERS[tag]) <= len(data):
        return struct.unpack_from(NUMBERS[tag], data, place)[0], place + struct.calcsize(NUMBERS[tag])
    if tag == "s" and place < len(data):
        return _text(data, place)
    if tag == "b" and place + 4 <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        return data[place + 4 : place + 4 + size], place + 4 + (size + 3) // 4 * 4
    return None, len(data) + 1


def _field(arg: Outgoing) -> tuple[str, bytes]:
    """Return the type tag and the bytes of an argument."""
    if arg is None or isinstance(arg, bool):
        return {True: "T", False: "F", None: "N"}[arg], b""
    if isinstance(arg, str):
        return "s", _padded(arg.encode(errors="replace"))
    if isinstance(arg, bytes):
        return "b", struct.pack(">I", len(arg)) + arg + b"\0" * (-len(arg) % 4)
    return _number_field(arg)


def _number_field(arg: float | Long | Double) -> tuple[str, bytes]:
    match arg:
        case Long(value):
            return "h", struct.pack(">q", max(min(value, 2**63 - 1), -(2**63)))
        case Double(value):
            return "d", struct.pack(">d", value)
        case int():
            return "i", struct.pack(">i", max(min(arg, 2**31 - 1), -(2**31)))
        case _:
            return "f", struct.pack(">f", max(min(arg, LARGEST_FLOAT), -LARGEST_FLOAT))


def _padded(text: bytes) -> bytes:
    text, _, _ = text.partition(b"\0")
    return text + b"\0" * (4 - len(text) % 4)


def _text(data: bytes, place: int) -> tuple[str, int]:
    end = data.find(b"\0", place)
    end = len(data) if end < 0 else end
    return data[place:end].decode(errors="replace"), place + (end - place) // 4 * 4 + 4
