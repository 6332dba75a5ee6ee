"""OSC packets as REAPER reads and writes them: a strict little codec that knows the type tags i, f and s alone.

What follows is REAPER's own reading (Cockos' reaper-sdk, ``osc.cpp`` and ``osc_message.cpp``), so a client that works
here works there: a message with any other type tag is dropped, a message may leave its type tags out, what is longer
than 1024 bytes is dropped with everything behind it, and bundles are flattened, their times unread.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

Argument = int | float | str

LONGEST_MESSAGE_BYTES = 1024
LONGEST_PACKET_BYTES = 32768
BUNDLE = b"#bundle\0"
BUNDLE_HEAD = BUNDLE + b"\0\0\0\0\0\0\0\1"  # the time tag "at once"
SIZE_BYTES = 4
LONGEST_TEXT_BYTES = 511  # csurf_osc.cpp keeps texts in buffers of 512 bytes


@dataclass(frozen=True, slots=True)
class Message:
    """An address with its arguments. Floats have single precision; text that is no UTF-8 is read with replacements."""

    address: str
    args: tuple[Argument, ...] = ()


def decode(datagram: bytes) -> list[Message]:
    """Return the messages in a datagram, in order; what REAPER ignores is left out, so that nothing ever raises."""
    messages = []
    rest = struct.pack(">i", len(datagram)) + datagram
    while len(rest) >= SIZE_BYTES:
        size, rest = _size(rest)
        if not 0 < size <= min(LONGEST_PACKET_BYTES, len(rest)):
            break
        if len(rest) > len(BUNDLE_HEAD) + SIZE_BYTES and rest.startswith(BUNDLE):
            size, rest = _size(rest[len(BUNDLE_HEAD) :])
            if not 0 < size <= len(rest):
                break
        if size > LONGEST_MESSAGE_BYTES:
            break
        message = _message(rest[:size])
        if message is not None:
            messages.append(message)
        rest = rest[size:]
    return messages


def encode(address: str, *args: Argument) -> bytes:
    """Return the datagram of one message. Text is cut at 511 bytes. Raises ``ValueError`` for what does not fit."""
    try:
        fields = [_field(arg) for arg in args]
    except (struct.error, OverflowError) as error:
        raise ValueError(f"{address}: a number of {args} has more than 32 bits") from error
    tags = "," + "".join(tag for tag, _ in fields)
    return padded(address.encode()) + padded(tags.encode()) + b"".join(body for _, body in fields)


def bundle(messages: Iterable[bytes]) -> bytes:
    """Return encoded messages as one datagram: a bundle to be done at once, or a lone message as it is."""
    parts = list(messages)
    if len(parts) == 1:
        return parts[0]
    return BUNDLE_HEAD + b"".join(struct.pack(">i", len(part)) + part for part in parts)


def padded(text: bytes) -> bytes:
    """Return an OSC string: at least one zero at the end, and a length that four divides."""
    text, _, _ = text.partition(b"\0")
    return text + b"\0" * (4 - len(text) % 4)


def _field(arg: Argument) -> tuple[str, bytes]:
    """Return the type tag and the bytes of an argument."""
    match arg:
        case str():
            return "s", padded(arg.encode()[:LONGEST_TEXT_BYTES].decode(errors="ignore").encode())
        case int():
            return "i", struct.pack(">i", arg)
        case float():
            return "f", struct.pack(">f", arg)


def _message(data: bytes) -> Message | None:
    """Read one message, or None where REAPER drops it."""
    address, place = _text(data, 0)
    if place == len(data):
        return Message(address)  # the type tags may be left out with the arguments
    if place > len(data) or data[place : place + 1] != b",":
        return None
    tags, place = _text(data, place)
    args: list[Argument] = []
    for tag in tags[1:]:
        if tag not in "ifs" or place >= len(data):
            return None
        if tag == "s":
            text, place = _text(data, place)
            args.append(text)
        elif place + SIZE_BYTES <= len(data):
            args.append(struct.unpack_from(f">{tag}", data, place)[0])
            place += SIZE_BYTES
        else:
            return None
    return Message(address, tuple(args)) if place <= len(data) else None


def _text(data: bytes, place: int) -> tuple[str, int]:
    """Return the OSC string that starts at a place, and the place behind its zeros, which may be past the end."""
    end = data.find(b"\0", place)
    end = len(data) if end < 0 else end
    return data[place:end].decode(errors="replace"), place + (end - place) // 4 * 4 + 4


def _size(data: bytes) -> tuple[int, bytes]:
    """Take the four bytes of a size off the front."""
    (size,) = struct.unpack_from(">i", data)
    return size, data[SIZE_BYTES:]
