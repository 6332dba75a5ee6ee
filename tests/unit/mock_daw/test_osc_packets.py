import struct

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from mock_daw.osc_packets import Message, bundle, decode, encode


def built(address, *args):
    builder = OscMessageBuilder(address)
    for tag, value in args:
        builder.add_arg(value, tag)
    return builder.build().dgram


def test_a_message_is_written_to_the_letter():
    assert encode("/play", 1.0) == b"/play\0\0\0,f\0\0\x3f\x80\0\0"
    assert encode("/a/b", 7, "abcd") == b"/a/b\0\0\0\0,is\0\0\0\0\x07abcd\0\0\0\0"


@pytest.mark.parametrize("args", [(), (1.5,), (7, -7), ("drums", 0.25, -3), ("",), ("Ärger im Bass",)])
def test_what_we_write_another_library_reads_and_writes_the_same(args):
    datagram = encode("/track/1/x", *args)
    assert tuple(OscMessage(datagram).params) == args
    tags = {int: "i", float: "f", str: "s"}
    assert built("/track/1/x", *((tags[type(arg)], arg) for arg in args)) == datagram


def test_what_another_library_writes_we_read():
    datagram = built("/fx", ("i", -2), ("f", 0.5), ("s", "abc"))
    assert decode(datagram) == [Message("/fx", (-2, 0.5, "abc"))]


def test_a_bundle_is_done_at_once_and_read_by_another_library():
    datagram = bundle([encode("/a", 1.0), encode("/b", "x")])
    read = OscBundle(datagram)
    assert read.timestamp == IMMEDIATELY
    assert [(m.address, m.params) for m in read] == [("/a", [1.0]), ("/b", ["x"])]


def test_a_message_alone_goes_without_a_bundle():
    assert bundle([encode("/a", 1.0)]) == encode("/a", 1.0)


def test_bundles_within_bundles_are_flattened():
    inner = OscBundleBuilder(IMMEDIATELY)
    inner.add_content(OscMessageBuilder("/b").build())
    outer = OscBundleBuilder(123.0)
    outer.add_content(OscMessageBuilder("/a").build())
    outer.add_content(inner.build())
    outer.add_content(OscMessageBuilder("/c").build())
    assert [m.address for m in decode(outer.build().dgram)] == ["/a", "/b", "/c"]


@pytest.mark.parametrize("tag", ["T", "F", "d", "h", "b", "N"])
def test_a_message_with_any_other_type_is_dropped(tag):
    values = {"T": True, "F": False, "d": 1.0, "h": 1, "b": b"1234", "N": None}
    assert decode(built("/track/1/mute", (tag, values[tag]))) == []


def test_one_strange_type_drops_its_message_alone():
    builder = OscBundleBuilder(IMMEDIATELY)
    strange = OscMessageBuilder("/no")
    strange.add_arg(True)
    builder.add_content(strange.build())
    builder.add_content(OscMessageBuilder("/yes").build())
    assert [m.address for m in decode(builder.build().dgram)] == ["/yes"]


def test_type_tags_may_be_left_out():
    assert decode(b"/play\0\0\0") == [Message("/play")]


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"/play",  # no zero at its end
        b"/play\0\0\0f\0\0\0\x3f\x80\0\0",  # tags without a comma
        b"/play\0\0\0,f\0\0",  # no argument
        b"/play\0\0\0,f\0\0\x3f\x80",  # half an argument
        b"/play\0\0\0,s\0\0abcd",  # text without an end
        b"/play\0\0\0,ff\0\x3f\x80\0\0",  # one argument too few
        b"#bundle\0\0\0\0\0\0\0\0\1",  # nothing in it
        b"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x20/play\0\0\0",  # longer than it is
        b"#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xff/play\0\0\0",  # a negative size
    ],
)
def test_what_is_broken_is_ignored(datagram):
    assert decode(datagram) == []


def test_a_broken_part_of_a_bundle_takes_the_rest_with_it():
    part = encode("/a")
    datagram = b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", len(part)) + part + struct.pack(">i", 999) + part
    assert [m.address for m in decode(datagram)] == ["/a"]


def test_a_message_of_more_than_1024_bytes_is_ignored():
    assert len(decode(b"/" + b"a" * 1018 + b"\0" + b",\0\0\0")) == 1
    assert decode(b"/" + b"a" * 1022 + b"\0" + b",\0\0\0") == []


def test_text_is_cut_between_characters():
    (message,) = decode(encode("/track/1/name", "ä" * 300))
    assert message.args == ("ä" * 255,)


def test_a_number_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="more than 32 bits"):
        encode("/a", 2**31)
    with pytest.raises(ValueError, match="more than 32 bits"):
        encode("/a", 1e300)
