"""A Behringer X32 and X Air: questions, changes that are pushed, meters, and channels without tracks."""

import struct

import pytest

from mock_daw.session import EqKind
from tests.dialects import CLIENT, OTHER, Rig, answers


def asked(rig, address):
    ((value,),) = answers(rig.say(address), address)
    return value


@pytest.fixture
def rig():
    return Rig("x32")


def test_a_console_introduces_itself():
    assert answers(Rig("x32").say("/info"), "/info")[0][2] == "X32"
    assert answers(Rig("xair").say("/xinfo"), "/xinfo")[0][2] == "XR18"
    assert answers(Rig("x32").say("/status"), "/status")[0][0] == "active"


def test_an_address_alone_asks(rig):
    assert asked(rig, "/ch/01/config/name") == "Kick"
    assert asked(rig, "/ch/01/mix/on") == 1
    assert asked(rig, "/ch/02/mix/pan") == 0.5
    assert asked(rig, "/main/st/mix/fader") == pytest.approx(0.75, abs=1e-3)
    assert [letter.peer for letter in rig.letters] == [CLIENT]


def test_a_fader_goes_by_1024_steps(rig):
    assert rig.say("/ch/01/mix/fader", 0.6) == []
    assert asked(rig, "/ch/01/mix/fader") == pytest.approx(614 / 1023)
    assert rig.track().gain_linear == pytest.approx(10 ** ((40 * 614 / 1023 - 30) / 20))
    rig.say("/ch/01/mix/fader", 0.0)
    assert rig.track().gain_linear == 0.0
    assert asked(rig, "/ch/01/mix/fader") == 0.0


def test_an_x_airs_main_fader_has_its_own_address():
    rig = Rig("xair")
    rig.say("/lr/mix/fader", 0.5)
    assert rig.track(0).gain_linear == pytest.approx(10 ** (-10 / 20), rel=0.01)
    assert rig.say("/main/st/mix/fader") == []


@pytest.mark.parametrize(
    ("address", "args"),
    [
        ("/ch/33/mix/fader", (0.5,)),
        ("/ch/1/mix/fader", (0.5,)),
        ("/ch/01/mix/fader", (1.5,)),
        ("/ch/01/mix/fader", (-0.5,)),
        ("/ch/01/mix/fader", ("loud",)),
        ("/ch/01/mix/on", (2,)),
        ("/ch/01/eq/1/type", (6,)),
        ("/ch/01/eq/5/g", (0.5,)),
        ("/main/st/eq/1/g", (0.5,)),
        ("/nonsense", ()),
        ("/meters", ()),
        ("/meters", (1,)),
    ],
)
def test_what_is_unknown_or_out_of_range_is_ignored(rig, address, args):
    before = rig.live.session
    assert rig.say(address, *args) == []
    assert rig.live.session is before


def test_a_channel_without_a_track_keeps_what_is_set(rig):
    assert (asked(rig, "/ch/32/config/name"), asked(rig, "/ch/32/mix/fader")) == ("", 0.0)
    rig.say("/ch/32/mix/fader", 0.5)
    rig.say("/ch/32/config/name", "A name that is long")
    assert asked(rig, "/ch/32/mix/fader") == pytest.approx(512 / 1023)
    assert asked(rig, "/ch/32/config/name") == "A name that "
    assert len(rig.live.session.tracks) == 2


def test_tracks_beyond_the_channels_do_not_show():
    rig = Rig("x32", tuple(f"Track {n}" for n in range(1, 41)))
    assert asked(rig, "/ch/32/config/name") == "Track 32"
    assert rig.say("/ch/33/config/name") == []
    rig = Rig("xair", tuple(f"Track {n}" for n in range(1, 41)))
    assert rig.say("/ch/17/config/name") == []


