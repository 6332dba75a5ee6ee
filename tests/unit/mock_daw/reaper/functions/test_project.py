"""The project, its tempo, ext states, markers and envelopes, undo and the transport, as a script has them."""

from pathlib import Path

import pytest

from mock_daw.rpp import read_project
from mock_daw.session import Envelope, Marker, Point
from tests.unit.mock_daw.reaper.desks import Silence, track
from tests.unit.mock_daw.reaper.functions.scripts import script_on

# Undo


def test_a_block_is_one_step_and_what_lies_outside_is_none():
    script = script_on()
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 0.5)
    assert script.live.undo_names == ()
    script.Undo_BeginBlock2(0)
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 0.25)
    script.SetMediaTrackInfo_Value(script.track(2), "D_VOL", 0.25)
    script.Undo_EndBlock2(0, "Mix", 0)
    assert script.Undo_CanUndo2(0) == "Mix"
    assert script.Undo_DoUndo2(0) == 1
    assert [script.value(number, "D_VOL") for number in (1, 2)] == [0.5, 1.0]
    assert script.Undo_CanRedo2(0) == "Mix"
    assert script.Undo_DoRedo2(0) == 1
    assert script.value(2, "D_VOL") == 0.25


def test_nothing_to_undo_is_no_string_at_all():
    script = script_on()
    with pytest.raises(AttributeError, match="decode"):
        script.Undo_CanUndo2(0)
    assert script.Undo_DoUndo2(0) == 0


def test_a_script_can_make_a_step_of_what_it_did():
    script = script_on()
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 0.5)
    script.Undo_OnStateChange2(0, "Fader")
    script.Undo_OnStateChange2(0, "Nothing new")
    assert script.live.undo_names == ("Fader",)
    script.Undo_DoUndo2(0)
    assert script.value(1, "D_VOL") == 1.0


def test_the_state_change_count_grows_with_changes_alone():
    script = script_on()
    before = script.GetProjectStateChangeCount(0)
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 1.0)
    assert script.GetProjectStateChangeCount(0) == before
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 0.5)
    assert script.GetProjectStateChangeCount(0) == before + 1


def test_a_changed_project_is_dirty_until_it_is_saved():
    script = script_on()
    assert script.IsProjectDirty(0) == 0
    script.SetCurrentBPM(0, 90, False)
    assert script.IsProjectDirty(0) == 1
    script.Main_SaveProject(0, False)
    assert script.IsProjectDirty(0) == 0
    script.MarkProjectDirty(0)
    assert script.IsProjectDirty(0) == 1


def test_a_project_is_written_to_another_file_and_stays_where_it_was(tmp_path):
    script = script_on(path=tmp_path / "song.rpp")
    script.SetCurrentBPM(0, 90, False)
    script.Main_SaveProjectEx(0, str(tmp_path / "copy.rpp"), 0)
    copy = tmp_path / "copy.rpp"
    assert read_project(copy.read_text(encoding="utf-8"), copy).tempo_bpm == 90.0
    assert script.GetProjectName(0, "", 64)[1] == "song.rpp"
    assert script.IsProjectDirty(0) == 1


def test_a_project_moves_to_the_file_it_is_written_to_if_it_is_to(tmp_path):
    script = script_on(path=tmp_path / "song.rpp")
    script.SetCurrentBPM(0, 90, False)
    script.Main_SaveProjectEx(0, str(tmp_path / "moved.rpp"), 8)
    assert (tmp_path / "moved.rpp").is_file()
    assert script.GetProjectName(0, "", 64)[1] == "moved.rpp"
    assert script.IsProjectDirty(0) == 0


@pytest.mark.parametrize("named", ["", "song.rpp"])
def test_the_file_that_is_open_is_not_written(tmp_path, named):
    script = script_on(path=tmp_path / "song.rpp")
    script.Main_SaveProjectEx(0, str(tmp_path / named) if named else "", 0)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_written_is_said_in_a_box(tmp_path):
    script = script_on()
    script.Main_SaveProjectEx(0, str(tmp_path / "no folder" / "song.rpp"), 0)
    script.Main_SaveProjectEx(0, str(tmp_path / "template.rpp"), 1)
    assert [title for title, _ in script.desk.boxes] == ["Save"]
    assert list(tmp_path.iterdir()) == []


# Tempo and transport


@pytest.mark.parametrize(("asked", "held"), [(90.5, 90.5), (0.1, 1.0), (5000.0, 960.0)])
def test_a_tempo_is_held_in_reapers_range(asked, held):
    script = script_on()
    script.SetCurrentBPM(0, asked, True)
    assert script.GetProjectTimeSignature2(0, 0, 0)[1] == script.Master_GetTempo() == held


