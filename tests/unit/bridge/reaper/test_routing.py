import pytest

from bridge.reaper.routing import Routes, heard_under_solo, parents
from bridge.reaper.survey import SurveyEffect, SurveySend
from tests.reapers import survey, track

EFFECT = SurveyEffect(guid="{fx}", name="VST: ReaVerb (Cockos)")


def sides(*tracks, of=0):
    return Routes(survey(*tracks)).of(of).sides


def send(to, gain_linear=1.0, **fields):
    return SurveySend(to=f"{{{to}}}", gain_linear=gain_linear, **fields)


def test_a_track_goes_to_the_master_as_it_is():
    assert sides(track("Bass", gain_linear=0.5, pan=0.3)) == (1.0, 1.0)


def test_folders_multiply():
    outer = track("All", folder_depth=1, gain_linear=0.5, items=())
    inner = track("Drums", folder_depth=1, gain_linear=0.5, pan=0.5, items=())
    kick, snare, bass = track("Kick"), track("Snare", folder_depth=-1), track("Bass", folder_depth=-1)
    tracks = (outer, inner, kick, snare, bass)
    assert parents(tracks) == (None, 0, 1, 1, 0)
    assert sides(*tracks, of=2) == (0.125, 0.25)
    assert sides(*tracks, of=4) == (0.5, 0.5)


def test_a_muted_folder_lets_nothing_through():
    assert sides(track("Drums", folder_depth=1, muted=True), track("Kick", folder_depth=-1), of=1) == (0.0, 0.0)


def test_a_folder_that_inverts_the_phase():
    assert sides(track("Drums", folder_depth=1, phase_inverted=True), track("Kick", folder_depth=-1), of=1) == (-1, -1)


def test_sends_add_up_with_the_main_send():
    kick = track("Kick", sends=(send("Bus", 0.5),))
    assert sides(kick, track("Bus", gain_linear=0.5, items=())) == (1.25, 1.25)
    assert sides(kick.model_copy(update={"main_send": False}), track("Bus", gain_linear=0.5)) == (0.25, 0.25)


def test_a_muted_send_and_one_to_nowhere_add_nothing():
    kick = track("Kick", sends=(send("Bus", muted=True), send("Deleted")))
    assert sides(kick, track("Bus")) == (1.0, 1.0)


def test_an_inverted_send_takes_away():
    assert sides(track("Kick", sends=(send("Bus", phase_inverted=True),)), track("Bus")) == (0.0, 0.0)


@pytest.mark.parametrize(("bus", "mode"), [(track("Reverb", effects=(EFFECT,)), 0), (track("Reverb"), 3)])
def test_a_send_that_can_not_be_known_is_left_out_and_said(bus, mode):
    route = Routes(survey(track("Vox", sends=(send("Reverb", mode=mode),)), bus)).of(0)
    assert route.sides == (1.0, 1.0)
    assert len(route.unheard) == 1
    assert "the send to Reverb" in route.unheard[0]


def test_effects_on_a_folder_are_passed_through_and_said():
    route = Routes(survey(track("Drums", folder_depth=1, effects=(EFFECT,)), track("Kick", folder_depth=-1))).of(1)
    assert route.sides == (1.0, 1.0)
    assert route.unheard == ("the effects of Drums",)


def test_effects_that_are_off_are_no_effects():
    off = EFFECT.model_copy(update={"enabled": False})
    assert Routes(survey(track("Vox", sends=(send("Bus"),)), track("Bus", effects=(off,)))).of(0).sides == (2.0, 2.0)
    bus = track("Bus", effects=(EFFECT,), effects_enabled=False)
    assert Routes(survey(track("Vox", sends=(send("Bus"),)), bus)).of(0).sides == (2.0, 2.0)


def test_a_circle_of_sends_ends():
    one, two = track("One", sends=(send("Two"),)), track("Two", sends=(send("One"),))
    assert sides(one, two) == (2.0, 2.0)


def test_what_carries_others():
    routes = Routes(
        survey(track("Drums", folder_depth=1), track("Kick", folder_depth=-1, sends=(send("Bus"),)), track("Bus"))
    )
    assert [routes.carries_others(place) for place in range(3)] == [True, False, True]


def test_solo_lets_a_folder_and_what_is_in_it_through():
    tracks = (track("Drums", folder_depth=1, solo=1), track("Kick", folder_depth=-1), track("Bass"))
    assert heard_under_solo(survey(*tracks)) == (True, True, False)
    assert heard_under_solo(survey(track("Kick"), track("Bass"))) == (True, True)
