"""Runs a function over lanes of items in worker processes that may hang, crash or run out of memory.

    lanes    [a1 a2 a3] [b1 b2] [c1 c2]         a lane is done in order by one worker, which keeps what it learnt
    workers  1: a1 a2 a3 ─────────── c1 c2      a free worker takes the next lane
             2: b1 ✗ restart b2                 a crash or a late answer costs that item and the worker's memory

What a worker raises comes back as a short reason, never as a message: messages may quote what was on the screen.
"""

import contextlib
import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from recall_assets.errors import EngineError, RecallError

Item = TypeVar("Item")
Result = TypeVar("Result")

# A worker imports its engine and loads its data before its first answer.
_START = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no result: `timeout`, `crash`, `memory`, or the name of what was raised."""

    reason: str


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    lane: deque[int]  # indexes of items that this worker has still to do; the first is under way
    deadline: float


class Workers(Generic[Item, Result]):
    """Up to `count` processes, each with its own function made by `make`; started when needed, stopped on exit.

    Args:
        make: a picklable function that makes the function for one worker, in that worker. The function gets an item
            and whether a new lane starts with it.
        memory: bytes of address space of each worker; an item that needs more fails.
    """

    def __init__(
        self, make: Callable[[], Callable[[Item, bool], Result]], *, count: int, patience: timedelta, memory: int
    ) -> None:
        self._make = make
        self._count = count
        self._patience = patience
        self._memory = memory
        self._context = multiprocessing.get_context("spawn")
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []

    def __enter__(self) -> "Workers[Item, Result]":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._idle, *self._busy):
            _stop(worker)
        self._idle, self._busy = [], []

    def run(self, lanes: Sequence[Sequence[Item]]) -> Iterator[tuple[Item, Result | Failure]]:
        """Each item with its result or failure, as they come.

        Raises:
            EngineError: a worker cannot start.
        """
        items = [item for lane in lanes for item in lane]
        indexes = iter(range(len(items)))
        waiting = deque(deque(next(indexes) for _ in lane) for lane in lanes if lane)
        while waiting or self._busy:
            while waiting and len(self._busy) < self._count:
                worker = self._idle.pop() if self._idle else self._start()
                worker.lane = waiting.popleft()
                self._busy.append(worker)
                self._hand_over(worker, items[worker.lane[0]], starts=True)
            for worker, answer in self._answers():
                yield items[worker.lane.popleft()], answer
                self._busy.remove(worker)
                self._go_on(worker, items)

    def _go_on(self, worker: _Worker, items: Sequence[Item]) -> None:
        """Hands over the next item of the worker's lane, to a new process where the old one is gone."""
        lane = worker.lane
        if not worker.process.is_alive():
            if not lane:
                return
            worker = self._start()
            worker.lane = lane
        if lane:
            self._busy.append(worker)
            self._hand_over(worker, items[lane[0]], starts=False)
        else:
            self._idle.append(worker)

    def _hand_over(self, worker: _Worker, item: Item, *, starts: bool) -> None:
        worker.deadline = time.monotonic() + self._patience.total_seconds()
        with contextlib.suppress(OSError):  # a dead worker shows in _answers
            worker.pipe.send((item, starts))

    def _answers(self) -> list[tuple[_Worker, Any]]:
        """Answers of busy workers, at least one, or failures of those that died or let us wait too long."""
        while True:
            next_deadline = min(worker.deadline for worker in self._busy)
            ready = wait([w.pipe for w in self._busy], timeout=max(0.0, next_deadline - time.monotonic()))
            answers: list[tuple[_Worker, Any]] = []
            for worker in self._busy:
                if worker.pipe in ready:
                    answers.append((worker, _received(worker)))
                elif worker.deadline <= time.monotonic():
                    _stop(worker)
                    answers.append((worker, Failure("timeout")))
            if answers:
                return answers

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._make, self._memory), daemon=True)
        # Set before the child starts: OpenMP reads it when tesseract is loaded.
        with _environment(OMP_THREAD_LIMIT="1"):
            process.start()
        theirs.close()
        worker = _Worker(process, ours, deque(), 0.0)
        try:
            problem = ours.recv() if ours.poll(_START.total_seconds()) else "it did not answer"
        except (EOFError, OSError):
            problem = "it ended at once"
        if problem:
            _stop(worker)
            raise EngineError(f"A worker process cannot start: {problem}", "Run `recall doctor`.")
        return worker


def _received(worker: _Worker) -> Any:
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        _stop(worker)
        return Failure("crash")


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()  # it may hang in C code, and holds nothing that needs an orderly end
    worker.process.join()


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(pipe: Connection, make: Callable[[], Callable[[Any, bool], Any]], memory: int) -> None:
    """A worker's life: make the function, then item in, answer out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which ends this
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold screens in clear
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        do = make()
    except RecallError as error:
        pipe.send(str(error))
        return
    except Exception as error:
        pipe.send(type(error).__name__)
        return
    pipe.send("")
    with contextlib.suppress(EOFError, OSError):
        while True:
            item, starts = pipe.recv()
            pipe.send(_attempt(do, item, starts=starts))


def _attempt(do: Callable[[Any, bool], Any], item: Any, *, starts: bool) -> Any:
    try:
        return do(item, starts)
    except MemoryError:
        return Failure("memory")
    except Exception as error:
        return Failure(type(error).__name__)
