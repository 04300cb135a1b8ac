"""The real daemon, code server and PostgreSQL: frames of an old day that arrive late, once from end to end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import IO

import dagster as dg
import pytest
from sqlalchemy import Engine, update

from recall_assets.cli.graph_runs import MEMORIES
from recall_assets.cli.materialize import materialize_days
from recall_assets.defs.automation import AUTOMATION
from recall_assets.engines.ports import free_port
from recall_assets.settings import Settings
from recall_assets.store import settings as stored_settings
from recall_assets.store.tables import deployments
from tests.days import drawn
from tests.graph import land_read, opened_graph

CHAIN = ("ocr_text", "secrets", "activities")
OLD, OTHER, OLDER_MONTH = date(2026, 3, 4), date(2026, 3, 5), date(2026, 2, 10)
PATIENCE_SECONDS = 900.0  # each step waits for a look of the conditions and for a process; a busy machine takes long


def land(database: Engine, deployment: str, day: date, hour: int) -> None:
    with database.begin() as connection:
        begin = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        land_read(connection, drawn("aaabbb", deployment=deployment, begin=begin))
        connection.execute(update(deployments).values(review={"delay_seconds": 0}))


@contextmanager
def daemon_and_code_server(folder: Path) -> Iterator[None]:
    """Both, as `recall up` runs them; each a process group that is gone afterwards."""
    port = free_port()
    workspace = folder / "workspace.yaml"
    server = {"host": "127.0.0.1", "port": port, "location_name": "recall"}
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}))  # JSON is YAML
    code_server = ["code-server", "start", "-m", "recall_assets.definitions", "-h", "127.0.0.1", "-p", str(port)]
    with (folder / "processes.log").open("wb") as log, ExitStack() as running:
        running.enter_context(dagster_process("dagster", code_server, folder, log))
        wait_for(lambda: accepts(port))  # a daemon that comes first fails the backfill that it finds
        running.enter_context(dagster_process("dagster-daemon", ["run", "-w", str(workspace)], folder, log))
        yield


@contextmanager
def dagster_process(program: str, arguments: list[str], folder: Path, log: IO[bytes]) -> Iterator[None]:
    executable = str(Path(sys.executable).parent / program)
    # Not in the checkout: Dagster's commands would take the home that an .env there names.
    process = subprocess.Popen([executable, *arguments], stdout=log, stderr=log, start_new_session=True, cwd=folder)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < until, "The daemon did not do it in time."
        time.sleep(0.5)


def wait_until_it_rests(instance: dg.DagsterInstance) -> None:
    """No run is under way, and the next looks of sensor and conditions ask for none."""
    known = -1
    while known != len(runs := instance.get_runs()):
        known = len(runs)
        wait_for(lambda: all(run.is_finished for run in instance.get_runs()))
        for sensor in ("landed", AUTOMATION):
            wait_for_a_look(instance, sensor)


def wait_for_a_look(instance: dg.DagsterInstance, sensor: str) -> None:
    """A whole look of this sensor, one that begins after now."""
    now = time.time()
    (state,) = [one for one in instance.all_instigator_state() if one.instigator_name == sensor]
    looks = partial(instance.get_ticks, state.instigator_origin_id, state.selector_id, after=now)
    wait_for(lambda: any(look.end_timestamp for look in looks()))


def made_by_the_daemon(instance: dg.DagsterInstance, before: set[str]) -> dict[str, set[str]]:
    """The partitions that ended runs other than those `before` materialised, by asset."""
    made: dict[str, set[str]] = {}
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])):
        if run.run_id not in before:
            for key in run.asset_selection or ():
                made.setdefault(key.to_user_string(), set()).add(run.tags.get("dagster/partition", ""))
    return made


def expected(chain: str, day: str, *summaries: str) -> dict[str, set[str]]:
    return (
        {asset: {chain} for asset in CHAIN}
        | {asset: {*summaries} for asset in ("day_summaries", "search_index")}
        | {asset: {day} for asset in ("projects", "combined_day_summaries", *MEMORIES)}
    )


@pytest.mark.long
def test_frames_of_an_old_day_that_arrive_late_remake_that_day_and_no_other(
    settings: Settings, database: Engine, tmp_path: Path
) -> None:
    for deployment in ("laptop", "desktop"):
        for day in (OLD, OTHER):
            land(database, deployment, day, hour=9)
    late = expected("2026-03-04|laptop", "2026-03-04", "2026-03-04|laptop", "2026-03-04|desktop")
    older = expected("2026-02-10|laptop", "2026-02-10", "2026-02-10|laptop")
    with opened_graph(settings, database) as instance:
        by_command = {*materialize_days(settings, database, OLD, OTHER).runs}
        with daemon_and_code_server(tmp_path):
            land(database, "laptop", OLD, hour=15)
            wait_for(lambda: made_by_the_daemon(instance, by_command).keys() >= {*CHAIN})

            # While the day's summaries are due, an older month: the code server loads the definitions again by itself,
            # what is due stays due, and what was made stays as made.
            before = by_command | {run.run_id for run in instance.get_runs()}
            with database.begin() as connection:
                stored_settings.lower_partitions_start(connection, OLDER_MONTH)
            land(database, "laptop", OLDER_MONTH, hour=9)
            both = {asset: keys | older[asset] for asset, keys in late.items()}
            wait_for(lambda: made_by_the_daemon(instance, by_command) == both)

            wait_until_it_rests(instance)
            assert made_by_the_daemon(instance, by_command) == both
            since = made_by_the_daemon(instance, before)
            assert {asset: since[asset] for asset in CHAIN} == {asset: older[asset] for asset in CHAIN}
            assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS}
