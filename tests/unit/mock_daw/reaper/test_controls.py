import math

import pytest

from mock_daw.reaper import controls
from mock_daw.session import Session, Track

A = Track("{A}", "A", selected=True)
B = Track("{B}", "B", gain_linear=0.5, pan=0.5, selected=True)
C = Track("{C}", "C")
MASTER = Track("{M}", "MASTER", selected=True)
SESSION = Session("demo", 48_000, (A, B, C), MASTER)


def gains(session):
    return [track.gain_linear for track in (session.master, *session.tracks)]


# The next four hold what REAPER does, as the contract tests of a public control surface state it.


def test_ganged_faders_move_by_the_same_ratio():
    assert gains(controls.set_volume(SESSION, 1, 0.5, gang=True)) == [0.5, 0.5, 0.25, 1.0]


def test_ganged_pans_move_by_the_same_difference():
    session = controls.set_pan(SESSION, 1, -0.25, gang=True)
    assert [track.pan for track in session.tracks] == [-0.25, 0.25, 0.0]


def test_a_track_that_is_not_selected_changes_only_itself():
    assert gains(controls.set_volume(SESSION, 3, 0.5, gang=True)) == [1.0, 1.0, 0.5, 0.5]


def test_ganged_switches_take_the_value_of_the_one_touched():
    session = controls.set_mute(SESSION, 1, 1, gang=True)
    assert [session.master.muted, *(t.muted for t in session.tracks)] == [True, True, True, False]
    solo = controls.set_solo(SESSION, 1, -1, gang=True)
    assert [track.solo for track in solo.tracks] == [2, 2, 0]


def test_arming_that_changes_nothing_on_the_track_changes_no_other():
    armed = controls.set_arm(SESSION, 2, 1)
    assert controls.set_arm(armed, 1, 0, gang=True) == armed
    assert [track.armed for track in controls.set_arm(armed, 1, -1, gang=True).tracks] == [True, True, False]


def test_the_master_can_not_be_armed():
    assert controls.set_arm(SESSION, 0, 1, gang=True) == SESSION


def test_a_fader_moves_in_db_and_ends_at_silence():
    session = controls.move_volume(SESSION, 3, -6.0)
    assert session.tracks[2].gain_linear == pytest.approx(10**-0.3)
    assert controls.move_volume(SESSION, 3, -1000.0).tracks[2].gain_linear == 0.0


def test_gains_and_pans_are_held_in_their_range():
    assert controls.set_volume(SESSION, 3, math.inf).tracks[2].gain_linear == 1000.0
    assert controls.set_volume(SESSION, 3, -1.0).tracks[2].gain_linear == 0.0
    assert controls.set_pan(SESSION, 3, -2.0).tracks[2].pan == -1.0


def test_faders_ganged_to_one_at_silence_stay():
    silent = controls.set_volume(SESSION, 1, 0.0)
    assert gains(controls.set_volume(silent, 1, 1.0, gang=True)) == [1.0, 1.0, 0.5, 1.0]


def test_a_missing_track_changes_nothing():
    for number in (-1, 4):
        assert controls.set_volume(SESSION, number, 0.5) == SESSION
        assert controls.move_volume(SESSION, number, 0.5) == SESSION
        assert controls.set_pan(SESSION, number, 0.5) == SESSION
        assert controls.set_mute(SESSION, number, 1) == SESSION
        assert controls.set_monitor(SESSION, number, 1) == SESSION
        assert controls.send_at(SESSION, number, 0) is None
