"""Which process executes a run, so that everybody else can tell whether it still lives.

    run ── tag .dagster/recall_worker = run@host/lease ──► home/run/workers/<lease>    an flock of that process

The kernel frees the lock with its process, whatever ended it: kill -9, a power cut, a container that is made anew. No
process id is compared, which is used again, and no time, for which the clock would have to stand still. The tag names
its run, since a run that is tried again takes over the tags of the former one.
"""

import contextlib
import fcntl
import os
import platform
import uuid
from io import FileIO
from pathlib import Path

import dagster as dg

from recall_assets.settings import Home

# The UI hides tags that begin so: this one is long, on every run, and for programs alone.
WORKER_TAG = ".dagster/recall_worker"
_held: dict[tuple[int, Path], tuple[str, FileIO]] = {}


def worker_of_this_process(home: Home) -> str:
    """This process by host and lease; the lease lasts until it ends."""
    key = os.getpid(), _folder(home)  # a forked child shares its parent's lock: it takes one of its own
    while key not in _held:
        path = _folder(home) / uuid.uuid4().hex
        file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+")
        fcntl.flock(file, fcntl.LOCK_SH)
        if path.exists():  # else somebody tidied up between the two
            _held[key] = path.name, file
    return f"{platform.node()}/{_held[key][0]}"


def tag_of(run_id: str, worker: str) -> dict[str, str]:
    """What says of a run that this worker executes it."""
    return {WORKER_TAG: f"{run_id}@{worker}"}


def worker_of(run: dg.DagsterRun) -> str | None:
    """The worker that executes the run; None where none said so, or only of the run that it repeats."""
    run_id, _, worker = run.tags.get(WORKER_TAG, "").partition("@")
    return worker if run_id == run.run_id else None


def lives(home: Home, worker: str) -> bool:
    """Whether that process still runs; one whose lease lies on another host counts as living."""
    host, _, name = worker.rpartition("/")
    try:
        with _opened(_folder(home) / name) as file:
            return not _is_free(file)
    except FileNotFoundError:
        return host != platform.node()


def forget_ended(home: Home) -> None:
    """Removes the leases of processes that have ended; for after their runs were looked after."""
    for path in _folder(home).iterdir():
        with contextlib.suppress(FileNotFoundError), _opened(path) as file:
            if _is_free(file):
                path.unlink()


def _opened(path: Path) -> FileIO:
    return FileIO(os.open(path, os.O_RDWR), "r+")


def _is_free(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _folder(home: Home) -> Path:
    folder = home.run / "workers"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
