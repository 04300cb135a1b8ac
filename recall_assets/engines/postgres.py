"""The embedded PostgreSQL server: whoever needs it starts it, the last one to leave stops it.

    process A ─ lease ┐
    process B ─ lease ┼─ run/postgres.users (shared flock; the kernel drops it with its process, kill -9 too)
    process C ─ lease ┘            │ nobody left
                                   ▼
    postgres_keeper ── one a home ── starts, restarts and stops ──► postgres ── data, socket, 127.0.0.1:port

`RECALL_DATABASE_URL` replaces all of it by a server that somebody else runs. Where programs, data and socket lie,
and as which OS user the server runs, is `postgres_cluster`'s knowledge.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from recall_assets.engines import postgres_keeper
from recall_assets.engines.postgres_cluster import ROLE, Cluster
from recall_assets.engines.postgres_keeper import Locks
from recall_assets.errors import DatabaseError
from recall_assets.settings import Home, Settings

DATABASE = "recall"
_log = logging.getLogger(__name__)

# A start without crash recovery took 0.2 s; a server that does not even refuse after this long hangs.
_SILENT_SECONDS = 60.0
_QUIET_SECONDS = 3.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Database:
    """Addresses of the two databases of one server; both hold the password."""

    url: str
    dagster_url: str

    def __repr__(self) -> str:
        return f"Database({make_url(self.url)!r})"

    @classmethod
    def of(cls, settings: Settings) -> "Database | None":
        """The external database that the settings name, if they do."""
        return None if settings.database_url is None else cls.at(make_url(settings.database_url))

    @classmethod
    def at(cls, url: URL) -> "Database":
        """Recall's database at `url`, and Dagster's beside it; Dagster needs psycopg2."""
        recall = url.set(drivername="postgresql+psycopg")
        dagster = url.set(drivername="postgresql+psycopg2", database=f"{url.database}_dagster")
        return cls(recall.render_as_string(hide_password=False), dagster.render_as_string(hide_password=False))


@contextmanager
def running_postgres(settings: Settings, *, durable: bool = True) -> Iterator[Database]:
    """The database, up for as long as the block runs; an external one is only named, not checked.

    Args:
        durable: False for tests alone: no fsync, so a power cut (not a kill) loses the data.

    Raises:
        DatabaseError: the server cannot be made, started or reached; names its log.
    """
    external = Database.of(settings)
    if external is not None:
        yield external
        return
    locks = Locks.below(settings.home.run)
    with locks.start_held():
        cluster = Cluster.of(settings)
        lease = locks.join()
        try:
            _ensure_running(cluster, locks, settings.home, durable=durable)
        except BaseException:
            lease.close()
            raise
    try:
        yield Database.at(cluster.url(DATABASE))
    finally:
        lease.close()
        _wait_unless_used(locks)


@dataclass(frozen=True, slots=True)
class ServerState:
    """The embedded server at one moment; `health` is ok, starting or ill."""

    pid: int
    port: int
    health: str
    since: datetime
    database: Database


def server_state(settings: Settings) -> ServerState | None:
    """How the embedded server of this home is; None where it does not run. Starts nothing."""
    data = settings.home_path / "pg" / "data"
    server = postgres_keeper.running_server(data)
    if server is None:
        return None
    cluster = Cluster.of(settings)
    health = {"ready": "ok", "silent": "ill"}.get(answer := cluster.state(), answer)
    since = datetime.fromtimestamp(server.create_time(), UTC)
    return ServerState(server.pid, cluster.port, health, since, Database.at(cluster.url(DATABASE)))


def is_running(home: Home) -> bool:
    """Whether the embedded server of this home is up, or about to be."""
    return Locks.below(home.run).keeper_lives()


def _ensure_running(cluster: Cluster, locks: Locks, home: Home, *, durable: bool) -> None:
    log = home.logs / "postgres.log"
    if locks.keeper_lives():
        _wait_until_ready(cluster, locks, log)
        return
    cluster.prepare()
    keeper = _start_keeper(cluster, locks, log, durable=durable)
    try:
        _wait_until_ready(cluster, locks, log)
        with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
            _create_database(connection)
            _hash_once(connection)
    except BaseException:
        keeper.terminate()
        raise


def _start_keeper(cluster: Cluster, locks: Locks, log: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    keeper = [sys.executable, "-m", postgres_keeper.__name__, locks.folder, cluster.data]
    keeper += [*map(str, cluster.owner_ids), *cluster.command(durable=durable)]
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
        process = subprocess.Popen(  # noqa: S603
            [*map(str, keeper)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl+C in our terminal is not for the server
            cwd="/",
            umask=0o077,
            env=cluster.environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )
    deadline = time.monotonic() + _SILENT_SECONDS
    while not locks.keeper_lives():
        if process.poll() is not None or time.monotonic() > deadline:
            raise _not_started(log)
        time.sleep(0.01)
    return process


def _wait_until_ready(cluster: Cluster, locks: Locks, log: Path) -> None:
    """Waits as long as the server says that it is starting: crash recovery may take minutes."""
    started = time.monotonic()
    told = False
    while True:
        answer = cluster.state()
        if answer == "ready":
            return
        waited = time.monotonic() - started
        if not locks.keeper_lives() or (answer == "silent" and waited > _SILENT_SECONDS):
            raise _not_started(log)
        if answer == "starting" and waited > _QUIET_SECONDS and not told:
            _log.warning("PostgreSQL is recovering after a crash; this may take minutes.")
            told = True
        time.sleep(0.05)


def _not_started(log: Path) -> DatabaseError:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    fatal = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line or "could not" in line]
    reason = (fatal or lines or ["no reason given"])[-1]
    return DatabaseError(f"PostgreSQL did not start: {reason}", f"See {log}.")


def _create_database(connection: psycopg.Connection) -> None:
    if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
        create = sql.SQL("create database {} owner {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
        connection.execute(create)


def _hash_once(connection: psycopg.Connection) -> None:
    """Has the server keep our password hashed once in place of 4,096 times.

    Many rounds slow down who guesses at a short one; ours are 32 random bytes. Dagster opens a connection for each
    query, and the rounds were most of what each cost both sides.
    """
    kept = connection.execute("select rolpassword from pg_authid where rolname = %s", [ROLE]).fetchone()
    if kept is not None and kept[0].startswith("SCRAM-SHA-256$1:"):
        return
    connection.execute("set scram_iterations = 1")
    hashed = connection.pgconn.encrypt_password(connection.info.password.encode(), ROLE.encode(), b"scram-sha-256")
    change = sql.SQL("alter role {} password {}").format(sql.Identifier(ROLE), sql.Literal(hashed.decode()))
    connection.execute(change)


def _wait_unless_used(locks: Locks) -> None:
    """Returns when the server is down, or at once when somebody else uses it."""
    deadline = time.monotonic() + _STOP_SECONDS
    while locks.keeper_lives() and time.monotonic() < deadline:
        if locks.used():
            return
        time.sleep(0.05)
