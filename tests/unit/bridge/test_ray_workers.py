"""Workers on Ray, with a Ray that is played: which job goes where, and what becomes of one whose worker is killed."""

import os
import socket
from collections import deque
from contextlib import suppress
from types import SimpleNamespace

import pytest

from bridge import ray_cluster
from bridge.ray_cluster import Cluster, connected
from bridge.ray_workers import RayWorkers
from bridge.workers import WorkersFailed


class RayError(Exception):
    pass


class RayActorError(RayError):
    pass


class Ref:
    """A result that is there when its actor has done what was asked before."""

    def __init__(self, work):
        self._work = work

    def get(self):
        return self._work()


class FakeRay:
    """As much of Ray as our workers use. An actor's method runs when it is waited for; a killed actor's fails."""

    exceptions = SimpleNamespace(RayError=RayError, RayActorError=RayActorError)

    def __init__(self, cores=2):
        self.cores, self.hired, self.killed, self.refuses = cores, [], [], 0

    def remote(self, **_resources):
        return lambda kind: SimpleNamespace(remote=lambda: self._hire(kind))

    def _hire(self, kind):
        actor = kind()
        made = SimpleNamespace(alive=True, place=len(self.hired))
        for name in ("here", "do"):
            method = getattr(actor, name)
            ask = self._asked(made, method)
            setattr(made, name, SimpleNamespace(remote=ask))
        self.hired.append(made)
        if self.refuses:
            self.refuses -= 1
            made.alive = False
        return made

    def _asked(self, made, method):
        def ask(*arguments):
            def work():
                if made.alive:
                    with suppress(MemoryError):
                        return method(*arguments)
                    made.alive = False
                raise RayActorError("the actor died\nbecause of this test")

            return Ref(work)

        return ask

    def put(self, value):
        return Ref(lambda: value)

    def get(self, ref):
        return ref.get()

    def wait(self, refs, **_limits):
        return refs[:1], refs[1:]

    def kill(self, actor):
        self.killed.append(actor.place)

    def cluster_resources(self):
        return {"CPU": float(self.cores), "memory": 1e9}


@pytest.fixture
def ray(monkeypatch):
    made = FakeRay()
    monkeypatch.setattr("bridge.ray_workers.library", lambda: made)
    return made


def hand():
    """What a worker does: squares, or dies as often as is left."""

    def do(job):
        if isinstance(job, deque) and job:
            job.pop()
            raise MemoryError
        return 0 if isinstance(job, deque) else job * job

    return do


class Deadly:
    """An employee whose worker the system kills: nothing is caught."""

    def __init__(self, hire):
        self._work = hire()

    def do(self, job):
        return self._work(job), None


@pytest.fixture
def deadly(monkeypatch):
    monkeypatch.setattr("bridge.ray_workers.Employee", Deadly)


def test_every_job_is_done_once_by_no_more_workers_than_there_are_cores_or_jobs(ray):
    workers = RayWorkers(Cluster(ray, None), hand)
    assert sorted((one.number, one.value) for one in workers.run([2, 3, 4])) == [(0, 4), (1, 9), (2, 16)]
    assert len(ray.hired) == 2
    assert [one.value for one in workers.run([5])] == [25]
    assert len(ray.hired) == 2, "those who are there do it"
    workers.dismiss()
    assert sorted(ray.killed) == [0, 1]


def test_a_job_whose_worker_is_killed_is_done_by_another_and_given_up_the_second_time(ray, deadly):
    once, twice = deque([1]), deque([1, 1])
    workers = RayWorkers(Cluster(ray, None), hand)
    ended = {one.number: one for one in workers.run([once, 3, twice, 4])}
    assert (ended[0].value, ended[1].value, ended[3].value) == (0, 9, 16)
    assert ended[2].problem == "its worker was killed, 2 times (RayActorError)"
    assert len(ray.hired) >= 4, "others came in their place"


def test_a_cluster_on_which_no_worker_can_stand_says_so_with_the_last_line_of_its_reason(ray, monkeypatch):
    ray.refuses = 99
    workers = RayWorkers(Cluster(ray, None), hand)
    with pytest.raises(WorkersFailed, match=r"no worker can be had of Ray \(because of this test\)$"):
        list(workers.run([1]))
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    with pytest.raises(WorkersFailed, match="RAY_AUTH_MODE=disabled, set that here too"):
        list(workers.run([1]))


def test_a_cluster_that_is_gone_ends_the_run_and_is_asked_nothing_more(ray, monkeypatch):
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"127.0.0.1:{head.getsockname()[1]}"
        workers = RayWorkers(Cluster(ray, address), hand)
        running = workers.run([1, 2, 3])
        assert next(running).value in {1, 4}
    with pytest.raises(WorkersFailed, match=f"the Ray cluster at {address} is gone"):
        list(running)
    workers.dismiss()
    assert ray.killed == [], "to kill them, the head would be asked, which Ray waits for"


def test_machines_that_join_are_used(ray, monkeypatch):
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.0)
    ray.cores = 1
    workers = RayWorkers(Cluster(ray, None), hand)
    running = workers.run([1, 2, 3, 4])
    next(running)
    ray.cores = 3
    list(running)
    assert len(ray.hired) > 1


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_NUM_REDIS_GET_RETRIES"):
        monkeypatch.setenv(name, "")  # so that what is set here is taken back
        monkeypatch.delenv(name)
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("a")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "environment", "mode"),
    [
        ("127.0.0.1:6379", {}, "token"),
        ("localhost:6379", {}, "token"),
        ("192.0.2.77:6379", {}, None),  # the file's token is not shown to a host that may not know it
        ("192.0.2.77:6379", {"RAY_AUTH_TOKEN": "b"}, "token"),
        ("192.0.2.77:6379", {"RAY_AUTH_TOKEN_PATH": "b"}, "token"),
        ("127.0.0.1:6379", {"RAY_AUTH_MODE": "disabled"}, "disabled"),
        ("auto", {}, None),  # there Ray does so itself
    ],
)
def test_a_token_is_shown_where_the_user_left_it_open_and_it_is_safe(home, monkeypatch, address, environment, mode):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ray_cluster._show_token(address)
    assert os.environ.get("RAY_AUTH_MODE") == mode


def test_without_a_token_none_is_shown(home):
    (home / ".ray" / "auth_token").unlink()
    ray_cluster._show_token("127.0.0.1:6379")
    assert "RAY_AUTH_MODE" not in os.environ


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "127.0.0.1:ray", ":"])
def test_an_address_where_nothing_listens_or_that_is_none_is_one_line(monkeypatch, home, address):
    monkeypatch.setattr(ray_cluster, "library", FakeRay)
    with pytest.raises(WorkersFailed, match="check --address, or use --workers N") as told, connected(address):
        pass
    assert "\n" not in str(told.value)
