import os
import signal
import sys
from functools import partial

import pytest

from agent.daw import SessionUnreadable
from bridge.cli import main
from bridge.workers import Crew, Employee, Ended, WorkersFailed, cores, crew, hired, in_order
from tests.labour import hand

JOBS = [("square", 3), ("die", 1), ("die", 9), ("unsendable", 0), ("square", 4)]


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    with hired(partial(hand, tmp_path_factory.mktemp("labour")), Crew(2)) as workers:
        return {JOBS[one.number]: one for one in workers.run(JOBS)}


def test_every_job_ends_once(ended):
    assert set(ended) == set(JOBS)
    assert (ended["square", 3].value, ended["square", 4].value) == (9, 16)


def test_a_job_whose_worker_is_killed_is_done_by_another(ended):
    assert ended["die", 1].value == "died 1 times"


def test_a_job_whose_second_worker_is_killed_too_is_given_up_and_the_others_are_not(ended):
    assert ended["die", 9].problem == "its worker was killed (SIGKILL), 2 times"
    with pytest.raises(WorkersFailed, match="SIGKILL"):
        _ = ended["die", 9].value


def test_a_result_that_can_not_be_sent_is_told(ended):
    assert "can not be sent" in ended["unsendable", 0].problem


def refuse(job):
    raise SessionUnreadable(f"{job} can not\nbe read")


def test_what_the_user_can_mend_is_told_as_it_is_in_one_line_and_else_what_kind_of_error_it_was():
    assert Employee(lambda: refuse).do("the stem") == (None, "the stem can not be read")
    assert Employee(lambda: lambda job: 1 / job).do(0) == (
        None,
        "unexpected error: ZeroDivisionError: division by zero",
    )


def test_a_worker_that_can_not_begin_says_so_for_every_job():
    employee = Employee(partial(refuse, "the policy"))
    assert [employee.do(job) for job in (1, 2)] == [(None, "the policy can not be read")] * 2


def test_whoever_stops_listening_stops_the_jobs_and_lets_them_clear_up(tmp_path):
    stopped = pytest.raises(KeyboardInterrupt)
    with stopped, hired(partial(hand, tmp_path), Crew(2)) as workers:
        for one in workers.run([("clear up", 0), ("after begun", 0), ("square", 2)]):
            assert one.number == 1
            raise KeyboardInterrupt
    assert (tmp_path / "cleared up").exists()
    assert not (tmp_path / "begun").exists()


def test_ctrl_c_is_heeded_by_the_one_that_hired_alone(tmp_path):
    """A terminal sends it to all processes of a job."""
    caught = []
    before = signal.signal(signal.SIGINT, lambda *_: caught.append(True))
    try:
        with hired(ctrl_c_all, Crew(1)) as workers:
            assert [one.value for one in workers.run([os.getpid()])] == ["still here"]
    finally:
        signal.signal(signal.SIGINT, before)
    assert caught == [True]


def ctrl_c_all():
    return _ctrl_c


def _ctrl_c(parent):
    for pid in (os.getpid(), parent):
        os.kill(pid, signal.SIGINT)
    return "still here"


def test_jobs_come_in_their_order_and_each_as_soon_as_it_can():
    drawn = []

    def as_they_end():
        for number in (2, 0, 1, 4, 3):
            drawn.append(number)
            yield Ended(number, number)

    ordered = in_order(as_they_end())
    assert next(ordered).number == 0
    assert drawn == [2, 0]
    assert [one.number for one in ordered] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("typed", "address", "made"),
    [
        ("3", None, Crew(3)),
        (None, None, Crew(cores())),
        ("ray", None, Crew(ray=True)),
        ("ray", "10.0.0.1:6379", Crew(ray=True, address="10.0.0.1:6379")),
    ],
)
def test_workers_are_a_number_or_ray(typed, address, made):
    assert crew(typed, address) == made


@pytest.mark.parametrize(("typed", "address"), [("0", None), ("-1", None), ("many", None), ("", None), ("2", "here:1")])
def test_other_workers_are_refused(typed, address):
    with pytest.raises(WorkersFailed):
        crew(typed, address)


def test_without_ray_one_line_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it were not installed
    (tmp_path / "archive" / "song").mkdir(parents=True)
    assert main(["batch", str(tmp_path / "archive"), "--workers", "ray"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "pip install 'faderbot[scale]'" in said
