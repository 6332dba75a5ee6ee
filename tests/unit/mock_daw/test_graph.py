"""Routing, judged by what leaves the master; levels are worked out by hand."""

from dataclasses import replace

import pytest

from mock_daw.graph import Planner
from mock_daw.session import Automation, Envelope, EqBand, EqKind, Point, Send, SendMode, guid
from tests.takes import RATE_HZ, constant, item, level, reaeq, session, track


def send(to, number=1, **changes):
    return replace(Send(guid("send", number), guid("track", to)), **changes)


@pytest.fixture
def sounding(tmp_path):
    """Return a builder of tracks that play a constant level."""

    def build(number, left, right=None, **changes):
        return track(number, item(tmp_path, constant(left, right)), **changes)

    return build


# One track


def test_faders_pans_and_phase_scale_a_track(sounding):
    assert level(session(sounding(1, 0.5, gain_linear=0.5))) == (0.25, 0.25)
    assert level(session(sounding(1, 0.5, pan=0.5))) == (0.25, 0.5)
    assert level(session(sounding(1, 0.5, pan=-1.0))) == (0.5, 0.0)
    assert level(session(sounding(1, 0.5, 0.25, phase_inverted=True))) == (-0.5, -0.25)


@pytest.mark.parametrize(("width", "sides"), [(1.0, (0.2, 0.6)), (0.0, (0.4, 0.4)), (-1.0, (0.6, 0.2))])
def test_width_counts_in_stereo_pan_alone(sounding, width, sides):
    assert level(session(sounding(1, 0.2, 0.6, width=width, pan_mode=5))) == sides
    assert level(session(sounding(1, 0.2, 0.6, width=width, pan_mode=3))) == (0.2, 0.6)


def test_only_effects_that_are_on_are_heard(sounding):
    half = reaeq(gain_linear=0.5)
    assert level(session(sounding(1, 0.5, effects=(half,)))) == (0.25, 0.25)
    assert level(session(sounding(1, 0.5, effects=(half, replace(half, guid="{2}"))))) == (0.125, 0.125)
    assert level(session(sounding(1, 0.5, effects=(replace(half, enabled=False),)))) == (0.5, 0.5)
    assert level(session(sounding(1, 0.5, effects=(replace(half, offline=True),)))) == (0.5, 0.5)
    assert level(session(sounding(1, 0.5, effects=(half,), effects_enabled=False))) == (0.5, 0.5)
    assert level(session(sounding(1, 0.5, effects=(replace(half, equaliser=None),)))) == (0.5, 0.5)


def test_the_master_has_effects_fader_pan_and_mute(sounding):
    one = sounding(1, 0.5)
    bare = session(one)
    master = replace(bare.master, gain_linear=0.5, pan=1.0, effects=(reaeq(gain_linear=0.5),))
    assert level(replace(bare, master=master)) == (0.0, 0.125)
    assert level(replace(bare, master=replace(bare.master, muted=True))) == (0.0, 0.0)


def test_a_track_without_main_send_is_not_in_the_master(sounding):
    assert level(session(sounding(1, 0.5, main_send=False), sounding(2, 0.25))) == (0.25, 0.25)


def test_a_volume_envelope_multiplies_the_fader(sounding):
    ramp = Envelope(guid("e"), "Volume", (Point(0.0, 1.0), Point(1.0, 0.0)))
    one = sounding(1, 0.8, gain_linear=0.5, envelopes=(ramp,))
    assert level(session(one), 0.25) == (0.3, 0.3)
    assert level(session(replace(one, automation=Automation.READ)), 0.25) == (0.3, 0.3)
    assert level(session(replace(one, envelopes=(replace(ramp, active=False),))), 0.25) == (0.4, 0.4)
    assert level(session(replace(one, envelopes=(replace(ramp, name="Mute"),))), 0.25) == (0.4, 0.4)
    assert level(session(replace(one, envelopes=(replace(ramp, points=()),))), 0.25) == (0.4, 0.4)
    assert level(session(one, automation_override=5), 0.25) == (0.4, 0.4)


def test_a_pan_envelope_goes_from_left_at_one_to_right(sounding):
    sweep = Envelope(guid("p"), "Pan", (Point(0.0, 1.0), Point(1.0, -1.0)))
    one = sounding(1, 0.8, envelopes=(sweep,))
    assert [level(session(one), at_s) for at_s in (0.25, 0.5, 0.75)] == [(0.8, 0.4), (0.8, 0.8), (0.4, 0.8)]
    assert level(session(replace(one, pan=0.5)), 0.25) == (0.4, 0.4)
    assert level(session(one, automation_override=5), 0.25) == (0.8, 0.8)


# Folders


def test_a_folder_scales_all_that_lies_in_it_and_its_own_items(sounding):
    folder = sounding(1, 0.1, folder_depth=1, gain_linear=0.5)
    inner = track(2, folder_depth=1, pan=1.0)
    last = sounding(3, 0.4, folder_depth=-2)
    outside = sounding(4, 0.01)
    assert level(session(folder, inner, last, outside)) == (0.06, 0.26)


def test_a_muted_folder_mutes_what_lies_in_it(sounding):
    tracks = (track(1, folder_depth=1, muted=True), sounding(2, 0.4, folder_depth=-1), sounding(3, 0.1))
    assert level(session(*tracks)) == (0.1, 0.1)


# Sends


