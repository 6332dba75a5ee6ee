"""Tracks over OSC: each form of each control, ganging, sends and receives."""

import math

import pytest

from mock_daw.session import Automation, Send
from tests.surfaces import Device, approx, session_of, track_named

UNITY = 0.7162178503126559


def band(count=3, **fields):
    return Device(session_of(*(track_named(f"T{n}", **fields) for n in range(1, count + 1)))).start()


@pytest.mark.parametrize(
    ("address", "arg", "gain_db"),
    [
        ("/track/1/volume", UNITY, 0.0),
        ("/track/1/volume", 1.0, 12.0),
        ("/track/1/volume", 0.0, -math.inf),
        ("/track/1/volume/db", -7.5, -7.5),
        ("/track/1/volume/db", 3, 3.0),
        ("/track/1/volume/str", "-6.5dB", -6.5),
        ("/track/1/volume/str", "-6", -6.0),
        ("/track/1/volume/str", "-inf", -math.inf),
        ("/track/1/volume/str", "loud", 0.0),  # atof finds no number and says 0
    ],
)
def test_a_fader_takes_a_position_decibels_or_text(address, arg, gain_db):
    device = band(gain_linear=0.3)
    device.send(address, arg)
    gain_linear = device.track(1).gain_linear
    assert (20.0 * math.log10(gain_linear) if gain_linear else -math.inf) == pytest.approx(gain_db, abs=1e-4)


@pytest.mark.parametrize(("address", "args"), [("/track/1/volume", ()), ("/track/1/volume/db", (math.nan,))])
def test_a_fader_without_a_number_stays(address, args):
    device = band(gain_linear=0.3)
    device.send(address, *args)
    assert device.track(1).gain_linear == 0.3


def test_track_0_is_the_master_and_the_master_has_addresses_of_its_own():
    device = band()
    assert approx(device.send("/track/0/volume", 0.5)) == [
        ("/master/volume", 0.5),
        ("/master/volume/str", "-11.1dB"),
        ("/track/volume/db", -11.0593),
        ("/track/volume/str", "-11.1dB"),
        ("/track/volume", 0.5),
    ]
    device.send("/master/pan", 0.25)
    assert device.session.master.pan == -0.5


def test_pan_and_width_are_positions_about_a_half_or_percents_in_text():
    device = band()
    device.edit_track(1, pan_mode=5)
    device.run()
    assert approx(device.send("/track/1/pan", 0.75)) == [("/track/1/pan/str", "50%R")]
    # REAPER reports pan and width together, and the pan has not been said on the address where the device set it.
    assert approx(device.send("/track/1/pan2", 0.75)) == [("/track/1/pan2/str", "50W"), ("/track/1/pan", 0.75)]
    device.send("/track/2/pan/str", "-0.5")
    assert [device.track(n).pan for n in (1, 2)] == [0.5, -0.5]
    assert device.track(1).width == 0.5


def test_a_track_in_balance_mode_has_no_second_pan():
    said = Device(session_of(track_named("Drums"))).run()
    assert {("/track/1/panmode", "Balance"), ("/track/1/pan2", 0.5), ("/track/1/pan2/str", "")} <= set(said)


def test_the_pan_mode_decides_what_the_second_pan_says():
    device = band()
    device.edit_track(1, pan_mode=6, width=-0.5)
    assert device.run() == [
        ("/track/1/panmode", "Dual pan"),
        ("/track/1/pan2", 0.25),
        ("/track/1/pan2/str", "50%L"),
    ]


@pytest.mark.parametrize(
    ("control", "field", "on"), [("mute", "muted", True), ("solo", "solo", 2), ("recarm", "armed", True)]
)
def test_switches_are_set_or_toggled(control, field, on):
    device = band()
    states = []
    for address, args in (
        (control, (1.0,)),
        (control, (1.0,)),
        (control, (0.0,)),
        (control, (0.5,)),
        (control, ()),
        (f"{control}/toggle", ()),
        (f"{control}/toggle", (0.0,)),
        (f"{control}/toggle", (1.0,)),
    ):
        device.send(f"/track/1/{address}", *args)
        states.append(getattr(device.track(1), field) == on)
    assert states == [True, True, False, False, False, True, True, False]


def test_monitoring_takes_the_numbers_of_its_modes():
    device = band()
    modes = []
    for value in (1, 2.0, 3, -1, 0):
        device.send("/track/1/monitor", value)
        modes.append(device.track(1).monitored)
    assert modes == [1, 2, 2, 2, 0]


def test_the_automation_mode_is_a_switch_for_each_mode():
    device = band()
    assert device.send("/track/2/autotouch") == [("/track/2/autotrim", 0.0), ("/track/2/autotouch", 1.0)]
    assert device.track(2).automation is Automation.TOUCH


def test_a_name_is_set_and_a_number_for_a_name_reads_as_the_track():
    device = band()
    assert device.send("/track/1/name", "Vocals") == []
    assert device.track(1).name == "Vocals"
    device.edit_track(2, name="2")
    assert device.run() == [("/track/2/name", "Track 2")]


