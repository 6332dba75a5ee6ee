"""Workers that do jobs side by side: one port, with processes of this machine or a Ray cluster behind it.

A worker is made once and then does job after job: ``hire`` is called in it and returns what does them there, so that
what all jobs need (a policy, sessions that were heard) goes to a worker once. ``hire``, jobs and results are pickled.
A job whose worker is killed is tried again once; a job that fails is told with its reason, and the others go on.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")
JobT_contra = TypeVar("JobT_contra", contravariant=True)
RAY = "ray"
TRIES = 2

Work = Callable[[JobT], ResultT]
Hire = Callable[[], Work[JobT, ResultT]]


class WorkersFailed(Exception):  # noqa: N818 - a state, named as the user sees it
    """There are no workers to be had, or a job failed that nothing goes on without."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[ResultT]):
    """A job that has ended: its number in the order that the jobs were given in, and its result or why it failed."""

    number: int
    result: ResultT | None
    problem: str | None = None

    @property
    def value(self) -> ResultT:
        """The result. Raises ``WorkersFailed`` where there is none."""
        if self.problem is not None:
            raise WorkersFailed(self.problem)
        return self.result  # type: ignore[return-value]  # a result may be None itself


class Workers(Protocol[JobT_contra, ResultT]):
    """Workers that were hired."""

    def run(self, jobs: Sequence[JobT_contra]) -> Iterator[Ended[ResultT]]:
        """Yield each job as it ends. Whoever stops listening stops the jobs that are under way."""
        ...


@dataclass(frozen=True, slots=True)
class Crew:
    """How many workers, and where: processes here, or a Ray cluster at an address (None: one that is started here)."""

    count: int = 1
    ray: bool = False
    address: str | None = None


def crew(workers: str | None, address: str | None = None) -> Crew:
    """Return the crew that was typed: a number, ``ray``, or None for a worker a core. Raises ``WorkersFailed``."""
    if workers == RAY:
        return Crew(ray=True, address=address)
    if address is not None:
        raise WorkersFailed("--address is that of a Ray cluster: it needs --workers ray")
    if workers is None:
        return Crew(cores())
    if not workers.isdecimal() or int(workers) < 1:
        raise WorkersFailed(f"{workers} workers can not be had: give a number from 1 on, or ray")
    return Crew(int(workers))


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def hired(hire: Hire[JobT, ResultT], who: Crew) -> Iterator[Workers[JobT, ResultT]]:
    """Hire workers until the end of the block. Raises ``WorkersFailed`` where Ray is wanted and can not be had."""
    if who.ray:
        from bridge.ray_workers import on_ray  # noqa: PLC0415 - an extra that only --workers ray needs

        with on_ray(hire, who.address) as workers:
            yield workers
        return
    from bridge.processes import in_processes  # noqa: PLC0415 - as above

    with in_processes(hire, who.count) as workers:
        yield workers


def in_order(ended: Iterable[Ended[ResultT]]) -> Iterator[Ended[ResultT]]:
    """Yield jobs in the order that they were given in, each as soon as it and all before it have ended."""
    early: dict[int, Ended[ResultT]] = {}
    due = 0
    for one in ended:
        early[one.number] = one
        while due in early:
            yield early.pop(due)
            due += 1


class Employee(Generic[JobT, ResultT]):
    """What stands in a worker, whichever backend made it: does jobs, and turns what goes wrong into words."""

    def __init__(self, hire: Hire[JobT, ResultT]) -> None:
        self._work: Work[JobT, ResultT] | None = None
        self._unfit = ""
        try:
            self._work = hire()
        except Exception as error:  # noqa: BLE001 - told with every job in place of its result
            self._unfit = in_words(error)

    def do(self, job: JobT) -> tuple[ResultT | None, str | None]:
        """Return a job's result, or None and why it failed."""
        if self._work is None:
            return None, self._unfit
        try:
            return self._work(job), None
        except Exception as error:  # noqa: BLE001 - the others go on
            return None, in_words(error)


def in_words(error: Exception) -> str:
    """Return an error in one line."""
    from bridge.expected import EXPECTED  # noqa: PLC0415 - it names this module's error too

    said = " ".join(str(error).split())
    if isinstance(error, EXPECTED) and said:
        return said
    return f"unexpected error: {type(error).__name__}: {said}".removesuffix(": ")
