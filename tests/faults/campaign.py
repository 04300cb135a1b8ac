"""N faults in random order at random moments, and the count of frames afterwards.

    agent ──► spool ──► network ──► server ──► landing, rows
      └ journal: every id that the spool acknowledged

    kill agent    kill -9, what lies in the spool is noted, started again     kill server   kill -9, started again
    cut network   for a moment, in the middle of whatever travels             set clock     by up to 30 hours, both ways
    full disk     a file system of 4 MB filled to the last byte; where none may be mounted, a limit on what it may write

At the end everything mends, the spool empties, and it must hold: journal = rows, each with its envelope, each once. A
frame between acknowledgement and journal at a kill may be a row without a line, one a kill at most; such are counted.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select

from capture_agent.credentials import Credentials, write_credentials
from capture_agent.places import Places
from capture_agent.protocol import Kind
from capture_agent.spool import Spool
from recall_assets.server.address import running_server
from recall_assets.settings import Settings
from recall_assets.store import deployments, tables, tokens
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.faults.network import Network

KINDS = ("kill agent", "kill server", "cut network", "full disk", "set clock")
_DISK_BYTES = 4_000_000
_FASTEST = "[capture]\nevery_seconds = 0.2\n"


@dataclass
class Outcome:
    """What was done and what is left."""

    faults: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    rows: int = 0
    missing: int = 0
    unexplained: int = 0
    untold: int = 0  # on the disk before the journal had their line, when the agent was killed
    twice: int = 0
    without_envelope: int = 0
    strays: int = 0
    left_in_spool: int = 0
    hung: int = 0
    thinned: int = 0
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        """Whether every kept frame is there once, and no other."""
        wrong = self.missing + self.unexplained + self.twice + self.without_envelope + self.strays + self.left_in_spool
        return wrong == 0 and self.kept > 0 and self.thinned == 0 and self.untold <= self.faults["kill agent"]

    def table(self) -> str:
        """One figure a line."""
        rows = {f"faults: {kind}": self.faults[kind] for kind in KINDS} | {
            "frames kept by the loop": self.kept,
            "frames in the database": self.rows,
            "  of them kept at a kill, before the journal was told": self.untold,
            "missing in the database": self.missing,
            "in the database, never kept": self.unexplained,
            "in the database twice": self.twice,
            "rows without envelope, envelopes without row": self.without_envelope + self.strays,
            "left in the spool, given up by it": self.left_in_spool + self.thinned,
            "ends of the agent that were not in order": self.hung,
        }
        lines = [f"{name:<55} {number:>6}" for name, number in rows.items()]
        return "\n".join([*lines, f"{'seconds':<55} {self.seconds:>6.0f}", "HOLDS" if self.well else "BROKEN"])


class Campaign:
    """An agent and a server under a folder, and what can befall them."""

    def __init__(self, folder: Path, settings: Settings, engine: Engine, seed: int) -> None:
        self._settings, self._engine = settings, engine
        self._chance = random.Random(seed)
        self._places = Places(folder / "agent", folder / "agent")
        self._journal, self._clock = folder / "journal", folder / "clock"
        self._network = Network()
        self._agent: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._log = (folder / "log").open("wb")
        self._in_spool: set[str] = set()
        self._outcome = Outcome()

    def run(self, faults: int, told: Callable[[str], None]) -> Outcome:
        """So many faults, each kind at least once if there are enough."""
        began = time.monotonic()
        kinds = [KINDS[n % len(KINDS)] for n in range(min(faults, len(KINDS)))]
        kinds += self._chance.choices(KINDS, k=faults - len(kinds))
        self._chance.shuffle(kinds)
        self._prepare()
        with self._small_disk() as mounted:
            try:
                self._start_server()
                self._start_agent()
                told(f"the spool lies on {'a small disk of its own' if mounted else 'the disk of all'}")
                for number, kind in enumerate(kinds, 1):
                    self._await_a_frame()
                    time.sleep(self._chance.uniform(0.0, 1.0))
                    self._befall(kind, mounted)
                    self._outcome.faults[kind] += 1
                    if number % 25 == 0:
                        told(f"{number} of {faults} faults")
                self._drain()
                self._count()
            finally:
                self._end()
        self._outcome.seconds = time.monotonic() - began
        return self._outcome

    def _await_a_frame(self) -> None:
        """So that every fault meets an agent that captures."""
        before, until = self._journal.stat().st_size, time.monotonic() + 30
        while self._journal.stat().st_size == before:
            assert time.monotonic() < until, f"no frame was kept in 30 s:\n{Path(self._log.name).read_text()[-2000:]}"
            time.sleep(0.02)

    def _prepare(self) -> None:
        with self._engine.begin() as connection:
            deployments.enrol(connection, "laptop", timezone="Europe/Berlin")
            token = tokens.make(connection, label="agent", deployment_id="laptop")
        key = ensure_landing_key(self._settings.home)
        self._places.make()
        self._places.settings_file.write_text(_FASTEST)
        self._clock.write_text("0")
        self._journal.touch()
        url = f"http://127.0.0.1:{self._network.port}"
        given = Credentials(url=url, deployment="laptop", token=token, identity=key.identity, landing_key=key)
        write_credentials(self._places.credentials_file, given)

    @contextmanager
    def _small_disk(self) -> Iterator[bool]:
        """The spool's folder as a file system of its own; False where this user may not mount one."""
        command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES},mode=700", "tmpfs", str(self._places.spool)]
        with suppress(OSError):
            if subprocess.run(command, capture_output=True).returncode == 0:
                try:
                    yield True
                finally:
                    subprocess.run(["umount", "-l", str(self._places.spool)], check=True)
                return
        yield False

    # ── what befalls them ───────────────────────────────────────────────────────────────────────────────────────────

    def _befall(self, kind: str, mounted: bool) -> None:
        if kind == "kill agent":
            self._kill_agent()
            self._start_agent()
        elif kind == "kill server":
            assert self._server is not None
            self._server.kill()
            self._server.wait()
            time.sleep(self._chance.uniform(0, 0.5))
            self._start_server()
        elif kind == "cut network":
            self._network.cut()
            time.sleep(self._chance.uniform(0.1, 2.0))
            self._network.mend()
        elif kind == "set clock":
            self._clock.write_text(str(self._chance.uniform(-30, 30) * 3600))
        else:
            self._fill_disk(mounted)

    def _fill_disk(self, mounted: bool) -> None:
        lasts = self._chance.uniform(0.5, 1.5)
        if not mounted:
            assert self._agent is not None
            before = resource.prlimit(self._agent.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self._agent.pid, resource.RLIMIT_FSIZE, (self._chance.randrange(2000), before[1]))
            time.sleep(lasts)
            resource.prlimit(self._agent.pid, resource.RLIMIT_FSIZE, before)
            return
        filler = self._places.spool / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        time.sleep(lasts)
        filler.unlink()

    def _kill_agent(self) -> None:
        assert self._agent is not None
        self._agent.kill()
        self._agent.wait()
        names = (path.name.split(".") for path in self._places.spool.iterdir() if not path.name.endswith(".part"))
        self._in_spool |= {parts[4] for parts in names if len(parts) == 6 and parts[1] == Kind.FRAME.value}

    def _start_agent(self) -> None:
        environment = os.environ | {"RECALL_AGENT_HOME": str(self._places.state)}
        command = [sys.executable, "-m", "tests.faults.agent_process", str(self._journal), str(self._clock)]
        self._agent = subprocess.Popen(command, env=environment, stderr=self._log)

    def _start_server(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "recall_assets.server", "--port", "0"], stdout=subprocess.PIPE, stderr=self._log
        )
        assert self._server.stdout is not None
        self._server.stdout.readline()
        url = running_server(self._settings.home)
        assert url is not None, "the server did not start"
        self._network.target = int(url.rpartition(":")[2])

    # ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _drain(self) -> None:
        """Ends the agent as its owner would, then starts it once more, paused, until everything is delivered."""
        assert self._agent is not None
        time.sleep(1.5)
        self._end_agent()
        self._places.pause_file.write_text('{"until": null}')
        self._start_agent()
        until = time.monotonic() + 60
        while time.monotonic() < until and Spool(self._places.spool, 1).waiting():
            time.sleep(0.5)
        self._end_agent()

    def _end_agent(self) -> None:
        """Ends the agent as a service manager does; one that does not end by itself says in its log where it hung."""
        assert self._agent is not None
        self._agent.send_signal(signal.SIGTERM)
        if self._agent.wait(60) not in (0, -signal.SIGTERM):
            self._outcome.hung += 1
            print(f"the agent did not end in order:\n{Path(self._log.name).read_text()[-4000:]}", flush=True)

    def _count(self) -> None:
        kept = {line.replace("-", "") for line in self._journal.read_text().split()}
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.frames.c.id, tables.frames.c.landing_ref)).all()
        ids = [row.id.hex for row in rows]
        landed = {path.relative_to(self._settings.home.landing).as_posix() for path in self._landed()}
        refs = {row.landing_ref for row in rows}
        result, left = self._outcome, Spool(self._places.spool, 1)
        result.kept, result.rows = len(kept), len(ids)
        result.missing = len(kept - set(ids))
        extra = set(ids) - kept
        result.untold = len(extra & self._in_spool)
        # Acknowledged, sent and deleted within the same millisecond as the kill: no listing can have seen it.
        unseen = len(extra - self._in_spool)
        result.unexplained = unseen if result.untold + unseen > result.faults["kill agent"] else 0
        result.untold += unseen - result.unexplained
        result.twice = len(ids) - len(set(ids))
        result.without_envelope, result.strays = len(refs - landed), len(landed - refs)
        result.left_in_spool, result.thinned = len(left.waiting()), left.thinned

    def _landed(self) -> Iterator[Path]:
        return (path for path in self._settings.home.landing.rglob("*") if path.is_file())

    def _end(self) -> None:
        for process in (self._agent, self._server):
            if process is not None:
                process.kill()
                process.wait()
        self._network.close()
        self._log.close()
