from pathlib import Path

import pytest

from mock_daw.midi import Control, Midi, Note, Text
from mock_daw.session import Item, Source, Take
from tests.unit.mock_daw.reaper.desks import track
from tests.unit.mock_daw.reaper.functions.scripts import script_on

AUDIO = Item("{audio}", 0.0, 4.0, Take("{audio take}", source=Source("WAVE")))
OUTS = (0, 0, 0, 0, 0, 0, 0)


class Roll:
    """A new MIDI item from 2 s to 6 s at 120 bpm, and its take, in a script."""

    def __init__(self, **values):
        self.script = script_on(track("Drums"), **values)
        self.item = self.script.CreateNewMIDIItemInProj(self.script.track(1), 2.0, 6.0, False)[0]
        self.take = self.script.GetActiveTake(self.item)

    @property
    def midi(self):
        return self.script.live.session.tracks[0].items[0].take.source.midi

    def insert(self, start, end, pitch, *, no_sort=False, **values):
        given = {"selected": False, "muted": False, "channel": 9, "velocity": 100, **values}
        return self.script.MIDI_InsertNote(
            *(self.take, given["selected"], given["muted"], start, end),
            *(given["channel"], pitch, given["velocity"], no_sort),
        )

    def note(self, index):
        return self.script.MIDI_GetNote(self.take, index, *OUTS)


def test_a_new_midi_item_is_as_long_as_asked_for_and_empty():
    roll = Roll()
    assert roll.script.TakeIsMIDI(roll.take) == 1
    assert roll.midi == Midi(end=7680)
    assert roll.script.MIDI_CountEvts(roll.take, 0, 0, 0) == (0, roll.take, 0, 0, 0)
    source = roll.script.GetMediaItemTake_Source(roll.take)
    assert roll.script.GetMediaSourceLength(source, False) == (8.0, source, True)


def test_a_midi_item_may_be_asked_for_in_quarter_notes():
    script = script_on(track("A"), tempo_bpm=60.0)
    item = script.CreateNewMIDIItemInProj(script.track(1), 2.0, 6.0, True)[0]
    assert script.GetMediaItemInfo_Value(item, "D_POSITION") == 2.0
    assert script.live.session.tracks[0].items[0].take.source.midi == Midi(end=4 * 960)


def test_notes_are_inserted_read_and_counted_along_time():
    roll = Roll()
    assert roll.insert(960.0, 1440.4, 38)[0] == 1
    roll.insert(0.0, 480.0, 36, selected=True, muted=True, velocity=64)
    assert roll.note(0) == (1, roll.take, 0, 1, 1, 0.0, 480.0, 9, 36, 64)
    assert roll.note(1) == (1, roll.take, 1, 0, 0, 960.0, 1440.0, 9, 38, 100)
    assert roll.script.MIDI_CountEvts(roll.take, 0, 0, 0) == (4, roll.take, 2, 0, 0)
    assert roll.note(2) == (0, roll.take, 2, *OUTS)
    assert roll.note(-1)[0] == 0


def test_notes_may_wait_to_be_sorted():
    roll = Roll()
    roll.insert(960.0, 1440.0, 38, no_sort=True)
    roll.insert(0.0, 480.0, 36, no_sort=True)
    assert [roll.note(k)[8] for k in (0, 1)] == [38, 36]
    roll.script.MIDI_Sort(roll.take)
    assert [roll.note(k)[8] for k in (0, 1)] == [36, 38]


def test_a_take_is_not_sorted_until_a_script_says_so():
    roll = Roll()
    roll.script.MIDI_DisableSort(roll.take)
    roll.insert(960.0, 1440.0, 38)
    roll.insert(0.0, 480.0, 36)
    assert roll.note(0)[8] == 38
    roll.script.MIDI_Sort(roll.take)
    roll.insert(240.0, 480.0, 40)
    assert [roll.note(k)[8] for k in (0, 1, 2)] == [36, 40, 38]


def test_values_of_a_note_are_held_in_their_ranges():
    roll = Roll()
    roll.insert(-5.0, -9.0, 200, velocity=0, channel=18)
    assert roll.midi.notes == (Note(0, 0, 127, 1, 2),)
    roll.insert(float("nan"), float("inf"), -1, velocity=300)
    assert roll.midi.notes[1] == Note(0, 0, 0, 127, 9)
    roll.insert(1e300, 1e300, 60)
    assert roll.note(2)[5] == 2.0**48


