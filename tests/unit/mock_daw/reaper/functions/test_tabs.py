from dataclasses import replace

import pytest

from mock_daw.rpp_saving import project_text
from mock_daw.session import Session
from tests.unit.mock_daw.reaper.desks import track
from tests.unit.mock_daw.reaper.functions.scripts import script_on

NEW_TAB, NEW_TAB_EMPTY, CLOSE_TAB, NEXT_TAB, PREVIOUS_TAB, NEW_PROJECT = 40859, 41929, 40860, 40861, 40862, 40023
NULL = "(ReaProject*)0x0000000000000000"


def front(script):
    return script.EnumProjects(-1, "", 512)[0]


def tabs(script):
    return [pointer for k in range(8) if (pointer := script.EnumProjects(k, "", 512)[0]) != NULL]


def saved(folder, name, **values):
    path = folder / f"{name}.rpp"
    path.write_text(project_text(Session(name, 44_100, (track("Saved"),), path=path, **values)))
    return path


def test_projects_are_enumerated_by_their_tabs():
    script = script_on(track("A"))
    assert tabs(script) == [front(script)]
    script.Main_OnCommand(NEW_TAB_EMPTY, 0)
    assert tabs(script)[1] == front(script)
    assert len(set(tabs(script))) == 2
    assert script.EnumProjects(-2, "x", 512) == (NULL, -2, "x", 512)


@pytest.mark.parametrize("action", [NEW_TAB, NEW_TAB_EMPTY])
def test_a_new_tab_is_an_empty_project_in_front(action):
    script = script_on(track("A"), tempo_bpm=90.0)
    script.Main_OnCommand(action, 0)
    assert script.CountTracks(0) == 0
    assert script.Master_GetTempo() == 120.0
    assert script.IsProjectDirty(0) == 0
    assert script.GetTrackName(script.GetMasterTrack(0), "", 64)[2] == "MASTER"


def test_a_project_behind_is_reached_by_its_pointer():
    script = script_on(track("A"), track("B"))
    first = front(script)
    track_b = script.GetTrack(first, 1)
    script.Main_OnCommand(NEW_TAB, 0)
    assert (script.CountTracks(0), script.CountTracks(first)) == (0, 2)
    assert script.GetTrackName(track_b, "", 64)[2] == "B"
    script.SetMediaTrackInfo_Value(track_b, "D_VOL", 0.5)
    assert script.ValidatePtr2(first, track_b, "MediaTrack*") == 1
    assert script.ValidatePtr2(0, track_b, "MediaTrack*") == 0
    script.SelectProjectInstance(first)
    assert front(script) == first
    assert script.live.session.tracks[1].gain_linear == 0.5


def test_masters_of_two_tabs_are_two_tracks():
    script = script_on(track("A"))
    first_master = script.GetMasterTrack(0)
    script.Main_OnCommand(NEW_TAB, 0)
    script.SetMediaTrackInfo_Value(script.GetMasterTrack(0), "D_VOL", 0.25)
    assert script.GetMediaTrackInfo_Value(first_master, "D_VOL") == 1.0


def test_tabs_are_gone_through_in_a_circle():
    script = script_on()
    for _ in range(2):
        script.Main_OnCommand(NEW_TAB, 0)
    first, second, third = tabs(script)
    seen = []
    for action in (NEXT_TAB, NEXT_TAB, PREVIOUS_TAB, PREVIOUS_TAB):
        script.Main_OnCommand(action, 0)
        seen.append(front(script))
    assert seen == [first, second, first, third]


def test_a_closed_tab_is_gone_with_its_pointer():
    script = script_on(track("A"))
    first = front(script)
    script.Main_OnCommand(NEW_TAB, 0)
    second = front(script)
    script.Main_OnCommand(CLOSE_TAB, 0)
    assert (front(script), tabs(script)) == (first, [first])
    assert script.ValidatePtr(second, "ReaProject*") == 0
    assert script.ValidatePtr(first, "ReaProject*") == 1
    assert script.desk.boxes == []


def test_what_was_not_saved_is_asked_about_and_lost():
    script = script_on(track("A"))
    script.Main_OnCommand(NEW_TAB, 0)
    script.SetCurrentBPM(0, 90.0, False)
    assert script.IsProjectDirty(0) == 1
    script.Main_OnCommand(CLOSE_TAB, 0)
    assert [title for title, _ in script.desk.boxes] == ["Save"]
    assert script.Master_GetTempo() == 120.0


@pytest.mark.parametrize("action", [CLOSE_TAB, NEW_PROJECT])
def test_in_the_place_of_the_last_project_comes_an_empty_one(action):
    script = script_on(track("A"))
    first = front(script)
    script.Main_OnCommand(action, 0)
    assert (tabs(script), script.CountTracks(0)) == ([first], 0)


def test_a_project_file_is_opened_in_the_tab_in_front(tmp_path):
    script = script_on(track("A"))
    first, path = front(script), saved(tmp_path, "song", tempo_bpm=77.0)
    script.SetCurrentBPM(0, 90.0, False)
    script.Main_openProject(f"noprompt:{path}")
    assert script.desk.boxes == []
    assert (front(script), script.Master_GetTempo(), script.IsProjectDirty(0)) == (first, 77.0, 0)
    assert script.EnumProjects(-1, "", 512)[2] == str(path)
    script.SetCurrentBPM(0, 90.0, False)
    script.Main_openProject(str(path))
    assert [title for title, _ in script.desk.boxes] == ["Save"]
    assert script.Master_GetTempo() == 77.0


def test_a_template_is_opened_without_a_name(tmp_path):
    script = script_on(track("A"))
    script.Main_openProject(f"noprompt:template:{saved(tmp_path, 'song', tempo_bpm=77.0)}")
    assert (script.Master_GetTempo(), script.EnumProjects(-1, "", 512)[2]) == (77.0, "")


@pytest.mark.parametrize("name", ["none.rpp", "song.txt", "track.RTrackTemplate", "broken.rpp", ""])
def test_what_is_no_project_is_not_opened(tmp_path, name):
    (tmp_path / "song.txt").write_text("x")
    (tmp_path / "broken.rpp").write_text("x")
    script = script_on(track("A"))
    script.Main_openProject(f"noprompt:{tmp_path / name}")
    assert [title for title, _ in script.desk.boxes] == ["Open"]
    assert script.CountTracks(0) == 1


def test_every_project_counts_its_own_changes():
    script = script_on(track("A"))
    first = front(script)
    script.SetCurrentBPM(0, 90.0, False)
    script.Main_OnCommand(NEW_TAB, 0)
    script.SetCurrentBPM(0, 80.0, False)
    script.SetCurrentBPM(0, 70.0, False)
    assert script.GetProjectStateChangeCount(first) == 1
    assert script.GetProjectStateChangeCount(0) == 2


def test_the_user_sees_what_the_surfaces_see():
    """Undo, the transport and all surfaces are about the project in front."""
    script = script_on(track("A"))
    script.live.edit(lambda session: replace(session, tempo_bpm=90.0), "Tempo")
    script.Main_OnCommand(NEW_TAB, 0)
    assert script.live.undo() is None
    assert script.live.session.tempo_bpm == 120.0
