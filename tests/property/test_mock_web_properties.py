import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_daw.reaper import reaeq
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.http_text import MalformedRequest, read_request, response
from mock_daw.reaper.positions import beats_text, parse_position, time_text
from mock_daw.reaper.scales import (
    TOP_GAIN,
    fader_gain,
    fader_position,
    pan_text,
    parse_pan,
    parse_volume,
    volume_text,
)
from mock_daw.reaper.web import PREFIXED, WHOLE, WebInterface
from mock_daw.session import Equaliser, Marker, Session, Track
from tests.unit.mock_daw.reaper.desks import live_with, send, track

WORDS = [prefix.decode() for prefix, _ in PREFIXED] + [word.decode() for word in WHOLE]
NAMES = [
    "VOL",
    "PAN",
    "WIDTH",
    "MUTE",
    "SOLO",
    "FX",
    "RECARM",
    "RECMON",
    "SEL",
    "SEND/0/VOL",
    "SEND/-1/PAN",
    "SEND/0/MUTE",
]
NAMES += ["D_VOL", "D_PAN", "I_SOLO", "P_NAME", "I_CUSTOMCOLOR", "I_AUTOMODE", "I_PANMODE", "B_MUTE"]
VALUES = st.one_of(
    st.sampled_from(
        ["", "1", "-1", "0", "+3", "-inf", "nan", "1e999", "-1e999", "0x1p9999", "0.5g", "+-2", "%", "%00", "e", "E"]
    ),
    st.text(max_size=12),
    st.floats().map(str),
)
TRACK_COMMANDS = st.builds("SET/TRACK/{}/{}/{}".format, st.integers(-2, 5), st.sampled_from(NAMES), VALUES)
COMMANDS = st.one_of(
    TRACK_COMMANDS,
    st.builds("{}{}".format, st.sampled_from(WORDS), VALUES),
    st.builds("{}{}/{}/{}".format, st.sampled_from(WORDS), VALUES, VALUES, VALUES),
    st.sampled_from([str(number) for number in (40001, 40005, 40029, 40030, 40157, 40172, 40173, 40296, 40222)]),
    st.text(max_size=30),
)
PATHS = st.lists(COMMANDS, max_size=6).map(";".join)


def assert_valid(session: Session):
    guids = [one.guid for one in (session.master, *session.tracks)]
    assert len(set(guids)) == len(guids)
    for one in (session.master, *session.tracks):
        assert 0.0 <= one.gain_linear <= 1000.0
        assert -1.0 <= one.pan <= 1.0
        assert -1.0 <= one.width <= 1.0
        assert one.monitored in {0, 1, 2}
        for sent in one.sends:
            assert sent.to in guids
            assert 0.0 <= sent.gain_linear <= 1000.0
            assert -1.0 <= sent.pan <= 1.0
    assert 0.0 <= session.loop_start_s < math.inf


@settings(deadline=None, max_examples=200)
@given(st.lists(PATHS, max_size=5))
def test_any_paths_leave_a_valid_session_that_can_be_undone(paths):
    live = live_with(
        track("A", selected=True, sends=(send("B"),), folder_depth=1),
        track("B", selected=True, gain_linear=0.0),
        track("C"),
        markers=(Marker("{1}", 1, 2.0), Marker("{2}", 1, 3.0, 4.0)),
    )
    before = live.session
    web = WebInterface(live, Actions(live), lambda address, args: None)
    for path in paths:
        web.answer(path).encode()
        assert_valid(live.session)
        assert 0.0 <= live.edit_position_s <= 360_000.0
    for _ in range(sum(path.count("SET/UNDO_BEGIN") for path in paths)):
        live.end_block("left open")
    while live.undo() is not None:
        assert_valid(live.session)
    assert [one.guid for one in live.session.tracks] == [one.guid for one in before.tracks]


@given(st.floats(0.0, 1.0))
def test_the_fader_goes_both_ways(position):
    assert fader_position(fader_gain(position)) == pytest.approx(position, rel=1e-9, abs=1e-90)


