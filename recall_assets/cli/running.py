"""`recall up`, `down`, `status` and `migrate`: the whole of Recall on this machine, as one thing.

up      cli.group, until Ctrl+C or `down`         exit 0; 1 with a message where something cannot start
down    SIGTERM to that `up`, which stops all     exit 0, also where nothing ran
status  a table, or --json                        exit 0 all well, 1 something is not, 3 nothing runs
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from recall_assets.cli.invitations import invitation
from recall_assets.cli.local_agent import AGENT, doing
from recall_assets.cli.opening import login_link
from recall_assets.cli.programs import POSTGRES, SERVER, health_check, program_environment, unread_settings
from recall_assets.cli.session import opened_database
from recall_assets.cli.up_record import Record, running_record
from recall_assets.engines.postgres import Database, is_running, running_postgres, server_state
from recall_assets.engines.processes import ProcessState
from recall_assets.errors import EngineError
from recall_assets.server.address import running_remote
from recall_assets.server.listening import parse_endpoint
from recall_assets.settings import Settings, load_settings
from recall_assets.store import disk

_DETACHED_SECONDS = 300.0
_STOP_SECONDS = 90.0
_NOTHING_RUNS = 3
_INVITED_FOR = timedelta(hours=1)


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything answers; it runs on.")] = False,
    only_database: Annotated[
        bool, typer.Option("--only-database", help="PostgreSQL alone, for `dagster dev` from a checkout.")
    ] = False,
    listen: Annotated[
        str | None,
        typer.Option(metavar="ADDR[:PORT]", help="Let other machines reach the server here, with TLS."),
    ] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="ID", help="Capture this machine as this deployment [this-machine].")
    ] = None,
    no_agent: Annotated[bool, typer.Option("--no-agent", help="Do not capture this machine.")] = False,
) -> None:
    """Run everything: PostgreSQL, the server, Dagster with its UI, and an agent where there is a screen."""
    from recall_assets.cli.group import running_group  # slow to load, and status and down need none of it

    if listen is not None:
        os.environ["RECALL_LISTEN"] = str(parse_endpoint(listen))  # the server that we start reads the same settings
    if agent is not None or no_agent:
        os.environ["RECALL_AGENT"] = "" if no_agent else str(agent)
    settings = load_settings()
    if unread := unread_settings(Path.cwd()):
        print(
            f".env of this folder sets {', '.join(unread)}, which Recall does not read: put that into "
            f"{settings.home.settings_file} or export it. A checkout's .env is written anew for `dagster dev`."
        )
    if detach:
        _print_addresses(settings, _detached(settings, only_database=only_database))
        _print_remote(settings, invite=True)
        return
    console = Console()
    stop = threading.Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # asked twice: whatever still starts or stops is left at once
        stop.set()
        if not up_and_running:
            raise KeyboardInterrupt

    up_and_running = False
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)

    def told(name: str, what: str) -> None:
        with contextlib.suppress(OSError):  # a log on a full disk, a terminal that is gone: no reason to end
            console.print(f"  {name:<18} {what}", highlight=False)

    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        with console.status("Starting; the first time takes a minute"):
            group = stack.enter_context(running_group(settings, told, only_database=only_database))
        up_and_running = True
        _print_addresses(settings, group.record(ready=True))
        _print_remote(settings, invite=sys.stdout.isatty())  # a link is a secret: not into a log
        console.print("Ctrl+C stops everything.")
        group.tend_until(stop, told)
        console.print("Stopping.")


def down() -> None:
    """Stop what `recall up` runs, and say what that was."""
    settings = load_settings()
    record = running_record(settings.home)
    if record is None:
        print("Nothing ran.")
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        holder = psutil.Process(record.pid)
        holder.terminate()
        try:
            holder.wait(_STOP_SECONDS)
        except psutil.TimeoutExpired:
            holder.kill()  # its guards then end what it started
    names = [state.name for state in record.states]
    if settings.database_url is None:
        names += [f"{POSTGRES} (still in use by another command)" if is_running(settings.home) else POSTGRES]
    print("Stopped:", ", ".join(names))


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One line of `recall status`."""

    process: str
    pid: int | None
    port: int | None
    health: str  # ok, starting or ill
    since: datetime | None
    restarts: int = 0


def status(as_json: Annotated[bool, typer.Option("--json", help="A list of processes.")] = False) -> None:
    """What runs: process, pid, port, health, since."""
    settings = load_settings()
    rows = process_rows(settings)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], default=datetime.isoformat, indent=1))
    elif not rows:
        print("Nothing runs. Start everything with `recall up`.")
    else:
        _print_rows(rows)
        room = disk.room(settings)
        Console().print(f"\ndisk: {', '.join([*_disk_use(settings), f'{room.free_bytes / 1e9:.1f} GB free'])}")
        if room.is_short:
            Console().print(f"\n[red]Nothing is taken in[/]: {room}. {disk.REMEDY}", highlight=False)
    if not rows:
        raise typer.Exit(_NOTHING_RUNS)
    if any(row.health != "ok" for row in rows):
        raise typer.Exit(1)


