"""Recall as its owner runs it, `recall up`, and how to find each process of it.

recall up ─┬─ keeper ── postmaster
           ├─ guard ── server, guard ── daemon, guard ── webserver
           └─ guard ── code server ── a run ── its readers of screens
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from recall_assets.cli.programs import CODE_SERVER
from recall_assets.cli.running import process_rows
from recall_assets.cli.up_record import running_record
from recall_assets.engines import postgres_keeper
from recall_assets.engines.postgres import Database, server_state
from recall_assets.settings import Settings

_SPAWNED = "multiprocessing.spawn"  # a run, and each of its readers


class Whole:
    """The whole of one home.

    Args:
        log: takes what it prints.
    """

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings, self._log = settings, log
        self._data = settings.home.pg / "data"
        self._up: subprocess.Popen[bytes] | None = None

    def start(self, patience_seconds: float = 240.0) -> None:
        """Returns when everything answers."""
        with self._log.open("ab") as out:
            self._up = subprocess.Popen(
                [sys.executable, "-m", "recall_assets.cli", "up", "--no-agent"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self._log.parent,
                start_new_session=True,
            )
        until = time.monotonic() + patience_seconds
        while (record := running_record(self._settings.home)) is None or not record.ready:
            assert self.lives, f"recall up failed:\n{self._log.read_text()[-3000:]}"
            assert time.monotonic() < until, f"recall up did not come up:\n{self._log.read_text()[-3000:]}"
            time.sleep(0.2)

    @property
    def lives(self) -> bool:
        """Whether `recall up` still runs."""
        return self._up is not None and self._up.poll() is None

    @property
    def is_well(self) -> bool:
        """Whether every process of it answers."""
        rows = process_rows(self._settings)
        return bool(rows) and all(row.health == "ok" for row in rows)

    def database(self) -> Database:
        """Where its database is; it may be down at the moment."""
        state = server_state(self._settings)
        assert state is not None, "PostgreSQL does not run"
        return state.database

    def program(self, name: str) -> list[psutil.Process]:
        """That program, and the guard above it; nothing while it is down."""
        guard = self._guard(name)
        with contextlib.suppress(psutil.Error):
            if guard is not None:
                return [*guard.children(), guard]
        return []

    def runs(self) -> list[psutil.Process]:
        """Processes that execute a run."""
        return [process for process, depth in self._spawned() if depth == 1]

    def readers(self) -> list[psutil.Process]:
        """Processes that read screens."""
        return [process for process, depth in self._spawned() if depth == 2]

    def postmaster(self) -> list[psutil.Process]:
        server = postgres_keeper.running_server(self._data)
        return [] if server is None else [server]

    def keeper(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            parents = [parent for server in self.postmaster() if (parent := server.parent())]
            return [parent for parent in parents if postgres_keeper.__name__ in parent.cmdline()]
        return []

    def cut_power(self) -> None:
        """Everything dies at once, and is gone."""
        assert self._up is not None
        dying = [*self.keeper(), *self.postmaster(), *psutil.Process(self._up.pid).children(recursive=True)]
        dying += [child for server in self.postmaster() for child in server.children()]
        self._up.kill()
        self._up.wait()
        for process in dying:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(dying, timeout=30)

    def stop(self) -> None:
        """As its owner stops it."""
        down = subprocess.Popen([sys.executable, "-m", "recall_assets.cli", "down"], cwd=self._log.parent)
        if self._up is not None:
            self._up.wait()  # while `down` waits for it, too: what ended must be buried by us
        down.wait()

    def _guard(self, name: str) -> psutil.Process | None:
        record = running_record(self._settings.home)
        pid = next((state.pid for state in record.states if state.name == name), None) if record else None
        with contextlib.suppress(psutil.Error):
            return psutil.Process(pid) if pid else None
        return None

    def _spawned(self) -> Iterator[tuple[psutil.Process, int]]:
        """What was spawned below the code server, with how many spawned ones it is."""
        guard = self._guard(CODE_SERVER)
        if guard is None:
            return
        depths: dict[int, int] = {}
        with contextlib.suppress(psutil.Error):
            for process in guard.children(recursive=True):  # parents come first
                with contextlib.suppress(psutil.Error):
                    spawned = any(_SPAWNED in word for word in process.cmdline())
                    depth = depths.get(process.ppid(), 0) + spawned
                    depths[process.pid] = depth
                    if spawned:
                        yield process, depth


def environment(folder: Path, port: int, spare_bytes: int) -> None:
    """From now on this process and its children work with a home below `folder`, and nobody else's settings."""
    for name in [name for name in os.environ if name.startswith(("RECALL_", "DAGSTER_"))]:
        del os.environ[name]
    os.environ |= {
        "RECALL_HOME": str(folder / "home"),
        "RECALL_SERVICE_FOLDER": str(folder / "service"),
        "RECALL_SERVER_PORT": str(port),
        "RECALL_SPARE_DISK_BYTES": str(spare_bytes),
        "RECALL_OCR_WORKERS": "1",
        "RECALL_AGENT": "",
        "TMPDIR": str(folder / "temporary"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    (folder / "temporary").mkdir()