def test_quarter_notes_follow_the_tempo():
    script = script_on(tempo_bpm=90.0)
    assert script.TimeMap2_timeToQN(0, 2.0) == 3.0
    assert script.TimeMap2_QNToTime(0, 3.0) == 2.0
    assert script.TimeMap_GetTimeSigAtTime(0, 0.0, 0, 0, 0)[2:] == (4, 4, 90.0)


def test_beats_and_measures_are_counted_from_nought():
    script = script_on(tempo_bpm=120.0, beats=6, beat_unit=8)
    assert script.TimeMap2_timeToBeats(0, 2.0, 0, 0, 0, 0) == (2.0, 0, 2.0, 1, 6, 8.0, 8)


def test_beats_a_minute_are_those_of_the_time_signature():
    script = script_on(tempo_bpm=120.0, beats=6, beat_unit=8)
    assert script.GetProjectTimeSignature2(0, 0, 0)[1:] == (240.0, 6.0)
    assert script.TimeMap_GetDividedBpmAtTime(0.0) == 240.0
    assert script.Master_GetTempo() == 120.0


def tempo_marker(script):
    return script.GetTempoTimeSigMarker(0, 0, -1.0, -1, -1.0, -1.0, -1, -1, True)


def test_a_tempo_marker_stands_at_the_start():
    script = script_on()
    assert (script.CountTempoTimeSigMarkers(0), script.FindTempoTimeSigMarker(0, 9.0)) == (0, -1)
    assert tempo_marker(script)[0] == 0
    assert script.SetTempoTimeSigMarker(0, -1, 0.0, -1, -1, 90.0, 3, 4, False) == 1
    assert (script.CountTempoTimeSigMarkers(0), script.FindTempoTimeSigMarker(0, 9.0)) == (1, 0)
    assert tempo_marker(script) == (1, 0, 0, 0.0, 0, 0.0, 90.0, 3, 4, 0)
    assert script.SetTempoTimeSigMarker(0, 0, -1.0, 0, 0.0, 80.0, 0, 0, False) == 1
    assert tempo_marker(script)[6:9] == (80.0, 3, 4)
    assert script.AddTempoTimeSigMarker(0, 0.0, 70.0, 6, 8, False) == 1
    assert script.CountTempoTimeSigMarkers(0) == 1


@pytest.mark.parametrize(
    "asked", [(-1, 4.0, -1, -1, 90.0), (-1, -1.0, 2, 0.0, 90.0), (0, 0.0, -1, -1, 90.0), (-1, 0.0, -1, -1, 0)]
)
def test_the_tempo_does_not_change_over_time(asked):
    script = script_on()
    assert script.SetTempoTimeSigMarker(0, *asked, 3, 4, False) == 0
    assert script.TimeMap_GetTimeSigAtTime(0, 0.0, 0, 0, 0)[2:] == (4, 4, 120.0)


def test_a_tempo_marker_that_goes_leaves_its_tempo_and_time_signature():
    script = script_on()
    script.SetTempoTimeSigMarker(0, -1, 0.0, -1, -1, 90.0, 3, 4, False)
    assert [script.DeleteTempoTimeSigMarker(0, 0) for _ in range(2)] == [1, 0]
    assert script.TimeMap_GetTimeSigAtTime(0, 0.0, 0, 0, 0)[2:] == (3, 4, 90.0)


def test_the_transport_is_played_paused_and_stopped():
    script = script_on()
    script.SetEditCurPos2(0, 3.0, True, False)
    script.OnPlayButtonEx(0)
    assert script.GetPlayStateEx(0) == 1
    script.OnPauseButtonEx(0)
    assert script.GetPlayStateEx(0) == 2
    script.OnStopButtonEx(0)
    assert (script.GetPlayStateEx(0), script.GetPlayPositionEx(0), script.GetCursorPositionEx(0)) == (0, 3.0, 3.0)
    script.MoveEditCursor(-9.0, False)
    assert script.GetCursorPosition() == 0.0


def test_the_time_selection_is_set_and_repeats():
    script = script_on()
    infos = list(script.GetSet_LoopTimeRange2(0, False, False, 0, 0, False))
    infos[1], infos[3], infos[4] = True, 5.0, 2.0
    assert script.GetSet_LoopTimeRange2(*infos)[3:5] == (2.0, 5.0)
    assert [script.GetSetRepeatEx(0, value) for value in (-1, 1, 2, 2, 0)] == [0, 1, 0, 1, 0]
    script.Loop_OnArrow(0, 1)
    assert script.GetSet_LoopTimeRange(False, False, 0, 0, False)[2:4] == (5.0, 8.0)


