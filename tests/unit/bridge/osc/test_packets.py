import struct

import pytest

from bridge.osc.packets import Message, PacketUnreadable, packed, unpacked

FADER = Message("/track/1/volume/db", (-6.0,))


def words(*parts):
    """Return OSC strings: each ended and padded to four bytes."""
    return b"".join(part + b"\0" * (4 - len(part) % 4) for part in parts)


def bundle(*elements):
    return b"#bundle\0" + struct.pack(">Q", 1) + b"".join(struct.pack(">i", len(e)) + e for e in elements)


def test_a_message_alone_is_what_the_specification_says():
    # OpenSoundControl 1.0, "OSC Messages": address, type tags and big-endian arguments, each padded to four bytes.
    assert list(packed([FADER])) == [words(b"/track/1/volume/db", b",f") + struct.pack(">f", -6.0)]


def test_several_messages_are_one_bundle_to_be_dealt_with_at_once():
    (datagram,) = packed([FADER, Message("/action", (41743,))])
    action = words(b"/action", b",i") + struct.pack(">i", 41743)
    assert datagram == bundle(next(iter(packed([FADER]))), action)


def test_no_datagram_is_longer_than_it_may_be_and_none_is_lost():
    messages = [Message(f"/track/{n}/volume/db", (float(n),)) for n in range(100)]
    datagrams = list(packed(messages, 256))
    assert max(map(len, datagrams)) <= 256
    assert [message for datagram in datagrams for message in unpacked(datagram)] == messages


def test_a_message_longer_than_a_datagram_may_be_goes_alone():
    long = Message("/track/1/name", ("x" * 300,))
    assert [len(unpacked(datagram)) for datagram in packed([FADER, long, FADER], 64)] == [1, 1, 1]


def test_names_are_utf_8():
    name = Message("/track/1/name", ("Gesänge 🎤",))
    assert unpacked(next(packed([name]))) == (name,)


def test_a_message_with_an_unknown_tag_is_left_out_and_not_misread():
    # python-osc reads the tags "ci" with 'A', 7 as [65].
    strange = words(b"/strange", b",ci") + struct.pack(">ii", ord("A"), 7)
    assert unpacked(bundle(strange, next(packed([FADER])))) == (FADER,)
    assert unpacked(strange) == ()


@pytest.mark.parametrize("tags", [b",N", b",t", b",m", b",[i]", b"i"])
def test_only_what_is_spoken_here_is_read(tags):
    assert unpacked(words(b"/mute", tags) + b"\0" * 16) == ()


def test_a_message_needs_no_arguments_and_not_even_tags():
    assert unpacked(words(b"/play")) == (Message("/play"),)
    assert unpacked(words(b"/play", b",")) == (Message("/play"),)


def test_bundles_in_bundles_however_deep():
    packet = next(packed([FADER]))
    for _ in range(2000):
        packet = bundle(packet)
    assert unpacked(packet) == (FADER,)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"/never ended",
        words(b"/track/1/volume", b",f"),
        words(b"/track/1/name", b",s") + b"\xff\xfe\0\0",
        bundle(b""),
        b"#bundle\0" + struct.pack(">Qi", 1, -16),
        b"#bundle\0" + struct.pack(">Qi", 1, 400) + b"/a\0\0",
        b"#bundle\0" + struct.pack(">Q", 1) + b"\0\0",
    ],
)
def test_what_is_not_osc(datagram):
    with pytest.raises(PacketUnreadable):
        unpacked(datagram)
