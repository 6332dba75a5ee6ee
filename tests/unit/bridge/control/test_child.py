"""Jobs in processes of their own; a few lines of Python stand in for ``faderbot``."""

import queue
import signal
import sys

import pytest

from bridge.control.child import Child
from bridge.control.jobs import Ended
from bridge.json_progress import Told
from bridge.progress import Stage

LIMIT_S = 30.0
TELLS = """import sys
print('{"progress": {"stage": "hear", "share": 0.5, "words": "é"}}', file=sys.stderr)
print('a warning', file=sys.stderr)
print('done: é', *sys.argv[1:])
"""
WAITS = """import signal, sys, threading
try:
    print('{"progress": {"stage": "plan", "share": 0.0, "words": ""}}', file=sys.stderr, flush=True)
    threading.Event().wait(60.0)
except KeyboardInterrupt:
    print('faderbot: stopped', file=sys.stderr)
    sys.exit(130)
"""
DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + WAITS


class Job:
    def __init__(self, program, *words, **options):
        self.came = queue.SimpleQueue()
        self.child = Child(words, self.came.put, command=(sys.executable, "-c", program), **options)

    def next(self):
        return self.came.get(timeout=LIMIT_S)


def test_progress_and_the_end_come_in_order_and_words_arrive_as_they_are():
    job = Job(TELLS, "--lock==a b", "é'\"")
    assert job.next() == Told(Stage.HEAR, 0.5, "é")
    assert job.next() == Ended(0, "done: é --lock==a b é'\"\n", "a warning\n")


def test_interrupted_it_ends_as_after_ctrl_c():
    job = Job(WAITS)
    assert isinstance(job.next(), Told)
    job.child.interrupt()
    assert job.next() == Ended(130, "", "faderbot: stopped\n")
    job.child.interrupt()  # it is gone: nothing happens


def test_one_that_does_not_listen_is_killed_and_what_it_left_is_told():
    job = Job(DEAF, left=lambda: "the journal has all")
    assert isinstance(job.next(), Told)
    job.child.interrupt()
    job.child.kill()
    assert job.next() == Ended(-signal.SIGKILL, "", "", "the journal has all")


def test_it_is_in_a_group_of_its_own_and_gets_more_in_its_environment():
    program = "import os; print(os.getpgid(0) == os.getpid(), os.environ['FADERBOT_WEB_LOGIN'])"
    assert Job(program, environment={"FADERBOT_WEB_LOGIN": "me:secret"}).next().out == "True me:secret\n"


def test_words_that_no_process_takes_are_an_error():
    with pytest.raises(ValueError, match="null"):
        Job(TELLS, "a\0b")
