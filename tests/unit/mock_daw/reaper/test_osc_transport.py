"""The transport, the tempo, the position and the meters over OSC."""

import math

import pytest

from mock_daw.live import PlayState
from mock_daw.session import Marker
from tests.surfaces import TICK_S, Device, approx, session_of, track_named

LONG = Marker("{end}", 9, 600.0)


def a_song(pattern=None, **fields):
    fields.setdefault("markers", (LONG,))
    return Device(session_of(track_named("Drums"), track_named("Bass"), **fields), pattern).start()


def test_play_pause_stop_and_record_report_all_four():
    pattern = "PLAY t/play\nSTOP t/stop\nPAUSE t/pause\nRECORD t/record"
    device = a_song(pattern)
    assert device.send("/play") == [("/stop", 0.0), ("/play", 1.0)]
    assert device.send("/pause") == [("/stop", 1.0), ("/pause", 1.0), ("/play", 0.0)]
    assert device.send("/stop", 1.0) == [("/stop", 1.0), ("/pause", 0.0)]
    assert device.send("/record") == [("/record", 1.0), ("/stop", 0.0), ("/play", 1.0)]
    assert device.send("/play", 0.0) == []


def test_what_another_does_to_the_transport_is_reported():
    device = a_song("PLAY t/play")
    device.live.play()
    assert device.run() == [("/play", 1.0)]


def test_repeat_and_metronome_are_toggled():
    device = a_song("REPEAT t/repeat\nMETRONOME b/click")
    assert device.send("/repeat") == [("/repeat", 1.0)]
    assert device.send("/click", 1.0) == [("/click", 1.0)]
    assert device.send("/click", 1.0) == []
    assert (device.session.repeat, device.session.metronome) == (True, True)


def test_the_tempo_is_raw_or_on_a_slider_from_40_to_296():
    device = a_song()
    assert approx(device.send("/tempo/raw", 100.0)) == [("/tempo", 0.2344), ("/tempo/str", "100")]
    assert device.send("/tempo", 0.5) == [("/tempo/raw", 168.0), ("/tempo/str", "168")]
    device.send("/tempo/rotary", 1.0)
    assert device.session.tempo_bpm == 168.25
    device.send("/tempo/raw", 1e9)
    assert device.session.tempo_bpm == 960.0


def test_the_position_is_reported_15_times_a_second_while_it_moves():
    device = a_song("TIME f/time s/time/str\nBEAT s/beat\nSAMPLES s/samples\nFRAMES s/frames")
    device.live.play()
    said = [device.run(TICK_S) for _ in range(30)]
    assert [bool(messages) for messages in said] == [False, True] * 15
    device.live.seek(83.5)
    assert device.run(TICK_S) == []
    assert approx(device.run(TICK_S)) == [
        ("/time", 83.5667),
        ("/time/str", "1:23.566"),
        ("/beat", "42.4.13"),
        ("/samples", "4011200"),
        ("/frames", "00:01:23:17"),
    ]


def test_a_stopped_project_reports_its_edit_cursor():
    device = a_song("TIME s/time")
    device.live.seek(2.0)
    assert device.run(0.1) == [("/time", "0:02.000")]


def test_a_refresh_says_the_position_again():
    device = a_song("TIME s/time")
    device.live.seek(2.0)
    device.run(0.1)
    device.actions.run(41743)
    assert device.run(0.1) == [("/time", "0:02.000")]


@pytest.mark.parametrize(
    ("address", "arg", "position_s"),
    [
        ("/time", 12.5, 12.5),
        ("/time", -3.0, 0.0),
        ("/time/str", "1:02.5", 62.5),
        ("/samples", 24000.0, 0.5),
        ("/samples/str", "24000", 0.5),
        ("/beat/str", "2.1.00", 2.0),
        ("/frames/str", "00:00:02:15", 2.5),
        ("/time", math.nan, 0.0),
    ],
)
def test_a_position_can_be_written(address, arg, position_s):
    device = a_song()
    device.send(address, arg)
    assert device.live.edit_position_s == pytest.approx(position_s)


@pytest.mark.parametrize("text", ["", "soon", "1:2:3:4:5", "-1", "9" * 20])
def test_a_position_that_can_not_be_read_changes_nothing(text):
    device = a_song()
    device.live.seek(7.0)
    device.send("/frames/str", text)
    device.send("/samples/str", text if text != "9" * 20 else "x")
    assert device.live.edit_position_s == 7.0


