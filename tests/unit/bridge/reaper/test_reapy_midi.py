from itertools import count

import pytest

from bridge.changes import MidiNote
from bridge.reaper.reapy_midi import add_midi, delete_track, midi_notes
from bridge.reaper.reapy_reading import Gone
from bridge.reaper.reascript import Reascript, ReascriptError
from bridge.reaper.survey import MidiWrite
from tests.fake_reascript import Effect, FakeReaper, Item, Track

NAME, STEP = "Faderbot drums", "Faderbot: rock drums (2 bars)"
NOTES = (
    MidiNote(2.0, 2.1, 36, 110),
    MidiNote(2.0, 2.1, 42, 80),
    MidiNote(2.503, 2.603, 38, 100),
    MidiNote(3.25, 3.35, 36, 1),
)


def wanted(**fields):
    return MidiWrite(**{"undo_name": STEP, "name": NAME, "start_s": 2.0, "end_s": 4.0, "notes": NOTES, **fields})


def over(reaper):
    return Reascript(reaper, (RuntimeError, AttributeError))


def failing_after(calls):
    """Return a function that fails when it was called so often."""
    counted = count(1)

    def fail(*_args):
        if next(counted) > calls:
            raise RuntimeError("out of memory")
        return True

    return fail


def test_notes_are_on_a_new_track_behind_the_last_one_in_one_undo_step():
    reaper = FakeReaper(Track("Bass"), Track("Piano"))
    guid = add_midi(over(reaper), wanted())
    assert [track.name for track in reaper.tracks] == ["Bass", "Piano", NAME]
    assert reaper.undo_names == [STEP]
    made = reaper.tracks[-1].items
    assert [(item.values["D_POSITION"], item.values["D_LENGTH"]) for item in made] == [(2.0, 2.0)]
    assert {note[2] for note in made[0].take.notes} == {9}
    read = midi_notes(over(reaper), guid)
    assert [(n.pitch, n.velocity) for n in read] == [(n.pitch, n.velocity) for n in NOTES]
    assert [n.start_s for n in read] == pytest.approx([n.start_s for n in NOTES], abs=0.5 / 1920)
    assert [n.end_s for n in read] == pytest.approx([n.end_s for n in NOTES], abs=0.5 / 1920)


@pytest.mark.parametrize(
    "broken",
    [
        {"CreateNewMIDIItemInProj": lambda *_: ("(MediaItem*)0x0000000000000000", "", 0.0, 1.0, False)},
        {"MIDI_InsertNote": failing_after(2)},
        {"MIDI_InsertNote": lambda *_: (False,)},
        {"GetActiveTake": lambda *_: "(MediaItem_Take*)0x0000000000000000"},
    ],
)
def test_what_fails_in_the_middle_is_taken_back(broken):
    reaper = FakeReaper(Track("Bass"))
    reaper.broken = broken
    with pytest.raises(ReascriptError):
        add_midi(over(reaper), wanted())
    assert [track.name for track in reaper.tracks] == ["Bass"]
    assert reaper.undo_names == []


def test_nothing_that_was_there_is_undone_where_no_track_could_be_added():
    reaper = FakeReaper(Track("Bass"))
    reaper.Undo_BeginBlock2("")
    reaper.Undo_EndBlock2("", "user", -1)
    reaper.broken = {"InsertTrackAtIndex": failing_after(0), "Undo_EndBlock2": lambda *_: None}
    with pytest.raises(ReascriptError, match="InsertTrackAtIndex failed: RuntimeError: out of memory"):
        add_midi(over(reaper), wanted())
    assert reaper.undo_names == ["user"]


def test_a_reaper_without_a_function_says_so():
    reaper = FakeReaper(Track("Bass"))
    reaper.broken = {"MIDI_Sort": None}
    with pytest.raises(ReascriptError, match="no MIDI_Sort: update REAPER"):
        add_midi(over(reaper), wanted())
    assert len(reaper.tracks) == 1


def test_the_track_that_is_named_is_deleted_and_no_other():
    reaper = FakeReaper(Track("Bass"), Track("Piano"))
    guid = add_midi(over(reaper), wanted())
    delete_track(over(reaper), guid, "Faderbot: put back")
    assert [track.name for track in reaper.tracks] == ["Bass", "Piano"]
    assert reaper.undo_names == [STEP, "Faderbot: put back"]


@pytest.mark.parametrize("more", [{"effects": [Effect()]}, {"items": [Item(), Item()]}])
def test_a_track_that_somebody_put_more_on_stays(more):
    reaper = FakeReaper(Track("Bass"))
    guid = add_midi(over(reaper), wanted())
    for name, value in more.items():
        setattr(reaper.tracks[-1], name, value)
    with pytest.raises(ReascriptError, match="delete it by hand"):
        delete_track(over(reaper), guid, "Faderbot: put back")
    assert len(reaper.tracks) == 2


def test_a_track_that_is_gone_is_said_to_be():
    reaper = FakeReaper(Track("Bass"))
    for asked in (lambda: midi_notes(over(reaper), "{NONE}"), lambda: delete_track(over(reaper), "{NONE}", "x")):
        with pytest.raises(Gone):
            asked()
    assert len(reaper.tracks) == 1


def test_notes_of_all_items_of_a_track_are_read_and_audio_has_none():
    reaper = FakeReaper(Track("Bass"))
    guid = add_midi(over(reaper), wanted(notes=NOTES[:1]))
    second = reaper.CreateNewMIDIItemInProj(reaper.GetTrack("", 1), 8.0, 9.0, False)[0]
    reaper.MIDI_InsertNote(second, False, False, 0.0, 96.0, 9, 38, 64, True)
    assert [note.pitch for note in midi_notes(over(reaper), guid)] == [36, 38]
    audio = FakeReaper(Track("Drums"))
    audio.CreateNewMIDIItemInProj(audio.GetTrack("", 0), 0.0, 1.0, False)
    audio.tracks[0].items[0].take.kind = "WAVE"
    assert midi_notes(over(audio), "{TRACK-Drums}") == ()
