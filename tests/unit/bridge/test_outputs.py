import errno
import os
import shutil
import types
from pathlib import Path

import pytest

from agent.session import Session, Settings, Strip, Track
from bridge import outputs
from bridge.embedded import StemFile
from bridge.outputs import OutputError, default_folder, reaper_project, staged

NAMES = ("mix.wav", "mix.json", "mix.RPP")


def fill(stage):
    for name in NAMES:
        stage.write(name, f"new {name}")


def fail(folder, error):
    with staged(folder, 100) as stage:
        fill(stage)
        raise error


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def everything_in(folder):
    return sorted(folder.rglob("*"))


def test_outputs_appear_together_at_the_end(tmp_path):
    folder = tmp_path / "a" / "mix"
    with staged(folder, 100) as stage:
        fill(stage)
        assert [path.name for path in folder.iterdir()] == [stage.hidden.name]
        assert stage.hidden.name.startswith(".")
        stage.commit()
    assert contents(folder) == {name: f"new {name}" for name in NAMES}


def test_a_failure_leaves_nothing_behind_not_even_the_folders(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "a" / "b", KeyboardInterrupt())
    assert everything_in(tmp_path) == []


def test_a_failure_leaves_the_outputs_of_an_earlier_run_and_all_else_as_they_were(tmp_path):
    (tmp_path / "mix.wav").write_text("old")
    (tmp_path / "other.txt").write_text("mine")
    with pytest.raises(ValueError, match="bug"):
        fail(tmp_path, ValueError("bug"))
    assert contents(tmp_path) == {"mix.wav": "old", "other.txt": "mine"}


def test_the_outputs_of_an_earlier_run_are_replaced(tmp_path):
    for name in NAMES:
        (tmp_path / name).write_text("old")
    with staged(tmp_path, 100) as stage:
        fill(stage)
        stage.commit()
    assert contents(tmp_path) == {name: f"new {name}" for name in NAMES}


def test_a_file_in_place_of_the_folder_is_said(tmp_path):
    (tmp_path / "mix").write_text("")
    with (
        pytest.raises(OutputError, match=r"mix is a file: choose another folder with --out"),
        staged(tmp_path / "mix", 1),
    ):
        pass


def test_a_folder_that_can_not_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match=r"can not be written \(Not a directory\)"),
        staged(tmp_path / "file" / "x", 1),
    ):
        pass


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="check its permissions"), staged(tmp_path, 1):
        pass


def test_a_folder_in_place_of_an_output_is_said(tmp_path):
    (tmp_path / "mix.json").mkdir()
    with pytest.raises(OutputError, match=r"mix\.json is a folder"), staged(tmp_path, 1):
        pass


def test_a_disk_that_is_too_full_is_said_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: types.SimpleNamespace(free=10**8))
    with pytest.raises(OutputError, match="about 144 MB are needed, 100 MB are free"), staged(tmp_path / "mix", 10**7):
        pass
    assert everything_in(tmp_path) == []


def test_a_disk_that_fills_up_is_said_and_left_clean(tmp_path):
    with pytest.raises(OutputError, match=r"is full .*: free some space"):
        fail(tmp_path / "mix", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert everything_in(tmp_path) == []


def test_the_outputs_go_beside_the_stems_unless_told(tmp_path, monkeypatch):
    assert default_folder(tmp_path / "stems") == Path(os.path.realpath(tmp_path)) / "stems-mix"
    (tmp_path / "stems").mkdir()
    monkeypatch.chdir(tmp_path / "stems")
    assert default_folder(Path()).name == "stems-mix"


def session(*names):
    return Session("song", 48_000, 3.0, tuple(Track(name) for name in names), Settings((Strip(),) * len(names)))


def project(tmp_path, *files):
    stems = [StemFile(None if file is None else tmp_path / "stems" / file, 3.0) for file in files]
    one = session(*(f"T{k}" for k in range(len(files))))
    return reaper_project(one, one.settings, stems, tmp_path / "mix")


def test_the_project_finds_the_stems_from_where_it_lies(tmp_path):
    text, notes = project(tmp_path, "Kick.wav", None)
    assert 'FILE "../stems/Kick.wav"' in text
    assert text.count("<ITEM") == 1
    assert notes == ()


@pytest.mark.parametrize("file", ["a\nb.wav", "a.caf", "\"'`.wav"])
def test_a_file_that_reaper_can_not_open_leaves_its_track_empty_and_is_noted(tmp_path, file):
    text, notes = project(tmp_path, file, "Vox.flac")
    assert text.count("<ITEM") == 1
    assert len(notes) == 1
    assert notes[0].startswith("mix.RPP: track T0 is empty there: ")


def test_a_file_name_that_is_no_utf_8_is_written_as_its_bytes(tmp_path):
    text, notes = project(tmp_path, os.fsdecode(b"\xff.wav"))
    assert notes == ()
    with staged(tmp_path / "mix", 1) as stage:
        stage.write(outputs.RPP, text)
        assert b"/\xff.wav" in (stage.hidden / outputs.RPP).read_bytes()
