"""Workers on a Ray cluster, or on a Ray that is started on this machine. The extra ``faderbot[scale]``.

Each worker is an actor on a core of its own. Ray makes an actor that is killed anew and tries its job again once.
"""

import importlib
import logging
import os
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic

from bridge.interrupts import undisturbed
from bridge.workers import TRIES, Employee, Ended, Hire, JobT, ResultT, WorkersFailed

KNOCK_S = 10.0


@contextmanager
def on_ray(hire: Hire[JobT, ResultT], address: str | None) -> Iterator["RayWorkers[JobT, ResultT]"]:
    """Have a worker on every core of a Ray cluster until the end of the block. Raises ``WorkersFailed``."""
    ray = _ray()
    try:
        if address is not None:
            _knock(address)
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            # OpenBLAS wakes a thread a core for small matrices too, which is one a worker too many.
            runtime_env={"env_vars": {"OPENBLAS_NUM_THREADS": "1"}},
        )
    except (ConnectionError, ValueError, RuntimeError, OSError, AssertionError) as error:
        where = f"at {address}" if address else "on this machine"
        said = " ".join(str(error).split())
        raise WorkersFailed(f"no Ray {where} ({said[:200]}): check --address, or use --workers N") from error
    workers = RayWorkers(ray, hire)
    try:
        yield workers
    finally:
        with undisturbed():
            workers.dismiss()
            ray.shutdown()


def _knock(address: str) -> None:
    """Find out whether anything listens there: Ray itself asks for minutes. Raises ``OSError`` or ``ValueError``."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon:
        socket.create_connection((host, int(port)), timeout=KNOCK_S).close()


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise WorkersFailed(
            "--workers ray needs Ray, which is not installed: pip install 'faderbot[scale]', or use --workers N"
        ) from error


class RayWorkers(Generic[JobT, ResultT]):
    """An actor for every core of the cluster as it is now. Owns them."""

    def __init__(self, ray: Any, hire: Hire[JobT, ResultT]) -> None:
        self._ray = ray
        self._actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=TRIES - 1)(Actor)
        self._hire = [ray.put(hire)]  # in a list Ray hands the reference on, and not with every job what it stands for
        self._count = max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._idle: list[Any] = []
        self._busy: dict[Any, tuple[int, Any]] = {}

    def run(self, jobs: Sequence[JobT]) -> Iterator[Ended[ResultT]]:
        """Yield each job as it ends; see ``bridge.workers.Workers``."""
        ray = self._ray
        waiting = deque(enumerate(jobs))
        busy = self._busy
        try:
            while waiting or busy:
                while waiting and len(busy) < self._count:
                    number, job = waiting.popleft()
                    actor = self._idle.pop() if self._idle else self._actor.remote()
                    busy[actor.do.remote(self._hire, job)] = number, actor
                ready, _ = ray.wait(list(busy), num_returns=1)
                for one in ready:
                    number, actor = busy.pop(one)
                    result, problem = self._answer(one)
                    self._idle.append(actor)
                    yield Ended(number, result, problem)
        finally:
            self._kill([actor for _, actor in busy.values()])
            busy.clear()

    def dismiss(self) -> None:
        """End all workers, whatever they do."""
        self._kill([*self._idle, *(actor for _, actor in self._busy.values())])
        self._idle.clear()
        self._busy.clear()

    def _kill(self, actors: Sequence[Any]) -> None:
        for actor in actors:
            self._ray.kill(actor)

    def _answer(self, one: Any) -> tuple[ResultT | None, str | None]:
        try:
            answer: tuple[ResultT | None, str | None] = self._ray.get(one)
        except self._ray.exceptions.RayActorError as error:
            return None, f"its worker was killed, {TRIES} times ({type(error).__name__})"
        except self._ray.exceptions.RayError as error:
            return None, f"Ray could not do it: {' '.join(str(error).split())[:200]}"
        return answer


class Actor(Generic[JobT, ResultT]):
    """What Ray makes in a process of its own. Owns the employee, who is hired with the first job."""

    def __init__(self) -> None:
        self._employee: Employee[JobT, ResultT] | None = None

    def do(self, hire: Sequence[Any], job: JobT) -> tuple[ResultT | None, str | None]:
        """Return a job's result, or None and why it failed; ``hire`` is the one reference to how to do it."""
        if self._employee is None:
            self._employee = Employee(_ray().get(hire[0]))
        return self._employee.do(job)