def _disk_use(settings: Settings) -> list[str]:
    """What takes room, by kind; nothing while the database does not answer."""
    from recall_assets.disk_use import disk_use, told
    from recall_assets.store.database import connect

    server = None if settings.database_url else server_state(settings)
    database = server.database if server else Database.of(settings)
    if database is None:
        return []
    engine = connect(database.url)
    try:
        with engine.connect() as connection:
            return [told(disk_use(connection, settings.home))]
    except DBAPIError:  # it starts, or has no tables yet
        return []
    finally:
        engine.dispose()


def process_rows(settings: Settings) -> list[ProcessRow]:
    """Every process of this home that runs or should; and the disk, where it is too full for them."""
    record = running_record(settings.home)
    rows = []
    server = None if settings.database_url else server_state(settings)
    if server is not None:
        rows.append(ProcessRow(POSTGRES, server.pid, server.port, server.health, server.since))
    if record is not None and record.states:
        database = server.database if server else Database.of(settings)
        for state in record.states:
            if state.name == AGENT:
                rows.append(_agent_row(settings, state))
                continue
            well = database is not None and health_check(settings.home, state.name, state.port, database)(state.since)
            health = "ok" if well else "ill" if record.ready else "starting"
            rows.append(ProcessRow(state.name, state.pid, state.port, health, state.since, state.restarts))
    if rows and (room := disk.room(settings)).is_short:
        rows.append(ProcessRow(f"disk, {room.free_bytes // 1_000_000} MB free", None, None, "ill", None))
    return rows


def _agent_row(settings: Settings, state: ProcessState) -> ProcessRow:
    now = doing(settings)
    health = "ok" if now not in {"", "failed"} else "ill"
    name = f"{AGENT}, {now.replace('_', ' ')}" if now else AGENT
    return ProcessRow(name, state.pid, None, health, state.since, state.restarts)


def migrate(
    dump: Annotated[bool, typer.Option(help="Dump older data first, into the home's folder `dumps`.")] = True,
) -> None:
    """Bring the database to this version's schema."""
    from recall_assets.store import schema
    from recall_assets.store.database import check_server, connect

    settings = load_settings()
    with running_postgres(settings) as database:
        engine = connect(database.url)
        try:
            check_server(engine)
            schema.migrate(engine, dump_folder=settings.home.dumps if dump else None)
        finally:
            engine.dispose()
    print("The database has this version's schema.")


def _detached(settings: Settings, *, only_database: bool) -> Record:
    log = settings.home.logs / "up.log"
    arguments = ["up", *(["--only-database"] if only_database else [])]
    with log.open("wb") as out:
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "recall_assets.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=program_environment({}),
        )
    deadline = time.monotonic() + _DETACHED_SECONDS
    with Console().status("Starting; the first time takes a minute"):
        while time.monotonic() < deadline:
            if child.poll() is not None:
                said = log.read_text(errors="replace").strip()
                raise EngineError(said.rpartition("recall: ")[2] or "`recall up` ended at once.")
            record = running_record(settings.home)
            if record is not None and record.pid == child.pid and record.ready:
                return record
            time.sleep(0.2)
    child.terminate()
    raise EngineError(f"Recall did not start within {_DETACHED_SECONDS:.0f} s.", f"See {log}.")


def _print_addresses(settings: Settings, record: Record) -> None:
    if (address := record.address(SERVER)) is None:
        return
    name = address.replace("127.0.0.1", "localhost")
    print(f"Recall       {name}    open it: recall open; the asset graph is at /dagster")
    if sys.stdout.isatty():  # a link is a secret: not into a log
        with opened_database(settings) as engine:
            print(f"\nTo log in, within ten minutes, once:\n\n  {login_link(settings, engine, address)}\n")


def _print_remote(settings: Settings, *, invite: bool) -> None:
    """Where other machines reach the server, and how one of them becomes a deployment."""
    remote = running_remote(settings.home)
    if remote is None:
        return
    print(f"For others   {settings.public_url or remote.url}")
    if invite:
        with opened_database(settings) as engine:
            link = invitation(settings, engine, _INVITED_FOR)
        print(f"\nTo enrol a machine, there, once, within an hour:\n\n  recall-agent enrol '{link}'\n")
    else:
        print("To enrol a machine: recall deployments invite")


def _print_rows(rows: list[ProcessRow]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("process", "pid", "port", "health", "since", "restarts"):
        table.add_column(column, justify="right" if column in {"pid", "port", "restarts"} else "left")
    for row in rows:
        colour = {"ok": "green", "starting": "yellow"}.get(row.health, "red")
        since = "" if row.since is None else f"{row.since.astimezone():%a %-d %b %H:%M}"
        table.add_row(
            row.process,
            str(row.pid or ""),
            str(row.port or ""),
            f"[{colour}]{row.health}[/]",
            since,
            str(row.restarts or ""),
        )
    Console().print(table)
