from pathlib import Path

import pytest

from bridge.outputs import OutputError
from bridge.rhythm_files import Kind, places, wanted_files
from bridge.wishes import WishUnclear


def interrupted(files):
    with places(files, 0) as made:
        made.of(files[0]).write_text("x")
        raise KeyboardInterrupt


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_gets_all_four_beside_it(tmp_path):
    files = wanted_files((), tmp_path / "song")
    assert [file.path for file in files] == [tmp_path / "song-rhythm" / kind.value for kind in Kind]
    assert [file.name for file in files] == ["drums.mid", "preview.wav", "pattern.png", "rhythm.json"]


def test_a_file_is_what_its_ending_says(tmp_path):
    named = [tmp_path / "a.MID", tmp_path / "b.midi", tmp_path / "c.Wav", tmp_path / "d.png", tmp_path / "e.json"]
    kinds = [file.kind for file in wanted_files([*named, named[0]], None)]
    assert kinds == [Kind.MIDI, Kind.MIDI, Kind.PREVIEW, Kind.PICTURE, Kind.DOCUMENT]
    assert wanted_files((), None) == ()


@pytest.mark.parametrize("name", ["drums.mp3", "drums", "rhythm-folder/"])
def test_another_ending_is_refused_with_those_there_are(name):
    with pytest.raises(WishUnclear, match=r"\.mid, \.midi, \.wav, \.png, \.json"):
        wanted_files([Path(name)], None)


def test_a_preview_among_the_stems_is_refused_and_a_midi_file_is_not(tmp_path):
    wanted_files([tmp_path / "drums.mid"], tmp_path)
    with pytest.raises(OutputError, match="taken for a stem"):
        wanted_files([tmp_path / "x" / ".." / "preview.wav"], tmp_path)


def test_files_in_two_folders_appear_together(tmp_path):
    files = wanted_files([tmp_path / "a" / "x.mid", tmp_path / "b" / "y.png", tmp_path / "a" / "z.json"], None)
    with places(files, 0) as made:
        for file in files:
            made.of(file).write_text(file.path.name)
        assert not any(file.path.exists() for file in files)
        made.commit()
    assert everything_in(tmp_path) == ["a", "a/x.mid", "a/z.json", "b", "b/y.png"]
    assert [file.path.read_text() for file in files] == ["x.mid", "y.png", "z.json"]


def test_an_interrupt_leaves_nothing_behind_in_either(tmp_path):
    files = wanted_files([tmp_path / "a" / "x.mid", tmp_path / "b" / "y.png"], None)
    with pytest.raises(KeyboardInterrupt):
        interrupted(files)
    assert everything_in(tmp_path) == []
