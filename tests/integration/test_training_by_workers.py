"""Training by workers: the same policy to the byte whoever plays, and whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import psutil
import pytest

from agent import policy
from agent.shards import train_in_shards
from bridge.learning import listen
from bridge.training_workers import player, train_by_workers
from bridge.workers import Crew, WorkersFailed, hired
from tests.labour import hand
from tests.mixes import write_song

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
STEPS, EVERY = 6_000, 1_000
LIMIT_S = 120.0
HEAD = f"""
import sys
from pathlib import Path
from agent import policy
from bridge.learning import listen
from bridge.training_workers import train_by_workers
from bridge.workers import Crew
if __name__ == "__main__":
    out = Path(sys.argv[1])
    made = train_by_workers([listen(Path(sys.argv[2]))], Crew(2), ["song"], steps={STEPS}, seed=3,
                            checkpoint=out.with_name("checkpoint"), every={EVERY})
    policy.save(out, *made)
"""


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("training") / "song", 16_000)


@pytest.fixture(scope="module")
def recordings(song):
    return [listen(song)]


@pytest.fixture(scope="module")
def alone(recordings):
    """What comes of it in this process."""
    play = player(recordings)
    return train_in_shards(partial(map, play), ["song"], steps=STEPS, seed=3)


def raw(made):
    return made[0].tables.tobytes() + made[0].visits.tobytes()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_policy_does_not_depend_on_the_number_of_workers(recordings, alone, count):
    assert raw(train_by_workers(recordings, Crew(count), ["song"], steps=STEPS, seed=3)) == raw(alone)


def test_nor_on_whether_one_is_killed(recordings, alone):
    killed = []

    def kill_one(done, _return):
        if done > STEPS / 2 and not killed:
            workers = [p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline())]
            killed.append(workers[0].pid)
            workers[0].kill()

    made = train_by_workers(recordings, Crew(2), ["song"], steps=STEPS, seed=3, progress=kill_one)
    assert killed
    assert raw(made) == raw(alone)


def test_nor_on_whether_the_head_is(song, alone, tmp_path):
    out, script = tmp_path / "policy.npz", tmp_path / "head.py"
    script.write_text(HEAD)
    command = [sys.executable, str(script), str(out), str(song)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment) as head:
        tick = threading.Event()
        while not (tmp_path / "checkpoint").exists() and head.poll() is None:
            tick.wait(0.01)
        workers = psutil.Process(head.pid).children()
        head.kill()
    assert (head.returncode, out.exists()) == (-signal.SIGKILL, False)
    _, still_there = psutil.wait_procs(workers, LIMIT_S)
    assert not still_there, "workers leave when nobody sends them anything any more"
    subprocess.run(command, env=environment, check=True, timeout=LIMIT_S)
    assert raw(policy.load(out)) == raw(alone)


@pytest.fixture(scope="module")
def ray():
    return pytest.importorskip("ray", reason="Ray is not installed: pip install 'faderbot[scale]'")


def test_nor_on_whether_they_are_on_ray(ray, recordings, alone):
    assert raw(train_by_workers(recordings, Crew(ray=True), ["song"], steps=STEPS, seed=3)) == raw(alone)


def test_ray_tries_a_job_whose_worker_is_killed_once_more_and_goes_on(ray, tmp_path):
    jobs = [("square", 3), ("die", 1), ("die", 9), ("square", 4)]
    with hired(partial(hand, tmp_path), Crew(ray=True)) as workers:
        ended = {jobs[one.number]: one for one in workers.run(jobs)}
    assert [ended["square", n].value for n in (3, 4)] == [9, 16]
    assert ended["die", 1].value == "died 1 times"
    assert "its worker was killed, 2 times" in ended["die", 9].problem


def test_a_ray_that_is_not_there_is_one_line(ray, tmp_path):
    refused = pytest.raises(WorkersFailed, match=r"no Ray at 127\.0\.0\.1:1 ")
    with refused, hired(partial(hand, tmp_path), Crew(ray=True, address="127.0.0.1:1")):
        pass
