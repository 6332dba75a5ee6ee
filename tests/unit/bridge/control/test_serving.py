"""The server over real UDP, with jobs that the test plays; python-osc speaks for the surface."""

import queue
import signal
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from bridge.control.core import Control
from bridge.control.jobs import Ended, Way
from bridge.control.serving import Server
from bridge.errors import DawUnreachable
from bridge.json_progress import Told
from bridge.progress import Stage
from tests.control_surfaces import Surface

LIMIT_S = 30.0
LOCAL = ("127.0.0.1", 0)


class Jobs:
    """Starts jobs that do what the test says: ``post`` tells the server, ``asked`` is what the server asks of them."""

    def __init__(self, error=None):
        self.error, self.asked, self.post = error, queue.SimpleQueue(), None

    def __call__(self, words, post):
        if self.error is not None:
            raise self.error
        self.post = post
        self.asked.put(words[0])
        return self

    def interrupt(self):
        self.asked.put("interrupt")

    def kill(self):
        self.asked.put("kill")

    def next(self):
        return self.asked.get(timeout=LIMIT_S)


@contextmanager
def served(jobs=None, **options):
    said = []
    server = Server.open(LOCAL, Control(Way(), time.monotonic()), say=said.append, launch=jobs or Jobs(), **options)
    codes = []
    thread = threading.Thread(target=lambda: codes.append(server.run()))
    thread.start()
    try:
        yield server, said
    finally:
        server.stop()
        thread.join(LIMIT_S)
        assert not thread.is_alive()
        assert codes == [0]


def test_a_job_from_its_start_to_its_end():
    jobs = Jobs()
    with served(jobs) as (server, said), Surface(server.where) as surface:
        surface.say("undo", 1.0)
        assert jobs.next() == "undo"
        jobs.post(Told(Stage.HEAR, 0.5))
        assert surface.hear("progress") == ("progress", pytest.approx(0.3), "hear")
        jobs.post(Ended(0, "Undone: mix"))
        assert surface.hear("done") == ("done", "Undone: mix")
    assert [line.partition(",")[0] for line in said] == ["undoing", "Undone: mix"]


def test_a_server_that_is_stopped_waits_for_its_job_to_take_everything_back():
    jobs = Jobs()
    with served(jobs) as (server, _), Surface(server.where) as surface:
        surface.say("mix")
        assert jobs.next() == "mix"
        server.stop()
        assert jobs.next() == "interrupt"
        surface.say("ping")
        assert surface.hear("pong") == ("pong",)
        jobs.post(Ended(130, err="faderbot: stopped; nothing was changed"))
        assert surface.hear("done") == ("done", "stopped; nothing was changed")


@pytest.mark.parametrize("error", [OSError("no memory"), ValueError("embedded null byte")])
def test_a_job_that_can_not_be_started_is_told(error):
    with served(Jobs(error)) as (server, _), Surface(server.where) as surface:
        surface.say("mix")
        assert surface.hear("error") == ("error", f"the job can not be started: {error}")
        surface.say("ping")
        assert surface.hear("pong")


def test_who_went_away_disturbs_nobody():
    jobs = Jobs()
    with served(jobs) as (server, _), Surface(server.where) as surface:
        with Surface(server.where) as gone:
            gone.say("mix")
            assert jobs.next() == "mix"
        surface.say("subscribe")
        assert surface.hear("status")
        for _ in range(3):
            jobs.post(Told(Stage.PLAN, 0.0))
            assert surface.hear("progress")
        jobs.post(Ended(0, "{}"))
        assert "report can not be read" in surface.hear("error")[1]


def test_an_address_that_is_taken_is_an_error_that_says_what_to_do():
    with served() as (server, _), pytest.raises(DawUnreachable, match="choose another with --listen"):
        Server.open(server.where, Control(Way(), 0.0), say=print)


@pytest.mark.parametrize(("host", "is_open"), [("127.0.0.1", False), ("0.0.0.0", True)])  # noqa: S104 - that is asked
def test_it_knows_whether_others_can_reach_it(host, is_open):
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind((host, 0))
    server = Server(wire, Control(Way(), 0.0))
    assert server.open_to_others is is_open
    server.stop()
    assert server.run() == 0


def test_a_signal_ends_it_and_the_handlers_are_those_from_before():
    server = Server.open(LOCAL, Control(Way(), 0.0), say=print)
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    before = signal.getsignal(signal.SIGINT)
    assert server.run() == signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is before
    timer.join()
