"""The dialects of the mock: laws that can be turned around, and nothing that comes in ends them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_message_builder import OscMessageBuilder

from mock_daw.dialects import ableton_laws, ardour_laws, bitwig_laws, equalisers, x32_laws
from mock_daw.dialects.ableton_answers import GETTERS, SETTERS
from mock_daw.dialects.ardour import HANDLERS as ARDOUR
from mock_daw.dialects.eq_eight import PARAMETERS
from mock_daw.dialects.osc10 import decode
from mock_daw.session import Track
from tests.dialects import CLIENT, Rig

DIALECTS = ("ardour", "ableton", "bitwig", "x32", "xair")
share = st.floats(0.0, 1.0)
level_db = st.floats(-60.0, 6.0)
SCALES = (x32_laws.FREQUENCY, x32_laws.GAIN, x32_laws.QUALITY, x32_laws.PAN)


def gain(db):
    return 10.0 ** (db / 20.0)


FADERS = {
    "ardour": (ardour_laws.gain_of_fader, ardour_laws.fader_of_gain, 1e-6),
    "ableton": (ableton_laws.gain_of_fader, ableton_laws.fader_of_gain, 0.03),
    "bitwig": (bitwig_laws.volume_gain, bitwig_laws.volume_along, 1e-6),
    "x32": (lambda along: gain(x32_laws.fader_db(along)), lambda g: x32_laws.fader_along(20 * math.log10(g)), 0.25),
}


@pytest.mark.parametrize("name", FADERS)
@given(one=share, other=share)
def test_a_fader_that_is_higher_is_not_softer(name, one, other):
    low, high = sorted((one, other))
    assert FADERS[name][0](low) <= FADERS[name][0](high)


@pytest.mark.parametrize("name", FADERS)
@given(db=level_db)
def test_a_level_comes_back_within_the_step_of_its_fader(name, db):
    to_gain, to_along, within_db = FADERS[name]
    assert 20 * math.log10(to_gain(to_along(gain(db)))) == pytest.approx(db, abs=within_db)


@given(step=st.integers(0, 1023))
def test_every_step_of_an_x32s_fader_comes_back(step):
    along = step / 1023
    assert x32_laws.fader_along(x32_laws.fader_db(along)) == pytest.approx(along, abs=1e-12)


@pytest.mark.parametrize("scale", SCALES)
@given(step=st.integers(0, 200))
def test_every_step_of_an_x32s_knob_comes_back(scale, step):
    along = x32_laws.stepped(step / 200, scale.steps)
    assert scale.along(scale.value(along)) == pytest.approx(along, abs=1e-12)


@pytest.mark.parametrize("values", [128, 1024, 16384])
@given(data=st.data())
def test_every_value_of_bitwigs_resolution_comes_back(values, data):
    resolution = bitwig_laws.Resolution(values)
    whole = data.draw(st.integers(0, values - 1))
    assert resolution.whole(bitwig_laws.volume_along(bitwig_laws.volume_gain(resolution.along(whole)))) == whole
    for law in (bitwig_laws.FREQUENCY, bitwig_laws.GAIN_DB, bitwig_laws.QUALITY):
        assert resolution.whole(law.along(law.value(resolution.along(whole)))) == whole


@given(along=share)
def test_lives_knobs_come_back(along):
    for knob in (ableton_laws.FREQUENCY, ableton_laws.QUALITY):
        assert knob.along(knob.value(along)) == pytest.approx(along, abs=1e-9)


@given(quality=st.floats(0.1, 40.0))
def test_a_quality_comes_back(quality):
    assert equalisers.quality(equalisers.octaves(quality)) == pytest.approx(quality)


@given(data=st.data())
def test_a_parameter_of_an_eq_eight_reads_what_was_written(data):
    parameter = data.draw(st.sampled_from([each for each in PARAMETERS if not each.name.endswith("B")]))
    if parameter.name in {"Scale", "Adaptive Q"}:
        return
    whole = st.integers(round(parameter.low), round(parameter.high)).map(float)
    value = data.draw(whole if parameter.quantized else st.floats(parameter.low, parameter.high))
    read = parameter.read(parameter.write(Track("{1}"), value))
    if parameter.name.endswith("Filter Type A"):
        value = {0.0: 1.0, 7.0: 6.0}.get(value, value)
    assert read == pytest.approx(value, abs=1e-6)
    assert parameter.text(read)


argument = st.one_of(
    st.integers(-(2**31), 2**31 - 1),
    st.floats(width=32),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.sampled_from([0, 1, 2, 0.0, 0.5, 1.0, "*", "/meters/1", True, None]),
)
places = st.sampled_from(
    [
        *ARDOUR,
        *GETTERS,
        *SETTERS,
        *(address.replace("/get/", "/start_listen/") for address in GETTERS),
        "/ch/01/mix/fader",
        "/ch/32/eq/4/type",
        "/meters",
        "/renew",
        "/xremote",
        "/strip/gain/1",
        "/track/1/volume",
        "/track/bank/page/+",
        "/track/selected/select",
        "/track/+",
        "/track/vu",
        "/eq/add",
        "/eq/type/1",
        "/eq/freq/8",
        "/eq/q/0",
        "/refresh",
        "/tempo/raw",
        "/track/99999999999999999999/volume",
        "/strip/gain/99999999999999999999",
    ]
)
messages = st.lists(st.tuples(places, st.lists(argument, max_size=5)), max_size=12)


def built(address, args):
    message = OscMessageBuilder(address)
    for arg in args:
        message.add_arg(arg, "N" if arg is None else None)
    return message.build().dgram


@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=40)
@given(said=messages, noise=st.binary(max_size=60))
def test_whatever_is_said_the_session_stays_sound_and_the_dialect_answers(name, said, noise):
    rig = Rig(name)
    rig.dialect.receive(noise, CLIENT)
    for address, args in said:
        rig.dialect.receive(built(address, args), CLIENT)
        rig.wait(0.1)
    for track in (rig.live.session.master, *rig.live.session.tracks):
        assert math.isfinite(track.gain_linear)
        assert track.gain_linear >= 0.0
        assert -1.0 <= track.pan <= 1.0
        for effect in track.effects:
            for band in effect.equaliser.bands:
                assert all(map(math.isfinite, (band.freq_hz, band.gain_linear, band.bandwidth_oct)))
    alive = {
        "ardour": "/strip/list",
        "ableton": "/live/song/get/num_tracks",
        "bitwig": "/refresh",
        "x32": "/info",
        "xair": "/info",
    }
    assert rig.say(alive[name])


@given(noise=st.binary(max_size=80))
def test_any_bytes_are_read_or_left_out(noise):
    for message in decode(noise):
        assert message.address.startswith("/")
    decode(b"#bundle\0" + noise)
    decode(b"/a\0\0" + noise)
