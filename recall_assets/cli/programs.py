"""What `recall up` runs beside PostgreSQL, and how each shows that it works.

server            GET /health
code server       accepts gRPC connections        (workspace.yaml in home/dagster names its port)
dagster webserver GET /server_info through its socket
dagster daemon    a heartbeat since its start, younger than two minutes
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import make_url

import recall_assets
from recall_assets.engines.ports import check_is_free, free_port
from recall_assets.engines.postgres import Database
from recall_assets.engines.processes import Program
from recall_assets.engines.sockets import DAGSTER_PREFIX, dagster_socket
from recall_assets.errors import DatabaseError
from recall_assets.server.listening import open_listener, parse_endpoint
from recall_assets.settings import Home, Settings

POSTGRES = "postgres"
SERVER, CODE_SERVER, WEBSERVER, DAEMON = "server", "code server", "dagster webserver", "dagster daemon"

_HEARTBEAT_AGE = timedelta(minutes=2)
_OURS = "# By `recall up`, for `dagster dev` alone; Recall reads recall.toml of its home and the environment."
_PYTHON = sys.executable

# `code-server start`, not `api grpc`: it can load the definitions anew, which an import of older days asks for.
_CODE_SERVER = ["dagster", "code-server", "start", "-m", "recall_assets.definitions", "--location-name", "recall"]
_CODE_SERVER += ["--use-python-environment-entry-point"]

_WORKSPACE = """# Written by `recall up`: the code server that it runs.
load_from:
  - grpc_server:
      host: 127.0.0.1
      port: {port}
      location_name: recall
"""


def programs(settings: Settings, database: Database) -> list[Program]:
    """The programs in the order of their start, each on a port of its own."""
    server = settings.server_port or free_port()
    socket = dagster_socket(settings.home)
    code = free_port()
    workspace = settings.home.dagster / "workspace.yaml"
    workspace.write_text(_WORKSPACE.format(port=code))
    written = ["--log-format", settings.log_format] if settings.log_format == "json" else []
    commands: dict[str, tuple[int | None, list[str]]] = {
        SERVER: (server, ["recall_assets.server", "--port", str(server)]),
        CODE_SERVER: (code, [*_CODE_SERVER, "-h", "127.0.0.1", "-p", str(code), *written]),
        WEBSERVER: (None, ["recall_assets.cli.dagster_ui", str(socket), str(workspace)]),
        DAEMON: (None, ["dagster._daemon", "run", "-w", str(workspace), *written]),
    }
    return [
        Program(name, (_PYTHON, "-m", *command), health_check(settings.home, name, port, database), port)
        for name, (port, command) in commands.items()
    ]


def check_ports(settings: Settings) -> None:
    """Nothing, if the chosen port can be listened on.

    Raises:
        AlreadyRunningError: it is in use; says by whom, where the system tells.
        SettingsError: the address for other machines is not one of this machine.
    """
    if settings.server_port:
        check_is_free(settings.server_port, "the server", "RECALL_SERVER_PORT")
    if settings.listen:
        open_listener(parse_endpoint(settings.listen)).close()


def health_check(home: Home, name: str, port: int | None, database: Database) -> Callable[[datetime], bool]:
    """Whether the program of that name works, given when it was started."""
    checks: dict[str, Callable[[datetime], bool]] = {
        SERVER: lambda _since: _answers(f"http://127.0.0.1:{port}/health"),
        CODE_SERVER: lambda _since: _accepts(port or 0),
        WEBSERVER: lambda _since: _answers(f"http://localhost{DAGSTER_PREFIX}/server_info", dagster_socket(home)),
        DAEMON: lambda since: _beats(database, since),
    }
    return checks[name]


def program_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """All that the programs see: what we see, what Dagster needs, and where this code lies."""
    paths = [str(_code_folder()), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **environment, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


def prepare_dagster(home: Home, environment: Mapping[str, str]) -> None:
    """Makes or upgrades Dagster's tables and buries runs that died with the host.

    Raises:
        DatabaseError: it failed; names the log.
    """
    log = home.logs / "dagster-preparation.log"
    with log.open("wb") as out:
        command = [_PYTHON, "-m", "recall_assets.cli.dagster_preparation"]
        done = subprocess.run(  # noqa: S603
            command, stdout=out, stderr=subprocess.STDOUT, env=dict(environment), cwd=home.dagster, check=False
        )
    if done.returncode != 0:
        raise DatabaseError("Dagster's tables cannot be prepared.", f"See {log}.")


def unread_settings(folder: Path) -> list[str]:
    """Names of settings in a `.env` of the folder that somebody else wrote: nothing of Recall reads it."""
    try:
        lines = (folder / ".env").read_text(errors="replace").splitlines()
    except OSError:
        return []
    if lines and lines[0] == _OURS:
        return []
    names = (line.removeprefix("export ").partition("=")[0].strip() for line in lines)
    return sorted({name for name in names if name.startswith("RECALL_")})


def write_checkout_environment(variables: Mapping[str, str]) -> Path | None:
    """The `.env` (0600) that lets `dagster dev` run in the checkout; None where we were not called from one."""
    checkout = _code_folder()
    if Path.cwd() != checkout or not (checkout / "pyproject.toml").exists():
        return None
    file = checkout / ".env"
    part = file.with_name(".env.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"{_OURS}\n")
        out.writelines(f"{name}='{value}'\n" for name, value in variables.items())
    part.replace(file)
    return file


def _code_folder() -> Path:
    return Path(recall_assets.__file__).parents[1]


def _answers(url: str, through: Path | None = None) -> bool:
    transport = None if through is None else httpx.HTTPTransport(uds=str(through))
    try:
        with httpx.Client(transport=transport, timeout=3, trust_env=False) as client:
            return client.get(url).is_success
    except httpx.HTTPError:
        return False


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _beats(database: Database, since: datetime) -> bool:
    address = make_url(database.dagster_url).set(drivername="postgresql").render_as_string(hide_password=False)
    oldest = max(since, datetime.now(UTC) - _HEARTBEAT_AGE).replace(tzinfo=None)
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            # Dagster's own table; its times are in UTC without a zone.
            row = connection.execute("select max(timestamp) >= %s from daemon_heartbeats", [oldest]).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])