@given(st.floats(0.0, TOP_GAIN))
def test_gains_go_both_ways_over_the_fader(linear):
    assert fader_gain(fader_position(linear)) == pytest.approx(linear, rel=1e-9, abs=1e-300)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_higher_fader_is_louder(one, other):
    low, high = sorted((one, other))
    assert fader_gain(low) <= fader_gain(high)


@given(st.floats(2.0**-25, 1000.0))
def test_volumes_are_read_as_they_are_written(linear):
    read = parse_volume(volume_text(linear))
    assert 20 * math.log10(read / linear) == pytest.approx(0.0, abs=0.051 if linear > 1e-7 else 0.6)


@given(st.floats(-1.0, 1.0))
def test_pans_are_read_as_they_are_written(pan):
    assert parse_pan(pan_text(pan)) == pytest.approx(pan, abs=0.0101)


@given(st.floats(0.0, 360_000.0))
def test_positions_are_read_as_they_are_written(position_s):
    session = Session("demo", 48_000, ())
    assert parse_position(session, time_text(position_s)) == pytest.approx(position_s, abs=0.0011)
    assert parse_position(session, beats_text(session, position_s)) == pytest.approx(position_s, abs=0.0026)


@given(st.integers(0, 15), st.floats(0.0, 1.0))
def test_every_parameter_of_the_equaliser_goes_both_ways(index, normal):
    eq = reaeq.with_parameter(Equaliser(), index, normal)
    read = reaeq.parameters(eq)[index]
    narrowest = 0.0025 if index % 3 == 2 else 0.0
    assert read.normalised == pytest.approx(max(normal, narrowest), abs=1e-9)
    bandtype, bandidx, param = reaeq.locate(eq, index)
    assert reaeq.normalised(eq, bandtype, bandidx, param) == read.normalised
    again = reaeq.parameters(reaeq.with_parameter_value(Equaliser(), index, read.value))[index]
    assert again.value == pytest.approx(read.value)


@given(st.integers(-3, 9), st.integers(-2, 4), st.integers(-2, 4), st.floats(), st.booleans())
def test_any_value_leaves_a_valid_equaliser(bandtype, bandidx, param, value, is_normalised):
    eq = reaeq.with_value(Equaliser(), bandtype, bandidx, param, value, is_normalised=is_normalised)
    if eq is None:
        return
    assert 0.0 <= eq.gain_linear <= 16.0
    for band in eq.bands:
        assert 20.0 <= band.freq_hz <= 24000.0
        assert 0.0 <= band.gain_linear <= 16.0
        assert 0.01 <= band.bandwidth_oct <= 4.0


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=4))
def test_a_request_reads_the_same_in_any_pieces(tail, cuts):
    stream = b"GET /_/NTRACK HTTP/1.1\r\nHost: x\r\n\r\n" + tail
    received, pieces = b"", sorted({*cuts, len(stream)})
    start, read = 0, None
    for end in pieces:
        received += stream[start:end]
        start = max(start, end)
        read = read_request(received)
        if read is not None:
            break
    request, rest = read
    assert request.path == b"/_/NTRACK"
    assert stream.startswith(received)
    assert received.endswith(rest)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_none_or_malformed(received):
    try:
        read = read_request(received + b"\r\n\r\n")
    except MalformedRequest:
        return
    assert read is None or isinstance(read[0].path, bytes)


@given(st.binary(max_size=100))
def test_an_answer_says_how_long_it_is(body):
    head, _, rest = response("HTTP/1.1 200 OK", body, keep_alive=True).partition(b"\r\n\r\n")
    assert rest == body
    assert f"Content-length: {len(body)}".encode() in head.split(b"\r\n")


@given(st.text(max_size=40))
def test_any_name_of_a_track_makes_one_line(name):
    live = live_with(Track("{A}", name))
    (line,) = WebInterface(live, Actions(live)).answer("TRACK/1").split("\n")[:-1]
    assert len(line.split("\t")) == 14
