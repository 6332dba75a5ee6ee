import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.expected import EXPECTED
from bridge.journal import JournalError
from bridge.one_job import JobUnderWay, job_under_way, only_job

ROOT = Path(__file__).parents[3]
HOLD = """
import subprocess, sys
from pathlib import Path
from bridge.one_job import only_job
with only_job(Path(sys.argv[1]), "REAPER"):
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=sys.stdin, stdout=2)
    print("held", flush=True)
    child.wait()
"""


@contextmanager
def another(folder):
    """A job in another process, which has a child of its own as a job through reapy has."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_the_second_job_is_told_in_one_line_and_the_folder_may_be_new(tmp_path):
    folder = tmp_path / "deep" / "journal"
    told = pytest.raises(JobUnderWay, match="another Faderbot job works on REAPER on this machine")
    with another(folder), told, only_job(folder, "REAPER"):
        pytest.fail("two jobs at once")
    assert issubclass(JobUnderWay, EXPECTED)


def test_a_job_that_was_killed_holds_nothing_though_its_child_lives(tmp_path):
    with another(tmp_path) as process:
        process.kill()
        process.wait(10.0)
        with only_job(tmp_path, "REAPER"):
            pass


def test_one_job_after_the_other(tmp_path):
    for _ in range(2):
        with only_job(tmp_path, "REAPER"):
            pass


def test_a_job_that_fails_makes_way(tmp_path):
    with pytest.raises(ZeroDivisionError), only_job(tmp_path, "REAPER"):
        raise ZeroDivisionError
    with only_job(tmp_path, "REAPER"):
        pass


def test_other_machines_and_other_daws_are_no_hindrance(tmp_path):
    with only_job(tmp_path, "REAPER"), only_job(tmp_path, "REAPER", "studio"), only_job(tmp_path, "Ardour"):
        pass


def test_whether_a_job_is_under_way_can_be_seen_without_disturbing_it(tmp_path):
    assert job_under_way(tmp_path, "REAPER") is None
    assert list(tmp_path.iterdir()) == []
    with another(tmp_path):
        assert job_under_way(tmp_path, "REAPER") == "another Faderbot job works on REAPER on this machine"
    assert job_under_way(tmp_path, "REAPER") is None


def test_without_a_place_for_the_lock_no_job_begins(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="can not be written"), only_job(tmp_path / "file" / "journal", "REAPER"):
        pytest.fail("without a lock")
