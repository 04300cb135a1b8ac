"""What Dagster's own tables tell of runs, deleted when it is old; for how long which stays, see `defs.pruning`.

event_logs ─┬─ asset_event_tags        runs ── run_tags        asset_check_executions
            └─ the last of each asset, partition and kind stays, and the run behind it
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, column, delete, func, or_, select, table, union

_EVENT_LOGS = table(
    "event_logs", *map(column, ("id", "run_id", "dagster_event_type", "timestamp", "asset_key", "partition"))
)
_EVENT_TAGS = table("asset_event_tags", column("event_id"))
_CHECK_EXECUTIONS = table(
    "asset_check_executions", *map(column, ("id", "run_id", "asset_key", "check_name", "partition"))
)
_RUN_ROWS = table("runs", *map(column, ("run_id", "status", "update_timestamp")))
_RUN_TAGS = table("run_tags", column("run_id"))
_EVENTS, _CHECKS, _RUNS = _EVENT_LOGS.c, _CHECK_EXECUTIONS.c, _RUN_ROWS.c
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


def delete_steps(connection: Connection, before: datetime) -> int:
    """How many events went that tell how runs went; who made what, and when, stays.

    Args:
        before: UTC, without a zone, as Dagster's tables have it.
    """
    kind = _EVENTS.dagster_event_type
    steps = and_(_EVENTS.timestamp < before, or_(kind.is_(None), kind.not_in(_KEPT_EVENTS)))
    return connection.execute(delete(_EVENT_LOGS).where(steps)).rowcount


def delete_runs(connection: Connection, before: datetime) -> tuple[int, int]:
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
    connection.execute(delete(_CHECK_EXECUTIONS).where(_CHECKS.run_id.in_(runs)))
    connection.execute(delete(_RUN_TAGS).where(_RUN_TAGS.c.run_id.in_(runs)))
    connection.execute(delete(_RUN_ROWS).where(_RUNS.run_id.in_(runs)))
    return len(runs), superseded


def _delete_events(connection: Connection, which: ColumnElement[bool]) -> int:
    connection.execute(delete(_EVENT_TAGS).where(_EVENT_TAGS.c.event_id.in_(select(_EVENTS.id).where(which))))
    return connection.execute(delete(_EVENT_LOGS).where(which)).rowcount