# Texts that are kept


def test_ext_states_are_kept_by_section_and_key():
    script = script_on()
    assert (script.HasExtState("a", "b"), script.GetExtState("a", "b")) == (0, "")
    script.SetExtState("a", "b", 2306, False)
    assert (script.HasExtState("a", "b"), script.GetExtState("a", "b")) == (1, "2306")
    assert script.live.ext_state == {("a", "b"): "2306"}
    script.DeleteExtState("a", "b", True)
    assert script.HasExtState("a", "b") == 0


def test_the_project_has_ext_states_of_its_own_which_are_undone():
    script = script_on()
    script.Undo_BeginBlock()
    assert script.SetProjExtState(0, "faderbot", "target", "-14") == 3
    script.Undo_EndBlock("Keep", -1)
    assert script.GetProjExtState(0, "faderbot", "target", "", 2**31 - 1) == (
        3,
        0,
        "faderbot",
        "target",
        "-14",
        2**31 - 1,
    )
    assert script.EnumProjExtState(0, "faderbot", 0, "", 64, "", 64)[4:7:2] == ("target", "-14")
    script.Undo_DoUndo2(0)
    assert script.GetProjExtState(0, "faderbot", "target", "", 64)[0] == 0


def test_no_value_deletes_a_key_and_no_key_the_section():
    script = script_on()
    for key in "ab":
        script.SetProjExtState(0, "s", key, "1")
    script.SetProjExtState(0, "s", "a", "")
    assert script.EnumProjExtState(0, "s", 0, "", 64, "", 64)[4] == "b"
    script.SetProjExtState(0, "s", "", "")
    assert script.live.session.ext_state == {}


def test_the_name_and_the_folder_are_those_of_the_file():
    script = script_on(path=Path("songs") / "Best.rpp")
    assert script.GetProjectName(0, "", 512)[1] == "Best.rpp"
    assert script.GetProjectPathEx(0, "", 512)[1] == "songs"


def test_render_settings_are_kept():
    script = script_on()
    script.GetSetProjectInfo(0, "RENDER_SRATE", 44_100, True)
    script.GetSetProjectInfo_String(0, "RENDER_PATTERN", "$project", True)
    assert script.GetSetProjectInfo(0, "RENDER_SRATE", 0, False) == 44_100.0
    assert script.live.render_settings.rate_hz == 44_100
    assert script.GetSetProjectInfo_String(0, "RENDER_PATTERN", "", False)[3] == "$project"
    assert script.GetSetProjectInfo_String(0, "NO_SUCH", "", False)[0] == 0


# Markers


def marked():
    script = script_on()
    first = script.AddProjectMarker2(0, False, 4.0, 0, "Verse", -1, 0)
    second = script.AddProjectMarker2(0, True, 2.0, 8.0, "Song", -1, 7)
    third = script.AddProjectMarker2(0, False, 1.0, 0, "Intro", 9, 0)
    assert (first, second, third) == (1, 1, 9)
    return script


def test_markers_and_regions_are_enumerated_in_time():
    script = marked()
    assert script.CountProjectMarkers(0, 0, 0) == (3, 0, 2, 1)
    found = [script.EnumProjectMarkers3(0, k, 0, 0, 0, "", 0, 0) for k in range(4)]
    assert found[0] == (1, 0, 0, 0, 1.0, 0.0, "", 9, 0)
    assert found[1] == (2, 0, 1, 1, 2.0, 8.0, "", 1, 7)
    assert [one[0] for one in found] == [1, 2, 3, 0]


def test_a_marker_is_moved_and_keeps_its_name():
    script = marked()
    assert script.SetProjectMarker2(0, 1, False, 5.0, 0, "") == 1
    assert script.SetProjectMarker2(0, 5, False, 5.0, 0, "") == 0
    moved = next(m for m in script.live.session.markers if m.name == "Verse")
    assert (moved.position_s, moved.end_s) == (5.0, None)


def test_markers_are_deleted_by_number_or_place():
    script = marked()
    assert script.DeleteProjectMarker(0, 1, True) == 1
    assert script.DeleteProjectMarkerByIndex(0, 0) == 1
    assert [marker.name for marker in script.live.session.markers] == ["Verse"]


