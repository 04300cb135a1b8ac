"""The embedded server among processes: joined, left, killed, recovered; as root and as a plain user."""

import contextlib
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from recall_assets.engines.postgres import is_running, running_postgres
from recall_assets.settings import Home, load_settings
from tests.integration.embedded import (
    PATIENCE_SECONDS,
    address,
    asked,
    clients,
    keeper,
    server,
    start_client,
    wait_until,
)


def test_processes_that_start_together_share_one_server_until_the_last_leaves(home: Home) -> None:
    with clients(3) as (first, second, third):
        assert len({asked(address(c), "select pg_postmaster_start_time()") for c in (first, second, third)}) == 1
        first.communicate()
        second.communicate()
        assert server(home) is not None
    assert server(home) is None
    assert not is_running(home)


def test_a_client_that_was_killed_does_not_keep_the_server_up(home: Home) -> None:
    with clients(1) as (client,):
        address(client)
        client.kill()
        wait_until(lambda: server(home) is None)
        wait_until(lambda: not is_running(home))


def test_a_server_that_was_killed_comes_back_with_what_was_committed(home: Home) -> None:
    with running_postgres(load_settings(), durable=False) as database:
        asked(database.url, "create table kept as select 7 as seven")
        killed = server(home)
        assert killed is not None
        killed.kill()
        wait_until(lambda: (found := server(home)) is not None and found.pid != killed.pid)
        with running_postgres(load_settings()):
            assert asked(database.url, "select seven from kept") == 7


def test_the_next_user_takes_over_a_server_whose_keeper_was_killed(home: Home) -> None:
    with clients(1) as (client,):
        url = address(client)
        started = asked(url, "select pg_postmaster_start_time()")
        keeper(home).kill()
        wait_until(lambda: not is_running(home))
        client.kill()
        with running_postgres(load_settings(), durable=False):
            assert asked(url, "select pg_postmaster_start_time()") == started
    assert server(home) is None


def test_when_everything_was_killed_the_next_start_recovers(home: Home) -> None:
    with clients(1) as (client,):
        url = address(client)
        asked(url, "create table kept as select 7 as seven")
        postmaster = server(home)
        assert postmaster is not None
        for process in (keeper(home), client, postmaster):
            process.kill()
        postmaster.wait(PATIENCE_SECONDS)
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, "select seven from kept") == 7


def test_a_long_recovery_is_awaited_and_told(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    with clients(1) as (client,):
        url = address(client)
        asked(url, "create table much as select i, repeat('x', 200) as v from generate_series(1, 300000) i")
        postmaster = server(home)
        assert postmaster is not None
        for process in (keeper(home), client, postmaster):
            process.kill()
        postmaster.wait(PATIENCE_SECONDS)
    hold_up = threading.Thread(target=_hold_up_recovery, args=(home, 4.5))
    hold_up.start()
    with running_postgres(load_settings(), durable=False) as database:
        assert asked(database.url, "select count(*) from much") == 300_000
    hold_up.join()
    assert "recovering after a crash" in caplog.text


def _hold_up_recovery(home: Home, seconds: float) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        postmaster = server(home)
        with contextlib.suppress(psutil.Error):
            for process in postmaster.children() if postmaster else ():
                if "startup" in " ".join(process.cmdline()):
                    process.suspend()
                    time.sleep(seconds)
                    process.resume()
                    return


def test_a_plain_user_keeps_all_in_the_home() -> None:
    # The capability lets that user start an interpreter and a checkout that lie below root's closed home.
    read = "+dac_read_search"
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    as_nobody += [f"--inh-caps={read}", f"--ambient-caps={read}"]
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        if is_root:
            shutil.chown(folder, "nobody", "nogroup")
        client = start_client(
            *(as_nobody if is_root else []), environment={**os.environ, "RECALL_HOME": f"{folder}/home", "HOME": folder}
        )
        assert asked(address(client), "select 1") == 1
        data = Path(folder, "home", "pg", "data")
        assert data.is_dir()
        assert not data.is_symlink()
        client.communicate()
        assert not (data / "postmaster.pid").exists()
