"""`recall up`, `status` and `down` as real processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import recall_assets
from capture_agent.enrolment import enrol, parse_link
from recall_assets.cli.programs import unread_settings, write_checkout_environment
from recall_assets.cli.running import ProcessRow, process_rows
from recall_assets.settings import Home, load_settings
from tests.integration.embedded import CHECKOUT, PATIENCE_SECONDS, server, wait_until


@pytest.fixture
def quiet_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home whose programs take any port; nothing of it runs afterwards."""
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")
    yield home
    recall("down")
    assert living(home) == []


def recall(*words: str) -> subprocess.CompletedProcess[str]:
    """The command line, run to its end."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "recall_assets.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/", timeout=PATIENCE_SECONDS)


def living(home: Home) -> list[str]:
    """The command lines of all processes that work for this home."""
    data = (home.path / "pg" / "data").resolve()
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("RECALL_HOME") == str(home.path) or Path(process.cwd()) == data
            if ours and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def rows() -> dict[str, dict[str, object]]:
    """`recall status --json` by process."""
    return {row["process"]: row for row in json.loads(recall("status", "--json").stdout)}


def state(name: str) -> ProcessRow:
    """What `recall status` would say of this process."""
    return next(row for row in process_rows(load_settings()) if row.process == name)


@pytest.mark.long
def test_everything_runs_once_comes_back_and_is_stopped(quiet_home: Home, tmp_path: Path) -> None:
    started = recall("up", "--detach", "--listen", "127.0.0.1:0")
    assert started.returncode == 0, started.stderr
    assert "Recall       http://localhost:" in started.stdout
    (link,) = re.findall(r"'(https://127\.0\.0\.1:\d+/enrol#\S+)'", started.stdout)
    enrol(parse_link(link), tmp_path / "credentials", deployment="laptop", timezone="UTC")
    names = ["postgres", "server", "code server", "dagster webserver", "dagster daemon"]
    first = rows()
    assert [(name, row["health"]) for name, row in first.items()] == [(name, "ok") for name in names]
    shown = recall("status")
    assert (shown.returncode, "disk: " in shown.stdout, "GB free" in shown.stdout) == (0, True, True)

    second = recall("up")
    assert second.returncode == 1
    assert "runs already" in second.stderr

    for name in ("server", "postgres"):
        os.kill(int(str(first[name]["pid"])), signal.SIGKILL)
    wait_until(lambda: (row := state("server")).restarts and row.health == "ok")
    wait_until(lambda: (row := state("postgres")).pid != first["postgres"]["pid"] and row.health == "ok")

    stopped = recall("down")
    assert stopped.returncode == 0
    assert all(name in stopped.stdout for name in names)
    assert living(quiet_home) == []


@pytest.mark.long
def test_nothing_outlives_a_killed_up(quiet_home: Home) -> None:
    started = recall("up", "--detach")
    assert started.returncode == 0, started.stderr
    assert len(living(quiet_home)) > 10
    os.kill(json.loads((quiet_home.run / "up.json").read_text())["pid"], signal.SIGKILL)
    wait_until(lambda: living(quiet_home) == [])
    assert recall("status").returncode == 3


def test_the_database_alone_is_enough_for_dagster_dev(quiet_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert recall("up", "--detach", "--only-database").returncode == 0
    assert list(rows()) == ["postgres"]
    assert (quiet_home.dagster / "dagster.yaml").exists()
    with monkeypatch.context() as full:
        full.setenv("RECALL_SPARE_DISK_BYTES", str(10**18))
        told = recall("status")
    assert told.returncode == 1
    assert "Nothing is taken in" in told.stdout
    assert recall("down").stdout == "Stopped: postgres\n"
    assert server(quiet_home) is None


def test_up_ends_with_its_home_and_begins_no_empty_one(quiet_home: Home) -> None:
    assert recall("up", "--detach", "--only-database").returncode == 0
    holder = psutil.Process(json.loads((quiet_home.run / "up.json").read_text())["pid"])
    log = (quiet_home.logs / "up.log").open()
    moved = quiet_home.path.rename(quiet_home.path.with_name("moved"))
    holder.wait(PATIENCE_SECONDS)
    wait_until(lambda: living(quiet_home) == [])
    assert f"{quiet_home.path} is gone" in log.read()
    assert not (quiet_home.path / "pg").exists()
    assert (moved / "pg").exists()


def test_a_port_in_use_is_named_with_its_holder(quiet_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("RECALL_SERVER_PORT", str(port))
        refused = recall("up")
    assert refused.returncode == 1
    assert f"Port {port}, for the server, is in use by" in refused.stderr
    assert f"(pid {os.getpid()})" in refused.stderr


def test_where_nothing_runs_status_and_down_say_so(quiet_home: Home) -> None:
    status = recall("status")
    assert (status.returncode, status.stdout) == (3, "Nothing runs. Start everything with `recall up`.\n")
    assert recall("status", "--json").stdout == "[]\n"
    down = recall("down")
    assert (down.returncode, down.stdout) == (0, "Nothing ran.\n")


def test_migrate_brings_an_empty_database_to_the_schema(quiet_home: Home) -> None:
    assert recall("migrate").stdout == "The database has this version's schema.\n"
    assert server(quiet_home) is None


def test_a_checkout_gets_an_env_file_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_assets, "__file__", str(tmp_path / "recall_assets" / "__init__.py"))
    (tmp_path / "pyproject.toml").touch()
    assert write_checkout_environment({"A": "b c"}) is None
    monkeypatch.chdir(tmp_path)
    assert write_checkout_environment({"A": "b c"}) == tmp_path / ".env"
    assert (tmp_path / ".env").read_text().splitlines()[1:] == ["A='b c'"]
    assert unread_settings(tmp_path) == []
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_settings_in_an_env_file_of_somebody_else_are_named(tmp_path: Path) -> None:
    assert unread_settings(tmp_path) == []
    (tmp_path / ".env").write_text("# mine\nexport RECALL_LISTEN=home.lan\nRECALL_LLM_URL = 'x'\nPATH=/bin\n")
    assert unread_settings(tmp_path) == ["RECALL_LISTEN", "RECALL_LLM_URL"]
