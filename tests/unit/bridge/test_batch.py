import json
import os
from pathlib import Path

import pytest

from bridge.batch import FILE, Asked, BatchLine, asked_for, distinct, kept, read_lines, recorded, stems_of
from bridge.batch_command import sessions_in
from bridge.mix_command import Options
from bridge.outputs import MIX, OutputError

OPTIONS = recorded(Options(), "abc")


@pytest.fixture
def archive(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "archive" / name).mkdir(parents=True)
        (tmp_path / "archive" / name / "Kick.wav").write_bytes(b"audio of a kind")
    return tmp_path / "archive"


def line(asked, **what):
    return BatchLine(
        session=str(asked.session), out=str(asked.out), stems=asked.stems, options=OPTIONS, status="done"
    ).model_copy(update=what)


@pytest.fixture
def mixed(archive, tmp_path):
    """A session that was asked for and mixed."""
    asked = asked_for([archive / "one"], tmp_path / "out")[0]
    asked.out.mkdir(parents=True)
    for name in MIX:
        (asked.out / name).touch()
    return asked


def test_each_session_gets_a_folder_of_its_name(archive, tmp_path):
    asked = asked_for([archive / "one", archive / "two"], tmp_path / "out")
    assert [one.out for one in asked] == [tmp_path / "out" / "one", tmp_path / "out" / "two"]


def test_names_that_differ_in_case_alone_are_told_apart():
    assert distinct(["Song", "song", "song (2)", "other"]) == ["Song", "song (2)", "song (2) (2)", "other"]


def test_outputs_among_the_stems_are_refused(archive):
    with pytest.raises(OutputError, match="holds stems"):
        asked_for([archive / "one"], archive)


def test_what_was_mixed_and_has_not_changed_is_done(mixed):
    assert mixed.is_done(line(mixed), OPTIONS)
    assert not mixed.is_done(None, OPTIONS)


@pytest.mark.parametrize(
    "what", [{"status": "failed", "reason": "no audio"}, {"out": "elsewhere"}, {"options": OPTIONS | {"eq": False}}]
)
def test_what_failed_or_was_mixed_otherwise_is_not(mixed, what):
    assert not mixed.is_done(line(mixed, **what), OPTIONS)


def test_the_same_options_with_another_policy_are_others():
    assert recorded(Options(policy=Path("mine.npz")), "abc") == OPTIONS
    assert recorded(Options(), "def") != OPTIONS


def test_a_session_of_which_an_output_is_gone_is_not_done(mixed):
    (mixed.out / MIX[0]).unlink()
    assert not mixed.is_done(line(mixed), OPTIONS)


def longer(stem):
    stem.write_bytes(stem.read_bytes() + b"!")


def newer(stem):
    os.utime(stem, ns=(0, 0))


def renamed(stem):
    stem.rename(stem.with_name("Snare.wav"))


def joined(stem):
    stem.with_name("Bass.flac").touch()


@pytest.mark.parametrize("change", [longer, newer, renamed, joined])
def test_a_session_whose_stems_have_changed_is_not_done(mixed, change):
    before = line(mixed)
    change(mixed.session / "Kick.wav")
    again = Asked(mixed.session, mixed.out, stems_of(mixed.session))
    assert not again.is_done(before, OPTIONS)


def test_what_is_no_stem_does_not_count(mixed):
    (mixed.session / "notes.txt").touch()
    assert stems_of(mixed.session) == mixed.stems


def test_the_last_line_of_a_session_counts_and_one_cut_short_does_not(mixed):
    failed = line(mixed, status="failed", reason="was busy")
    text = failed.text() + line(mixed).text() + failed.text()[:40]
    assert read_lines(text) == {str(mixed.session): line(mixed)}


def test_the_ledger_is_a_line_of_json_a_session_and_keeps_what_is_not_done_again(archive, tmp_path):
    one, two = asked_for([archive / "one", archive / "two"], tmp_path / "out")
    with kept(tmp_path / "out") as ledger:
        ledger.begin([])
        ledger.add(line(one))
        ledger.add(line(two, status="failed", reason="was busy"))
    with (tmp_path / "out" / FILE).open("a") as file:
        file.write('{"schema": "fader')  # the power went
    with kept(tmp_path / "out") as ledger:
        assert ledger.of(one.session) == line(one)
        ledger.begin([two.session])
        ledger.add(line(two))
    written = [json.loads(text) for text in (tmp_path / "out" / FILE).read_text().splitlines()]
    assert [(Path(found["session"]).name, found["status"]) for found in written] == [("one", "done"), ("two", "done")]


def test_two_batches_do_not_write_to_one_folder(tmp_path):
    with kept(tmp_path), pytest.raises(OutputError, match="another faderbot batch"), kept(tmp_path):
        pass


def test_the_mixes_of_a_batch_are_no_sessions(archive):
    where = archive / "mixes"
    (where / "one").mkdir(parents=True)
    older = archive / "older"
    older.mkdir()
    (older / FILE).touch()
    said = []
    assert sessions_in([archive, archive / "two"], where, said.append) == [archive / "one", archive / "two"]
    assert sorted(Path(text.split()[2]).name for text in said) == ["mixes", "older"]


def test_a_folder_without_any_session_is_one_that_will_fail_and_stops_no_other(archive, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert sessions_in([empty, archive / "one"], tmp_path / "out") == [empty, archive / "one"]
