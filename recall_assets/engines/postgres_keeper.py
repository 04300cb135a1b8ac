"""The process that keeps one embedded server: starts it, restarts it when it dies, stops it when nobody uses it.

    keeper ─ holds run/postgres.keeper ─ looks 4 times a second:
        server gone?                      start it again (a crash recovers by itself)
        run/postgres.users free for us?   nobody holds a lease: fast shutdown, end

Every lock is an flock, so a process that was killed -9 leaves none behind, and its lease cannot keep the server up.
A keeper that was killed -9 leaves a running server; the next keeper takes it over.
Imports nothing heavy: it is resident for as long as the server is.
"""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import psutil

_LOOK_SECONDS = 0.25
# Whoever looks whether a keeper lives holds its lock for a moment, a keeper for good.
_GLANCE_SECONDS = 1.0
_QUICK_DEATH_SECONDS = 5.0
_QUICK_DEATHS = 3
_FAST_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Locks:
    """The three lock files of one home: who starts, who uses, who keeps."""

    folder: Path
    start: Path
    users: Path
    keeper: Path

    @classmethod
    def below(cls, folder: Path) -> "Locks":
        """The lock files in `folder`."""
        return cls(folder, *(folder / f"postgres.{name}" for name in ("start", "users", "keeper")))

    @contextlib.contextmanager
    def start_held(self) -> Iterator[None]:
        """Only one process at a time joins or starts."""
        with _opened(self.start) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def join(self) -> FileIO:
        """A lease: the server stays up until this file is closed or its process ends."""
        file = _opened(self.users)
        fcntl.flock(file, fcntl.LOCK_SH)  # waits while a keeper that found nobody stops the server
        return file

    def used(self) -> bool:
        """Whether anybody holds a lease; not so while the keeper, alone on the file, stops the server."""
        with _opened(self.users) as file:
            return not _try_lock(file, fcntl.LOCK_EX) and _try_lock(file, fcntl.LOCK_SH)

    def keeper_lives(self) -> bool:
        """Whether a keeper runs."""
        with _opened(self.keeper) as file:
            return not _try_lock(file, fcntl.LOCK_SH)


def _opened(path: Path) -> FileIO:
    return FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _try_lock(file: FileIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def running_server(data: Path) -> psutil.Process | None:
    """The postmaster that serves this data folder, if one lives; never a foreign process with a reused pid."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == data.resolve():
            return process
    except (OSError, ValueError, psutil.Error):
        return None
    return None


def clear_foreign_pid(data: Path) -> None:
    """Removes a postmaster.pid whose process is not PostgreSQL's; the server itself would believe it and refuse.

    Children of a postmaster that was killed may live on for a moment: while one works in the folder, the file stays.
    """
    if running_server(data) is not None:
        return
    deadline = time.monotonic() + _FAST_STOP_SECONDS
    while any(_works_in(process, data) for process in psutil.process_iter()) and time.monotonic() < deadline:
        time.sleep(0.1)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == data.resolve()
    except (OSError, psutil.Error):
        return False


def stop(server: psutil.Process) -> None:
    """Fast shutdown: sessions end, a checkpoint is written; immediate shutdown after 30 s."""
    for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(ask)
            try:
                server.wait(_FAST_STOP_SECONDS)
            except psutil.TimeoutExpired:
                continue
        return


def keep(locks: Locks, data: Path, owner: tuple[int, int] | None, command: list[str]) -> int:
    """Serves until nobody holds a lease (0), or until the server cannot be held up (1)."""
    keeper = _opened(locks.keeper)
    deadline = time.monotonic() + _GLANCE_SECONDS
    while not _try_lock(keeper, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return 0  # another keeper was faster
        time.sleep(0.001)
    users = _opened(locks.users)
    quick_deaths = 0
    server = running_server(data) or _start(data, owner, command)
    since = time.monotonic()
    while not _try_lock(users, fcntl.LOCK_EX):
        with contextlib.suppress(psutil.TimeoutExpired):
            server.wait(_LOOK_SECONDS)
            quick_deaths = quick_deaths + 1 if time.monotonic() - since < _QUICK_DEATH_SECONDS else 1
            if quick_deaths == _QUICK_DEATHS:
                return 1
            server, since = _start(data, owner, command), time.monotonic()
    stop(server)
    # First this one, then the users' lock: whoever waits to join must not mistake us for a living keeper.
    keeper.close()
    users.close()
    return 0


def _start(data: Path, owner: tuple[int, int] | None, command: list[str]) -> psutil.Process:
    clear_foreign_pid(data)
    if owner is None:
        return psutil.Popen(command, cwd=data, start_new_session=True)
    uid, gid = owner
    return psutil.Popen(command, cwd=data, start_new_session=True, user=uid, group=gid, extra_groups=[])


def main(arguments: list[str]) -> int:
    """Keeps the server that the arguments describe: lock folder, data folder, uid, gid (-1: ours), command."""
    folder, data, uid, gid, *command = arguments
    owner = None if int(uid) < 0 else (int(uid), int(gid))
    locks = Locks.below(Path(folder))

    def leave(_signal: int, _frame: object) -> None:
        server = running_server(Path(data))
        if server is not None:
            stop(server)
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    return keep(locks, Path(data), owner, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