def test_the_cursor_goes_to_a_marker():
    script = marked()
    script.GoToMarker(0, 1, False)
    assert script.GetCursorPosition() == 4.0
    script.GoToMarker(0, 1, True)
    assert script.GetCursorPosition() == 1.0
    assert script.GetLastMarkerAndCurRegion(0, 3.0, 0, 0)[2:] == (0, 1)


def test_tracks_are_chosen_for_a_region():
    script = marked()
    script.SetRegionRenderMatrix(0, 1, script.track(2), 1)
    assert script.EnumRegionRenderMatrix(0, 1, 0) == script.track(2)
    script.SetRegionRenderMatrix(0, 1, script.track(2), -1)
    assert script.EnumRegionRenderMatrix(0, 1, 0) == "(MediaTrack*)0x0000000000000000"


def marker_values(script, marker, *parameters):
    return [script.GetRegionOrMarkerInfo_Value(0, marker, parameter) for parameter in parameters]


def test_a_marker_is_found_by_place_or_guid_and_read_by_parameter():
    script = marked()
    song = script.GetRegionOrMarker(0, 1, "")
    assert script.GetSetRegionOrMarkerInfo_String(0, song, "P_NAME", "", False)[4] == "Song"
    guid = script.GetSetRegionOrMarkerInfo_String(0, song, "GUID", "", False)[4]
    assert script.GetRegionOrMarker(0, -1, guid) == song
    assert marker_values(script, song, "I_NUMBER", "I_INDEX", "B_ISREGION", "D_STARTPOS", "D_ENDPOS") == [1, 1, 1, 2, 8]
    intro = script.GetRegionOrMarker(0, 0, "")
    assert marker_values(script, intro, "I_NUMBER", "B_ISREGION", "D_STARTPOS", "D_ENDPOS", "NO_SUCH") == [
        9,
        0,
        1,
        1,
        0,
    ]
    for missing in (script.GetRegionOrMarker(0, 3, ""), script.GetRegionOrMarker(0, 0, "{no such}")):
        assert missing == "(ProjectMarker*)0x0000000000000000"
        assert marker_values(script, missing, "I_NUMBER") == [0]


def test_a_marker_is_changed_by_parameter():
    script = marked()
    song = script.GetRegionOrMarker(0, 1, "")
    for parameter, value in {"I_NUMBER": 7, "D_STARTPOS": 3.0, "D_ENDPOS": 9.0, "I_CUSTOMCOLOR": 255}.items():
        assert script.SetRegionOrMarkerInfo_Value(0, song, parameter, value) == 1
    assert script.GetSetRegionOrMarkerInfo_String(0, song, "P_NAME", "Tune", True)[0] == 1
    assert script.SetRegionOrMarkerInfo_Value(0, song, "B_ISREGION", 0) == 0
    assert script.GetSetRegionOrMarkerInfo_String(0, song, "GUID", "{x}", True)[0] == 0
    tune = next(m for m in script.live.session.markers if m.end_s)
    assert (tune.number, tune.position_s, tune.end_s, tune.name, tune.color) == (7, 3.0, 9.0, "Tune", 255)


def test_all_regions_are_selected_unless_all_are():
    script = marked()
    song, intro = script.GetRegionOrMarker(0, 1, ""), script.GetRegionOrMarker(0, 0, "")
    selected = []
    for _ in range(2):
        script.Main_OnCommand(42679, 0)
        selected.append(marker_values(script, song, "B_UISEL") + marker_values(script, intro, "B_UISEL"))
    assert selected == [[1, 0], [0, 0]]
    script.SetRegionOrMarkerInfo_Value(0, song, "B_UISEL", 1)
    assert marker_values(script, song, "B_UISEL") == [1]


def test_a_marker_has_a_guid():
    script = script_on(markers=(Marker("{m}", 1, 2.0),))
    assert script.GetSetProjectInfo_String(0, "MARKER_GUID:0", "", False)[3] == "{m}"


# Envelopes


def enveloped():
    points = (Point(0.0, 1.0), Point(2.0, 0.5, 1), Point(4.0, 0.0))
    return script_on(track("A", envelopes=(Envelope("{e}", "Volume", points), Envelope("{p}", "Pan"))))


def test_envelopes_are_found_by_place_name_and_chunk():
    script = enveloped()
    first = script.GetTrackEnvelope(script.track(1), 0)
    assert script.GetTrackEnvelopeByName(script.track(1), "Volume") == first
    assert script.GetTrackEnvelopeByChunkName(script.track(1), "<VOLENV2") == first
    assert script.GetTrackEnvelopeByName(script.track(1), "Mute") == "(TrackEnvelope*)0x0000000000000000"
    assert script.GetEnvelopeName(first, "", 64)[2] == "Volume"
    assert script.Envelope_GetParentTrack(first, 0, 0)[0] == script.track(1)


