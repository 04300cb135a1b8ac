"""Everything of one home as one group: PostgreSQL, server and Dagster, held by whoever runs `recall up`.

run/up.lock   an flock: who holds it is the one `recall up` of this home; the kernel frees it with its process
run/up.json   who that is, and what it runs, for `recall status` and `recall down`

lock ─► PostgreSQL ─► migrate ─► prepare Dagster ─► code server, server ─► webserver, daemon ─► ready
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import psycopg

from recall_assets.cli.dagster_home import dagster_environment
from recall_assets.cli.local_agent import (
    AGENT,
    HOME_VARIABLE,
    agent_home,
    agent_program,
    enrol_this_machine,
    why_not_captured,
)
from recall_assets.cli.programs import (
    CODE_SERVER,
    POSTGRES,
    SERVER,
    check_ports,
    prepare_dagster,
    program_environment,
    programs,
    write_checkout_environment,
)
from recall_assets.cli.up_record import Record, group_lock, is_recorded, write_record
from recall_assets.engines.choice import check_engine
from recall_assets.engines.postgres import Database, is_running, running_postgres
from recall_assets.engines.processes import ProcessGroup, ProcessState, close_to_others
from recall_assets.errors import EngineError, RecallError
from recall_assets.settings import Settings
from recall_assets.store import reading
from recall_assets.store.database import check_server, connect
from recall_assets.store.schema import migrate

Told = Callable[[str, str], None]  # is given a name and what became of it

_START_SECONDS = 120.0
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0


class Group:
    """A group that runs; only its holder has one."""

    def __init__(self, settings: Settings, database: Database, leases: ExitStack) -> None:
        self.database = database
        self._settings = settings
        self._leases = leases
        self._since = datetime.now(UTC)
        self._recorded: list[ProcessState] = []
        self._next_postgres, self._postgres_pause = 0.0, _SHORTEST_PAUSE_SECONDS
        environment = dagster_environment(settings, database)
        if settings.agent:
            environment |= {HOME_VARIABLE: str(agent_home(settings))}
        write_checkout_environment(environment)
        self._environment = program_environment(environment)
        self._processes = ProcessGroup(self._environment, settings.home.dagster, settings.home.logs)

    def start(self, told: Told) -> None:
        """Starts every program and returns when all answer; Dagster's own wait for its tables."""
        waiting = {program.name: program for program in programs(self._settings, self.database)}
        for name in (SERVER, CODE_SERVER):
            self._processes.start(waiting.pop(name))
        prepare_dagster(self._settings.home, self._environment)
        for program in waiting.values():
            self._processes.start(program)
        self.record(ready=False)
        for state in self._processes.states():
            self._processes.wait_until_healthy(state.name, _START_SECONDS)
            told(state.name, f"ready after {(datetime.now(UTC) - state.since).total_seconds():.1f} s")
        if self._settings.agent:
            self._start_agent(told)

    def _start_agent(self, told: Told) -> None:
        """Captures this machine too; that it cannot be captured is told, and keeps nothing else from running."""
        if why_not := why_not_captured():
            told(AGENT, f"this machine is not captured: {why_not}")
            return
        address = self.record(ready=False).address(SERVER)
        engine = connect(self.database.url)
        try:
            enrol_this_machine(self._settings, engine, str(address), self._environment)
        except RecallError as error:
            told(AGENT, f"this machine is not captured: {error}")
        else:
            self._processes.start(agent_program(self._settings))
            told(AGENT, f"captures this machine as {self._settings.agent}")
        finally:
            engine.dispose()

    def stop(self) -> None:
        """Stops every program; the database is its leases' business."""
        self._processes.stop()

    def record(self, *, ready: bool) -> Record:
        """What runs, as others can read it from now on."""
        states = self._processes.states()
        record = Record(os.getpid(), self._since, ready, tuple(states))
        write_record(self._settings.home, record)
        self._recorded = states
        return record

    def tend(self, told: Told) -> None:
        """One look: what died is told and started again, PostgreSQL's keeper too.

        Raises:
            EngineError: the home is gone; what would start again would begin an empty one in its place.
        """
        if not is_recorded(self._settings.home):
            raise EngineError(
                f"{self._settings.home.path} is gone, and with it what Recall keeps.",
                "Bring it back (is its volume mounted?), then `recall up`.",
            )
        for name in self._processes.tend():
            told(name, "ended unexpectedly, starts again")
        self._tend_postgres(told)
        if self._processes.states() != self._recorded:
            with contextlib.suppress(OSError):  # a full disk: tried again with the next look
                self.record(ready=True)

    def _tend_postgres(self, told: Told) -> None:
        """Its keeper starts it again by itself; here one that gave up, or died, is replaced, as often as it takes."""
        if self._settings.database_url is not None or time.monotonic() < self._next_postgres:
            return
        if is_running(self._settings.home):
            self._postgres_pause = _SHORTEST_PAUSE_SECONDS
            return
        told(POSTGRES, "ended unexpectedly, starts again")
        try:
            self._leases.enter_context(running_postgres(self._settings))
        except (RecallError, OSError, psycopg.Error) as error:
            pause, self._postgres_pause = self._postgres_pause, min(2 * self._postgres_pause, _LONGEST_PAUSE_SECONDS)
            self._next_postgres = time.monotonic() + pause
            told(POSTGRES, f"{error.problem if isinstance(error, RecallError) else error} Again in {pause:.0f} s.")

    def tend_until(self, stop: threading.Event, told: Told) -> None:
        """Looks each second until `stop` is set."""
        while not stop.wait(1.0):
            self.tend(told)


@contextmanager
def running_group(settings: Settings, told: Told, *, only_database: bool = False) -> Iterator[Group]:
    """The whole group, up and healthy; stopped at the end of the block, and by the death of this process.

    Args:
        only_database: PostgreSQL alone, for `dagster dev`, which brings Dagster itself.

    Raises:
        AlreadyRunningError: another `recall up` holds this home, or a port is in use.
        DatabaseError, EngineError: something could not be started; what had been is stopped again.
    """
    close_to_others()
    with ExitStack() as leases:
        leases.enter_context(group_lock(settings.home))
        if not only_database:
            check_ports(settings)
        began = time.monotonic()
        database = leases.enter_context(running_postgres(settings))
        _migrate(settings, database)
        _check_reading(settings, database)
        told(POSTGRES, f"ready after {time.monotonic() - began:.1f} s")
        group = Group(settings, database, leases)
        leases.callback(group.stop)
        group.record(ready=False)
        if not only_database:
            group.start(told)
        group.record(ready=True)
        yield group


def _migrate(settings: Settings, database: Database) -> None:
    engine = connect(database.url)
    try:
        check_server(engine)
        migrate(engine, dump_folder=settings.home.dumps)
    finally:
        engine.dispose()


def _check_reading(settings: Settings, database: Database) -> None:
    """Nothing, where every machine's screens can be read as they should be: else none would be, run after run."""
    engine = connect(database.url)
    try:
        with engine.connect() as connection:
            chosen = reading.chosen(connection)
        check_engine(settings.reading)
        for deployment_id, choice in chosen.items():
            try:
                check_engine(choice)
            except EngineError as error:
                remedy = f"recall deployments reading {deployment_id} chooses another. {error.remedy}"
                raise EngineError(f"{deployment_id}: {error.problem}", remedy) from None
    finally:
        engine.dispose()
