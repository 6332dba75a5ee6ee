from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mock_daw.session import Fade, Item, Source, Take
from tests.unit.mock_daw.reaper.desks import track
from tests.unit.mock_daw.reaper.functions.scripts import script_on

SOURCE = Source("WAVE", Path("song") / "kick.wav", 10.0, 44_100, 1)
TAKE = Take("{take}", source=SOURCE, offset_s=1.0)
ITEM = Item("{item}", 2.0, 4.0, TAKE, fade_in=Fade(0.1, 1), fade_out=Fade(0.2, 2))


def with_items():
    return script_on(track("A", items=(ITEM,)), track("B"))


def item(script, index=0):
    return script.GetMediaItem(0, index)


def test_an_item_leads_to_its_file():
    script = with_items()
    take = script.GetActiveTake(script.GetTrackMediaItem(script.track(1), 0))
    source = script.GetMediaItemTake_Source(take)
    assert script.GetMediaSourceFileName(source, "", 512) == (source, str(SOURCE.path), 512)
    assert script.GetMediaSourceLength(source, 0) == (10.0, source, 0)
    assert script.GetMediaSourceNumChannels(source) == 1
    assert script.GetMediaSourceSampleRate(source) == 44_100
    assert script.GetMediaSourceType(source, "", 64)[1] == "WAVE"
    assert script.GetTakeName(take) == "kick.wav"
    assert script.GetMediaItemTake_Item(take) == item(script)
    assert script.GetMediaItemTake_Track(take) == script.GetMediaItemTrack(item(script)) == script.track(1)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("D_VOL", 0.5), ("B_MUTE", 1.0), ("B_LOOPSRC", 1.0), ("D_FADEINLEN", 0.3), ("C_FADEOUTSHAPE", 4.0)],
)
def test_a_value_of_an_item_reads_back(parameter, value):
    script = with_items()
    assert script.SetMediaItemInfo_Value(item(script), parameter, value) == 1
    assert script.GetMediaItemInfo_Value(item(script), parameter) == value


@pytest.mark.parametrize(("parameter", "value"), [("D_STARTOFFS", 2.5), ("D_VOL", 0.5), ("D_PAN", -1.0)])
def test_a_value_of_a_take_reads_back(parameter, value):
    script = with_items()
    take = script.GetActiveTake(item(script))
    assert script.SetMediaItemTakeInfo_Value(take, parameter, value) == 1
    assert script.GetMediaItemTakeInfo_Value(take, parameter) == value


def test_items_stay_in_the_order_of_time():
    script = script_on(track("A", items=(ITEM, replace(ITEM, guid="{late}", position_s=9.0, take=None))))
    first = item(script)
    script.SetMediaItemPosition(first, 12.0, False)
    assert item(script, 1) == first
    assert script.GetMediaItemInfo_Value(first, "IP_ITEMNUMBER") == 1.0


def test_a_split_item_plays_on_where_it_was_cut():
    script = with_items()
    right = script.SplitMediaItem(item(script), 3.0)
    left_item, right_item = script.live.session.tracks[0].items
    assert (left_item.position_s, left_item.length_s, left_item.fade_in, left_item.fade_out) == (
        2.0,
        1.0,
        Fade(0.1, 1),
        Fade(),
    )
    assert (right_item.position_s, right_item.length_s, right_item.take.offset_s) == (3.0, 3.0, 2.0)
    assert right == item(script, 1)
    assert script.SplitMediaItem(item(script), 2.0) == "(MediaItem*)0x0000000000000000"


def test_an_item_moves_between_tracks_and_is_deleted():
    script = with_items()
    moved = item(script)
    assert script.MoveMediaItemToTrack(moved, script.track(2)) == 1
    assert script.CountTrackMediaItems(script.track(1)) == 0
    assert script.DeleteTrackMediaItem(script.track(1), moved) == 0
    assert script.DeleteTrackMediaItem(script.track(2), moved) == 1
    assert script.CountMediaItems(0) == 0
    assert script.ValidatePtr2(0, moved, "MediaItem*") == 0


def test_a_new_item_has_no_take_until_it_gets_one():
    script = script_on()
    new = script.AddMediaItemToTrack(script.track(1))
    assert script.GetMediaItemNumTakes(new) == 0
    assert script.GetActiveTake(new) == "(MediaItem_Take*)0x0000000000000000"
    script.AddTakeToMediaItem(new)
    assert script.GetMediaItemNumTakes(new) == 1


def test_a_midi_item_is_placed_in_quarter_notes():
    script = script_on(tempo_bpm=60.0)
    new = script.CreateNewMIDIItemInProj(script.track(1), 2, 6, True)[0]
    assert script.GetMediaItemInfo_Value(new, "D_LENGTH") == 4.0
    take = script.GetActiveTake(new)
    assert script.TakeIsMIDI(take) == 1
    assert script.MIDI_GetPPQPosFromProjTime(take, 3.0) == 960.0
    assert script.MIDI_GetProjTimeFromPPQPos(take, 960.0) == 3.0


def test_a_file_is_opened_as_a_source_and_put_into_a_take(tmp_path):
    soundfile.write(tmp_path / "new.wav", np.zeros((4410, 2)), 44_100)
    script = with_items()
    source = script.PCM_Source_CreateFromFile(str(tmp_path / "new.wav"))
    take = script.GetActiveTake(item(script))
    assert script.SetMediaItemTake_Source(take, source) == 1
    assert script.GetMediaSourceLength(script.GetMediaItemTake_Source(take), 0)[0] == pytest.approx(0.1)
    script.PCM_Source_Destroy(source)
    assert script.ValidatePtr2(0, source, "PCM_source*") == 0
    assert script.PCM_Source_CreateFromFile(str(tmp_path / "none.wav")) == "(PCM_source*)0x0000000000000000"


def test_media_is_inserted_at_the_cursor_on_a_new_track(tmp_path):
    soundfile.write(tmp_path / "Shaker.wav", np.zeros((44_100, 1)), 44_100)
    script = script_on()
    script.SetEditCurPos(5.0, False, False)
    assert script.InsertMedia(str(tmp_path / "Shaker.wav"), 1) == 1
    new = script.live.session.tracks[2]
    assert (new.name, new.items[0].position_s, new.items[0].length_s) == ("Shaker", 5.0, 1.0)


def test_items_are_selected():
    script = with_items()
    script.SelectAllMediaItems(0, True)
    assert script.CountSelectedMediaItems(0) == 1
    assert script.GetSelectedMediaItem(0, 0) == item(script)
    script.SetMediaItemSelected(item(script), False)
    assert script.IsMediaItemSelected(item(script)) == 0


def test_a_source_is_normalised_to_a_level(tmp_path):
    soundfile.write(tmp_path / "half.wav", np.full((48_000, 1), 0.5), 48_000, subtype="FLOAT")
    script = script_on()
    source = script.PCM_Source_CreateFromFile(str(tmp_path / "half.wav"))
    assert script.CalculateNormalization(source, 2, 0.0, 0.0, 0.0) == pytest.approx(2.0)
    assert script.CalculateNormalization(source, 1, -20.0, 0.0, 0.5) == pytest.approx(0.2)
