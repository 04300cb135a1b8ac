"""Two workers behind a real broker make a backfill, and one of them is killed while it does.

daemon ─► redis ─► worker 1  ✗ kill -9, its run not done
               └─► worker 2  its own run, then that of the other
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.execution.backfill import PartitionBackfill
from sqlalchemy import Engine, func, select

from recall_assets.cli.doctor import State, _workers
from recall_assets.records import DeploymentDay
from recall_assets.settings import Settings, load_settings
from recall_assets.store import ocr_text, tables
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.acceptance.test_daemon import daemon_and_code_server
from tests.days import drawn
from tests.graph import definitions, land_read, opened_graph
from tests.system.redis_server import redis_server

pytestmark = [pytest.mark.system, pytest.mark.long]

CHAIN = ("frames", "ocr_text", "secrets", "activities")
OF_DAYS = ("projects", "combined_day_summaries")
MACHINES = ("laptop", "desktop")
FIRST = date(2026, 3, 2)
# Not side by side: a backfill makes partitions that are in one run.
DAYS = [FIRST, FIRST + timedelta(days=2)]
PARTITIONS = [DeploymentDay(machine, day) for machine, day in zip(MACHINES, DAYS, strict=True)]
PATIENCE_SECONDS = 1200.0


@pytest.fixture
def broker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with redis_server() as address:
        monkeypatch.setenv("RECALL_CELERY_BROKER", address)
        monkeypatch.setenv("RECALL_CELERY_OCR_RUNS", "2")
        monkeypatch.setenv("RECALL_CELERY_SILENT_SECONDS", "30")
        yield address


@contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`recall worker` on both queues; it and its children are gone afterwards."""
    with log.open("wb") as out:
        command = [sys.executable, "-m", "recall_assets.cli", "worker"]
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def backfill(instance: dg.DagsterInstance) -> None:
    """Asks for the chain of every partition, as the UI does."""
    instance.add_dynamic_partitions("deployment", [*MACHINES])
    instance.add_backfill(
        PartitionBackfill.from_asset_partitions(
            backfill_id="backfill",
            asset_graph=definitions().resolve_asset_graph(),
            partition_names=[partition.partition_key for partition in PARTITIONS],
            asset_selection=[dg.AssetKey(asset) for asset in CHAIN],
            backfill_timestamp=datetime.now(UTC).timestamp(),
            tags={},
            dynamic_partitions_store=instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
    )


def made(instance: dg.DagsterInstance, asset: str) -> set[str]:
    return set(instance.get_materialized_partitions(dg.AssetKey(asset)))


def reads_in(process: subprocess.Popen[bytes], instance: dg.DagsterInstance) -> bool:
    """Whether a run that reads says that it is executed by a child of this process."""
    children = [f"(pid: {child.pid})" for child in psutil.Process(process.pid).children()]
    started = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    runs = [run for run in started if dg.AssetKey("ocr_text") in (run.asset_selection or ())]
    told = [entry.user_message for run in runs for entry in instance.all_logs(run.run_id)]
    return any(child in message for child in children for message in told)


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < until, "The workers did not do it in time."
        time.sleep(0.5)


def test_one_of_two_workers_is_killed_and_every_partition_of_the_backfill_is_made(
    settings: Settings, broker: str, database: Engine, tmp_path: Path
) -> None:
    settings = load_settings()
    ensure_landing_key(settings.home)
    with database.begin() as connection:
        for partition in PARTITIONS:
            begin = datetime.combine(partition.day, datetime.min.time(), UTC).replace(hour=9)
            land_read(connection, drawn("aaabbb", deployment=partition.deployment_id, begin=begin))
    with opened_graph(settings, database, FIRST) as instance, ExitStack() as running:
        subprocess.run([sys.executable, "-m", "recall_assets.cli.dagster_preparation"], check=True)  # as `up` does
        doomed, other = (running.enter_context(worker(tmp_path / f"{name}.log")) for name in ("doomed", "other"))
        running.enter_context(daemon_and_code_server(tmp_path))
        with ExitStack() as held:  # nobody can finish before both have begun
            for partition in PARTITIONS:
                held.enter_context(ocr_text.hold_partition(database, partition))
            backfill(instance)
            wait_for(lambda: reads_in(doomed, instance) and reads_in(other, instance))
            assert next(iter(_workers(settings))).state is State.OK
            kill(doomed)
        keys = {partition.partition_key for partition in PARTITIONS}
        wait_for(lambda: all(made(instance, asset) == keys for asset in (*CHAIN, "day_summaries")))
        wait_for(lambda: all(made(instance, asset) == {str(day) for day in DAYS} for asset in OF_DAYS))
        lost = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
        repeated = instance.get_runs(dg.RunsFilter(tags={"dagster/parent_run_id": [run.run_id for run in lost]}))
        assert len(lost) == 1
        assert [run.status for run in repeated] == [dg.DagsterRunStatus.SUCCESS]
        queues = {run.tags["dagster-celery/queue"] for run in instance.get_runs()}
        assert queues == {"ocr", "models"}
    with database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.day_summaries)) == len(PARTITIONS) + len(DAYS)
