"""Who runs everything of a home, and what that is: written by `recall up`, read by `status`, `down` and `demo`.

run/up.lock   an flock: who holds it is the one `recall up` of this home; the kernel frees it with its process
run/up.json   what it runs; means nothing while nobody holds the lock
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from recall_assets.engines.processes import ProcessState
from recall_assets.errors import AlreadyRunningError
from recall_assets.settings import Home

# Whoever looks holds the lock for a moment; a `recall up` holds it for good.
_LOOK_SECONDS = 1.0

_RECORD = "up.json"


@dataclass(frozen=True, slots=True)
class Record:
    """What the running `recall up` of a home wrote down."""

    pid: int
    since: datetime
    ready: bool
    states: tuple[ProcessState, ...] = ()

    def address(self, name: str) -> str | None:
        """Where that program answers, `http://127.0.0.1:8787`; None if it does not run."""
        port = next((state.port for state in self.states if state.name == name), None)
        return None if port is None else f"http://127.0.0.1:{port}"


def running_record(home: Home) -> Record | None:
    """What the `recall up` of this home wrote down, if one runs."""
    with _lock_file(home).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_record(home, file)
    return None


def write_record(home: Home, record: Record) -> None:
    """What runs, as others can read it from now on; only for who holds the lock."""
    part = _record_file(home).with_suffix(".part")
    part.write_text(json.dumps(asdict(record), default=datetime.isoformat))
    part.replace(_record_file(home))


def is_recorded(home: Home) -> bool:
    """Whether what was written is still there: it is not where the home was deleted or moved; makes no folder."""
    return (home.path / "run" / _RECORD).exists()


@contextmanager
def group_lock(home: Home) -> Iterator[None]:
    """Makes the caller the one who runs this home, for as long as the block.

    Raises:
        AlreadyRunningError: somebody does already; says who.
    """
    with _lock_file(home).open("a+") as file:
        deadline = time.monotonic() + _LOOK_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    pid = _read_record(home, file).pid
                    raise AlreadyRunningError(
                        f"`recall up` runs already for {home.path} (pid {pid}).",
                        "See `recall status`, or `recall down`.",
                    ) from None
            time.sleep(0.05)
        _record_file(home).unlink(missing_ok=True)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock_file(home: Home) -> Path:
    return home.run / "up.lock"


def _record_file(home: Home) -> Path:
    return home.run / _RECORD


def _read_record(home: Home, lock: IO[str]) -> Record:
    """The record; before there is one, just whose it will be."""
    try:
        found = json.loads(_record_file(home).read_text())
    except FileNotFoundError:
        lock.seek(0)
        return Record(int(lock.read() or 0), datetime.now(UTC), ready=False)
    states = tuple(ProcessState(**state | {"since": _time(state["since"])}) for state in found.pop("states"))
    return Record(found["pid"], _time(found["since"]), found["ready"], states)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
