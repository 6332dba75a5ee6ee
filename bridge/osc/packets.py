"""OSC packets: messages to datagrams and back, through python-osc. Pure.

Only the type tags i, f and s are sent; h, d, T, F and b are understood too, since DAWs send them. python-osc does not
skip the bytes of a tag that it does not know (1.10.2), so that everything after it would be misread: tags are
looked at first, and a message with any other is left out. Nor does it mind a number that is cut off (it reads zeros),
or a blob: lengths are looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.parsing import osc_types

Argument = int | float | str | bytes
"""What a message carries; a truth (T, F) comes as a bool, which is an int."""

MAX_PACKET_BYTES = 1024  # REAPER's own default; it takes no longer message than that
_BUNDLE_HEAD_BYTES = 16  # "#bundle" and the time tag
_SIZE_BYTES = 4
_TAGS = {int: "i", float: "f", str: "s"}
_NUMBER_BYTES = {"i": 4, "f": 4, "h": 8, "d": 8, "T": 0, "F": 0}
_KNOWN_TAGS = frozenset({"s", "b", *_NUMBER_BYTES})


class PacketUnreadable(ValueError):  # noqa: N818 - a state, not our mistake
    """A datagram is not OSC."""


@dataclass(frozen=True, slots=True)
class Message:
    """An OSC message: its address, and its arguments (int: i or h, float: f or d, str: s, bytes: b, bool: T or F)."""

    address: str
    arguments: tuple[Argument, ...] = ()


def packed(messages: Sequence[Message], max_bytes: int = MAX_PACKET_BYTES) -> Iterator[bytes]:
    """Yield datagrams that carry the messages in order: bundles to be dealt with at once, or a message alone.

    A datagram is at most ``max_bytes`` long, unless a single message is longer.
    """
    waiting: list[OscMessage] = []
    size = _BUNDLE_HEAD_BYTES
    for message in messages:
        built = _built(message)
        if waiting and size + _SIZE_BYTES + built.size > max_bytes:
            yield _datagram(waiting)
            waiting, size = [], _BUNDLE_HEAD_BYTES
        waiting.append(built)
        size += _SIZE_BYTES + built.size
    if waiting:
        yield _datagram(waiting)


def unpacked(datagram: bytes) -> tuple[Message, ...]:
    """Return the messages of a datagram in order, without those of other type tags. Raises ``PacketUnreadable``."""
    try:
        return tuple(message for part in _parts(datagram) if (message := _message(part)) is not None)
    except (ParseError, osc_types.ParseError, UnicodeDecodeError) as error:
        raise PacketUnreadable(f"not an OSC packet: {error}") from error


def _built(message: Message) -> OscMessage:
    builder = OscMessageBuilder(message.address)
    for argument in message.arguments:
        builder.add_arg(argument, _TAGS[type(argument)])
    return builder.build()


def _datagram(messages: list[OscMessage]) -> bytes:
    if len(messages) == 1:
        return messages[0].dgram
    bundle = OscBundleBuilder(IMMEDIATELY)
    for message in messages:
        bundle.add_content(message)
    return bundle.build().dgram


def _parts(datagram: bytes) -> Iterator[bytes]:
    """Yield the messages in a packet, however deep in bundles. Without recursion, and sizes are not believed."""
    left = [datagram]
    while left:
        part = left.pop()
        if OscBundle.dgram_is_bundle(part):
            left.extend(reversed(list(_elements(part))))
        elif OscMessage.dgram_is_message(part):
            yield part
        else:
            raise PacketUnreadable("neither an OSC message nor a bundle")


def _elements(bundle: bytes) -> Iterator[bytes]:
    at = _BUNDLE_HEAD_BYTES
    while at < len(bundle):
        size, at = osc_types.get_int(bundle, at)
        if not 0 < size <= len(bundle) - at:
            raise PacketUnreadable(f"an element of {size} bytes in a bundle that has {len(bundle) - at} left")
        yield bundle[at : at + size]
        at += size


def _message(part: bytes) -> Message | None:
    _, at = osc_types.get_string(part, 0)
    tags, at = osc_types.get_string(part, at) if at < len(part) else (",", at)
    if not tags.startswith(",") or not _KNOWN_TAGS.issuperset(tags[1:]):
        return None
    for tag in tags[1:]:
        at = _after(part, at, tag)
    if at > len(part):
        raise PacketUnreadable("a message that ends before its arguments")
    read = OscMessage(part)
    return Message(read.address, tuple(read.params))


def _after(part: bytes, at: int, tag: str) -> int:
    """Return where the argument after one with this tag begins."""
    if tag == "s":
        return osc_types.get_string(part, at)[1]
    if tag == "b":
        size, at = osc_types.get_int(part, at)
        if size < 0:
            raise PacketUnreadable(f"a blob of {size} bytes")
        return at + size + -size % _SIZE_BYTES
    return at + _NUMBER_BYTES[tag]