def test_a_note_beyond_the_end_makes_the_source_longer_and_leaves_the_item():
    roll = Roll()
    roll.insert(7000.0, 9000.0, 60)
    assert roll.midi.end == 9000
    assert roll.script.GetMediaItemInfo_Value(roll.item, "D_LENGTH") == 4.0


def test_a_note_is_changed_and_deleted():
    roll = Roll()
    roll.insert(0.0, 480.0, 36)
    roll.insert(480.0, 960.0, 38)
    changed = roll.script.MIDI_SetNote(roll.take, 0, True, False, 1200.0, 1440.0, 9, 42, 80, False)
    assert changed[0] == 1
    assert [note.pitch for note in roll.midi.notes] == [38, 42]
    assert roll.script.MIDI_DeleteNote(roll.take, 0) == 1
    assert roll.midi.notes == (Note(1200, 1440, 42, 80, 9, selected=True),)
    assert roll.script.MIDI_DeleteNote(roll.take, 1) == 0
    assert roll.script.MIDI_SetNote(roll.take, 1, *OUTS, False)[0] == 0


def test_selected_events_are_found_one_by_one():
    roll = Roll()
    for tick, selected in ((0.0, True), (480.0, False), (960.0, True)):
        roll.insert(tick, tick + 240.0, 60, selected=selected)
    find = roll.script.MIDI_EnumSelNotes
    assert [find(roll.take, k) for k in (-1, 0, 2)] == [0, 2, -1]
    roll.script.MIDI_SelectAll(roll.take, False)
    assert find(roll.take, -1) == -1
    roll.script.MIDI_SelectAll(roll.take, True)
    assert roll.script.MIDI_EnumSelEvts(roll.take, 0) == 1


def test_notes_are_a_part_of_the_undo_step_around_them():
    roll = Roll()
    roll.script.Undo_BeginBlock()
    roll.insert(0.0, 480.0, 36)
    roll.insert(480.0, 960.0, 38)
    roll.script.Undo_EndBlock("Rhythm", -1)
    roll.script.live.undo()
    assert roll.midi.notes == ()
    roll.script.live.redo()
    assert [note.pitch for note in roll.midi.notes] == [36, 38]


@pytest.mark.parametrize(
    ("tick", "time_s", "qn"),
    [(0.0, 2.0, 4.0), (960.0, 2.5, 5.0), (-960.0, 1.5, 3.0), (480.5, 2.2502604166666666, 4.5005208333)],
)
def test_ticks_are_project_time_from_where_the_item_starts(tick, time_s, qn):
    roll = Roll()
    assert roll.script.MIDI_GetProjTimeFromPPQPos(roll.take, tick) == pytest.approx(time_s)
    assert roll.script.MIDI_GetPPQPosFromProjTime(roll.take, time_s) == pytest.approx(tick)
    assert roll.script.MIDI_GetProjQNFromPPQPos(roll.take, tick) == pytest.approx(qn)
    assert roll.script.MIDI_GetPPQPosFromProjQN(roll.take, qn) == pytest.approx(tick)


def test_an_offset_and_a_playrate_move_the_ticks():
    roll = Roll()
    roll.script.SetMediaItemTakeInfo_Value(roll.take, "D_STARTOFFS", 0.5)
    assert roll.script.MIDI_GetProjTimeFromPPQPos(roll.take, 960.0) == 2.0
    roll.script.SetMediaItemTakeInfo_Value(roll.take, "D_PLAYRATE", 2.0)
    assert roll.script.MIDI_GetProjTimeFromPPQPos(roll.take, 2 * 960.0) == 2.25
    assert roll.script.MIDI_GetPPQPosFromProjTime(roll.take, 2.25) == 2 * 960.0


def test_the_right_part_of_a_split_item_plays_on():
    roll = Roll()
    roll.insert(960.0, 1920.0, 60)
    right = roll.script.SplitMediaItem(roll.item, 2.5)
    take = roll.script.GetActiveTake(right)
    assert roll.script.MIDI_GetProjTimeFromPPQPos(take, 960.0) == pytest.approx(2.5)


