from pathlib import Path

import pytest

from mock_daw.midi import Midi, Note
from mock_daw.rpp_items import item_lines, read_item, source_kind
from mock_daw.rpp_reading import Media, Reading
from mock_daw.rpp_text import parse
from mock_daw.session import Fade, Item, Source, Take

GUID, TAKE_GUID = "{DA7D7B26-17F0-A96F-0C97-2A24EC782C69}", "{8B5F0AEE-5568-3B7A-4152-D8A71854F678}"
HEAD = ("POSITION 1.5", "SNAPOFFS 0", "LENGTH 3.25", "LOOP 1", f"IGUID {GUID}")
FIRST = ("NAME 01-take.wav", "VOLPAN 1 0 1 -1", "SOFFS 0", "PLAYRATE 1 1 0 -1 0 0.0025", "CHANMODE 0")


def found(name):
    return Media(Path("/songs") / name, 8.0, 44_100, 2)


def source(name, kind="WAVE"):
    return f'<SOURCE {kind}\n  FILE "{name}"\n>'


def item(*lines, find_media=found):
    reading = Reading(find_media)
    block = parse("\n".join(["<ITEM", *lines, ">"]))
    return read_item(block, reading, "{TRACK}", 0), reading.notes


def test_an_item_with_its_take_is_read_in_full():
    read, notes = item(
        *HEAD,
        "FADEIN 3 0.25 0 3 0 0 0",
        "FADEOUT 1 0.01 0 1 0 0 0",
        "MUTE 1 0",
        "SEL 1",
        "LOCK 1",
        'NAME "my take"',
        "VOLPAN 0.5 -0.25 0.75 -1",
        "SOFFS 0.125 2",
        "PLAYRATE 1.5 0 -2.5 -1 0 0.0025",
        "CHANMODE 3",
        f"GUID {TAKE_GUID}",
        source("a.wav"),
    )
    assert (read.guid, read.position_s, read.length_s, read.end_s) == (GUID, 1.5, 3.25, 4.75)
    assert (read.fade_in, read.fade_out) == (Fade(0.25, 3), Fade(0.01, 1))
    assert (read.muted, read.selected, read.looped, read.locked) == (True, True, True, True)
    assert (read.gain_linear, read.takes) == (0.5, 1)
    assert read.take == Take(
        TAKE_GUID,
        "my take",
        Source("WAVE", Path("/songs/a.wav"), 8.0, 44_100, 2),
        offset_s=0.125,
        playrate=1.5,
        gain_linear=0.75,
        pan=-0.25,
        channel_mode=3,
        pitch_semitones=-2.5,
        preserve_pitch=False,
    )
    assert notes == ()


def test_of_several_takes_the_selected_one_is_read():
    read, _ = item(
        *HEAD,
        *FIRST,
        source("one.wav"),
        "TAKE NULL",
        "TAKE SEL",
        "NAME three",
        "TAKEVOLPAN -0.5 0.25 -1",
        "SOFFS 3.5",
        source("three.flac", "FLAC"),
        "TAKE",
        "NAME four",
        source("four.wav"),
    )
    assert read.takes == 4
    assert read.take is not None
    assert (read.take.name, read.take.pan, read.take.gain_linear, read.take.offset_s) == ("three", -0.5, 0.25, 3.5)
    assert (read.take.source.kind, read.take.source.path) == ("FLAC", Path("/songs/three.flac"))


def test_without_a_selected_take_it_is_the_first():
    read, _ = item(*HEAD, *FIRST, source("one.wav"), "TAKE", "NAME two", source("two.wav"))
    assert read.take is not None
    assert read.take.name == "01-take.wav"


def test_the_first_lane_may_be_empty():
    read, _ = item(*HEAD, "VOLPAN 1", "TAKE NULL", "TAKE SEL", "NAME three", source("three.wav"))
    assert (read.takes, read.take and read.take.name) == (3, "three")