@pytest.mark.parametrize(("time_s", "value"), [(-1.0, 1.0), (1.0, 0.75), (2.0, 0.5), (3.9, 0.5), (9.0, 0.0)])
def test_an_envelope_is_a_line_or_a_step_between_points(time_s, value):
    script = enveloped()
    envelope = script.GetTrackEnvelope(script.track(1), 0)
    assert script.Envelope_Evaluate(envelope, time_s, 0, 0, 0, 0, 0, 0)[5] == pytest.approx(value)


def test_points_are_inserted_changed_and_deleted():
    script = enveloped()
    envelope = script.GetTrackEnvelope(script.track(1), 0)
    script.InsertEnvelopePoint(envelope, 1.0, 0.25, 0, 0, False, True)
    assert script.CountEnvelopePoints(envelope) == 4
    assert script.GetEnvelopePoint(envelope, 1, 0, 0, 0, 0, 0) == (1, envelope, 1, 1.0, 0.25, 0, 0.0, 0)
    assert script.SetEnvelopePoint(envelope, 1, 1.5, 0.3, 0, 0, False, True)[0] == 1
    assert script.GetEnvelopePointByTime(envelope, 1.7) == 1
    assert script.DeleteEnvelopePointRange(envelope, 1.0, 3.0) == 1
    assert script.CountEnvelopePoints(envelope) == 2


def test_values_are_written_as_the_envelope_shows_them():
    script = enveloped()
    volume, pan = (script.GetTrackEnvelope(script.track(1), k) for k in (0, 1))
    assert script.Envelope_FormatValue(volume, 0.5, "", 64)[2] == "-6.02dB"
    assert script.Envelope_FormatValue(pan, -0.5, "", 64)[2] == "50%L"


# Meters, actions, the desk


def test_peaks_are_linear_and_held_in_hundredths_of_a_decibel():
    player = Silence()
    player.peaks = [[0.5, 0.25], [1.0, 0.1], [0.0, 0.0]]
    script = script_on(player=player)
    script.OnPlayButton()
    script.live.advance(0.01)
    assert script.Track_GetPeakInfo(script.track(0), 1) == 0.25
    assert script.Track_GetPeakHoldDB(script.track(1), 1, True) == pytest.approx(-0.2)
    assert script.Track_GetPeakHoldDB(script.track(1), 1, False) == -1.5
    assert script.Track_GetPeakInfo(script.track(0), 1024) == 0.0


def test_actions_run_by_number_and_by_name():
    script = script_on(track("A", selected=True))
    ran = []
    script.functions.host.actions.register("_RSmine", lambda: ran.append("mine"))
    number = script.NamedCommandLookup("_RSmine")
    script.Main_OnCommand(number, 0)
    assert ran == ["mine"]
    assert script.ReverseNamedCommandLookup(number) == "RSmine"
    assert script.NamedCommandLookup("_RSother") == 0
    script.Main_OnCommandEx(40280, 0, 0)
    assert script.value(1, "B_MUTE") == 1.0


def test_the_action_with_which_reapy_solos_changes_no_solo():
    script = script_on(track("A", selected=True))
    script.Main_OnCommand(7, 0)
    assert script.value(1, "I_SOLO") == 0.0


def test_a_script_sets_the_toggle_state_of_its_action():
    script = script_on()
    number = script.functions.host.actions.register("_RSmine", lambda: None)
    assert script.GetToggleCommandStateEx(0, number) == -1
    assert script.SetToggleCommandState(0, number, 1) == 1
    assert script.GetToggleCommandState(number) == 1
    assert script.SetToggleCommandState(0, 1007, 1) == 0


def test_messages_are_kept_for_who_wants_to_look():
    script = script_on()
    script.ShowConsoleMsg("Grüße\n")
    assert script.ShowMessageBox("Really?", "Faderbot", 4) == 6
    assert (script.desk.console, script.desk.boxes) == (["Grüße\n"], [("Faderbot", "Really?")])


@pytest.mark.parametrize("db", [-60.0, -6.0, 0.0, 12.0])
def test_a_slider_runs_to_a_thousand_and_back(db):
    script = script_on()
    assert script.SLIDER2DB(script.DB2SLIDER(db)) == pytest.approx(db)
    assert script.DB2SLIDER(0.0) == pytest.approx(716.2178503126559)
