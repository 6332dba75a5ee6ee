"""Workers that are processes of this machine, each with a pipe of its own: one that is killed takes only its job along.

The processes are spawned, not forked: a fork of a process with threads can hang, and Windows has none.
"""

import signal
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pickle import PicklingError
from types import FrameType
from typing import Generic, NoReturn

from bridge.interrupts import undisturbed
from bridge.workers import TRIES, Employee, Ended, Hire, JobT, ResultT

LIMIT_S = 10.0


@contextmanager
def in_processes(hire: Hire[JobT, ResultT], count: int) -> Iterator["Processes[JobT, ResultT]"]:
    """Have so many workers until the end of the block; they are started when there is something to do."""
    workers = Processes(hire, count)
    try:
        yield workers
    finally:
        workers.dismiss()


class Processes(Generic[JobT, ResultT]):
    """Up to ``count`` processes. Owns them."""

    def __init__(self, hire: Hire[JobT, ResultT], count: int) -> None:
        self._hire, self._count = hire, count
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, tuple[_Worker, _Task[JobT]]] = {}

    def run(self, jobs: Sequence[JobT]) -> Iterator[Ended[ResultT]]:
        """Yield each job as it ends; see ``bridge.workers.Workers``."""
        waiting = deque(_Task(number, job, 1) for number, job in enumerate(jobs))
        while len(self._idle) < min(self._count, len(waiting)):
            self._idle.append(_Worker.start(self._hire))
        try:
            while waiting or self._busy:
                while waiting and len(self._busy) < self._count:
                    self._give(waiting.popleft())
                for ready in wait(list(self._busy)):
                    assert isinstance(ready, Connection)
                    worker, task = self._busy.pop(ready)
                    try:
                        result, problem = ready.recv()
                    except (EOFError, OSError):
                        lost = worker.buried()
                        if task.tries < TRIES:
                            waiting.appendleft(_Task(task.number, task.job, task.tries + 1))
                            continue
                        yield Ended(task.number, None, f"{lost}, {task.tries} times")
                    else:
                        self._idle.append(worker)
                        yield Ended(task.number, result, problem)
        finally:
            with undisturbed():
                _dismiss([worker for worker, _ in self._busy.values()])
                self._busy.clear()

    def dismiss(self) -> None:
        """End all workers, whatever they do."""
        with undisturbed():
            _dismiss([*self._idle, *(worker for worker, _ in self._busy.values())])
            self._idle.clear()
            self._busy.clear()

    def _give(self, task: "_Task[JobT]") -> None:
        worker = self._idle.pop() if self._idle else _Worker.start(self._hire)
        self._busy[worker.pipe] = worker, task
        with suppress(BrokenPipeError, ConnectionResetError):  # it died meanwhile: that is found out by listening
            worker.pipe.send(task.job)


@dataclass(frozen=True, slots=True)
class _Task(Generic[JobT]):
    number: int
    job: JobT
    tries: int


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process and our end of the pipe to it."""

    process: SpawnProcess
    pipe: Connection

    @classmethod
    def start(cls, hire: Hire[JobT, ResultT]) -> "_Worker":
        spawn = get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_employed, args=(theirs, hire), daemon=True)
        with _deaf_to_ctrl_c(), theirs:
            process.start()
        return cls(process, ours)

    def buried(self) -> str:
        """Clear away a worker that has died, and return of what."""
        self.pipe.close()
        self.process.join(LIMIT_S)
        code = self.process.exitcode
        if code is None:  # it closed its pipe and lives on: no worker of ours
            self.process.kill()
            self.process.join()
        self.process.close()
        if code is not None and code < 0:
            return f"its worker was killed ({signal.Signals(-code).name})"
        return f"its worker ended (exit code {code})"


def _dismiss(workers: Sequence[_Worker]) -> None:
    """End workers, whatever they do: a job that is under way may clear up within the limit."""
    for worker in workers:
        worker.pipe.close()
        worker.process.terminate()
    end_s = time.monotonic() + LIMIT_S
    for worker in workers:
        worker.process.join(max(0.0, end_s - time.monotonic()))
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()
        worker.process.close()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes so that Ctrl-C, which the terminal sends to all, is heeded by the one that started them alone.

    What comes meanwhile is heard at the end of the block. Windows has no such mask: there the workers hear it too.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _employed(pipe: Connection, hire: Hire[JobT, ResultT]) -> None:
    """Do jobs until nobody sends any more."""
    signal.signal(signal.SIGTERM, _leave)
    employee = Employee(hire)
    with pipe, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            answer = employee.do(pipe.recv())
            try:
                pipe.send(answer)
            except (
                PicklingError,
                TypeError,
                AttributeError,
                ValueError,
            ) as error:  # what pickle raises for what it can not
                pipe.send((None, f"its result can not be sent: {error}"))


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