def test_measures_start_and_end():
    roll = Roll(beats=3)
    assert roll.script.MIDI_GetPPQPos_StartOfMeasure(roll.take, 0.0) == pytest.approx(-960.0)
    assert roll.script.MIDI_GetPPQPos_EndOfMeasure(roll.take, 0.0) == pytest.approx(1920.0)
    assert roll.script.MIDI_GetPPQPos_StartOfMeasure(roll.take, 1920.0) == pytest.approx(1920.0)


def test_a_hash_changes_with_the_notes_or_with_anything():
    roll = Roll()

    def hashes():
        both = [roll.script.MIDI_GetHash(roll.take, notes_only, "", 128)[3] for notes_only in (True, False)]
        return [*both, roll.script.MIDI_GetTrackHash(roll.script.track(1), False, "", 128)[3]]

    empty = hashes()
    roll.script.MIDI_InsertCC(roll.take, False, False, 0.0, 0xB0, 0, 7, 100)
    with_control = hashes()
    assert with_control[0] == empty[0]
    assert all(a != b for a, b in zip(with_control[1:], empty[1:], strict=True))
    roll.insert(0.0, 480.0, 36)
    assert all(a != b for a, b in zip(hashes(), with_control, strict=True))


def test_the_extents_of_a_midi_item_are_set_in_quarter_notes():
    roll = Roll()
    assert roll.script.MIDI_SetItemExtents(roll.item, 2.0, 10.0) == 1
    assert roll.script.GetMediaItemInfo_Value(roll.item, "D_POSITION") == 1.0
    assert roll.script.GetMediaItemInfo_Value(roll.item, "D_LENGTH") == 4.0
    assert roll.script.MIDI_SetItemExtents(roll.item, 2.0, 2.0) == 0


def test_a_take_of_audio_has_no_midi():
    script = script_on(track("A", items=(AUDIO,)))
    item = script.GetTrackMediaItem(script.track(1), 0)
    take = script.GetActiveTake(item)
    assert script.MIDI_InsertNote(take, False, False, 0.0, 480.0, 0, 60, 100, False)[0] == 0
    assert script.MIDI_CountEvts(take, 0, 0, 0) == (0, take, 0, 0, 0)
    assert script.MIDI_GetHash(take, False, "", 128)[0] == 0
    assert script.MIDI_SetItemExtents(item, 0.0, 4.0) == 0
    assert script.live.session.tracks[0].items == (AUDIO,)


def test_a_midi_file_is_no_midi_that_the_project_holds():
    file = Item("{file}", 0.0, 4.0, Take("{file take}", source=Source("MIDI", Path("song.mid"))))
    script = script_on(track("A", items=(file,)))
    take = script.GetActiveTake(script.GetTrackMediaItem(script.track(1), 0))
    assert script.TakeIsMIDI(take) == 1
    assert script.MIDI_InsertNote(take, False, False, 0.0, 480.0, 0, 60, 100, False)[0] == 0
    assert script.live.session.tracks[0].items == (file,)


# Controllers, texts, and the stream


def test_a_controller_is_inserted_read_changed_and_deleted():
    roll = Roll()
    assert roll.script.MIDI_InsertCC(roll.take, True, False, 480.0, 0xB0, 2, 64, 127) == 1
    assert roll.script.MIDI_GetCC(roll.take, 0, *OUTS) == (1, roll.take, 0, 1, 0, 480.0, 0xB0, 2, 64, 127)
    assert roll.script.MIDI_EnumSelCC(roll.take, -1) == 0
    changed = roll.script.MIDI_SetCC(roll.take, 0, False, True, 240.0, 0xE0, 3, 0, 80, False)
    assert changed[0] == 1
    assert roll.midi.controls == (Control(240, b"\xe3\x00\x50", muted=True),)
    assert roll.script.MIDI_DeleteCC(roll.take, 0) == 1
    assert roll.script.MIDI_DeleteCC(roll.take, 0) == 0
    assert roll.script.MIDI_GetCC(roll.take, 0, *OUTS)[0] == 0
    assert roll.script.MIDI_SetCC(roll.take, 0, *OUTS, False)[0] == 0


def test_a_program_has_two_bytes():
    roll = Roll()
    roll.script.MIDI_InsertCC(roll.take, False, False, 0.0, 0xC0, 0, 5, 99)
    assert roll.midi.controls[0].message == b"\xc0\x05"
    assert roll.script.MIDI_GetCC(roll.take, 0, *OUTS)[6:] == (0xC0, 0, 5, 0)


