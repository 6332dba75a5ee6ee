import json

import pytest

from bridge.changes import BandValue, Change
from bridge.journal import FOLDER_VARIABLE, KEPT, Entry, Journal, JournalError, State, default_folder, read

BANDS = (BandValue(kind=1, freq_hz=100.0, gain_db=-1.5, bandwidth_oct=2.0),)
CHANGES = (
    Change(track="{1}", name="Bass", what="fader", found=0.1 + 0.2, wanted=0.5),
    Change(track="{1}", name="Bass", what="eq", found=(), wanted=BANDS),
)


def entry(at="2026-11-24T09:00:00.000000Z", **fields):
    whole = {"daw": "REAPER", "where": "here", "project": "song", "undo_name": "mix", "state": State.WRITING}
    return Entry(**{**whole, "at": at, "changes": CHANGES, **fields})


def test_an_entry_comes_back_to_the_last_bit(tmp_path):
    path = Journal(tmp_path / "deep" / "journal").open(entry())
    assert read(path) == entry()
    assert read(path).changes[0].found == 0.1 + 0.2


def test_the_newest_comes_first_even_within_a_microsecond(tmp_path):
    journal = Journal(tmp_path)
    first, second = journal.open(entry()), journal.open(entry(project="other"))
    third = journal.open(entry(at="2026-11-24T10:00:00.000000Z"))
    assert [path for path, _ in journal.entries()] == [third, second, first]


def test_a_state_is_noted_and_nothing_else_changes(tmp_path):
    journal = Journal(tmp_path)
    path = journal.open(entry())
    journal.set_state(path, State.DONE)
    assert read(path) == entry(state=State.DONE)
    assert sorted(found.name for found in tmp_path.iterdir()) == [path.name]


def test_only_so_many_are_kept(tmp_path):
    journal = Journal(tmp_path)
    for minute in range(KEPT + 5):
        journal.open(entry(at=f"2026-11-24T09:{minute:02d}:00.000000Z"))
    entries = list(journal.entries())
    assert len(entries) == KEPT
    assert entries[-1][1].at == "2026-11-24T09:05:00.000000Z"


@pytest.mark.parametrize("content", ["", "{}", "no json", json.dumps({"version": 2})])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(JournalError, match=r"x\.json can not be read .* move it away"):
        list(Journal(tmp_path).entries())


def test_a_folder_that_can_not_be_made_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=f"without it nothing is changed.*{FOLDER_VARIABLE}"):
        Journal(tmp_path / "file" / "journal").open(entry())


def test_the_environment_says_where(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert default_folder().name == "journal"