def test_a_send_has_gain_pan_phase_and_mono(sounding):
    bus = track(2)
    for changes, sides in (
        ({}, (0.2, 0.6)),
        ({"gain_linear": 0.5}, (0.1, 0.3)),
        ({"pan": 0.5}, (0.1, 0.6)),
        ({"phase_inverted": True}, (-0.2, -0.6)),
        ({"mono": True}, (0.4, 0.4)),
        ({"mono": True, "pan": -1.0}, (0.4, 0.0)),
        ({"muted": True}, (0.0, 0.0)),
    ):
        one = sounding(1, 0.2, 0.6, main_send=False, sends=(send(2, **changes),))
        assert level(session(one, bus)) == sides


def test_sends_leave_before_effects_before_the_fader_or_after_it(sounding):
    half = reaeq(gain_linear=0.5)
    for mode, heard in ((SendMode.PRE_FX, 0.8), (SendMode.PRE_FADER, 0.4), (SendMode.POST_FADER, 0.1)):
        sends = (send(2, mode=mode),)
        one = sounding(1, 0.8, gain_linear=0.25, pan=0.0, main_send=False, effects=(half,), sends=sends)
        assert level(session(one, track(2))) == (heard, heard)


def test_a_pre_fader_send_is_heard_with_the_fader_down(sounding):
    one = sounding(1, 0.8, gain_linear=0.0, sends=(send(2, mode=SendMode.PRE_FADER),))
    assert level(session(one, track(2))) == (0.8, 0.8)


@pytest.mark.parametrize("mode", SendMode)
def test_a_muted_track_sends_nothing(sounding, mode):
    one = sounding(1, 0.8, muted=True, sends=(send(2, mode=mode),))
    assert level(session(one, track(2))) == (0.0, 0.0)


def test_the_order_of_tracks_does_not_matter_to_sends(sounding):
    bus = track(1, effects=(reaeq(gain_linear=0.5),), sends=(send(2),))
    last = sounding(3, 0.4, sends=(send(1),))
    # To the master: 0.4 itself, 0.2 by the bus, 0.2 by the bus's send.
    assert level(session(bus, track(2), last)) == (0.8, 0.8)


def test_a_send_into_a_folder_and_out_of_it_are_both_heard(sounding):
    folder = track(1, folder_depth=1, gain_linear=0.5, sends=(send(3),))
    assert level(session(folder, sounding(2, 0.4, folder_depth=-1), track(3))) == (0.4, 0.4)


def test_a_send_that_closes_a_circle_is_left_out(sounding):
    first = sounding(1, 0.25, sends=(send(2),))
    second = sounding(2, 0.5, sends=(send(1, 2),))
    # The second track's send goes; the first is heard at the master and through the second.
    assert level(session(first, second)) == (1.0, 1.0)
    assert level(session(sounding(1, 0.5, sends=(send(1),)))) == (0.5, 0.5)
    folder = sounding(1, 0.1, folder_depth=1, sends=(send(2),))
    assert level(session(folder, sounding(2, 0.4, folder_depth=-1))) == (0.5, 0.5)


def test_a_send_to_no_track_is_left_out(sounding):
    assert level(session(sounding(1, 0.5, sends=(send(9),)))) == (0.5, 0.5)


# Solo


def test_solo_silences_the_others_and_overrides_mute(sounding):
    one, two = sounding(1, 0.1), sounding(2, 0.2)
    assert level(session(replace(one, solo=1), two)) == (0.1, 0.1)
    assert level(session(replace(one, solo=1, muted=True), two)) == (0.1, 0.1)
    assert level(session(replace(one, solo=2), replace(two, solo=2))) == (0.3, 0.3)


def test_a_soloed_child_is_heard_through_its_folder_without_its_siblings(sounding):
    folder = track(1, folder_depth=1, gain_linear=0.5)
    tracks = (folder, sounding(2, 0.4, solo=1), sounding(3, 0.2, folder_depth=-1), sounding(4, 0.01))
    assert level(session(*tracks)) == (0.2, 0.2)


def test_a_soloed_folder_is_heard_with_all_that_lies_in_it_and_what_they_send(sounding):
    folder = track(1, folder_depth=1, solo=1)
    child = sounding(2, 0.4, folder_depth=-1, sends=(send(3, gain_linear=0.5),))
    assert level(session(folder, child, track(3), sounding(4, 0.01))) == (0.6, 0.6)


def test_a_soloed_track_is_heard_through_its_sends_and_others_are_not_heard_through_them(sounding):
    bus = track(3, gain_linear=0.5)
    soloed, other = (sounding(n, 0.2, sends=(send(3, n),)) for n in (1, 2))
    assert level(session(replace(soloed, solo=1), other, bus)) == (0.3, 0.3)


def test_a_soloed_bus_is_heard_with_what_it_receives_through_it_alone(sounding):
    one = sounding(1, 0.2, sends=(send(2), send(3, 2)))
    assert level(session(one, track(2, solo=1, gain_linear=0.5), track(3))) == (0.1, 0.1)


# Plans


def test_edits_that_can_not_be_heard_leave_the_plan_as_it_is(sounding):
    before = session(sounding(1, 0.5, effects=(reaeq(EqBand(EqKind.BELL, 500.0, 2.0)),)))
    planner = Planner(RATE_HZ)
    silent = replace(before.tracks[0], name="Kick", selected=True, color=7, armed=True)
    assert planner.plan(before.with_track(1, silent)) == planner.plan(before)
    louder = replace(before.tracks[0], gain_linear=0.9)
    assert planner.plan(before.with_track(1, louder)) != planner.plan(before)


def test_a_thousand_folders_and_sends_in_a_row_are_no_trouble():
    tracks = [track(n, folder_depth=1, sends=(send(n + 1),)) for n in range(1, 400)]
    plan = Planner(RATE_HZ).plan(session(*tracks))
    assert len(plan.nodes) == 400