def test_a_text_is_inserted_read_changed_and_deleted():
    roll = Roll()
    assert roll.script.MIDI_InsertTextSysexEvt(roll.take, False, False, 480.0, 5, "la", 2) == 1
    outs = (0, 0, 0.0, 0, "", 64)
    assert roll.script.MIDI_GetTextSysexEvt(roll.take, 0, *outs) == (1, roll.take, 0, 0, 0, 480.0, 5, "la", 2)
    changed = roll.script.MIDI_SetTextSysexEvt(roll.take, 0, True, False, 0.0, -1, "\x7e\x7f", 2, False)
    assert changed[0] == 1
    assert roll.midi.texts == (Text(0, -1, b"\x7e\x7f", selected=True),)
    assert roll.script.MIDI_EnumSelTextSysexEvts(roll.take, -1) == 0
    assert roll.script.MIDI_DeleteTextSysexEvt(roll.take, 0) == 1
    assert roll.script.MIDI_GetTextSysexEvt(roll.take, 0, *outs)[0] == 0
    assert roll.script.MIDI_InsertTextSysexEvt(roll.take, False, False, 0.0, 16, "x", 1) == 0


def test_other_meta_events_are_told_without_their_content():
    roll = Roll()
    assert roll.script.MIDI_InsertEvt(roll.take, False, False, 0.0, "\xff\x51\x07\xa1\x20", 5) == 1
    assert roll.script.MIDI_GetTextSysexEvt(roll.take, 0, 0, 0, 0.0, 0, "", 64)[6:] == (-2, "", 0)


def test_the_stream_has_both_ends_of_a_note():
    roll = Roll()
    roll.insert(0.0, 480.0, 60, channel=1, velocity=0x64)
    outs = (0, 0, 0.0, "", 16)
    assert roll.script.MIDI_GetEvt(roll.take, 0, *outs) == (1, roll.take, 0, 0, 0, 0.0, "\x91\x3c\x64", 3)
    assert roll.script.MIDI_GetEvt(roll.take, 1, *outs)[5] == 480.0
    assert roll.script.MIDI_GetEvt(roll.take, 2, *outs)[0] == 0


def test_an_event_of_the_stream_is_inserted_changed_and_deleted():
    roll = Roll()
    roll.insert(0.0, 480.0, 60, channel=0)
    assert roll.script.MIDI_InsertEvt(roll.take, False, False, 240.0, "\xb0\x40\x7f", 3) == 1
    assert roll.script.MIDI_SetEvt(roll.take, 1, True, False, 120.0, "\xb0\x07\x64", 3, False)[0] == 1
    assert roll.midi.controls == (Control(120, b"\xb0\x07\x64", selected=True),)
    assert roll.script.MIDI_SetEvt(roll.take, 2, False, False, 960.0, "\x80\x3c\x00", 3, False)[0] == 1
    assert roll.midi.notes == (Note(0, 960, 60, 100, 0),)
    assert roll.script.MIDI_DeleteEvt(roll.take, 1) == 1
    assert roll.midi.controls == ()
    assert roll.script.MIDI_DeleteEvt(roll.take, 9) == 0
    assert roll.script.MIDI_SetEvt(roll.take, 9, False, False, 0.0, "\xb0\x07\x64", 3, False)[0] == 0


@pytest.mark.parametrize("message", ["", "\x3c\x64"])
def test_what_begins_with_no_status_is_no_event(message):
    roll = Roll()
    assert roll.script.MIDI_InsertEvt(roll.take, False, False, 0.0, message, len(message)) == 0
    assert roll.midi == Midi(end=7680)


def test_lyrics_of_a_track_come_with_their_positions():
    roll = Roll()
    for tick, word in ((0.0, "Do"), (960.0, "re"), (3840.0, "mi")):
        roll.script.MIDI_InsertTextSysexEvt(roll.take, False, False, tick, 5, word, 2)
    one = roll.script.track(1)
    assert roll.script.GetTrackMIDILyrics(one, 2, "", 64) == (1, one, 2, "2.1.00\tDo\t2.2.00\tre\t3.1.00\tmi\t", 30)
    assert roll.script.GetTrackMIDILyrics(one, 0, "", 64)[3] == "Do\tre\tmi"
    assert roll.script.GetTrackMIDILyrics(one, 1, "", 64)[3] == "Do\tre\t\tmi"
    assert roll.script.GetTrackMIDILyrics(roll.script.track(0), 2, "", 64)[0] == 0
