import pytest

from mock_daw.midi import Control, Event, Midi, Note, Text

ON, OFF = bytes((0x99, 36, 100)), bytes((0x89, 36, 64))


def test_notes_are_pairs_of_events_and_come_back_as_notes():
    midi = Midi((Note(0, 480, 36, 100, 9, selected=True, release=64),))
    assert [(e.tick, e.message, e.selected) for e in midi.events()] == [(0, ON, True), (480, OFF, True)]
    assert Midi().with_events(midi.events()).notes == midi.notes


def test_at_one_time_a_note_ends_before_the_next_of_its_pitch_starts():
    midi = Midi((Note(0, 480, 60), Note(480, 960, 60)), (Control(480, b"\xb0\x40\x7f"),), (Text(480, 5, b"la"),))
    kinds = [event.message[0] >> 4 for event in midi.events()]
    assert kinds == [0x9, 0x8, 0xF, 0xB, 0x9, 0x8]
    assert Midi().with_events(midi.events()) == Midi(midi.notes, midi.controls, midi.texts, end=960)


def test_a_note_on_without_velocity_ends_a_note():
    midi = Midi().with_events((Event(0, b"\x90\x3c\x50"), Event(240, b"\x90\x3c\x00")))
    assert midi.notes == (Note(0, 240, 60, 0x50),)


def test_a_note_that_nothing_ends_lasts_to_the_end_and_a_lone_end_is_nothing():
    midi = Midi(end=960).with_events((Event(0, b"\x80\x3c\x00"), Event(120, b"\x90\x3c\x50")))
    assert midi.notes == (Note(120, 960, 60, 0x50),)


def test_equal_notes_on_two_channels_are_kept_apart():
    events = (
        Event(0, b"\x90\x3c\x50"),
        Event(0, b"\x91\x3c\x40"),
        Event(240, b"\x81\x3c\x00"),
        Event(480, b"\x80\x3c\x00"),
    )
    assert Midi().with_events(events).notes == (Note(0, 480, 60, 0x50, 0), Note(0, 240, 60, 0x40, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [(Text(0, -1, b"\x7e\x7f\x09\x01"), b"\xf0\x7e\x7f\x09\x01\xf7"), (Text(0, 5, b"la"), b"\xff\x05la")],
)
def test_texts_and_system_exclusives_are_events(text, message):
    assert text.message == message
    assert Midi().with_events((Event(0, message),)).texts == (text,)


def test_sorting_keeps_what_is_at_one_time_in_the_order_it_came():
    midi = Midi((Note(480, 960, 60), Note(0, 480, 67), Note(0, 480, 64)))
    assert [note.pitch for note in midi.in_order().notes] == [67, 64, 60]


def test_a_source_ends_no_earlier_than_its_last_event():
    assert Midi((Note(0, 480, 60),), end=240).lasting().end == 480
    assert Midi((Note(0, 480, 60),), end=960).lasting().end == 960
