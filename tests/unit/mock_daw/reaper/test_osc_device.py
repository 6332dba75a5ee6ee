"""Banks, choices and follow modes: what a device says of itself."""

from dataclasses import replace

import pytest

from tests.surfaces import Device, plugin, session_of, track_named

PATTERN = """
DEVICE_TRACK_COUNT 2 i/count t/count/@
DEVICE_FX_COUNT 2
DEVICE_FX_PARAM_COUNT 2 i/fxparam/count
DEVICE_MARKER_COUNT 2
TRACK_NAME s/track/name s/track/@/name
TRACK_MUTE b/track/mute b/track/@/mute
FX_NAME s/fx/name
FX_PARAM_NAME s/fxparam/@/name
DEVICE_TRACK_SELECT i/track/select t/track/select/@
DEVICE_PREV_TRACK t/track/-
DEVICE_NEXT_TRACK t/track/+
DEVICE_TRACK_BANK_SELECT i/bank t/bank/@
DEVICE_PREV_TRACK_BANK t/bank/-
DEVICE_NEXT_TRACK_BANK t/bank/+
DEVICE_FX_SELECT i/fx/select
DEVICE_PREV_FX t/fx/-
DEVICE_NEXT_FX t/fx/+
DEVICE_FX_PARAM_BANK_SELECT i/fxparam/bank s/fxparam/bank/str
DEVICE_NEXT_FX_PARAM_BANK t/fxparam/bank/+
DEVICE_PREV_FX_PARAM_BANK t/fxparam/bank/-
REAPER_TRACK_FOLLOWS s/reaper/follows
REAPER_TRACK_FOLLOWS_DEVICE t/reaper/follows/device
DEVICE_TRACK_FOLLOWS s/device/follows
DEVICE_TRACK_BANK_FOLLOWS s/bank/follows
DEVICE_FX_FOLLOWS s/fx/follows
"""
WITH_EFFECTS = PATTERN + "FX_PARAM_VALUE n/track/@/fx/@/value/@\nFX_OPEN_UI b/track/@/fx/@/open\n"


def five(**fields):
    return Device(session_of(*(track_named(name, **fields) for name in "ABCDE")), PATTERN).start()


def names(messages, prefix="/track/"):
    return [m[1] for m in messages if m[0].startswith(prefix) and m[0].endswith("/name")]


def test_the_next_bank_shows_the_next_tracks_and_its_messages_are_about_them():
    device = five()
    assert device.send("/bank/+") == [("/track/1/name", "C"), ("/track/2/name", "D")]
    device.send("/track/1/mute", 1.0)
    assert device.track(3).muted
    device.edit_track(1, muted=True)
    assert device.run() == []


def test_beyond_the_last_track_a_bank_shows_tracks_that_are_not_there():
    device = five()
    assert device.send("/bank", 3) == [("/track/1/name", "E"), ("/track/2/name", "Track 6")]


def test_banks_go_round():
    device = five()
    assert names(device.send("/bank/-")) == ["E", "Track 6"]
    assert names(device.send("/bank/+")) == ["A", "B"]


@pytest.mark.parametrize(("address", "args"), [("/bank", (2,)), ("/bank/2", ()), ("/bank/2", (1.0,))])
def test_a_bank_is_chosen_by_its_number(address, args):
    assert names(five().send(address, *args)) == ["C", "D"]


def test_a_bank_beyond_the_end_is_the_last():
    assert names(five().send("/bank", 99)) == ["E", "Track 6"]


@pytest.mark.parametrize(("address", "args"), [("/count", (5,)), ("/count", (5.0,)), ("/count/5", ())])
def test_a_device_can_ask_for_more_tracks(address, args):
    device = five()
    assert device.send(address, *args) == [
        ("/track/3/name", "C"),
        ("/track/3/mute", 0.0),
        ("/track/4/name", "D"),
        ("/track/4/mute", 0.0),
        ("/track/5/name", "E"),
        ("/track/5/mute", 0.0),
    ]
    device.edit_track(5, muted=True)
    assert device.run() == [("/track/5/mute", 1.0)]


def test_the_chosen_track_is_reported_and_gets_the_messages_without_a_number():
    device = five()
    assert device.send("/track/select", 2) == [("/track/select/2", 1.0), ("/track/name", "B")]
    assert device.send("/track/mute", 1.0) == [("/track/mute", 1.0), ("/track/2/mute", 1.0)]
    assert device.track(2).muted
    assert not device.track(2).selected