def test_rewind_and_forward_wind_while_they_are_held():
    device = a_song("REWIND b/rewind\nFORWARD b/forward")
    device.live.seek(10.0)
    assert device.send("/forward", 1.0) == [("/forward", 1.0)]
    device.run(TICK_S)
    held_s = device.live.edit_position_s
    assert held_s > 10.5
    assert device.send("/forward", 0.0) == [("/forward", 0.0)]
    device.run(TICK_S)
    assert device.live.edit_position_s == held_s


def test_rewind_and_forward_jump_to_markers_when_asked_to():
    pattern = "REWIND b/rewind\nFORWARD b/forward\nREWIND_FORWARD_BYMARKER t/bymarker"
    device = a_song(pattern, markers=(Marker("{a}", 1, 4.0), LONG))
    assert device.send("/bymarker") == [("/bymarker", 1.0)]
    device.send("/forward", 1.0)
    assert device.live.edit_position_s == 4.0
    device.send("/rewind", 1.0)
    assert device.live.edit_position_s == 0.0


def test_scrub_moves_a_step_to_either_side_of_its_center():
    device = a_song("DEVICE_ROTARY_CENTER 0.5\nSCRUB r/scrub")
    device.send("/scrub", 0.9)
    ahead_s = device.live.edit_position_s
    device.send("/scrub", 0.1)
    device.send("/scrub", 0.5)
    assert (ahead_s > 0.0, device.live.edit_position_s) == (True, 0.0)


def test_the_loop_is_reported_and_set():
    device = a_song("LOOP_START_TIME f/start\nLOOP_END_TIME f/end")
    device.send("/end", 8.0)
    device.send("/start", 4.0)
    assert (device.session.loop_start_s, device.session.loop_end_s) == (4.0, 8.0)
    device.edit(loop_end_s=6.0)
    assert ("/end", 6.0) in device.run(0.1)


def test_solo_reset_unsolos_all():
    device = a_song()
    device.edit_track(1, solo=2)
    device.send("/soloreset")
    assert not device.session.soloed


@pytest.mark.parametrize(
    ("address", "args"),
    [("/action", (40364,)), ("/action/40364", ()), ("/action/str", ("_MINE",)), ("/action/_MINE", ())],
)
def test_actions_run_by_number_or_name(address, args):
    device = a_song()
    done = []
    device.actions.register("_MINE", lambda: done.append(True))
    device.actions.register(40364, lambda: done.append(True))
    device.send(address, *args)
    assert done == [True]


def test_one_message_can_run_several_actions():
    device = a_song()
    device.send("/action", 40364, 1068)
    assert (device.session.metronome, device.session.repeat) == (True, True)


# Meters

VU = """
DEVICE_TRACK_COUNT 3
MASTER_VU n/master/vu
TRACK_VU n/track/@/vu
TRACK_VU_L n/track/@/vu/L
TRACK_VU_R n/track/@/vu/R
"""


def test_meters_lie_between_minus_62_and_plus_6_decibels_and_the_mean_reads_lower_for_one_side():
    device = a_song(VU)
    device.player.peaks = [[1.0, 1.0], [1.0, 0.0], [2.5, 0.01]]
    device.live.play()
    assert approx(device.run(0.1)) == [
        ("/master/vu", round(62 / 68, 4)),
        ("/track/1/vu", round((62 - 6.0206) / 68, 4)),
        ("/track/1/vu/L", round(62 / 68, 4)),
        ("/track/2/vu", round((62 + 20 * math.log10(1.255)) / 68, 4)),
        ("/track/2/vu/L", 1.0),
        ("/track/2/vu/R", round(22 / 68, 4)),
    ]


def test_meters_come_15_times_a_second_and_fall_silent():
    device = a_song(VU)
    device.player.peaks = [[0.1, 0.1]] * 3
    device.live.play()
    device.run(TICK_S)
    device.player.peaks = None
    said = [device.run(TICK_S) for _ in range(60)]
    counts = [len(messages) for messages in said]
    assert 0 < sum(count > 0 for count in counts) <= 15
    assert counts[-30:] == [0] * 30
    last = {address: value for messages in said for address, value in messages}
    assert set(last.values()) == {0.0}


def test_a_pattern_without_meters_gets_none():
    device = a_song("TRACK_MUTE b/track/@/mute")
    device.player.peaks = [[1.0, 1.0]] * 3
    device.live.play()
    assert device.live.state is PlayState.PLAYING
    assert device.run(0.1) == []
