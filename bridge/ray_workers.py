"""Workers on a Ray cluster, or on a Ray that is started on this machine. The extra ``faderbot[scale]``.

Each worker is an actor on a core of its own, and gets jobs once it stands there: on a machine that is busy or has gone
it takes none along. One that is killed, or whose machine is, takes only its job along, which another does.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic

from bridge.interrupts import undisturbed
from bridge.ray_cluster import LOOK_S, Cluster, connected, last_line, library, mode_hint
from bridge.workers import TRIES, Employee, Ended, Hire, JobT, ResultT, WorkersFailed


@contextmanager
def on_ray(hire: Hire[JobT, ResultT], address: str | None) -> Iterator["RayWorkers[JobT, ResultT]"]:
    """Have a worker on every core of a Ray cluster until the end of the block. Raises ``WorkersFailed``."""
    with connected(address) as cluster:
        workers = RayWorkers(cluster, hire)
        try:
            yield workers
        finally:
            with undisturbed():
                workers.dismiss()


class RayWorkers(Generic[JobT, ResultT]):
    """An actor for every core of the cluster. Owns them."""

    def __init__(self, cluster: Cluster, hire: Hire[JobT, ResultT]) -> None:
        self._cluster, self._ray = cluster, cluster.ray
        self._actor = self._ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(Actor)
        # In a list Ray hands the reference on, and not with every job what it stands for.
        self._hire = [self._ray.put(hire)]
        self._coming: dict[Any, Any] = {}
        self._idle: list[Any] = []
        self._busy: dict[Any, tuple[_Task[JobT], Any]] = {}
        self._failed = 0

    def run(self, jobs: Sequence[JobT]) -> Iterator[Ended[ResultT]]:
        """Yield each job as it ends; see ``bridge.workers.Workers``. Raises ``WorkersFailed`` for a lost cluster."""
        waiting = deque(_Task(number, job, 1) for number, job in enumerate(jobs))
        self._call_for(len(waiting))
        try:
            while waiting or self._busy:
                while waiting and self._idle:
                    actor, task = self._idle.pop(), waiting.popleft()
                    self._busy[actor.do.remote(self._hire, task.job)] = task, actor
                for one in self._ended():
                    if one in self._coming:
                        self._arrived(one)
                        continue
                    task, actor = self._busy.pop(one)
                    try:
                        result, problem = self._ray.get(one)
                    except self._ray.exceptions.RayActorError as error:
                        if task.tries < TRIES:
                            waiting.appendleft(_Task(task.number, task.job, task.tries + 1))
                            continue
                        yield Ended(task.number, None, f"its worker was killed, {TRIES} times ({type(error).__name__})")
                        continue
                    except self._ray.exceptions.RayError as error:
                        result, problem = None, f"Ray could not do it: {last_line(error)}"
                    self._idle.append(actor)
                    yield Ended(task.number, result, problem)
                self._call_for(len(waiting) + len(self._busy))
        finally:
            with undisturbed():
                self._kill([actor for _, actor in self._busy.values()])
                self._busy.clear()

    def dismiss(self) -> None:
        """End all workers, whatever they do."""
        self._kill([*self._idle, *self._coming.values(), *(actor for _, actor in self._busy.values())])
        for there in (self._idle, self._coming, self._busy):
            there.clear()

    def _call_for(self, jobs: int) -> None:
        """Have as many workers come as there are jobs, but no more than cores: machines may have joined or gone."""
        there = len(self._idle) + len(self._coming) + len(self._busy)
        if there >= jobs:
            return
        for _ in range(min(jobs, self._cluster.cores) - there):
            actor = self._actor.remote()
            self._coming[actor.here.remote()] = actor

    def _ended(self) -> Sequence[Any]:
        """Wait for a job to end or a worker to come; none within a while. Raises ``WorkersFailed``."""
        self._cluster.look()
        ready: Sequence[Any]
        ready, _ = self._ray.wait([*self._busy, *self._coming], num_returns=1, timeout=LOOK_S)
        return ready

    def _arrived(self, one: Any) -> None:
        actor = self._coming.pop(one)
        try:
            self._ray.get(one)
        except self._ray.exceptions.RayError as error:
            self._failed += 1
            if self._failed > TRIES and not (self._idle or self._busy):
                raise WorkersFailed(f"no worker can be had of Ray ({last_line(error)}){mode_hint()}") from error
            return
        self._failed = 0
        self._idle.append(actor)

    def _kill(self, actors: Sequence[Any]) -> None:
        for actor in [] if self._cluster.is_lost else actors:
            self._ray.kill(actor)


@dataclass(frozen=True, slots=True)
class _Task(Generic[JobT]):
    number: int
    job: JobT
    tries: int


class Actor(Generic[JobT, ResultT]):
    """What Ray makes in a process of its own. Owns the employee, who is hired with the first job."""

    def __init__(self) -> None:
        self._employee: Employee[JobT, ResultT] | None = None

    def here(self) -> None:
        """Tell, by returning, that it stands somewhere."""

    def do(self, hire: Sequence[Any], job: JobT) -> tuple[ResultT | None, str | None]:
        """Return a job's result, or None and why it failed; ``hire`` is the one reference to how to do it."""
        if self._employee is None:
            self._employee = Employee(library().get(hire[0]))
        return self._employee.do(job)