def test_comma_lists_set_several_tracks_with_an_argument_each():
    device = band()
    device.send("/track/1,3/mute", 1.0, 1.0)
    assert [device.track(n).muted for n in (1, 2, 3)] == [True, False, True]
    device.send("/track/1,3/volume/db", -6.0, -12.0)
    assert [round(20 * math.log10(device.track(n).gain_linear), 3) for n in (1, 2, 3)] == [-6.0, 0.0, -12.0]


def test_selected_tracks_go_along_with_a_selected_one():
    device = band()
    for number in (1, 2):
        assert device.send(f"/track/{number}/select", 1.0) == [(f"/track/{number}/select", 1.0)]
    device.edit_track(2, gain_linear=0.5)
    device.run()
    said = approx(device.send("/track/1/volume/db", -6.0206))
    assert said == [
        ("/track/1/volume/str", "-6.02dB"),
        ("/track/1/volume", 0.5924),
        ("/track/2/volume/db", -12.0412),
        ("/track/2/volume/str", "-12.0dB"),
        ("/track/2/volume", 0.4833),
    ]
    device.send("/track/2/mute", 1.0)
    assert [device.track(n).muted for n in (1, 2, 3)] == [True, True, False]


def test_a_track_that_is_not_selected_moves_alone():
    device = band()
    device.send("/track/1/select", 1.0)
    device.send("/track/2/select", 1.0)
    device.send("/track/3/mute", 1.0)
    assert [device.track(n).muted for n in (1, 2, 3)] == [False, False, True]


# Sends and receives

SENDS = """
DEVICE_TRACK_COUNT 2
DEVICE_SEND_COUNT 2
DEVICE_RECEIVE_COUNT 1
TRACK_SEND_NAME s/track/@/send/@/name
TRACK_SEND_VOLUME n/track/@/send/@/volume s/track/@/send/@/volume/str
TRACK_SEND_PAN n/track/@/send/@/pan s/track/@/send/@/pan/str
TRACK_RECV_NAME s/track/@/recv/@/name
TRACK_RECV_VOLUME n/track/@/recv/@/volume
MASTER_SEND_NAME s/master/send/@/name
"""


def with_a_reverb(pattern=SENDS):
    reverb = track_named("Reverb")
    return Device(session_of(track_named("Voice", sends=(Send("{1}", reverb.guid, 0.5),)), reverb), pattern)


def test_sends_and_receives_are_reported_with_the_names_of_their_other_ends():
    assert approx(with_a_reverb().run()) == [
        ("/master/send/1/name", "Aux 1"),
        ("/master/send/2/name", "Aux 2"),
        ("/track/1/send/1/name", "Reverb"),
        ("/track/1/send/1/volume", 0.5924),
        ("/track/1/send/1/volume/str", "-6.02dB"),
        ("/track/1/send/1/pan", 0.5),
        ("/track/1/send/1/pan/str", "center"),
        ("/track/1/send/2/name", "Send 2"),
        ("/track/1/send/2/volume", 0.0025),
        ("/track/1/send/2/volume/str", "-inf dB"),
        ("/track/1/send/2/pan", 0.5),
        ("/track/1/send/2/pan/str", "center"),
        ("/track/1/recv/1/name", "Recv 1"),
        ("/track/1/recv/1/volume", 0.0025),
        ("/track/2/send/1/name", "Send 1"),
        ("/track/2/send/1/volume", 0.0025),
        ("/track/2/send/1/volume/str", "-inf dB"),
        ("/track/2/send/1/pan", 0.5),
        ("/track/2/send/1/pan/str", "center"),
        ("/track/2/send/2/name", "Send 2"),
        ("/track/2/send/2/volume", 0.0025),
        ("/track/2/send/2/volume/str", "-inf dB"),
        ("/track/2/send/2/pan", 0.5),
        ("/track/2/send/2/pan/str", "center"),
        ("/track/2/recv/1/name", "Voice"),
        ("/track/2/recv/1/volume", 0.5924),
    ]


def test_a_send_is_set_from_either_end():
    device = with_a_reverb().start()
    assert device.send("/track/1/send/1/volume", 1.0) == [
        ("/track/1/send/1/volume/str", "+12.0dB"),
        ("/track/2/recv/1/volume", 1.0),
    ]
    assert device.send("/track/2/recv/1/volume", 0.5) == [
        ("/track/1/send/1/volume", 0.5),
        ("/track/1/send/1/volume/str", "-11.1dB"),
    ]
    assert device.send("/track/1/send/1/pan", 0.0) == [("/track/1/send/1/pan/str", "100%L")]
    assert device.track(1).sends[0].pan == -1.0


def test_a_send_that_is_not_there_is_answered_as_if_it_were():
    device = with_a_reverb().start()
    before = device.session
    assert device.send("/track/1/send/2/volume", 1.0) == [("/track/1/send/2/volume/str", "+12.0dB")]
    assert device.session is before


def test_a_renamed_track_is_renamed_at_the_other_ends_of_its_sends():
    device = with_a_reverb().start()
    device.edit_track(2, name="Hall")
    device.edit_track(1, name="Choir")
    assert device.run() == [("/track/1/send/1/name", "Hall"), ("/track/2/recv/1/name", "Choir")]
