import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.session import Strip
from bridge.changes import same
from bridge.osc import ableton, bitwig
from bridge.osc.ableton_eq import EqEight, bands, parameters, slots
from bridge.osc.ableton_line import AbletonLine
from bridge.osc.bitwig import FaderLaw
from bridge.osc.bitwig_line import BitwigLine
from bridge.osc.packets import Message, packed, unpacked
from tests import ableton_lives, bitwig_studios

places = st.floats(0.0, 1.0, width=32)
gains_db = st.floats(-69.0, 6.0)
resolutions = st.sampled_from(bitwig.RESOLUTIONS)
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
arguments = st.one_of(st.integers(-(2**31), 2**31 - 1), st.floats(width=32), names)
addresses = st.sampled_from(
    [ableton.VOLUME, ableton.NAME, ableton.PARAMETER_TEXT, ableton.PARAMETER_NAMES, ableton.TRACKS, ableton.ERROR,
     "/track/1/volume", "/track/1/name", "/track/200/vu", "/track/999/position", "/time/str", "/tempo/raw", "/track/1/"]
)  # fmt: skip


@given(gains_db)
def test_a_live_fader_comes_back_within_a_tenth_of_a_db(gain_db):
    (sent,) = struct.unpack(">f", struct.pack(">f", ableton.place(gain_db)))
    assert ableton.gain_db(sent) == pytest.approx(gain_db, abs=0.01)


@given(places, places)
def test_a_live_fader_rises(one, other):
    low, high = sorted((one, other))
    assert ableton.gain_db(low) <= ableton.gain_db(high)


@given(gains_db, gains_db)
def test_the_place_of_a_live_fader_rises(one, other):
    low, high = sorted((one, other))
    assert ableton.place(low) <= ableton.place(high)


@given(st.floats(-69.0, 6.0))
def test_a_live_meter_comes_back(peak_dbfs):
    assert ableton.peak_dbfs(ableton.meter(peak_dbfs)) == pytest.approx(peak_dbfs, abs=1e-9)


@given(st.lists(st.floats(-15.0, 15.0), min_size=4, max_size=4), st.sampled_from([44_100, 48_000, 96_000]))
def test_an_eq_eight_comes_back_over_the_wire(gains_db, rate_hz):
    law, device = EqEight(), ableton_lives.Device()
    ends = [device.range(name) for name in ableton_lives.EQ_NAMES]
    found = slots(ableton_lives.EQ_NAMES, [low for low, _ in ends], [high for _, high in ends])
    wanted = law.bands(Strip().with_eq_gains(tuple(gains_db)), rate_hz)
    values = list(device.values.values())
    for number, value in parameters(found, wanted):
        message = Message("/live/device/set/parameter/value", (0, 0, number, value))
        (arrived,) = unpacked(next(packed([message])))
        values[number] = arrived.arguments[3]
    assert same(bands(found, values), wanted)
    eq = law.eq(bands(found, values), rate_hz)
    assert [band.gain_db for band in eq] == pytest.approx(gains_db, abs=0.01)


@given(resolutions, st.data())
def test_a_bitwig_fader_comes_back(highest, data):
    law, value = FaderLaw(highest), data.draw(st.integers(0, highest))
    assert law.value(law.gain_db(value)) == value


@given(resolutions, st.integers(0, 126))
def test_a_bitwig_fader_rises(highest, value):
    law = FaderLaw(highest)
    assert law.gain_db(value) < law.gain_db(value + 1)


@given(st.floats(-40.0, 6.0))
def test_a_fine_bitwig_fader_is_within_a_tenth_of_a_db(gain_db):
    assert FaderLaw(16_383).nearest_db(gain_db) == pytest.approx(gain_db, abs=0.02)


@given(resolutions, st.lists(st.floats(0.2, 1.0), min_size=1, max_size=12))
def test_the_resolution_is_seen_from_any_faders(highest, places):
    faders = [(round(place * highest), bitwig_studios.Track("", place).text) for place in places]
    assert bitwig.resolution(faders) == highest


@given(st.lists(st.tuples(places, st.floats(-1.0, 1.0, width=32), names, st.booleans()), max_size=12))
def test_a_live_set_is_read_as_it_stands(tracks):
    live = ableton_lives.Live(*(ableton_lives.Track(name, place, pan, mute) for place, pan, name, mute in tracks))
    desk = AbletonLine(live, "127.0.0.1", clock=live.clock).read()
    assert [(track.name, track.muted) for track in desk.tracks] == [(name, mute) for _, _, name, mute in tracks]
    assert [track.gain_db for track in desk.tracks] == [ableton.gain_db(place) for place, *_ in tracks]


@given(resolutions, st.integers(1, 9), st.lists(st.tuples(places, names, st.booleans()), max_size=20))
def test_a_bitwig_project_is_read_as_it_stands(highest, size, tracks):
    studio = bitwig_studios.Bitwig(
        *(bitwig_studios.Track(name, place, mute=mute) for place, name, mute in tracks),
        size=size,
        resolution=highest + 1,
    )
    desk = BitwigLine(studio, "127.0.0.1", clock=studio.clock).read()
    assert [(track.name, track.muted) for track in desk.tracks] == [(name, mute) for _, name, mute in tracks]
    law = FaderLaw(highest)
    assert [track.gain_db for track in desk.tracks] == [law.gain_db(round(place * highest)) for place, *_ in tracks]


@given(st.lists(st.builds(Message, addresses, st.lists(arguments, max_size=4).map(tuple)), max_size=12))
def test_whatever_is_said_breaks_nothing(messages):
    live, page = ableton.Told(), bitwig.Told()
    for message in messages:
        live.take(message)
        page.take(message)
    page.missing()
    page.positions()
    assert all(math.isfinite(value) for value in page.values.values() if isinstance(value, float))
