from dataclasses import replace
from pathlib import Path

import pytest
import rpp

from mock_daw.rpp import read_project
from mock_daw.rpp_reading import Media
from mock_daw.rpp_saving import project_text, track_chunk
from mock_daw.session import (
    Effect,
    Equaliser,
    Item,
    Marker,
    Send,
    SendMode,
    Session,
    Source,
    Take,
    Track,
    guid,
)

FOLDER = Path("/songs/My Song")


def source(path):
    return Source("WAVE", path, 2.0, 48_000, 1)


def item(name, path):
    return Item(guid("item", name), 0.5, 2.0, Take(guid("take", name), name, source(path)))


@pytest.fixture
def session():
    vocal, bus = guid("vocal"), guid("bus")
    send = Send(guid("send", vocal, bus, 0), bus, 0.5, mode=SendMode.PRE_FX)
    effect = Effect(guid("fx"), "VST: ReaEQ (Cockos)", "Tone", equaliser=Equaliser())
    tracks = (
        Track(
            vocal, 'Lead "Vocal"', 0.5, -0.25, effects=(effect,), sends=(send,), items=(item("a", FOLDER / "a.wav"),)
        ),
        Track(bus, "Bus", locked=True, items=(item("b", Path("/elsewhere/b.wav")),)),
    )
    markers = (Marker(guid("m"), 1, 2.0, name="Verse one"), Marker(guid("r"), 1, 4.0, 8.0, "Chorus"))
    ext_state = {"FADERBOT": {"target lufs": "-14"}}
    return Session(
        "My Song", 44_100, tracks, path=FOLDER / "My Song.RPP", tempo_bpm=93.5, markers=markers, ext_state=ext_state
    )


def test_a_saved_project_opens_as_it_was(session):
    def find(name):
        return Media(FOLDER / name, 2.0, 48_000, 1)

    opened = read_project(project_text(session), session.path, find)
    saved = session.tracks[0].effects[0]
    read = opened.tracks[0].effects[0]
    assert replace(read, chunk=(), ident="") == saved
    vocal = replace(opened.tracks[0], effects=(saved,))
    assert replace(opened, tracks=(vocal, opened.tracks[1])) == session


def test_media_below_the_project_are_named_from_there(session):
    lines = [line.strip() for line in project_text(session).splitlines()]
    assert "FILE a.wav" in lines
    assert "FILE /elsewhere/b.wav" in lines
    unsaved = project_text(replace(session, path=None))
    assert f'FILE "{FOLDER}/a.wav"' in unsaved


def test_another_reader_finds_the_same_project(session):
    project = rpp.loads(project_text(session))
    assert [track.find("NAME")[1] for track in project.findall("TRACK")] == ['Lead "Vocal"', "Bus"]
    vocal, bus = project.findall("TRACK")
    assert vocal.find("VOLPAN")[1:3] == ["0.5", "-0.25"]
    assert vocal.find("FXCHAIN").find("VST").attrib[3] == "Tone"
    assert bus.find("AUXRECV")[1:4] == ["0", "1", "0.5"]
    assert bus.find("LOCK") == ["LOCK", "1"]
    assert float(project.find("TEMPO")[1]) == 93.5


def test_a_chunk_begins_as_reapers_and_is_not_set_in(session):
    lines = track_chunk(session, 2).splitlines()
    assert lines[:3] == ["<TRACK", "NAME Bus", "LOCK 1"]
    assert lines[-1] == ">"
    assert "AUXRECV 0 1 0.5 0 0 0 0 0 0 -1:U 0 -1 ''" in lines
    assert not any(line.startswith(" ") for line in lines)


def test_a_track_that_is_not_there_has_no_chunk(session):
    with pytest.raises(IndexError):
        track_chunk(session, 3)


def test_a_tempo_marker_is_the_first_point_of_the_tempo_envelope(session):
    text = project_text(replace(session, tempo_marker=True, beats=6, beat_unit=8))
    read = read_project(text, FOLDER / "song.rpp")
    assert (read.tempo_bpm, read.beats, read.beat_unit, read.tempo_marker) == (93.5, 6, 8, True)
    assert "PT 0 93.5 1 524294" in text  # 8 << 16 | 6
