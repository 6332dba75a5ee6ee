import math

import pytest

from bridge.errors import DawSilent
from bridge.osc.ardour_meters import ArdourMeters
from bridge.osc.packets import Message
from tests.ardour_surfaces import Ardour, Strip
from tests.losses import in_turn

ONE_SIDE_DBFS = -20.0 - 10.0 * math.log10(2.0)


def band(**how):
    return Ardour(Strip("Kick"), Strip("Bass", -3.0), **how)


def meters_of(daw):
    return ArdourMeters(daw, "127.0.0.1:3819", clock=daw.clock)


def beating(daw):
    """Let its heart beat while time goes by."""
    receive = daw.receive

    def with_heart(limit_s):
        came = receive(limit_s)
        return came or [Message("/heartbeat", (1.0,))]

    daw.receive = with_heart
    return daw


class Every:
    """Loses one message of an address: the one of that number."""

    def __init__(self, number, address):
        self.left, self.address = number, address

    def __call__(self, message):
        self.left -= message.address == self.address
        return message.address == self.address and self.left == 0


def test_it_plays_from_the_start_and_stops_where_it_was():
    daw = band()
    daw.place = 24_000
    meters = meters_of(daw)
    meters.play()
    assert (daw.rolling, daw.place) == (True, 0)
    meters.stop()
    assert (daw.rolling, daw.place) == (False, 24_000)


def test_what_the_user_plays_plays_on():
    daw = band()
    daw.rolling, daw.place = True, 24_000
    meters = meters_of(daw)
    meters.play()
    meters.stop()
    assert (daw.rolling, daw.place) == (True, 24_000)


def test_playing_again_begins_at_the_start_again():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.place = 48_000
    meters.play()
    assert (daw.rolling, daw.place) == (True, 0)


def test_it_plays_on_from_elsewhere_and_still_stops_where_it_was():
    daw = band()
    daw.place = 24_000
    meters = meters_of(daw)
    meters.play()
    meters.go_to(2.5)
    assert (daw.rolling, daw.place) == (True, 120_000)
    meters.stop()
    assert (daw.rolling, daw.place) == (False, 24_000)


def test_what_the_user_plays_is_not_sent_elsewhere():
    daw = band()
    daw.rolling, daw.place = True, 24_000
    meters = meters_of(daw)
    meters.go_to(1.0)
    meters.play()
    meters.go_to(2.5)
    assert (daw.rolling, daw.place) == (True, 24_000)


def test_a_place_it_never_goes_to_is_told():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.loses = lambda message: message.address == "/locate"
    with pytest.raises(DawSilent):
        meters.go_to(2.5)


def test_stopping_needs_no_playing():
    daw = band()
    meters_of(daw).stop()
    assert daw.sent == []


@pytest.mark.parametrize("lost", ["/set_surface", "/transport_frame", "/locate", "/transport_play", "/transport_stop"])
def test_what_is_lost_is_sent_again(lost):
    daw = band()
    daw.place = 24_000
    meters = meters_of(daw)
    daw.loses = in_turn(lost)
    meters.play()
    assert (daw.rolling, daw.place) == (True, 0)
    daw.loses = in_turn(lost)
    meters.stop()
    assert (daw.rolling, daw.place) == (False, 24_000)


def test_all_meters_are_told_though_only_some_changed():
    daw = beating(band())
    meters = meters_of(daw)
    meters.play()
    levels = meters.levels(1.0)
    daw.meters(-20.0, -193.0, master=-19.5)
    at_s, peaks = next(levels)
    assert at_s == daw.time_s
    assert peaks == {0: -19.5, 1: -20.0, 2: -math.inf}
    daw.meters(-20.0, -30.0, master=-19.5)
    assert next(levels)[1] == {0: -19.5, 1: -20.0, 2: -30.0}


def test_meters_that_stand_still_are_told_on_ten_times_a_second():
    daw = beating(band())
    meters = meters_of(daw)
    meters.play()
    began_s = daw.time_s
    assert 6 <= len(list(meters.levels(1.0))) <= 12
    assert daw.time_s - began_s == pytest.approx(1.0, abs=0.2)


def test_an_ardour_that_died_is_told_of():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    with pytest.raises(DawSilent, match="does not answer over OSC any more"):
        list(meters.levels(60.0))
    assert daw.time_s < 5.0


@pytest.mark.parametrize(
    "loses", [in_turn(), in_turn("/strip/gain"), Every(2, "/strip/gain")], ids=["nothing", "the nudge", "its echo"]
)
def test_faders_are_nudged_until_they_are_heard_to_stand(loses):
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.sent.clear()
    daw.loses = loses
    meters.nudge({0: -1.0, 1: -6.0, 2: -3.0})
    assert (daw.master_db, [strip.gain_db for strip in daw.strips]) == (-1.0, [-6.0, -3.0])
    assert daw.sent[0] == Message("/master/gain", (-1.0,))
    assert Message("/strip/gain", (2, -3.0)) not in daw.sent


def test_a_fader_ends_where_ardours_does():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    meters.nudge({1: 9.0, 2: -math.inf})
    assert [strip.gain_db for strip in daw.strips] == [6.0206, -200.0]


def test_a_mono_track_arrives_3_db_lower_than_its_meter_shows_wherever_it_is_panned():
    daw = beating(
        Ardour(
            Strip("Kick", inputs=1, panner="panner_1in2out"), Strip("Side", inputs=1, panner="panner_1in2out", pan=0.0)
        )
    )
    meters = meters_of(daw)
    meters.play()
    daw.meters(-20.0, -20.0, master=-17.0)
    assert next(meters.levels(1.0))[1] == pytest.approx({0: -17.0, 1: -23.0, 2: ONE_SIDE_DBFS})


def test_a_stereo_track_that_is_balanced_to_a_side_loses_the_other():
    daw = beating(Ardour(Strip("Kick", panner="panner_balance", pan=1.0)))
    meters = meters_of(daw)
    meters.play()
    daw.meters(-20.0, master=-17.0)
    assert next(meters.levels(1.0))[1] == pytest.approx({0: -17.0, 1: ONE_SIDE_DBFS})


def test_a_strip_that_never_moved_is_silent():
    daw = beating(band())
    meters = meters_of(daw)
    meters.play()
    assert next(meters.levels(1.0))[1] == {0: -math.inf, 1: -math.inf, 2: -math.inf}
