"""A PostgreSQL that is not ours: another role, a password, a port, no right to more than one database.

Debian's own         taken where it has pgvector, refused by name where it has not
a server of today    `recall migrate` asks for what it may not do itself, then makes, backs up and restores there
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from recall_assets.engines.ports import free_port
from recall_assets.settings import Home, postgres_binaries
from tests.cli.conftest import Recall, recall

__all__ = ["recall"]

pytestmark = pytest.mark.system

DEBIAN = max(Path("/usr/lib/postgresql").glob("*"), default=Path("/usr/lib/postgresql/none"))
_USER = "nobody" if os.geteuid() == 0 else None


@contextmanager
def foreign_server(programs: Path) -> Iterator[int]:
    """The port of a fresh server with a database `recall`, whose owner `recall` may do nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="recall-foreign-"))
    if _USER:
        os.chown(folder, pwd.getpwnam(_USER).pw_uid, -1)
    port, data = free_port(), folder / "data"
    common = {"user": _USER, "cwd": "/", "check": True, "stdout": subprocess.DEVNULL}
    initdb = [programs / "initdb", "-D", data, "-U", "admin", "-A", "trust", "--no-sync", "-E", "UTF8"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    try:
        subprocess.run(initdb, **common)  # type: ignore[call-overload]
        (data / "pg_hba.conf").write_text("local all admin trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        start = [programs / "pg_ctl", "start", "-w", "-D", data, "-o", options, "-l", folder / "log"]
        subprocess.run(start, **common)  # type: ignore[call-overload]
        with administration(folder, port) as connection:
            connection.execute("create role recall login password 'of-recall'")
            connection.execute("create database recall owner recall")
        yield port
    finally:
        stop = [programs / "pg_ctl", "stop", "-m", "immediate", "-D", data]
        subprocess.run(stop, **{**common, "check": False})  # type: ignore[call-overload]
        shutil.rmtree(folder)


def administration(folder: Path, port: int, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(f"host={folder} port={port} user=admin dbname={database}", autocommit=True)


def test_debians_server_is_taken_with_pgvector_and_refused_by_name_without(
    home: Home, recall: Recall, monkeypatch: pytest.MonkeyPatch
) -> None:
    with foreign_server(DEBIAN / "bin") as port:
        monkeypatch.setenv("RECALL_DATABASE_URL", f"postgresql://recall:of-recall@127.0.0.1:{port}/recall")
        ran = recall("migrate")
    has_vector = Path(f"/usr/share/postgresql/{DEBIAN.name}/extension/vector.control").exists()
    wanted = "Let an administrator run" if has_vector else "The server lacks the extension vector."
    assert (ran.code, wanted in ran.err) == (1, True)
    assert not (home.path / "pg").exists()


def test_a_role_with_one_database_says_what_it_needs_and_then_holds_everything(
    home: Home, recall: Recall, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with foreign_server(postgres_binaries() / "bin") as port:
        address = f"postgresql://recall:of-recall@127.0.0.1:{port}"
        monkeypatch.setenv("RECALL_DATABASE_URL", f"{address}/recall")
        refused = recall("migrate")
        assert "Let an administrator run: create database recall_dagster owner recall" in refused.err
        folder = next(Path(tempfile.gettempdir()).glob(f"recall-foreign-*/.s.PGSQL.{port}")).parent
        with administration(folder, port) as connection:
            for name in ("recall_dagster", "other", "other_dagster"):
                connection.execute(f"create database {name} owner recall")
        assert "create extension vector; create extension pg_trgm" in recall("migrate").err
        for name in ("recall", "other"):
            with administration(folder, port, name) as connection:
                connection.execute("create extension vector")
                connection.execute("create extension pg_trgm")
        ran = recall("migrate")
        assert (ran.code, ran.err) == (0, "")
        assert recall("deployments", "enrol", "laptop", "--timezone", "UTC").code == 0
        assert recall("backup", str(tmp_path / "backup")).code == 0
        assert "(external)" in recall("doctor").out
        monkeypatch.setenv("RECALL_DATABASE_URL", f"{address}/other")
        monkeypatch.setenv("RECALL_HOME", str(tmp_path / "restored"))
        ran = recall("restore", str(tmp_path / "backup"))
        assert (ran.code, ran.err) == (0, "")
        assert "laptop" in recall("deployments", "list").out
    assert not (home.path / "pg").exists()
