"""What the commands for a running DAW print, where a small DAW stands in for it."""

import json
from contextlib import contextmanager

import pytest

from bridge import live_command
from bridge.connecting import Door
from bridge.journal import FOLDER_VARIABLE, Journal, State
from bridge.live_command import mix_daw, status_of, undo_daw
from bridge.mix_command import Options
from bridge.one_job import JobUnderWay, only_job
from bridge.reaper.daw import ReaperDaw
from tests.reapers import MemoryLink, survey, track
from tests.unit.bridge.test_journal import entry


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "journal"))
    return tmp_path / "journal"


@pytest.fixture
def status(monkeypatch, capsys):
    """Return the lines of ``faderbot status`` on a REAPER."""

    def status(link):
        @contextmanager
        def connected(door, **_):
            yield ReaperDaw(link, door.where)

        monkeypatch.setattr(live_command, "connected", connected)
        status_of(Door())
        return capsys.readouterr().out.splitlines()

    return status


def in_song(**fields):
    return entry(project="/songs/song.RPP", **fields)


def test_a_project_that_can_be_mixed(status, folder):
    Journal(folder).open(in_song(state=State.DONE))
    lines = status(MemoryLink())
    assert lines[0] == "REAPER at 127.0.0.1:2307: /songs/song.RPP, 3 tracks to mix, 3.0 s"
    assert lines[-1] == "last job: mix, 2026-11-24 09:00:00 UTC, 2 values, done"


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (survey(track("Keys", items=())), "has no track to mix"),
        (survey(play_state=5), "is recording"),
    ],
)
def test_one_that_can_not_be_mixed_is_shown_with_the_reason_and_its_last_job(status, folder, found, why):
    Journal(folder).open(in_song(state=State.WRITING))
    link = MemoryLink(found)
    link.step("Insert track", lambda now: now)
    first, reason, undo, last = status(link)
    assert first == "REAPER at 127.0.0.1:2307: /songs/song.RPP"
    assert reason.startswith("can not be mixed as it is: ")
    assert why in reason
    assert undo == "undo would take back: Insert track"
    assert last.endswith("was cut off in the middle: run faderbot undo")


def test_a_journal_file_that_can_not_be_read_is_named_and_passed_over(status, folder):
    Journal(folder).open(in_song(state=State.DONE))
    (folder / "9999.json").write_text("no json")
    lines = status(MemoryLink())
    assert lines[-2].startswith(f"the journal file {folder / '9999.json'} can not be read")
    assert lines[-1].endswith("done")


def test_a_job_under_way_is_not_called_cut_off(status, folder):
    Journal(folder).open(in_song(state=State.WRITING))
    with only_job(folder, "REAPER"):
        lines = status(MemoryLink())
    assert "another Faderbot job works on REAPER on this machine" in lines
    assert lines[-1].endswith("is being written, or was cut off")


@pytest.mark.parametrize("command", [lambda door: mix_daw(door, Options()), undo_daw])
def test_the_button_is_told_that_another_job_is_under_way(command, folder, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    with only_job(folder, "REAPER"), pytest.raises(JobUnderWay):
        command(Door(through=run))
    assert "another Faderbot job" in json.loads((run / "result.json").read_text())["error"]
