"""The OSC codec of the dialects, against python-osc."""

import struct

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from mock_daw.dialects.osc10 import Double, Long, Message, bundle, decode, encode

TYPES = (("i", 7), ("f", 0.5), ("s", "Größe"), ("b", b"\1\2\3"), ("T", True), ("F", False), ("N", None), ("d", 0.1))


@pytest.mark.parametrize(("tag", "value"), TYPES)
def test_what_python_osc_writes_is_read(tag, value):
    builder = OscMessageBuilder("/a/b")
    builder.add_arg(value, tag)
    assert decode(builder.build().dgram) == [Message("/a/b", (value,))]


@pytest.mark.parametrize("value", [7, 0.5, "Größe", b"\1\2\3\4\5", True, False, None])
def test_python_osc_reads_what_is_written(value):
    message = OscMessage(encode("/a/b", "first", value))
    assert (message.address, message.params) == ("/a/b", ["first", value])


def test_long_and_double_numbers_have_their_own_types():
    data = encode("/a", Long(2**40), Double(0.1))
    assert b",hd\0" in data
    assert OscMessage(data).params == [2**40, 0.1]


def test_an_address_may_stand_alone():
    assert decode(b"/info\0\0\0") == [Message("/info")]
    assert decode(b"/info\0\0\0,\0\0\0") == [Message("/info")]


def test_bundles_are_read_in_their_order_and_written():
    data = bundle([encode("/a", 1), encode("/b")])
    assert [message.address for message in OscBundle(data)] == ["/a", "/b"]
    nested = bundle([data, encode("/c")])
    assert [message.address for message in decode(nested)] == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"no address\0\0",
        b"/a\0\0,i\0\0\0\0",
        b"/a\0\0,s\0\0",
        b"/a\0\0,b\0\0\0\0\1\0",
        b"/a\0\0,x\0\0\0\0\0\0",
        b"/a\0\0no tags\0",
        b"#bundle\0",
        b"#bundle\0" + bytes(8) + struct.pack(">i", 400) + b"/a\0\0",
        b"#bundle\0" + bytes(8) + struct.pack(">i", -4),
    ],
)
def test_what_is_malformed_is_left_out(data):
    assert decode(data) == []


def test_numbers_beyond_their_types_are_held():
    assert OscMessage(encode("/a", 2**40)).params == [2**31 - 1]
    assert OscMessage(encode("/a", 1e300)).params[0] == pytest.approx(3.4e38)