def test_the_next_track_goes_round_through_the_master():
    device = five()
    seen = [names(device.send("/track/+"), "/track/name") for _ in range(6)]
    assert seen == [["A"], ["B"], ["C"], ["D"], ["E"], ["MASTER"]]
    assert names(device.send("/track/-"), "/track/name") == ["E"]


def test_reapers_selection_follows_the_device_when_asked_to():
    device = five()
    device.edit_track(5, selected=True)
    device.send("/track/select", 1)
    device.send("/reaper/follows/device")
    assert [track.selected for track in device.session.tracks] == [True, False, False, False, False]
    device.send("/track/select", 2)
    assert [track.selected for track in device.session.tracks] == [False, True, False, False, False]
    device.send("/reaper/follows", "REAPER")
    device.send("/track/select", 1)
    assert device.track(2).selected


def test_the_device_follows_what_is_touched_in_reaper_when_asked_to():
    device = five()
    device.edit_track(4, selected=True)
    assert device.run() == []
    assert names(device.send("/device/follows", "LAST_TOUCHED"), "/track/name") == ["D"]
    device.edit_track(2, gain_linear=0.5)
    assert names(device.run(), "/track/name") == ["B"]
    device.send("/device/follows", "DEVICE")
    device.edit_track(1, gain_linear=0.5)
    assert device.run() == []


def test_the_bank_of_the_mixer_stops_at_its_ends():
    device = five()
    assert device.send("/bank/follows", "MIXER") == []
    assert device.send("/bank/-") == []
    assert names(device.send("/bank/+")) == ["C", "D"]


def test_the_chosen_effect_follows_the_last_touched_one_or_the_one_in_focus():
    device = Device(
        session_of(track_named("A", effects=(plugin("VST: X", 0.0), plugin("VST: Y", 0.0))), track_named("B")),
        WITH_EFFECTS,
    ).start()
    device.send("/fx/follows", "LAST_TOUCHED")
    said = device.send("/track/1/fx/2/value/1", 0.5)
    assert ("/fx/name", "Y") in said
    device.send("/fx/follows", "FOCUSED")
    assert ("/fx/name", "X") in device.send("/track/1/fx/1/open", 1.0)


def test_effects_are_chosen_and_their_parameters_have_banks():
    effects = (plugin("VST: X", 0, 0, 0), plugin("VST: Y"))
    device = Device(session_of(track_named("A", effects=effects)), WITH_EFFECTS).start()
    said = device.send("/track/select", 1)
    assert [m for m in said if m[0].startswith(("/fx/name", "/fxparam"))] == [
        ("/fx/name", "X"),
        ("/fxparam/1/name", "P1"),
        ("/fxparam/2/name", "P2"),
    ]
    assert device.send("/fxparam/bank/+")[:3] == [
        ("/fxparam/bank/str", "2"),
        ("/fxparam/1/name", "P3"),
        ("/fxparam/2/name", "Bypass"),
    ]
    device.send("/track/1/fx/1/value/1", 0.5)
    assert [p.value for p in device.track(1).effects[0].parameters] == [0, 0, 0.5]
    assert ("/fx/name", "Y") in device.send("/fx/+")
    assert ("/fx/name", "X") in device.send("/fx/+")
    assert ("/fx/name", "Y") in device.send("/fx/select", 2)


def test_effects_of_the_second_bank_are_switched_under_the_number_of_the_track_as_in_reaper():
    """REAPER forgets to count from the bank there."""
    tracks = [track_named(name, effects=(plugin(f"VST: {name}"),)) for name in "ABCD"]
    pattern = "DEVICE_TRACK_COUNT 2\nFX_BYPASS b/track/@/fx/@/on\nDEVICE_NEXT_TRACK_BANK t/bank/+"
    device = Device(session_of(*tracks), pattern).start()
    device.send("/bank/+")
    device.edit_track(3, effects=(replace(tracks[2].effects[0], enabled=False),))
    assert device.run() == []
    device.edit_track(2, effects=(replace(tracks[1].effects[0], enabled=False),))
    assert device.run() == [("/track/2/fx/1/on", 0.0)]
