import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.osc import reaper
from bridge.osc.packets import Message, PacketUnreadable, packed, unpacked
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
    for message in said:
        reaper.heard(message)


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
