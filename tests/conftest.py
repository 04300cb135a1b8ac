"""The fixtures that tests share: a fresh home, and a database of one's own on a real server.

one embedded server a pytest session ── shared by the xdist workers, the last one stops it
  └─ template: migrated once ── copied for every test that asks for `database_url`; Dagster's likewise, see `graph`
"""

import fcntl
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url

from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import Home, Settings, load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate

# How fast examples are made says more of the machine than of the code.
hypothesis.settings.register_profile("recall", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("recall")

_FOLDER = "RECALL_TEST_FOLDER"
_TEMPLATE = "recall_template"


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the server of this session; workers inherit its name. As root the service user must reach it."""
    # Workers of xdist ignore SIGINT, Dagster gives SIGTERM what SIGINT has, and every program that a test starts would
    # ignore what its parent ignores. A handler is not handed on.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="recall-tests-"))
        folder.chmod(0o755)
        os.environ[_FOLDER] = str(folder)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first: each worker of xdist gets an equal stretch of the list, these at the heads."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if item not in long]
    ordered: list[pytest.Item] = []
    for number in range(workers):
        own = long[number::workers]
        further = max(0, (len(items) - len(ordered)) // (workers - number) - len(own))
        ordered += own + others[:further]
        del others[:further]
    items[:] = ordered + others


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(_FOLDER))


@pytest.fixture(scope="session")
def service_folder() -> Path:
    """Where embedded servers of tests lie when the tests run as root."""
    return Path(os.environ[_FOLDER]) / "service"


@pytest.fixture(scope="session")
def server_url(service_folder: Path) -> Iterator[str]:
    """A real server with a migrated template database; the address of its database `recall`."""
    folder = Path(os.environ[_FOLDER])
    home = folder / "home"
    settings = load_settings(home_path=home, service_folder=service_folder)
    with running_postgres(settings, durable=False) as database:
        make_template(database.url, _TEMPLATE, _migrated)
        yield database.url


@pytest.fixture
def home(tmp_path: Path, service_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A fresh RECALL_HOME; the environment names it."""
    for name in [name for name in os.environ if name.startswith("RECALL_") and name != _FOLDER]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RECALL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RECALL_SERVICE_FOLDER", str(service_folder))
    monkeypatch.setenv("RECALL_AGENT", "")  # whoever runs the tests is not captured by them
    return Home(tmp_path / "home")


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """The address of a migrated database that only this test sees."""
    with cloned_database(server_url) as url:
        yield url


@contextmanager
def cloned_database(server_url: str, template: str = _TEMPLATE) -> Iterator[str]:
    """The address of a migrated database of one's own, for as long as the block; a copy of one that nobody uses."""
    name = f"test_{uuid.uuid4().hex}"
    copy_database(server_url, template, name)
    yield at(server_url, name)
    with administration(server_url) as connection:
        for database in (name, f"{name}_dagster"):
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database that only this test sees."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def settings(home: Home, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a fresh home with a database of its own; child processes see the same through the environment."""
    monkeypatch.setenv("RECALL_DATABASE_URL", database_url)
    return load_settings()


def at(server_url: str, name: str) -> str:
    """The address of another database of the same server."""
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def administration(server_url: str) -> psycopg.Connection:
    """A session that may make and drop databases."""
    address = make_url(server_url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def exists(server_url: str, name: str) -> bool:
    """Whether the server has a database of this name."""
    with administration(server_url) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def copy_database(server_url: str, template: str, name: str) -> None:
    """A new database, as the template is."""
    with administration(server_url) as connection:
        copy = sql.SQL("create database {} template {} strategy file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))


def make_template(server_url: str, name: str, fill: Callable[[str], None]) -> None:
    """A database to copy others from, made once a session; `fill` gets the address of an empty one."""
    with (Path(os.environ[_FOLDER]) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if exists(server_url, name):
            return
        unfinished = f"{name}_unfinished"
        with administration(server_url) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(unfinished)))
            fill(at(server_url, unfinished))
            left = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
            connection.execute(left, [unfinished])  # pools keep sessions, and who is connected keeps the name
            rename = sql.SQL("alter database {} rename to {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))


def _migrated(url: str) -> None:
    engine = connect(url)
    migrate(engine, dump_folder=None)
    engine.dispose()
