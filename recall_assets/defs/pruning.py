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

from recall_assets.defs.resources import Recall
from recall_assets.store import dagster_history


@dg.op(out=dg.Out(dg.Nothing))
def delete_old_steps(context: dg.OpExecutionContext, recall: Recall) -> None:
    """Deletes how old runs went, and old runs of which nothing is left."""
    now = datetime.now(UTC).replace(tzinfo=None)  # as Dagster's tables have it
    steps_before = now - timedelta(days=recall.settings.dagster_steps_days)
    runs_before = now - timedelta(days=recall.settings.dagster_runs_days)
    storage = context.instance.event_log_storage
    with storage.index_connection() as connection, connection.begin():  # type: ignore[attr-defined]
        steps = dagster_history.delete_steps(connection, steps_before)
        runs, superseded = dagster_history.delete_runs(connection, runs_before)
    files = _delete_output(recall.home.dagster / "storage", steps_before)
    told = "%d steps and log lines, %d runs with %d superseded events, output of %d runs deleted"
    context.log.info(told, steps, runs, superseded, files)


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
    name="prune_events_weekly",
    job=prune_events,
    cron_schedule="10 5 * * 0",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Deletes log lines, steps and output of old runs from Dagster's database.",
)
