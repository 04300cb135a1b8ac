"""The embedded server on disk: who may read it, where it listens, what it refuses and what it logs."""

import fcntl
import socket
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from recall_assets.engines import postgres_keeper
from recall_assets.engines.postgres import running_postgres
from recall_assets.engines.postgres_cluster import _copy_programs
from recall_assets.engines.postgres_keeper import Locks
from recall_assets.errors import AlreadyRunningError, DatabaseError
from recall_assets.settings import Home, load_settings
from tests.integration.embedded import CHECKOUT, asked, server, wait_until


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_server_lives_as_long_as_its_only_user(home: Home) -> None:
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, "select 1") == 1
        assert server(home) is not None
    assert server(home) is None


def test_only_the_owner_may_read_what_lies_on_disk(home: Home) -> None:
    with running_postgres(load_settings(), durable=False):
        assert _mode(home.path) == _mode(home.pg / "data") == _mode((home.pg / "data").resolve().parent) == 0o700
        assert _mode(home.keys / "postgres-password") == _mode(home.logs / "postgres.log") == 0o600


def test_the_loopback_port_wants_the_password(home: Home) -> None:
    with running_postgres(load_settings(), durable=False) as database:
        url = make_url(database.url)
        local = f"host=127.0.0.1 port={url.query['port']} user=recall dbname=recall"
        with psycopg.connect(local, password=url.password) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(local, password="guess")


def test_a_cluster_whose_password_was_hashed_many_times_has_it_hashed_once(home: Home) -> None:
    rounds = "select split_part(split_part(rolpassword, '$', 2), ':', 1) from pg_authid where rolname = 'recall'"
    with running_postgres(load_settings(), durable=False) as database:
        asked(database.url, "select 1")
        password = make_url(database.url).password
        asked(database.url, f"set scram_iterations = 4096; alter role recall password '{password}'")
        assert asked(database.url, rounds) == "4096"
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, rounds) == "1"


def test_dates_and_texts_do_not_depend_on_the_machine(home: Home) -> None:
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, "show timezone") == "UTC"
        assert asked(database.url, "select lower('ÄÖ') || (select datlocale from pg_database limit 1)") == "äöC.UTF-8"


def test_no_statement_and_no_value_reaches_the_log(home: Home) -> None:
    with running_postgres(load_settings(), durable=False) as database:
        asked(database.url, "create table t (v text unique)")
        for statement in ("insert into t values ('canary')", "select 'canary'::integer", "select canary"):
            asked(database.url, "insert into t values ('canary') on conflict do nothing")
            with pytest.raises(psycopg.Error):
                asked(database.url, statement)
    log = (home.logs / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "canary" not in log


def test_a_home_too_deep_for_a_socket_works(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_HOME", str(tmp_path / ("deep" * 20) / ("er" * 20)))
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, "select 1") == 1


def test_a_chosen_port_is_used_and_a_taken_one_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("RECALL_POSTGRES_PORT", str(port))
        with (
            pytest.raises(AlreadyRunningError, match=f"Port {port}, for PostgreSQL, is in use"),
            running_postgres(load_settings()),
        ):
            pass
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, "show port") == str(port)


def test_a_pid_file_that_names_a_foreign_process_does_not_stop_a_start(home: Home) -> None:
    with running_postgres(load_settings(), durable=False):
        data = (home.pg / "data").resolve()
        owner = data.stat()
        pid_file = (data / "postmaster.pid").read_text()
    with subprocess.Popen(["sleep", "10"], user=owner.st_uid, group=owner.st_gid) as foreign:
        (data / "postmaster.pid").write_text("\n".join([str(foreign.pid), *pid_file.split("\n")[1:]]))
        with running_postgres(load_settings(), durable=False) as database:
            assert asked(database.url, "select 1") == 1
        assert foreign.poll() is None
        foreign.kill()


def test_data_of_another_major_version_is_left_alone(home: Home) -> None:
    with running_postgres(load_settings(), durable=False):
        version_file = home.pg / "data" / "PG_VERSION"
    version_file.write_text("17\n")
    with pytest.raises(DatabaseError, match="written by PostgreSQL 17"), running_postgres(load_settings()):
        pass
    wait_until(lambda: server(home) is None)


def test_a_server_that_cannot_start_names_its_reason_and_log(home: Home) -> None:
    with running_postgres(load_settings(), durable=False):
        control = (home.pg / "data").resolve() / "global" / "pg_control"
    control.unlink()
    with pytest.raises(DatabaseError, match=r"(?s)could not .*postgres\.log"), running_postgres(load_settings()):
        pass


def test_a_look_at_the_lock_in_the_wrong_moment_stops_no_keeper(tmp_path: Path) -> None:
    locks = Locks.below(tmp_path)
    look = locks.keeper.open("w")
    fcntl.flock(look, fcntl.LOCK_SH)
    lease = locks.join()
    command = [sys.executable, "-m", postgres_keeper.__name__, tmp_path, tmp_path, "-1", "-1", "sleep", "10"]
    with subprocess.Popen([*map(str, command)], cwd=CHECKOUT) as keeper:
        threading.Timer(0.7, look.close).start()
        wait_until(lambda: keeper.poll() is not None or locks.keeper_lives())
        assert keeper.poll() is None
        for child in psutil.Process(keeper.pid).children():
            child.kill()
        keeper.kill()
    lease.close()


def test_two_homes_that_start_at_the_same_moment_share_one_copy_of_the_programs(tmp_path: Path) -> None:
    target = tmp_path / "programs"
    with ThreadPoolExecutor(4) as homes:
        list(homes.map(_copy_programs, [target] * 4))
    assert [path.name for path in tmp_path.iterdir()] == ["programs"]
    assert list(target.rglob("bin/postgres"))


def test_an_external_address_starts_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_DATABASE_URL", "postgresql://me:secret@db.example/mine?sslmode=require")
    with running_postgres(load_settings()) as database:
        assert database.url == "postgresql+psycopg://me:secret@db.example/mine?sslmode=require"
        assert database.dagster_url == "postgresql+psycopg2://me:secret@db.example/mine_dagster?sslmode=require"
        assert "secret" not in repr(database)
    assert not (home.path / "pg").exists()
