import json

import pytest

from bridge.changes import BandValue, Change
from bridge.journal import FOLDER_VARIABLE, KEPT, Entry, Journal, JournalError, Loudness, State, default_folder, read

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


@pytest.mark.parametrize("content", ["", "{}", "no json", json.dumps({"version": 2}), b"\xff\xfe"])
def test_a_damaged_file_is_passed_over_named_and_left_where_it_is(tmp_path, content):
    journal = Journal(tmp_path)
    good = journal.open(entry())
    damaged = tmp_path / "2026-11-25T000000.000000Z-001.json"
    damaged.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert [path for path, _ in journal.entries()] == [good]
    (unread,) = journal.unread()
    assert unread.path == damaged
    assert f"{damaged} can not be read (it is damaged or of another version)" in str(unread)
    assert damaged.exists()
    with pytest.raises(JournalError, match=r"can not be read .* move it away"):
        read(damaged)


def test_a_file_that_may_not_be_read_is_named_with_the_reason(tmp_path):
    (tmp_path / "2026-11-25T000000.000000Z-001.json").mkdir()
    assert [str(unread).endswith("can not be read (Is a directory)") for unread in Journal(tmp_path).unread()] == [True]


def test_a_file_that_goes_while_the_journal_is_read_was_never_there(tmp_path):
    (tmp_path / "x.json").symlink_to(tmp_path / "nothing")
    assert (list(Journal(tmp_path).entries()), Journal(tmp_path).unread()) == ([], ())


def test_a_folder_that_can_not_be_made_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=f"without it nothing is changed.*{FOLDER_VARIABLE}"):
        Journal(tmp_path / "file" / "journal").open(entry())


def test_the_environment_says_where(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert default_folder().name == "journal"


def test_that_a_job_was_compared_is_noted_and_nothing_else_changes(tmp_path):
    journal = Journal(tmp_path)
    heard = Loudness(before_lufs=-20.1, after_lufs=-14.0, master=CHANGES[0])
    path = journal.open(entry(heard=heard, state=State.DONE))
    journal.set_compared(path)
    assert read(path) == entry(heard=heard, state=State.DONE, compared=True)


def test_a_file_from_before_loudness_was_kept_is_read(tmp_path):
    journal = Journal(tmp_path)
    path = journal.open(entry())
    old = json.loads(path.read_text())
    del old["heard"], old["compared"]
    path.write_text(json.dumps(old))
    assert read(path) == entry()


def test_it_says_when_a_job_was_to_the_second():
    assert entry(at="2026-11-24T09:05:07.123456Z").when == "2026-11-24 09:05:07 UTC"
    assert "." not in entry(at="2026-11-24T09:05:07.123456Z").title.rpartition(", ")[2]
