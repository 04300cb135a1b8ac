"""N faults in random order at random moments over everything that Recall is, and what is left of each frame.

    agent ──► spool ──► network ──► server ──► landing, rows ──► runs ──► text, activities, summaries
      └ journal                     `recall up`: server, code server, daemon, PostgreSQL, one small disk for all

    agent      killed; its clock wrong by up to 30 hours, both ways; its spool's disk full to the last byte
    network    cut for a moment, in the middle of whatever travels
    kill -9    server, daemon, code server (now and then the guard above), a run, a reader of screens,
               PostgreSQL, its keeper; everything at once, as a power cut does, and `recall up` again
    database   stopped and started again; all its sessions ended
    disk       less free than is to be spared: uploads are refused;  full to the last byte

Then everything mends: the spool empties, runs end, nights pass until no schedule asks for anything; see `afterwards`.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import psycopg
from sqlalchemy import create_engine, func, select, text, update

from capture_agent.protocol import PROTOCOL_VERSION, VERSION_HEADER
from recall_assets.cli.dagster_home import dagster_environment
from recall_assets.cli.programs import CODE_SERVER, DAEMON, SERVER
from recall_assets.engines.ports import free_port
from recall_assets.engines.postgres import running_postgres
from recall_assets.keyring import found_vault
from recall_assets.records import Review, Status
from recall_assets.settings import Settings, load_settings
from recall_assets.store import deployments, tables, tokens
from recall_assets.store.database import connect
from recall_assets.store.review import set_review
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.everywhere import Everywhere, by_name
from tests.faults.afterwards import Outcome, count_frames, count_graph
from tests.faults.agent import Agent
from tests.faults.network import Network
from tests.faults.planted import names
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.whole import Whole, environment
from tests.vault.vaults import key_material, make_slot

Told = Callable[[str], None]

_SPOOL_BYTES, _HOME_BYTES, _SPARE_BYTES = 4_000_000, 4_000_000_000, 64_000_000
# How long a fault waits for its victim to be there, and how long it is waited for quiet while no frame more is read.
_VICTIM_SECONDS, _QUIET_SECONDS, _QUIET_FOR_SECONDS = 6.0, 600.0, 25.0
_NIGHTS = 5


class Campaign:
    """Everything of one Recall below a folder, one agent, and what can befall them."""

    def __init__(self, folder: Path, seed: int, told: Told) -> None:
        self._chance = random.Random(seed)
        self._told = told
        self._folder = folder
        self._outcome = Outcome()
        self.enough = False  # once set, no more faults come, and what is left is counted
        self._network = Network()
        self._faults: dict[str, Callable[[], bool]] = {
            "kill agent": self._kill_agent,
            "set clock": self._set_clock,
            "full spool": self._fill_spool,
            "cut network": self._cut_network,
            "kill server": lambda: self._kill(lambda: self._program(SERVER)),
            "kill daemon": lambda: self._kill(lambda: self._program(DAEMON)),
            "kill code server": lambda: self._kill(lambda: self._program(CODE_SERVER)),
            "kill run": lambda: self._kill(self._whole.runs, longest_wait=4.0),
            "kill reader": lambda: self._kill(self._whole.readers, longest_wait=1.0),
            "kill PostgreSQL": lambda: self._kill(self._whole.postmaster),
            "kill PostgreSQL's keeper": lambda: self._kill(self._whole.keeper),
            "restart PostgreSQL": lambda: self._kill(self._whole.postmaster, signal.SIGINT),
            "end sessions": self._end_sessions,
            "disk nearly full": self._nearly_fill_disk,
            "disk full": self._fill_disk,
            "power cut": self._cut_power,
        }

    def run(self, faults: int) -> Outcome:
        """So many faults, each kind at least once if there are enough."""
        began = time.monotonic()
        with ExitStack() as stack:
            stack.callback(self._network.close)
            self._spool_disk = stack.enter_context(small_disk(self._folder / "agent" / "spool", _SPOOL_BYTES))
            self._disk = stack.enter_context(small_disk(self._folder / "disk", _HOME_BYTES, "755"))
            self._prepare(self._disk)
            stack.callback(self._whole.stop)
            stack.callback(self._agent.kill)
            self._agent.start()
            self._told(f"ready after {time.monotonic() - began:.0f} s; small disks: {self._disk.mounted}")
            self._befall(self._order(faults))
            self._told(f"all faults after {time.monotonic() - began:.0f} s")
            self._mend()
            self._whole.stop()
            self._told(f"mended after {time.monotonic() - began:.0f} s")
            self._count()
        self._outcome.told["seconds"] = round(time.monotonic() - began)
        return self._outcome

    def _order(self, faults: int) -> list[str]:
        # A power cut takes the time of ten others, for everything starts anew.
        weights = [0.2 if kind == "power cut" else 1.0 for kind in self._faults]
        kinds = [*self._faults][:faults]
        kinds += self._chance.choices([*self._faults], weights, k=faults - len(kinds))
        self._chance.shuffle(kinds)
        return kinds

    def _prepare(self, disk: SmallDisk) -> None:
        folder = self._folder / "disk"
        self._port = free_port()
        environment(folder, self._port, _SPARE_BYTES if disk.mounted else 0)
        self._settings: Settings = load_settings()
        self._agent = Agent(self._folder / "agent")
        self._whole = Whole(self._settings, self._folder / "up.log")
        self._whole.start()
        self._network.target = self._port
        self._database = self._whole.database()
        self._engine = connect(self._database.url)
        with self._engine.begin() as connection:
            deployments.enrol(connection, "laptop", timezone="Europe/Berlin")
            set_review(connection, "laptop", Review(timedelta()))
            self._token = tokens.make(connection, label="agent", deployment_id="laptop")
        found_vault(self._engine, self._settings.home, make_slot(key_material()), datetime.now(UTC))
        key = ensure_landing_key(self._settings.home)
        self._agent.prepare(f"http://127.0.0.1:{self._network.port}", self._token, key)
        places = [self._folder / "agent", folder / "temporary"]
        self._everywhere = Everywhere(self._settings.home, self._engine, self._settings.service_folder, places)

    # ── what befalls them ───────────────────────────────────────────────────────────────────────────────────────────

    def _befall(self, kinds: Sequence[str]) -> None:
        for number, kind in enumerate(kinds, 1):
            if self.enough:
                self._told(f"enough after {number - 1} faults")
                return
            self._agent.await_a_frame()
            time.sleep(self._chance.uniform(0.0, 1.0))
            done = self._faults[kind]()
            self._outcome.faults[kind if done else f"{kind} (there was none)"] += 1
            if not self._whole.lives:
                self._outcome.wrong["`recall up` ended by itself"] = 1
                raise AssertionError(f"recall up ended after {kind}:\n{self._up_log()}")
            if number % 25 == 0:
                self._told(f"{number} of {len(kinds)} faults")

    def _kill(
        self,
        victims: Callable[[], Sequence[psutil.Process]],
        how: signal.Signals = signal.SIGKILL,
        longest_wait: float = 0.0,
    ) -> bool:
        """Kills one of the victims, as soon as there is one and a moment later."""
        until = time.monotonic() + _VICTIM_SECONDS
        while time.monotonic() < until:
            if victims():
                time.sleep(self._chance.uniform(0.0, longest_wait))
                with suppress(psutil.Error):
                    if found := victims():
                        self._chance.choice(found).send_signal(how)
                        return True
            time.sleep(0.1)
        return False

    def _program(self, name: str) -> list[psutil.Process]:
        """The program; one time in five the guard above it."""
        found = self._whole.program(name)
        return found[-1:] if self._chance.random() < 0.2 else found[:1]

    def _kill_agent(self) -> bool:
        self._agent.kill()
        self._agent.start()
        return True

    def _set_clock(self) -> bool:
        self._agent.set_clock(self._chance.uniform(-30, 30) * 3600)
        return True

    def _cut_network(self) -> bool:
        self._network.cut()
        time.sleep(self._chance.uniform(0.1, 2.0))
        self._network.mend()
        return True

    def _fill_spool(self) -> bool:
        return self._without_room(self._spool_disk, 0, [psutil.Process(self._agent.pid)], 1.5)

    def _fill_disk(self) -> bool:
        return self._without_room(self._disk, 0, self._whole.program(SERVER)[:1] + self._whole.runs(), 4.0)

    def _nearly_fill_disk(self) -> bool:
        if not self._disk.mounted:
            return False
        self._disk.leave(_SPARE_BYTES // 2)
        with suppress(httpx.HTTPError):  # the server may be down
            headers = {"Authorization": f"Bearer {self._token}", VERSION_HEADER: str(PROTOCOL_VERSION)}
            answer = httpx.post(f"http://127.0.0.1:{self._port}/v1/ingest", headers=headers, trust_env=False)
            taken = self._outcome.wrong.setdefault("uploads that were taken on a disk that was nearly full", 0)
            self._outcome.wrong["uploads that were taken on a disk that was nearly full"] = taken + answer.is_success
            self._outcome.faults["  of these the server was asked, and refused"] += answer.status_code == 507
        time.sleep(self._chance.uniform(0.5, 4.0))
        self._disk.give_back()
        return True

    def _without_room(self, disk: SmallDisk, free: int, writers: Sequence[psutil.Process], longest: float) -> bool:
        """A full disk for a moment; where there is no small one, a limit on what these may write."""
        lasts = self._chance.uniform(0.5, longest)
        if disk.mounted:
            disk.leave(free)
            time.sleep(lasts)
            disk.give_back()
            return True
        before = [(one, one.rlimit(psutil.RLIMIT_FSIZE)) for one in writers]
        for one, (_, hard) in before:
            one.rlimit(psutil.RLIMIT_FSIZE, (self._chance.randrange(2000), hard))
        time.sleep(lasts)
        for one, limits in before:
            with suppress(psutil.Error):
                one.rlimit(psutil.RLIMIT_FSIZE, limits)
        return bool(before)

    def _end_sessions(self) -> bool:
        with suppress(psycopg.Error), psycopg.connect(_plain(self._database.url), autocommit=True) as session:
            others = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            session.execute(f"{others} and backend_type = 'client backend'")
            return True
        return False

    def _cut_power(self) -> bool:
        self._whole.cut_power()
        self._whole.start()
        return True

    # ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _mend(self) -> None:
        """Delivers the rest, then waits until the graph is quiet; nights make good what failed."""
        time.sleep(1.5)
        self._agent.deliver_the_rest(patience_seconds=180)
        for number in range(_NIGHTS):
            quiet = self._await_quiet()
            self._make_an_hour_old()
            asked = self._graph()
            self._told(f"night {number + 1}: {'' if quiet else 'not quiet; '}{asked}")
            self._outcome.told["nights that found something to do"] = number
            if not any(asked.values()):
                break
        self._outcome.wrong["the nights always find something to do"] = int(any(asked.values()))
        count_graph(self._outcome, self._graph("--look"))

    def _await_quiet(self) -> bool:
        """Whether everything runs, nothing is under way and nothing waits, for more than two looks of the sensors."""
        until, quiet_since = time.monotonic() + _QUIET_SECONDS, time.monotonic()
        fewest = sys.maxsize
        while time.monotonic() - quiet_since < _QUIET_FOR_SECONDS:
            if time.monotonic() > until:
                return False
            time.sleep(1)
            unread = self._unread() if self._whole.is_well else sys.maxsize
            if unread < fewest:
                fewest, until = unread, time.monotonic() + _QUIET_SECONDS
            if unread or not self._no_run_is_under_way():
                quiet_since = time.monotonic()
        return True

    def _unread(self) -> int:
        """Frames that wait to be read, without those of a clock that runs days ahead."""
        c = tables.frames.c
        waiting = select(func.count()).where(c.ocr_status == Status.PENDING)
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        with self._engine.connect() as connection:
            return int(connection.scalar(waiting.where(c.day <= tomorrow)) or 0)

    def _no_run_is_under_way(self) -> bool:
        dagster = create_engine(self._database.dagster_url)
        try:
            with dagster.connect() as connection:
                ended = "('SUCCESS', 'FAILURE', 'CANCELED')"
                return not connection.scalar(text(f"select exists (select from runs where status not in {ended})"))
        finally:
            dagster.dispose()

    def _make_an_hour_old(self) -> None:
        """What came within the last hour is the sensor's, and not a night's."""
        with self._engine.begin() as connection:
            c = tables.frames.c
            connection.execute(update(tables.frames).values(received_at=c.received_at - timedelta(hours=2)))

    def _graph(self, *words: str) -> dict[str, int]:
        variables = os.environ | dagster_environment(self._settings, self._database)
        command = [sys.executable, "-m", "tests.faults.night", *words]
        with (self._folder / "night.log").open("ab") as log:
            done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, stderr=log, cwd=self._folder)
        assert done.returncode == 0, (self._folder / "night.log").read_text()[-3000:]
        found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return found

    def _count(self) -> None:
        with running_postgres(self._settings):
            count_frames(self._outcome, self._agent, self._engine, self._settings.home)
            self._everywhere.texts |= {"recall up": self._up_log(), "faults": self._outcome.table()}
            found = by_name(self._everywhere.find(names()), names())
            self._engine.dispose()
        self._outcome.wrong["places that hold a planted secret in clear"] = len(found)
        self._outcome.details += [f"in clear: {', '.join(kinds)} in {place}" for place, kinds in found.items()]
        self._outcome.told["restarts by `recall up`"] = self._up_log().count("ended unexpectedly")
        self._outcome.told["ends of the agent that were not in order"] = self._agent.hung

    def _up_log(self) -> str:
        return (self._folder / "up.log").read_text(errors="replace")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")
