import os
import sys

import numpy as np
import pytest
import soundfile as sf

from mock_daw.errors import ProjectError
from mock_daw.opening import media_finder, open_session

PROJECT = """<REAPER_PROJECT 0.1 "6.82/win64" 1694796379\r
  SAMPLERATE 44100 0 0\r
  <TRACK {B7C014B8-A4D6-4FF0-BF77-D8B1A368E9B0}\r
    NAME %s\r
    <ITEM\r
      POSITION 0\r
      LENGTH 0.5\r
      NAME take\r
      <SOURCE WAVE\r
        FILE "%s"\r
      >\r
    >\r
  >\r
>\r
"""


def write_audio(path, seconds=0.5, rate_hz=48_000, channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, np.zeros((round(seconds * rate_hz), channels)), rate_hz)
    return path


def write_project(folder, name="Kick", file="kick.wav", encoding="utf-8"):
    path = folder / "song.RPP"
    path.write_bytes((PROJECT % (name, file)).encode(encoding))
    return path


def source_of(session):
    return session.tracks[0].items[0].take.source


# Stems


def test_a_folder_of_stems_is_a_track_a_file_from_the_start(tmp_path):
    kick = write_audio(tmp_path / "song" / "Kick.wav", 0.5, 44_100)
    write_audio(tmp_path / "song" / "Vocal.flac", 0.75, 44_100, 2)
    (tmp_path / "song" / "notes.txt").write_text("mix it")
    session = open_session(tmp_path / "song")
    assert (session.name, session.rate_hz, session.path, session.length_s) == ("song", 44_100, None, 0.75)
    assert [track.name for track in session.tracks] == ["Kick", "Vocal"]
    (item,) = session.tracks[0].items
    assert (item.position_s, item.length_s, item.take.name) == (0.0, 0.5, "Kick.wav")
    source = item.take.source
    assert (source.kind, source.path, source.length_s, source.rate_hz, source.channels) == (
        "WAVE",
        kick,
        0.5,
        44_100,
        1,
    )
    assert session.tracks[1].items[0].take.source.kind == "FLAC"
    assert session.notes == ("left out: notes.txt (not audio)",)


def test_stems_have_the_same_guids_each_time(tmp_path):
    write_audio(tmp_path / "Kick.wav")
    write_audio(tmp_path / "Snare.wav")
    assert open_session(tmp_path) == open_session(tmp_path)
    assert len({track.guid for track in open_session(tmp_path).tracks}) == 2


# Projects


def test_a_project_finds_its_media_beside_it(tmp_path):
    write_audio(tmp_path / "Audio Files" / "kick.wav", 0.25, 96_000, 2)
    session = open_session(write_project(tmp_path, file="Audio Files/kick.wav"))
    source = source_of(session)
    assert (source.path, source.length_s) == (tmp_path / "Audio Files" / "kick.wav", 0.25)
    assert (source.rate_hz, source.channels, session.rate_hz) == (96_000, 2, 96_000)
    assert (session.name, session.path, session.notes) == ("song", tmp_path / "song.RPP", ())


@pytest.mark.parametrize("file", ["Media\\kick.wav", "C:\\Users\\me\\kick.wav", "/gone/kick.wav", "kick.wav"])
def test_names_of_windows_and_of_other_machines_are_found_beside_the_project(tmp_path, file):
    place = tmp_path / "Media" if file.startswith("Media") else tmp_path
    kick = write_audio(place / "kick.wav")
    session = open_session(write_project(tmp_path, file=file))
    assert source_of(session).path == kick
    assert session.notes == ()


@pytest.mark.parametrize(
    ("file", "place"),
    [("Media/gone.wav", "Media/gone.wav"), ("Media\\gone.wav", "Media/gone.wav"), ("/a/b.wav", "/a/b.wav")],
)
def test_a_missing_file_is_told_and_keeps_its_name(tmp_path, file, place):
    session = open_session(write_project(tmp_path, file=file))
    source = source_of(session)
    assert (source.path, source.length_s, source.rate_hz) == (tmp_path / place, 0.0, 0)
    assert session.notes == (f"silent: {file} is missing: copy it beside the project",)


def test_a_file_that_is_no_audio_is_told(tmp_path):
    (tmp_path / "kick.wav").write_bytes(b"RIFF but not really")
    session = open_session(write_project(tmp_path))
    assert source_of(session).rate_hz == 0
    (note,) = session.notes
    assert note.startswith("silent: kick.wav is not audio that can be read")


def test_an_old_projects_names_are_read_in_the_encoding_of_its_time(tmp_path):
    write_audio(tmp_path / "kick.wav")
    session = open_session(write_project(tmp_path, name="“Grüße”", encoding="cp1252"))
    assert session.tracks[0].name == "“Grüße”"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep names that are not text")
def test_a_file_whose_name_is_no_text_is_found(tmp_path):
    name = os.fsdecode(b"k\xfffck.wav")
    with (tmp_path / name).open("wb") as file:
        sf.write(file, np.zeros(100), 48_000, format="WAV")
    project = (PROJECT % ("Kick", "@")).encode().replace(b"@", b"k\xfffck.wav")
    (tmp_path / "song.rpp").write_bytes(project)
    assert source_of(open_session(tmp_path / "song.rpp")).path == tmp_path / name


def test_a_backup_is_a_project_too(tmp_path):
    backup = write_project(tmp_path).rename(tmp_path / "song.RPP-bak")
    assert open_session(backup).tracks[0].name == "Kick"


def test_a_byte_order_mark_is_no_obstacle(tmp_path):
    assert open_session(write_project(tmp_path, encoding="utf-8-sig")).tracks[0].name == "Kick"


@pytest.mark.parametrize("name", ["a\0b.wav", "x" * 5_000 + ".wav", "", ".", "..", "/"])
def test_no_name_of_a_medium_breaks_the_search(tmp_path, name):
    assert media_finder(tmp_path)(name).rate_hz == 0


# What can not be opened


def refusal(path):
    with pytest.raises(ProjectError) as caught:
        open_session(path)
    assert "\n" not in str(caught.value)
    assert caught.value.path == path
    return caught.value.what


def test_what_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "gone.RPP") == "does not exist"
    assert refusal(tmp_path / "gone") == "does not exist"


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "mix.txt").write_text("mix")
    assert refusal(tmp_path / "mix.txt") == "is neither a folder of stems nor a REAPER project"


def test_a_project_that_ends_too_early_is_refused(tmp_path):
    path = write_project(tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    assert refusal(path) == "is no whole REAPER project: it ends inside <ITEM> of line 5"


def test_a_binary_file_is_refused(tmp_path):
    (tmp_path / "song.rpp").write_bytes(bytes(range(256)) * 10)
    assert refusal(tmp_path / "song.rpp").startswith("is no")


def test_a_folder_may_be_named_like_a_project(tmp_path):
    write_audio(tmp_path / "song.rpp" / "Kick.wav")
    assert [track.name for track in open_session(tmp_path / "song.rpp").tracks] == ["Kick"]