def test_an_item_of_words_alone_has_no_take():
    read, _ = item(*HEAD, "<NOTES\n  |Chorus\n>")
    assert (read.take, read.takes) == (None, 0)


def test_an_automatic_fade_goes_before_the_users():
    read, _ = item("FADEIN 1 0.01 0.5", "FADEOUT 5.1 0.02 -1")
    assert (read.fade_in, read.fade_out) == (Fade(0.5, 1), Fade(0.02, 5))


def test_a_negative_gain_is_a_polarity_and_stays():
    read, _ = item(*HEAD, "VOLPAN 1 0 -0.5 -1", source("a.wav"))
    assert read.take is not None
    assert read.take.gain_linear == -0.5


def test_a_section_starts_later_in_its_file():
    lines = ("LENGTH 2", "STARTPOS 1.5", "OVERLAP 0.01", source("a.mp3", "MP3"))
    read, notes = item(*HEAD, "SOFFS 0.25", "<SOURCE SECTION", *lines, ">")
    assert read.take is not None
    assert read.take.offset_s == 1.75
    assert read.take.source == Source("SECTION", Path("/songs/a.mp3"), 3.5, 44_100, 2)
    assert notes == ()


@pytest.mark.parametrize("mode", [2, 3])
def test_a_section_that_is_played_backwards_is_told(mode):
    _, notes = item(*HEAD, "<SOURCE SECTION", f"MODE {mode}", source("a.wav"), ">")
    assert notes == ("plays forwards: a section that the project plays backwards",)


def test_midi_and_click_sources_have_no_file_and_no_sound():
    read, notes = item(*HEAD, *FIRST, "<SOURCE MIDI\n  HASDATA 1 960 QN\n  E 0 90 3c 64\n  <X 0 0\n  /w==\n  >\n>")
    assert read.take is not None
    assert read.take.source == Source("MIDI", midi=Midi((Note(0, 0, 60, 100),)))
    assert notes == ()


def test_a_missing_file_keeps_its_path_and_is_told_once():
    def missing(name):
        return Media(Path(name), problem="is missing")

    read, notes = item(*HEAD, *FIRST, source("gone.wav"), find_media=missing)
    assert read.take is not None
    assert read.take.source == Source("WAVE", Path("gone.wav"))
    assert notes == ("silent: gone.wav is missing",)


def test_a_medium_is_looked_for_once():
    asked = []
    reading = Reading(lambda name: asked.append(name) or Media(Path(name), 1.0, 48_000, 1))
    for _ in range(3):
        reading.media("a.wav")
    assert asked == ["a.wav"]


@pytest.mark.parametrize(
    "row", ["POSITION -1", "LENGTH -3", "PLAYRATE 0", "PLAYRATE -2", "VOLPAN -1", "POSITION 1e999"]
)
def test_values_out_of_range_are_taken_into_it(row):
    read, _ = item(row, source("a.wav"))
    assert read.take is not None
    assert (read.position_s, read.length_s, read.take.playrate) == (0.0, 0.0, 1.0)
    assert read.gain_linear >= 0.0


@pytest.mark.parametrize(
    ("name", "kind"), [("a.wav", "WAVE"), ("a.AIFF", "WAVE"), ("a.Flac", "FLAC"), ("a.mp3", "MP3"), ("a.ogg", "VORBIS")]
)
def test_a_file_is_a_source_of_reapers_kind(name, kind):
    assert source_kind(Path(name)) == kind


@pytest.mark.parametrize("takes", [1, 3])
def test_what_is_written_reads_back_the_same(takes):
    take = Take(TAKE_GUID, "a", Source("WAVE", Path("/songs/a b.wav"), 8.0, 44_100, 2), 0.5, 2.0, -0.5, 0.25, 2, 1.0)
    written = Item(GUID, 1.0, 2.0, take, takes, 0.5, Fade(0.1, 2), Fade(0.2, 6), muted=True, looped=True, locked=True)
    read, _ = item(*item_lines(written, str)[1:-1])
    assert read == written
