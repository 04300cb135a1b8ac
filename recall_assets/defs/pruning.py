"""What Dagster keeps of runs, and for how long.

    age     0 ───── dagster_steps_days ───────────────── dagster_runs_days ─────────►
    runs         all                 │ who made what, when │ those alone that made a partition last, or failed at it
    steps        all                 │ none
    output       all                 │ none                  (files below DAGSTER_HOME/storage)

So each partition keeps its last materialisation, its lineage, and the run behind it; a page that leads to a run which
is gone says so.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import schema as events_schema
from dagster._core.storage.runs import schema as runs_schema
from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, union

from recall_assets.defs.resources import Recall

_EVENTS = events_schema.SqlEventLogStorageTable.c
_CHECKS = events_schema.AssetCheckExecutionsTable.c
_RUNS = runs_schema.RunsTable.c
# Who made what, when, from what, and how checks and runs ended; all other events of a run tell how it went.
_OF_ASSETS = (
    "ASSET_MATERIALIZATION",
    "ASSET_MATERIALIZATION_PLANNED",
    "ASSET_OBSERVATION",
    "ASSET_FAILED_TO_MATERIALIZE",
)
_KEPT_EVENTS = (
    *_OF_ASSETS,
    "ASSET_CHECK_EVALUATION",
    "ASSET_CHECK_EVALUATION_PLANNED",
    "PIPELINE_START",
    "PIPELINE_SUCCESS",
    "PIPELINE_FAILURE",
    "PIPELINE_CANCELED",
)
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dg.op(out=dg.Out(dg.Nothing))
def delete_old_steps(context: dg.OpExecutionContext, recall: Recall) -> None:
    """Deletes how old runs went, and old runs of which nothing is left."""
    now = datetime.now(UTC).replace(tzinfo=None)  # as Dagster's tables have it
    steps_before = now - timedelta(days=recall.settings.dagster_steps_days)
    runs_before = now - timedelta(days=recall.settings.dagster_runs_days)
    kind = _EVENTS.dagster_event_type
    steps = and_(_EVENTS.timestamp < steps_before, or_(kind.is_(None), kind.not_in(_KEPT_EVENTS)))
    storage = context.instance.event_log_storage
    with storage.index_connection() as connection, connection.begin():  # type: ignore[attr-defined]
        events = connection.execute(delete(events_schema.SqlEventLogStorageTable).where(steps)).rowcount
        runs, superseded = _delete_runs(connection, runs_before)
    files = _delete_output(recall.home.dagster / "storage", steps_before)
    told = "%d steps and log lines, %d runs with %d superseded events, output of %d runs deleted"
    context.log.info(told, events, runs, superseded, files)


def _delete_runs(connection: Connection, before: datetime) -> tuple[int, int]:
    """How many runs and events of them went: what every partition was made by last stays, and so do its checks."""
    last = select(func.max(_EVENTS.id)).where(
        _EVENTS.dagster_event_type.in_(_OF_ASSETS), _EVENTS.asset_key.is_not(None)
    )
    last_events = last.group_by(_EVENTS.asset_key, _EVENTS.partition, _EVENTS.dagster_event_type)
    last_checks = select(func.max(_CHECKS.id)).group_by(_CHECKS.asset_key, _CHECKS.check_name, _CHECKS.partition)
    needed = union(
        select(_EVENTS.run_id).where(_EVENTS.id.in_(last_events)),
        select(_CHECKS.run_id).where(_CHECKS.id.in_(last_checks), _CHECKS.run_id.is_not(None)),
    )
    old = and_(_RUNS.status.in_(_ENDED), _RUNS.update_timestamp < before, _RUNS.run_id.not_in(needed))
    runs = list(connection.scalars(select(_RUNS.run_id).where(old)))
    # What the sensor reports belongs to no run: of that, too, the last of each partition stays.
    reported = and_(_EVENTS.run_id == "", _EVENTS.timestamp < before, _EVENTS.id.not_in(last_events))
    superseded = _delete_events(connection, or_(_EVENTS.run_id.in_(runs), reported))
    connection.execute(delete(events_schema.AssetCheckExecutionsTable).where(_CHECKS.run_id.in_(runs)))
    connection.execute(delete(runs_schema.RunTagsTable).where(runs_schema.RunTagsTable.c.run_id.in_(runs)))
    connection.execute(delete(runs_schema.RunsTable).where(_RUNS.run_id.in_(runs)))
    return len(runs), superseded


def _delete_events(connection: Connection, which: ColumnElement[bool]) -> int:
    tags = events_schema.AssetEventTagsTable
    connection.execute(delete(tags).where(tags.c.event_id.in_(select(_EVENTS.id).where(which))))
    return connection.execute(delete(events_schema.SqlEventLogStorageTable).where(which)).rowcount


def _delete_output(folder: Path, before: datetime) -> int:
    """How many runs' output was deleted."""
    if not folder.is_dir():
        return 0
    oldest = before.replace(tzinfo=UTC).timestamp()
    old = [run for run in folder.iterdir() if run.is_dir() and run.stat().st_mtime < oldest]
    for run in old:
        shutil.rmtree(run, ignore_errors=True)
    return len(old)


@dg.job(description="Deletes how old runs went, and superseded runs.", executor_def=dg.in_process_executor)
def prune_events() -> None:
    """Keeps Dagster's database from growing faster than what it tells of."""
    delete_old_steps()


prune_weekly = dg.ScheduleDefinition(
    job=prune_events, cron_schedule="10 5 * * 0", default_status=dg.DefaultScheduleStatus.RUNNING
)