def test_changes_are_pushed_for_ten_seconds_but_not_to_who_made_them(rig):
    rig.say("/xremote")
    rig.say("/ch/01/mix/on", 0, peer=OTHER)
    assert rig.heard(CLIENT) == [("/ch/01/mix/on", [0])]
    assert rig.heard(OTHER) == []
    rig.say("/ch/01/mix/on", 1)
    assert rig.heard() == []
    rig.live.edit(lambda now: now.with_track(1, type(now.track(1))("Kick", "Drum")), "Rename track")
    assert rig.wait(0.1) == [("/ch/01/config/name", ["Drum"])]
    rig.wait(10.0)
    rig.say("/ch/01/mix/on", 0, peer=OTHER)
    assert rig.heard() == []


def test_one_client_more_than_the_console_takes_hears_nothing(rig):
    for port in range(1, 6):
        rig.say("/xremote", peer=("127.0.0.1", port))
    rig.say("/-stat/solosw/02", 1, peer=OTHER)
    assert rig.track(2).solo == 1
    assert [letter.peer[1] for letter in rig.letters] == [1, 2, 3, 4]


def test_an_equaliser_is_there_but_off(rig):
    assert asked(rig, "/ch/01/eq/on") == 0
    assert asked(rig, "/ch/01/eq/2/g") == 0.5
    rig.say("/ch/01/eq/2/g", 0.3)
    effect = rig.track().effects[0]
    assert (effect.enabled, len(effect.equaliser.bands)) == (False, 4)
    assert effect.equaliser.bands[1].gain_linear == pytest.approx(10 ** (-6 / 20))
    rig.say("/ch/01/eq/on", 1)
    assert rig.track().effects[0].enabled
    for name, value in (("type", 0), ("f", 0.26), ("q", 0.5)):
        rig.say(f"/ch/01/eq/1/{name}", value)
        assert asked(rig, f"/ch/01/eq/1/{name}") == pytest.approx(value, abs=0.01)
    band = rig.track().effects[0].equaliser.bands[0]
    assert (band.kind, round(band.freq_hz, 1)) == (EqKind.HIGH_PASS, 120.5)


def floats(blob):
    (count,) = struct.unpack_from("<i", blob)
    assert len(blob) == 4 + 4 * count
    return struct.unpack_from(f"<{count}f", blob, 4)


def test_an_x32s_meters_are_floats_before_the_fader(rig):
    rig.live.play()
    rig.say("/ch/01/mix/fader", 0.5)
    rig.say("/meters", "/meters/1")
    levels = floats(answers(rig.wait(0.1), "/meters/1")[0][0])
    assert len(levels) == 96
    assert levels[:3] == (pytest.approx(0.5), pytest.approx(0.5), 0.0)
    assert set(levels[32:]) == {1.0}
    rig.say("/meters", "/meters/6", 0, 0, 1)
    before, _, _, after = floats(answers(rig.wait(0.1), "/meters/6")[0][0])
    assert (before, after) == (pytest.approx(0.5), pytest.approx(0.5 * rig.track().gain_linear))
    rig.say("/meters", "/meters/2")
    assert floats(answers(rig.wait(0.1), "/meters/2")[0][0])[22:24] == (0.5, 0.5)


def test_an_x_airs_meters_are_256ths_of_a_decibel():
    rig = Rig("xair")
    rig.live.play()
    rig.say("/meters", "/meters/1")
    blob = answers(rig.wait(0.1), "/meters/1")[0][0]
    count, *levels = struct.unpack(f"<i{(len(blob) - 4) // 2}h", blob)
    assert (count, len(levels)) == (40, 40)
    assert levels[:3] == [round(-6.0206 * 256)] * 2 + [-32768]
    assert levels[36:38] == [round(-6.0206 * 256)] * 2


def test_meters_come_twenty_times_a_second_for_ten_seconds_unless_renewed(rig):
    rig.say("/meters", "/meters/1")
    assert len(answers(rig.wait(1.0, turns=20), "/meters/1")) == 20
    rig.wait(8.0, turns=4)
    rig.say("/renew", "meters/1")
    assert len(answers(rig.wait(5.0, turns=5), "/meters/1")) == 5
    rig.wait(6.0)
    assert rig.wait(1.0, turns=10) == []


def test_the_last_of_three_numbers_makes_meters_rarer(rig):
    rig.say("/meters", "/meters/1", 0, 0, 20)
    assert len(answers(rig.wait(3.0, turns=60), "/meters/1")) == 3
