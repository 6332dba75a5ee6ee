"""``faderbot mix --daw reaper`` when REAPER or the user fails it in the middle: the console programs, real sockets.

The most telling points of ``benchmarks/faults.py``, which goes through all of a job.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.daw import DawError
from bridge.journal import Journal, State
from bridge.reaper.reapy_link import ReapyLink
from tests.mixes import write_song
from tests.running_mocks import running

ROOT = Path(__file__).parents[2]
LIMIT_S = 60.0
BACK_S = 30.0
WITNESS = "web#4"  # the fourth web request: REAPER is asked for its faders once all is written and read back


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("daw") / "song")


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture(scope="module")
def before(song):
    with reaper(song) as daw:
        return session(daw)


def reaper(song, *faults):
    return running(
        song, "--web", 0, "--reapy", 0, "--tick-ms", 0, *(word for fault in faults for word in ("--faults", fault))
    )


def begun(verb, daw, state):
    """Start faderbot in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        [sys.executable, "-m", "bridge", verb, "--daw", "reaper", "--web-port", str(daw.endpoints["web"][1])],
        cwd=ROOT,
        env={**os.environ, "FADERBOT_STATE_DIR": str(state)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def faderbot(verb, daw, state, code=0):
    job = begun(verb, daw, state)
    said, _ = job.communicate(timeout=LIMIT_S)
    assert job.returncode == code, said
    assert "Traceback" not in said
    if code:
        assert re.fullmatch(r"faderbot: [^\n]+\n", said)
    return said


def session(daw):
    """Return tracks and master, without what REAPER numbers anew, as soon as REAPER is there again."""
    deadline_s = time.monotonic() + BACK_S
    while True:
        try:
            with ReapyLink.connect("127.0.0.1", daw.endpoints["web"][1]) as link:
                found = link.survey()
            return [track.model_dump(exclude={"effects": {"__all__": {"guid"}}}) for track in tracks(found)]
        except DawError:
            assert time.monotonic() < deadline_s
            threading.Event().wait(0.1)


def tracks(survey):
    return (survey.master, *survey.tracks)


def states(state):
    return [entry.state for _, entry in Journal(state).entries()]


def wait_for(state, wanted, job):
    deadline_s = time.monotonic() + LIMIT_S
    while states(state) != [wanted]:
        assert job.poll() is None, job.communicate()
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.01)


@pytest.mark.parametrize(
    "faults",
    [("user-save@write#3", "restart@write#3 for 1s"), ("reapy-crash@write#2",)],
    ids=["saved half-way, then gone", "reapy's server gone"],
)
def test_what_was_half_written_is_told_and_undone_by_faderbot_undo(song, before, state, faults):
    with reaper(song, *faults) as daw:
        assert "`faderbot undo` restores all" in faderbot("mix", daw, state, code=2)
        assert session(daw) != before
        faderbot("undo", daw, state)
        assert session(daw) == before
        assert states(state) == [State.UNDONE]


def test_a_web_interface_that_falls_silent_after_the_write_is_said_and_the_mix_stays(song, state):
    with reaper(song, "web:delay=4@write#3 for 8s") as daw:
        said = faderbot("mix", daw, state)
        assert "read back through reapy alone" in " ".join(said.split())
        assert states(state) == [State.DONE]


def test_ctrl_c_while_reaper_measures_takes_the_mix_back(song, before, state):
    """What the interrupted request is answered comes first, and is not taken for the answer to the next."""
    with reaper(song, f"freeze@{WITNESS} for 2s") as daw:
        job = begun("mix", daw, state)
        wait_for(state, State.DONE, job)
        os.killpg(job.pid, signal.SIGINT)
        said, _ = job.communicate(timeout=LIMIT_S)
        assert (job.returncode, said) == (130, "faderbot: stopped; nothing was changed\n")
        assert states(state) == [State.UNDONE]
        assert session(daw) == before


def test_a_termination_of_the_whole_group_in_the_middle_of_the_write_waits_for_its_end(song, before, state):
    with reaper(song, "freeze@write#2 for 2s") as daw:
        job = begun("mix", daw, state)
        wait_for(state, State.WRITING, job)
        os.killpg(job.pid, signal.SIGTERM)
        job.communicate(timeout=LIMIT_S)
        assert job.returncode == 128 + signal.SIGTERM
        assert states(state) == [State.UNDONE]
        assert session(daw) == before
