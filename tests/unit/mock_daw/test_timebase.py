from pathlib import Path

import pytest

from mock_daw.midi import Midi
from mock_daw.rpp import read_project
from mock_daw.rpp_saving import project_text
from mock_daw.session import Item, Session, Source, Take, Track
from mock_daw.timebase import at_tempo
from tests.unit.mock_daw.reaper.functions.scripts import script_on

TIME, BEATS, POSITION, UNSET = 0, 1, 2, -1


def item(timebase=UNSET, midi=None):
    take = Take("{take}", source=Source(midi=midi), offset_s=0.5, playrate=1.5)
    return Item("{item}", 4.0, 6.0, take=take, timebase=timebase)


def session(*items, project=BEATS, track=UNSET):
    return Session("song", 48_000, (Track("{track}", items=items, timebase=track),), timebase=project)


def after(found, tempo_bpm=96.0):
    (only,) = at_tempo(found, tempo_bpm).tracks[0].items
    return only


@pytest.mark.parametrize(
    ("project", "track", "own", "follows"),
    [
        (BEATS, UNSET, UNSET, BEATS),
        (TIME, UNSET, UNSET, TIME),
        (POSITION, UNSET, UNSET, POSITION),
        (BEATS, TIME, UNSET, TIME),
        (TIME, BEATS, UNSET, BEATS),
        (BEATS, TIME, POSITION, POSITION),
        (BEATS, BEATS, TIME, TIME),
    ],
)
def test_an_item_follows_by_its_own_timebase_or_its_tracks_or_the_projects(project, track, own, follows):
    moved = after(session(item(own), project=project, track=track))
    expected = {TIME: (4.0, 6.0, 1.5), BEATS: (5.0, 7.5, 1.2), POSITION: (5.0, 6.0, 1.5)}[follows]
    assert (moved.position_s, moved.length_s, moved.take.playrate) == pytest.approx(expected)


def test_notes_go_with_their_item_and_are_not_played_slower_still():
    moved = after(session(item(midi=Midi())))
    assert (moved.length_s, moved.take.playrate, moved.take.offset_s) == pytest.approx((7.5, 1.5, 0.625))


def test_a_script_that_sets_the_tempo_moves_what_follows_it_and_undo_brings_it_back():
    script = script_on(Track("{track}", items=(item(),)))
    found = script.GetTrackMediaItem(script.track(1), 0)
    script.Undo_BeginBlock2(0)
    script.SetCurrentBPM(0, 60.0, False)
    script.Undo_EndBlock2(0, "Tempo", -1)
    assert script.GetMediaItemInfo_Value(found, "D_POSITION") == 8.0
    script.Undo_DoUndo2(0)
    assert (script.GetMediaItemInfo_Value(found, "D_POSITION"), script.Master_GetTempo()) == (4.0, 120.0)


def test_a_script_reads_and_sets_each_timebase():
    script = script_on(Track("{track}", items=(item(),)))
    track, found = script.track(1), script.GetTrackMediaItem(script.track(1), 0)
    assert script.GetSetProjectInfo(0, "PROJECT_TIMEBASE", 0.0, False) == BEATS
    assert script.GetSetProjectInfo(0, "PROJECT_TIMEBASE", TIME, True) == TIME
    assert script.GetMediaTrackInfo_Value(track, "C_BEATATTACHMODE") == UNSET
    assert script.GetMediaItemInfo_Value(found, "C_BEATATTACHMODE") == UNSET
    script.SetMediaTrackInfo_Value(track, "C_BEATATTACHMODE", TIME)
    script.SetMediaItemInfo_Value(found, "C_BEATATTACHMODE", POSITION)
    assert script.GetMediaTrackInfo_Value(track, "C_BEATATTACHMODE") == TIME
    assert script.GetMediaItemInfo_Value(found, "C_BEATATTACHMODE") == POSITION


def test_a_project_file_keeps_timebases():
    found = session(item(POSITION), item(), project=TIME, track=BEATS)
    read = read_project(project_text(found), Path("song.RPP"))
    assert (read.timebase, read.tracks[0].timebase) == (TIME, BEATS)
    assert [one.timebase for one in read.tracks[0].items] == [POSITION, UNSET]


def test_a_project_file_that_says_nothing_is_in_beats():
    read = read_project('<REAPER_PROJECT 0.1 "7.0" 0\n  <TRACK\n    <ITEM\n    >\n  >\n>\n', Path("song.RPP"))
    assert (read.timebase, read.tracks[0].timebase, read.tracks[0].items[0].timebase) == (BEATS, UNSET, UNSET)
