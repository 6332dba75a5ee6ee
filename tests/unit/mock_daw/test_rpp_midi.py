import pytest

from mock_daw.midi import Control, Midi, Note, Text
from mock_daw.rpp_midi import midi_lines, read_midi
from mock_daw.rpp_text import block_text, parse

# The example of Cockos' wiki, "StateChunkAndRppMidiFormat", with the end that REAPER writes.
WIKI = (
    "HASDATA 1 960 QN",
    "E 3840 bc 07 5a",
    "E 0 bc 0a 7f",
    "e 59344 9c 45 64",
    "e 232 9c 45 00",
    "E 24 b0 7b 00",
)
# A name and a track's end as REAPER 7 writes them, from public project files.
NAMED = (
    "HASDATA 1 480 QN",
    "CCINTERP 32",
    '<X 0 0 0 0 3 "DIFM"',
    "  /wNESUZN",
    ">",
    "Em 240 90 3c 60",
    "Em 240 80 3c 40",
)


def read(lines):
    return read_midi(parse("\n".join(("<SOURCE MIDI", *lines, ">"))))


def test_the_wikis_example_is_read():
    assert read(WIKI) == Midi(
        (Note(63_184, 63_416, 0x45, 0x64, 12, selected=True),),
        (Control(3840, b"\xbc\x07\x5a"), Control(3840, b"\xbc\x0a\x7f")),
        end=63_440,
    )


def test_texts_muted_notes_and_other_resolutions_are_read():
    assert read(NAMED) == Midi(
        (Note(240, 480, 60, 0x60, muted=True, release=0x40),),
        texts=(Text(0, 3, b"DIFM"),),
        end=480,
        ticks_per_quarter=480,
    )


def test_a_source_without_events_of_its_own_has_none():
    assert read(()) is None


@pytest.mark.parametrize(
    "line",
    ["E 0 90 zz 60", "E 0 90", "E 0", "E", "E 0 3c 60 00", "E 0 90 3c ff", "<X 0 0\n  !\n>", "<X 0 0\n>", "E x"],
)
def test_what_is_no_event_is_passed_over(line):
    midi = read(("HASDATA 1 960 QN", *line.split("\n"), "E 480 b0 7b 00"))
    assert midi == Midi(end=480)


def test_what_is_written_reads_back():
    midi = Midi(
        (Note(0, 480, 36, 100, 9, selected=True), Note(0, 0, 38, 1, 9, muted=True), Note(960, 1920, 36, 127, 9)),
        (Control(480, b"\xb0\x40\x7f", selected=True, muted=True), Control(480, b"\xc1\x05")),
        (Text(480, 5, "lä".encode(), selected=True), Text(960, -1, bytes(range(100)) * 3)),
        end=3840,
    )
    assert read(midi_lines(midi)) == midi


def test_the_last_line_is_where_the_source_ends():
    lines = midi_lines(Midi((Note(0, 480, 60, 0x60),), end=1920))
    assert lines == ["HASDATA 1 960 QN", "E 0 90 3c 60", "E 480 80 3c 00", "E 1440 b0 7b 00"]


def test_an_unknown_row_is_no_event():
    block = block_text("SOURCE MIDI", ["HASDATA 1 960 QN", "IGNTEMPO 0 120 4 4", "VELLANE -1 100 0"])
    assert read_midi(parse("\n".join(block))) == Midi()
