"""What years cost: 500,000 frames of ten machines over five years, 18,260 partitions, and one line a figure.

generated rows and events ─┬─ ticks, schedules     sensor, conditions, nightly schedules, each as its daemon calls it
                           ├─ pages                of the Dagster UI, in a real Chromium
                           └─ retention, forget    as their commands do
beside ticks and pages the same graph of stock assets: what Dagster itself takes

python -m tests.benchmarks.scale [PART ...]      all parts, or these, in this order
FRAMES=50000 MACHINES=10 DAYS=180                another size        KEEP=DIR keeps the base for the next parts
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import dagster as dg
import psutil
from sqlalchemy import Engine, func, select, text

from recall_assets import forgetting
from recall_assets.engines.postgres import Database, running_postgres
from recall_assets.records import ForgetCriteria
from recall_assets.retention import let_go
from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from recall_assets.store.tables import frames
from tests.benchmarks.scale_base import RARE, build
from tests.benchmarks.scale_pages import pages
from tests.graph import definitions, opened_graph

SIZE = {"FRAMES": 500_000, "MACHINES": 10, "DAYS": 1826}
PARTS = ("ticks", "schedules", "pages", "retention", "forget")
P = ParamSpec("P")
T = TypeVar("T")


def main() -> None:
    """Prints the figures."""
    parts = sys.argv[1:] or PARTS
    if unknown := {*parts} - {*PARTS}:
        sys.exit(f"{', '.join(unknown)}? Parts are {', '.join(PARTS)}.")
    wanted, machines, days = (int(os.environ.get(name, usual)) for name, usual in SIZE.items())
    with ExitStack() as stack:
        kept = os.environ.get("KEEP")
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-"))).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ |= {"RECALL_HOME": str(folder / "home"), "RECALL_SERVICE_FOLDER": str(folder / "service")}
        settings = load_settings()
        database = stack.enter_context(running_postgres(settings, durable=False))
        engine = connect(database.url)
        stack.callback(engine.dispose)
        migrate(engine, dump_folder=None)
        start = datetime.now(UTC).date() - timedelta(days=days)
        instance = stack.enter_context(opened_graph(settings, engine, start))
        _fill(engine, database, instance, machines, days, wanted)
        _sizes(engine, database)
        if "ticks" in parts:
            ticks(engine, instance)
        if "schedules" in parts:
            schedules(instance)
        if "pages" in parts:
            for figure in pages(settings.home, stack):
                print(figure, flush=True)
        if "retention" in parts:
            care(settings, engine)
        if "forget" in parts:
            forget(settings, engine)


def _fill(
    engine: Engine, database: Database, instance: dg.DagsterInstance, machines: int, days: int, wanted: int
) -> None:
    with engine.connect() as connection:
        if connection.scalar(select(func.count()).select_from(frames)):
            return
    began = time.monotonic()
    made = build(engine, database.dagster_url, instance, machines, days, wanted)
    print(f"base: {made} frames, {machines} machines, {days} days, {machines * days} partitions, "
          f"filled in {time.monotonic() - began:.0f} s")  # fmt: skip


def _sizes(engine: Engine, database: Database) -> None:
    dagster = connect(database.dagster_url)
    for name, each, table in (("recall", engine, "recall.frames"), ("dagster", dagster, "event_logs")):
        with each.connect() as connection:
            size = connection.scalar(text("select pg_database_size(current_database())"))
            rows = connection.scalar(text(f"select count(*) from {table}"))
        print(f"database {name}: {(size or 0) / 1e6:.0f} MB, {rows} rows in {table}")
    dagster.dispose()


def ticks(engine: Engine, instance: dg.DagsterInstance) -> None:
    """The sensor and the conditions: at rest, after everything landed anew, after one partition changed."""
    from recall_assets.defs.landed import look_at_landing
    from recall_assets.store.partitions import highest_arrival

    later = datetime.now(UTC) + timedelta(days=1)
    with engine.begin() as connection:
        highest = highest_arrival(connection)
        told("sensor landed, nothing new", look_at_landing, connection, instance, highest, later)
        told("sensor landed, all partitions new", look_at_landing, connection, instance, 0, later)
    looked: dict[str, Any] = {}
    graphs = {"": definitions(), ", stock eager()": _stock()}
    for name, graph in graphs.items():
        looked[name] = told(f"conditions, first look{name}", dg.evaluate_automation_conditions, graph, instance)
    for what in ("nothing new", "one partition landed"):
        if what == "one partition landed":
            instance.report_runless_asset_event(_landed())
        for name, graph in graphs.items():
            cursor = looked[name].cursor
            looked[name] = told(
                f"conditions, {what}{name}", dg.evaluate_automation_conditions, graph, instance, cursor=cursor
            )
            print(f"  partitions requested: {looked[name].total_requested}")


def _landed() -> dg.AssetMaterialization:
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    partition = dg.MultiPartitionKey({"day": yesterday, "deployment": "m0"})
    return dg.AssetMaterialization("frames", partition=partition)


def schedules(instance: dg.DagsterInstance) -> None:
    """The nightly schedules over a base that lacks nothing; before the first, Dagster has no status caches."""
    from recall_assets.defs.maintenance import catch_up, catch_up_days
    from recall_assets.defs.resources import Recall

    for name, schedule in (("catch_up, first", catch_up), ("catch_up", catch_up), ("catch_up_days", catch_up_days)):
        when = datetime.now(UTC)
        with dg.build_schedule_context(
            instance, scheduled_execution_time=when, resources={"recall": Recall()}
        ) as context:
            found = told(f"schedule {name}", schedule.evaluate_tick, context)
        print(f"  requests: {len(found.run_requests or ())}")


def care(settings: Settings, engine: Engine) -> None:
    """Old images thin out: five years of them in the first night, a day of each machine in every later one."""
    now = datetime.now(UTC)
    nights = {"dry run": now, "first night": now, "the next": now + timedelta(days=1)}
    for night, at in nights.items():
        dry = night == "dry run"
        report = told(f"retention, {night}", let_go, engine, settings.home, settings, at, dry_run=dry)
        print(f"  images let go: {report.let_go}")


def forget(settings: Settings, engine: Engine) -> None:
    """What an order costs that names words of few frames, a week, a program of a seventh of all; then their bytes."""
    now = datetime.now(UTC)
    orders = {
        "a week": ForgetCriteria(now - timedelta(days=400), now - timedelta(days=407)),
        "a text": ForgetCriteria(now, text=RARE),
        "an app": ForgetCriteria(now, app="app 3"),
    }
    for name, criteria in orders.items():
        chosen = told(f"forget {name}, dry run", forgetting.look, engine, settings.home, criteria)
        print(f"  frames {chosen.items['frames']}, days of machines {len(chosen.days)}")
    for name in ("a week", "a text"):
        done = told(f"forget {name}", forgetting.forget, engine, settings.home, orders[name])
        print(f"  frames {done.rows['frames']}, partitions to make again {len(done.stale)}")
    told("forget, database's files written anew", forgetting.erase, engine, settings.home)
    proof = told("doctor's look for what was forgotten", forgetting.left, engine, settings.home, limit=20_000)
    print(f"  texts judged {proof.looked}, left {sum(len(ids) for of in proof.left.values() for ids in of.values())}")


def told(name: str, what: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What it gives, after a line with how long that took."""
    began, cpu = time.monotonic(), _cpu()
    result = what(*given, **named)
    print(f"{name}: {time.monotonic() - began:.2f} s, CPU {_cpu() - cpu:.2f} s", flush=True)
    return result


def _cpu() -> float:
    """CPU seconds of this process and of PostgreSQL's below it: what a machine at other work says truly."""
    spent = time.process_time()
    cluster = str(load_settings().service_folder)
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd().startswith(cluster):
                spent += sum(process.cpu_times()[:2])
    return spent


def _stock() -> dg.Definitions:
    from tests.benchmarks.scale_stock import defs

    return defs


if __name__ == "__main__":
    main()
