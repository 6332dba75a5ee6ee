import pytest

from mock_daw.session import Automation
from tests.unit.mock_daw.reaper.desks import send, track
from tests.unit.mock_daw.reaper.functions.scripts import script_on


def names(script):
    return [one.name for one in script.live.session.tracks]


@pytest.mark.parametrize(
    ("parameter", "value", "kept"),
    [
        ("D_VOL", 0.125, 0.125),
        ("D_VOL", -1.0, 0.0),
        ("D_PAN", -0.25, -0.25),
        ("D_PAN", 3.0, 1.0),
        ("B_MUTE", 1.0, 1.0),
        ("B_PHASE", 1.0, 1.0),
        ("I_SOLO", 2.0, 2.0),
        ("I_SELECTED", 1.0, 1.0),
        ("I_RECARM", 1.0, 1.0),
        ("I_FXEN", 0.0, 0.0),
        ("B_MAINSEND", 0.0, 0.0),
        ("I_NCHAN", 5.0, 4.0),
        ("I_AUTOMODE", 3.0, 3.0),
        ("I_FOLDERDEPTH", 1.0, 1.0),
    ],
)
def test_a_value_reads_back_as_it_is_kept(parameter, value, kept):
    script = script_on()
    assert script.SetMediaTrackInfo_Value(script.track(1), parameter, value) == 1
    assert script.value(1, parameter) == kept


def test_an_unknown_value_can_not_be_set():
    script = script_on()
    assert script.SetMediaTrackInfo_Value(script.track(1), "D_NOTHING", 1.0) == 0
    assert script.SetMediaTrackInfo_Value(script.track(1), "IP_TRACKNUMBER", 1.0) == 0


def test_the_number_of_a_track_counts_from_one_and_the_masters_is_minus_one():
    script = script_on()
    assert [script.value(number, "IP_TRACKNUMBER") for number in (0, 1, 2)] == [-1.0, 1.0, 2.0]


def test_a_track_without_a_name_is_called_by_its_number():
    script = script_on(track("A"), track("", color=3))
    assert script.GetTrackName(script.track(2), "", 64)[2] == "Track 2"
    assert script.GetTrackName(script.track(0), "", 64)[2] == "MASTER"
    assert script.GetSetMediaTrackInfo_String(script.track(2), "P_NAME", "", False)[3] == ""


def test_a_name_is_set_through_its_text():
    script = script_on()
    assert script.GetSetMediaTrackInfo_String(script.track(1), "P_NAME", "Vöx", True)[0] == 1
    assert names(script) == ["Vöx", "B"]


def test_scripts_keep_texts_on_a_track():
    script = script_on()
    assert script.GetSetMediaTrackInfo_String(script.track(1), "P_EXT:role", "", False)[:1] == (0,)
    script.GetSetMediaTrackInfo_String(script.track(1), "P_EXT:role", "kick", True)
    assert script.GetSetMediaTrackInfo_String(script.track(1), "P_EXT:role", "", False)[3] == "kick"
    script.GetSetMediaTrackInfo_String(script.track(1), "P_EXT:role", "", True)
    assert script.live.session.tracks[0].notes == {}


def test_tracks_are_inserted_before_an_index():
    script = script_on()
    script.InsertTrackAtIndex(1, True)
    script.InsertTrackAtIndex(99, True)
    assert names(script) == ["A", "", "B", ""]
    assert len({one.guid for one in script.live.session.tracks}) == 4


def test_a_deleted_track_takes_the_sends_into_it_along():
    script = script_on(track("A", sends=(send("B"),)), track("B"))
    script.DeleteTrack(script.track(2))
    assert script.live.session.tracks[0].sends == ()


def test_a_folder_stays_closed_when_its_last_track_goes():
    script = script_on(track("F", folder_depth=1), track("A"), track("B", folder_depth=-1), track("C"))
    script.DeleteTrack(script.track(3))
    assert script.GetParentTrack(script.track(2)) == script.track(1)
    assert script.GetParentTrack(script.track(3)) == "(MediaTrack*)0x0000000000000000"


def test_depth_counts_the_folders_around():
    script = script_on(track("F", folder_depth=1), track("G", folder_depth=1), track("A", folder_depth=-2), track("B"))
    assert [script.GetTrackDepth(script.track(number)) for number in range(5)] == [0, 0, 1, 2, 0]


def test_one_track_alone_is_selected():
    script = script_on(track("A", selected=True), track("B"))
    script.SetOnlyTrackSelected(script.track(2))
    assert script.CountSelectedTracks(0) == 1
    assert script.GetSelectedTrack(0, 0) == script.track(2)
    script.SetTrackSelected(script.track(0), True)
    assert script.CountSelectedTracks2(0, True) == 2
    assert script.GetSelectedTrack2(0, 0, True) == script.track(0)


def test_a_colour_reads_back():
    script = script_on()
    script.SetTrackColor(script.track(1), script.ColorToNative(1, 2, 3))
    assert script.ColorFromNative(script.GetTrackColor(script.track(1)), 0, 0, 0)[1:] == (1, 2, 3)


def test_automation_modes_are_numbered_as_in_reaper():
    script = script_on()
    script.SetTrackAutomationMode(script.track(1), 4)
    assert script.live.session.tracks[0].automation is Automation.LATCH
    script.SetTrackAutomationMode(script.track(1), 9)
    assert script.GetTrackAutomationMode(script.track(1)) == 4


def test_all_tracks_at_once():
    script = script_on()
    script.MuteAllTracks(True)
    script.SoloAllTracks(1)
    assert script.AnyTrackSolo(0) == 1
    assert all(one.muted and one.solo for one in script.live.session.tracks)
    script.SoloAllTracks(0)
    assert script.AnyTrackSolo(0) == 0


def test_a_surface_moves_faders_by_decibels():
    script = script_on(track("A", gain_linear=0.5))
    assert script.CSurf_OnVolumeChange(script.track(1), 20.0, True) == pytest.approx(5.0)
    assert script.CSurf_OnPanChange(script.track(1), -0.5, False) == -0.5
    assert script.CSurf_OnMuteChange(script.track(1), -1) == 1
    assert script.GetTrackUIMute(script.track(1), False)[2] == 1
    assert script.GetTrackUIVolPan(script.track(1), 0, 0)[2:] == (5.0, -0.5)


def test_the_state_word_has_reapers_flags():
    script = script_on(track("A", muted=True, selected=True, solo=1, armed=True))
    assert script.GetTrackState(script.track(1), 0)[2] == 2 + 8 + 16 + 64


def test_a_chunk_of_a_track_makes_the_same_track():
    script = script_on(track("A", gain_linear=0.5, pan=0.25), track("B"))
    there, _, chunk, _, _ = script.GetTrackStateChunk(script.track(1), "", 100_000, False)
    assert there
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 1.0)
    assert script.SetTrackStateChunk(script.track(1), chunk, False) == 1
    assert script.value(1, "D_VOL") == 0.5
    assert script.SetTrackStateChunk(script.track(1), "nonsense", False) == 0
