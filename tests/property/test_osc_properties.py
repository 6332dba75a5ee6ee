import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.desk import DeskWrite
from bridge.gains import gain_linear
from bridge.osc import ardour, reaper
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.packets import Message, PacketUnreadable, packed, unpacked
from tests.ardour_surfaces import Ardour
from tests.ardour_surfaces import Strip as ArdourStrip
from tests.osc_surfaces import Channel, Line

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
arguments = st.one_of(st.integers(-(2**31), 2**31 - 1), st.floats(width=32, allow_nan=False), texts)
messages = st.builds(Message, texts.map(lambda text: "/" + text), st.lists(arguments, max_size=4).map(tuple))
whole = st.lists(messages, min_size=1, max_size=12)
gains_db = st.floats(-149.0, 12.0, width=32)


@given(whole, st.integers(64, 2048))
def test_what_is_packed_is_unpacked(sent, max_bytes):
    datagrams = list(packed(sent, max_bytes))
    assert [message for datagram in datagrams for message in unpacked(datagram)] == sent


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda tail: b"#bundle\0" + bytes(8) + tail)))
def test_any_bytes_are_messages_or_unreadable(datagram):
    try:
        said = unpacked(datagram)
    except PacketUnreadable:
        return
    told = ardour.Told()
    for message in said:
        reaper.heard(message)
        told.take(message)


@given(whole, st.data())
def test_a_packet_cut_off_or_damaged_breaks_nothing(sent, data):
    packet = bytearray(next(packed(sent, 100_000)))
    place = data.draw(st.integers(0, len(packet) - 1))
    packet[place] ^= data.draw(st.integers(1, 255))
    try:
        unpacked(bytes(packet[: data.draw(st.integers(0, len(packet)))]))
    except PacketUnreadable:
        return


@given(st.lists(st.tuples(gains_db, st.floats(0.0, 1.0, width=32)), min_size=1, max_size=12), gains_db, st.booleans())
def test_a_desk_is_read_as_it_stands(strips, master_db, ours):
    line = Line(*(Channel(f"T{n}", db, pan=pan) for n, (db, pan) in enumerate(strips)), ours=ours)
    line.master.db = master_db
    line.send(reaper.question(16))
    state = dict(filter(None, map(reaper.heard, line.coming)))
    desk = reaper.desk(state, 16)
    assert [track.gain_db for track in desk.tracks] == [db for db, _ in strips]
    assert [0.5 * (track.pan + 1.0) for track in desk.tracks] == pytest.approx([pan for _, pan in strips])
    assert desk.master_gain_db == master_db


@given(st.integers(0, 999), st.one_of(gains_db, st.just(-math.inf)), st.booleans())
def test_a_fader_travels_in_db_to_the_last_bit_of_the_wire(number, gain_db, ours):
    write = reaper.fader(number, gain_db, master_in_db=ours)
    (message,) = unpacked(next(packed([write.message])))
    (sent,) = message.arguments
    assert sent == struct.unpack(">f", struct.pack(">f", max(gain_db, -150.0)))[0]
    assert message.address not in write.echoes


wide = st.one_of(
    st.tuples(st.just("i"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("h"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("f"), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just("d"), st.floats(allow_nan=False)),
    st.tuples(st.just("s"), texts),
    st.tuples(st.just("b"), st.binary(max_size=40)),
    st.booleans().map(lambda truth: ("T" if truth else "F", truth)),
)


@given(st.lists(wide, max_size=6))
def test_every_type_that_ardour_sends_is_read(tagged):
    """Against bytes laid out here by OpenSoundControl 1.0, "OSC Type Tag String" and "OSC Arguments"."""
    tags = "," + "".join(tag for tag, _ in tagged)
    datagram = _text("/reply") + _text(tags) + b"".join(map(_laid_out, tagged))
    (message,) = unpacked(datagram)
    assert message.arguments == tuple(value for _, value in tagged)


def _text(text):
    raw = text.encode()
    return raw + b"\0" * (4 - len(raw) % 4)


def _laid_out(tagged):
    tag, value = tagged
    if tag == "s":
        return _text(value)
    if tag == "b":
        return struct.pack(">i", len(value)) + value + b"\0" * (-len(value) % 4)
    return b"" if tag in "TF" else struct.pack({"i": ">i", "h": ">q", "f": ">f", "d": ">d"}[tag], value)


ardour_gains_db = st.one_of(st.floats(-192.0, 6.0, width=32), st.just(-math.inf))
messages_of_ardour = st.builds(
    Message,
    st.sampled_from(["/reply", "/strip/gain", "/strip/plugin/list", "/strip/plugin/descriptor", "/session_name"]),
    st.lists(st.one_of(arguments, st.booleans(), st.binary(max_size=4), st.just("end_route_list")), max_size=12).map(
        tuple
    ),
)


@given(st.lists(messages_of_ardour, max_size=8))
def test_ardour_may_say_anything(said):
    told = ardour.Told()
    for message in said:
        told.take(message)
    list(told.missing())
    list(told.missing_perhaps())


@given(st.lists(st.tuples(ardour_gains_db, ardour_gains_db), min_size=1, max_size=8), ardour_gains_db)
def test_ardours_faders_stand_where_they_are_put(pairs, master_db):
    daw = Ardour(*(ArdourStrip(f"T{n}", max(found, -200.0)) for n, (found, _) in enumerate(pairs)))
    line = ArdourLine(daw, "", clock=daw.clock)
    wanted = {0: master_db, **{number: db for number, (_, db) in enumerate(pairs, 1)}}
    line.write(DeskWrite(wanted))
    desk = line.read()
    for number, db in wanted.items():
        assert gain_linear(desk.gain_db(number)) == pytest.approx(gain_linear(db), rel=1e-3, abs=1e-6)
