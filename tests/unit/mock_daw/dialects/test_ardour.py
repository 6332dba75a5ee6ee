"""Ardour's OSC, above all against the transcript of an Ardour 7.3 with the same session."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mock_daw.session import Item
from tests.dialects import OTHER, Rig, answers

TRANSCRIPT = Path(__file__).with_name("ardour_7_3.jsonl")
# What the mock does not tell; and trim, which it has not.
UNTOLD = (
    "/marker",
    "/click",
    "/group",
    "/jog",
    "/toggle_punch",
    "/toggle_click",
    "/strip/expand",
    "/strip/pan_stereo_width/",
)
UNTOLD_TOO = ("/strip/pan_stereo_position/automation", "/strip/trimdB/automation")
FEEDBACK = 1 + 2 + 16 + 128 + 16384


def surface(*tracks, feedback=FEEDBACK, types=63, gainmode=0):
    rig = Rig("ardour", tracks or ("Kick", "Bass"))
    rig.say("/set_surface", 0, types, feedback, gainmode)
    return rig


def conversations():
    """Return what was said to Ardour with what it answered: (address, arguments, [(address, arguments)])."""
    talks = []
    for line in TRANSCRIPT.read_text(encoding="utf-8").splitlines():
        address, second, *third = json.loads(line)
        if address == "ask":
            talks.append((second, third[0], []))
        elif not address.startswith(UNTOLD + UNTOLD_TOO):
            talks[-1][2].append((address, third[0]))
    return [talk for talk in talks if "trimdB" not in talk[0]]


def keyed(said):
    return {
        (address, *[arg for arg in args[:3] if isinstance(arg, int)][: len(args) - 1]): args for address, args in said
    }


def test_the_mock_answers_as_an_ardour_7_3_did():
    rig = Rig("ardour")
    second = Item("20 s", 0.0, 20.0)
    rig.live.edit(lambda now: replace(now, tracks=(replace(now.tracks[0], items=(second,)), *now.tracks[1:])), None)
    asked = 0
    for address, args, answered in conversations():
        heard = keyed(rig.say(address, *args))
        wanted = keyed(answered)
        assert heard.keys() == wanted.keys(), (address, args)
        for key, values in heard.items():
            assert [value for value in values if not isinstance(value, float)] == [
                value for value in wanted[key] if not isinstance(value, float)
            ]
            assert [value for value in values if isinstance(value, float)] == pytest.approx(
                [value for value in wanted[key] if isinstance(value, float)], abs=2e-5
            )
        asked += 1
    assert asked > 40


def test_replies_go_to_who_asked_and_changes_to_every_surface():
    rig = surface()
    rig.say("/set_surface", 0, 63, FEEDBACK, peer=OTHER)
    rig.say("/strip/gain", 1, -6.0, peer=OTHER)
    assert answers(rig.heard(("127.0.0.1", 50_001)), "/strip/gain") == [[1, pytest.approx(-6.0)]]
    rig.say("/strip/list", peer=OTHER)
    assert {letter.peer for letter in rig.letters} == {OTHER}


def test_without_the_bit_for_it_replies_come_on_an_address_that_is_none():
    rig = Rig("ardour")
    assert len(answers(rig.say("/strip/list"), "#reply")) == 3
    rig = surface()
    assert len(answers(rig.say("/strip/list"), "/reply")) == 4


def test_the_master_is_a_strip_if_it_is_wanted():
    rig = surface(types=31)
    rig.say("/strip/gain", 3, -6.0)
    assert rig.track(0).gain_linear == 1.0
    rig = surface(types=63)
    rig.say("/strip/gain", 3, -6.0)
    assert rig.track(0).gain_linear == pytest.approx(0.501, abs=1e-3)


def test_pan_counts_from_the_right():
    rig = surface()
    rig.say("/strip/pan_stereo_position", 1, 0.25)
    assert rig.track().pan == 0.5


def test_meters_come_every_tenth_of_a_second_while_they_change_and_fall_by_13_db_a_second():
    rig = surface("Kick")
    rig.live.play()
    assert answers(rig.wait(0.1), "/strip/meter") == [
        [1, pytest.approx(-6.02, abs=0.01)],
        [2, pytest.approx(-6.02, abs=0.01)],
    ]
    assert answers(rig.wait(0.1), "/strip/meter") == []
    rig.tone.level = 0.0
    falls = [args[1] for args in answers(rig.wait(1.0, turns=10), "/strip/meter") if args[0] == 1]
    assert len(falls) == 10
    assert falls[-1] == pytest.approx(-6.02 - 13.3, abs=0.05)


def test_a_meter_in_fader_positions_runs_from_minus_94_to_6_db():
    rig = surface("Kick", gainmode=1)
    rig.live.play()
    assert answers(rig.wait(0.1), "/master/meter") == [[pytest.approx(0.8798, abs=1e-3)]]


def test_the_heartbeat_beats_once_a_second():
    rig = surface(feedback=8)
    beats = answers(rig.wait(3.0, turns=30), "/heartbeat")
    assert beats == [[1.0], [0.0], [1.0]]


def test_a_parameter_out_of_range_or_of_no_plugin_changes_nothing():
    rig = surface()
    before = rig.live.session
    for said in ((1, 1, 7, -60.0), (1, 2, 7, -6.0), (9, 1, 7, -6.0), (1, 1, 99, 0.0), (3, 1, 7, -6.0), (1, 1, 7)):
        rig.say("/strip/plugin/parameter", *said)
    assert rig.live.session is before


def test_eq_is_an_effect_of_the_session_and_an_undo_step():
    rig = surface()
    rig.say("/strip/plugin/parameter", 1, 1, 6, 300.0)
    rig.say("/strip/plugin/parameter", 1, 1, 7, -6.0)
    effect = rig.track().effects[0]
    assert (effect.name, effect.alias, len(rig.track().effects)) == ("VST: ReaEQ (Cockos)", "ACE EQ", 1)
    band = effect.equaliser.bands[2]
    assert (band.freq_hz, band.gain_linear) == (300.0, pytest.approx(10 ** (-6 / 20)))
    assert rig.live.undo() == "Adjust equaliser"
    assert rig.track().effects == ()


def test_undo_leaves_the_mixer_alone():
    rig = surface()
    rig.say("/strip/gain", 1, -6.0)
    rig.say("/undo")
    assert rig.track().gain_linear == pytest.approx(0.501, abs=1e-3)
    rig.say("/strip/name", 1, "Drum")
    rig.say("/undo")
    assert rig.track().name == "Kick"


def test_the_playhead_stays_where_play_stops():
    rig = surface()
    rig.say("/locate", 48_000, 1)
    assert rig.live.position_s == 1.0
    rig.wait(0.5)
    rig.say("/transport_stop")
    assert answers(rig.say("/transport_frame"), "/transport_frame") == [[72_000]]
    assert answers(rig.say("/transport_speed"), "/transport_speed") == [[0.0]]


def test_a_strip_may_stand_in_the_address():
    rig = surface(feedback=FEEDBACK + 4)
    assert answers(rig.say("/strip/gain/2", -6.0), "/strip/gain/2") == [[pytest.approx(-6.0)]]


def test_saving_saves():
    rig = surface()
    rig.say("/save_state")
    assert rig.saves == 1
