"""Programs that run side by side as one: started, started again when they die, stopped together.

    ProcessGroup ─┬─ guard ── server          each in a session of its own, its output in logs/<name>.log,
                  ├─ guard ── code server     umask 077, no core dumps
                  └─ guard ── ...
    a program dies ─► again after 1, 2, 4 ... 60 s; what ran well for a minute begins at 1 again

Which programs there are is not known here.
"""

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recall_assets.engines import guard
from recall_assets.errors import EngineError

_LONGEST_PAUSE_SECONDS = 60.0
_RAN_WELL_SECONDS = 60.0
_STARTS_TO_BE_HEALTHY = 3
_STOP_SECONDS = 30.0
_LOG_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how to tell that it works: `healthy` is given the time of its start."""

    name: str
    command: tuple[str, ...]
    healthy: Callable[[datetime], bool]
    port: int | None = None


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    since: datetime
    began: float
    starts: int = 1
    next_start: float | None = None
    pause: float = 1.0

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One program at one moment; `pid` leads its session."""

    name: str
    pid: int
    port: int | None
    since: datetime
    restarts: int


class ProcessGroup:
    """Programs that live and end together."""

    def __init__(self, environment: Mapping[str, str], folder: Path, logs: Path) -> None:
        """
        Args:
            environment: all that the programs see.
            folder: where they run.
            logs: where `<name>.log` of each goes.
        """
        self._environment = dict(environment)
        self._folder = folder
        self._logs = logs
        self._children: list[_Child] = []

    def start(self, program: Program) -> None:
        """Starts it; that it became healthy is for `wait_until_healthy`."""
        self._children.append(_Child(program, self._spawn(program), datetime.now(UTC), time.monotonic()))

    def wait_until_healthy(self, name: str, seconds: float) -> None:
        """Returns when the program answers; meanwhile all are tended.

        Raises:
            EngineError: it kept dying, or did not answer in time; names its log.
        """
        child = next(child for child in self._children if child.program.name == name)
        deadline = time.monotonic() + seconds
        log = self._log(child.program)
        while not (child.alive and child.program.healthy(child.since)):
            if child.starts >= _STARTS_TO_BE_HEALTHY and not child.alive:
                raise EngineError(f"{name} ends at once, {child.starts} times: {_last_line(log)}", f"See {log}.")
            if time.monotonic() > deadline:
                raise EngineError(f"{name} did not answer within {seconds:.0f} s.", f"See {log}.")
            self.tend()
            time.sleep(0.1)

    def tend(self) -> list[str]:
        """The names of programs that were found dead; each is started again when its pause is over."""
        died = []
        for child in self._children:
            if child.alive:
                continue
            now = time.monotonic()
            if child.next_start is None:
                child.pause = 1.0 if now - child.began > _RAN_WELL_SECONDS else child.pause
                child.next_start = now + child.pause
                child.pause = min(child.pause * 2, _LONGEST_PAUSE_SECONDS)
                died.append(child.program.name)
            elif now >= child.next_start:
                self._start_again(child)
        return died

    def _start_again(self, child: _Child) -> None:
        now = time.monotonic()
        try:
            child.process = self._spawn(child.program)
        except OSError:  # a full disk, no more processes: it may pass
            child.next_start = now + child.pause
            child.pause = min(child.pause * 2, _LONGEST_PAUSE_SECONDS)
            return
        child.since, child.began = datetime.now(UTC), now
        child.starts, child.next_start = child.starts + 1, None

    def states(self) -> list[ProcessState]:
        """Every program, in the order of their start."""
        return [
            ProcessState(c.program.name, c.process.pid, c.program.port, c.since, c.starts - 1) for c in self._children
        ]

    def stop(self) -> list[str]:
        """The names of what was stopped, the last one started first; nothing of them lives afterwards."""
        stopped = [child for child in reversed(self._children) if child.alive]
        for child in stopped:
            assert child.process.stdin is not None
            with contextlib.suppress(OSError):
                child.process.stdin.close()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in stopped:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self._children = []
        return [child.program.name for child in stopped]

    def _log(self, program: Program) -> Path:
        return self._logs / f"{program.name.replace(' ', '-')}.log"

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        log = self._log(program)
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", guard.__name__, *program.command],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
                umask=0o077,
            )


def close_to_others() -> None:
    """From now on this process and its children make files for the owner alone and leave no core dumps."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "no output"
