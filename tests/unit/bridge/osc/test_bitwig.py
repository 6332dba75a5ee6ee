import math

import pytest

from bridge.osc import bitwig
from bridge.osc.bitwig import FaderLaw, Told
from bridge.osc.packets import Message


def told(*messages):
    known = Told()
    for address, argument in messages:
        known.take(Message(address, (argument,)))
    return known


@pytest.mark.parametrize("highest", bitwig.RESOLUTIONS)
def test_the_ends_of_a_fader(highest):
    law = FaderLaw(highest)
    assert (law.gain_db(0), law.gain_db(highest)) == (-math.inf, pytest.approx(6.02, abs=1e-3))
    assert (law.value(-math.inf), law.value(99.0)) == (0, highest)
    assert law.nearest_db(-math.inf) == -math.inf


def test_0_db_is_at_the_place_that_bitwig_has_it():
    assert FaderLaw(16_383).value(0.0) == round(0.793701 * 16_383)


@pytest.mark.parametrize(("highest", "off_db"), [(127, 0.33), (1023, 0.04), (16_383, 0.0025)])
def test_how_far_a_step_may_be_off_above_minus_24_db(highest, off_db):
    law = FaderLaw(highest)
    assert max(abs(law.nearest_db(tenth / 10) - tenth / 10) for tenth in range(-240, 60)) < off_db * 2
    assert abs(law.nearest_db(0.0)) < off_db


@pytest.mark.parametrize(
    ("text", "db"),
    [("-6.0 dB", -6.0), ("+1.2 dB", 1.2), ("0.0 dB", 0.0), ("-3,5 dB", -3.5), ("-inf dB", -math.inf),
     ("−6.0 dB", -6.0), ("-Infinity dB", -math.inf), ("50 %", None), ("", None)],
)  # fmt: skip
def test_the_text_of_a_fader(text, db):
    assert bitwig.text_db(text) == db


@pytest.mark.parametrize("highest", bitwig.RESOLUTIONS)
def test_the_resolution_shows_in_a_fader_and_its_text(highest):
    law = FaderLaw(highest)
    faders = [(law.value(db), f"{db:.1f} dB") for db in (0.0, -3.2, -12.0, -40.5, 6.02)]
    for fader in faders:
        assert bitwig.resolution([fader, (0.0, "-inf dB")]) == highest
    assert bitwig.resolution(faders) == highest


def test_a_fader_that_is_as_good_as_closed_says_nothing_of_the_resolution():
    assert bitwig.resolution([(3.0, "-inf dB"), (812.0, "0.0 dB")]) == 1023


@pytest.mark.parametrize("faders", [[], [(0.0, "-inf dB")], [(64.0, "50 %")], [(101.0, "-9.0 dB")]])
def test_faders_that_do_not_show_it(faders):
    assert bitwig.resolution(faders) is None


@pytest.mark.parametrize(
    ("text", "seconds"), [("0.01.23:500", 83.5), ("1.00.00:000", 3600.0), ("00:00:02:25", 2.25), ("1.1.1", None)]
)
def test_the_time(text, seconds):
    assert bitwig.clock_s(text) == seconds


def test_a_page_knows_its_places_from_anything_that_is_said_of_them():
    known = told(("/track/8/send/2/name", "Reverb"), ("/track/1/exists", 1))
    assert (known.size, list(known.existing())) == (8, [1])


def test_a_page_is_whole_when_all_of_it_was_told():
    track = {"exists": 1, "type": "audio", "activated": 1, "selected": 0, "name": "Kick", "volumeStr": "0.0 dB",
             "volume": 101, "pan": 64, "mute": 0, "solo": 0, "position": 4}  # fmt: skip
    known = told(*((f"/track/1/{name}", value) for name, value in track.items()), ("/track/2/exists", 0))
    assert known.positions() == {4: 1}
    assert "/track/2/name" not in known.missing()
    assert set(known.missing()) == {"/master/volume", "/master/volumeStr", "/tempo/raw", "/play", "/record",
                                    "/project/name"}  # fmt: skip
    assert list(known.faders()) == [(101.0, "0.0 dB")]
    del known.values["/track/1/pan"]
    assert "/track/1/pan" in known.missing()


def test_nothing_told_is_all_missing():
    assert Told().missing() == ["/track/1/exists"]


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ("/track/1/volume", "100"),
        ("/track/1/volume", math.nan),
        ("/track/1/name", 5),
        ("/track/1/send/1/volume", 5),
        ("/track/selected/volume", 5),
        ("/track/0/volume", 5),
        ("/device/name", "EQ+"),
    ],
)
def test_what_means_nothing_is_not_kept(address, argument):
    assert told((address, argument)).values == {}


def test_what_comes_unasked_is_told_apart():
    known = Told()
    assert not known.take(Message("/track/1/vu", (5,)))
    assert not known.take(Message("/time/str", ("0.00.01:000",)))
    assert known.take(Message("/track/1/volume", (5,)))
    assert not known.take(Message("/track/1/volume", (5, 6)))
    assert known.number("/track/1/vu") == 5.0


def test_a_meter_has_the_scale_of_the_fader():
    assert bitwig.peak_dbfs(0.0, 127) == -math.inf
    assert bitwig.peak_dbfs(1023, 1023) == pytest.approx(6.02, abs=1e-3)
