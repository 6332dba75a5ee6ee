"""The file of what was learned: readable, whole at every moment, and patient with lines it does not know."""

import json

import pytest

from agent.roles import Role
from agent.taste import Knob, Preference
from bridge.taste_file import TasteError, TasteFile


@pytest.fixture
def file(tmp_path):
    return TasteFile(tmp_path / "state" / "taste.jsonl")


def preference(lesson="one", role=Role.BASS, moved_db=2.0):
    return Preference(role, "pop", Knob.LEVEL, moved_db, 0.5, lesson, "song", "2026-11-24T17:00:00Z")


def test_what_is_written_is_read_back_and_a_line_of_json_each(file):
    file.add([preference(), preference(role=Role.KICK)])
    assert file.read().preferences == (preference(), preference(role=Role.KICK))
    first = json.loads(file.path.read_text().splitlines()[0])
    assert (first["role"], first["style"], first["moved_db"], first["session"]) == ("bass", "pop", 2.0, "song")


def test_the_same_mix_teaches_once(file):
    file.add([preference()])
    file.add([preference(moved_db=3.0)])
    assert file.read().preferences == (preference(moved_db=3.0),)


def test_undo_takes_the_last_lesson_back(file):
    file.add([preference()])
    file.add([preference("two"), preference("two", Role.KICK)])
    assert len(file.undo()) == 2
    assert file.read().preferences == (preference(),)
    file.undo()
    with pytest.raises(TasteError, match="no lesson to take back"):
        file.undo()


@pytest.mark.parametrize("damage", [b"{", b"\xff\xfe", b'{"version": 2}', b"[]", b"null", b'{"moved_db": NaN}'])
def test_a_damaged_line_is_named_and_kept(file, damage):
    file.add([preference()])
    file.path.write_bytes(damage + b"\n" + file.path.read_bytes())
    known = file.read()
    assert known.preferences == (preference(),)
    (said,) = known.unread
    assert said.startswith(f"line 1 of {file.path} can not be read")
    file.add([preference("two")])
    assert file.path.read_bytes().startswith(damage + b"\n")


def test_a_line_that_was_cut_off_does_not_swallow_the_next(file):
    file.add([preference()])
    file.path.write_bytes(file.path.read_bytes()[:-20])
    file.add([preference("two")])
    assert file.read().preferences == (preference("two"),)


def test_export_writes_a_new_file_and_never_over_one(file, tmp_path):
    file.add([preference()])
    out = tmp_path / "mine.jsonl"
    assert file.export(out) == 1
    assert out.read_bytes() == file.path.read_bytes()
    with pytest.raises(TasteError, match="is there already"):
        file.export(out)


def test_forgetting_deletes_the_file(file):
    file.add([preference()])
    assert file.forget() == 1
    assert not file.path.exists()
    assert file.read().preferences == ()


def test_a_folder_that_can_not_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TasteError, match="can not be written"):
        TasteFile(tmp_path / "file" / "taste.jsonl").add([preference()])
