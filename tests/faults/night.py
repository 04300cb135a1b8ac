"""What comes after the faults: the nights, in which Recall makes good what failed, and how the graph stands then.

    python -m tests.faults.night           one night's schedules and the runs that they ask for; a line of JSON
    python -m tests.faults.night --look    how everything stands; a line of JSON

The environment names the home and the databases, as `recall up` gives them to Dagster's processes.
"""

import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg

from recall_assets.cli.graph_runs import CHAIN, MEMORIES
from recall_assets.definitions import defs
from recall_assets.defs.resources import Recall
from recall_assets.partitions import DAYS, DEPLOYMENT_DAYS, START, has_partition
from recall_assets.settings import load_settings
from recall_assets.store.database import connect
from recall_assets.store.partitions import with_frames

OF_DEPLOYMENTS = (*CHAIN, "day_summaries", "search_index")
OF_DAYS = ("projects", "combined_day_summaries", *MEMORIES)
# How well a sample of one or two small screens was read is no matter of faults.
_OF_QUALITY = {dg.AssetCheckKey(dg.AssetKey("ocr_text"), "reading_loses_nothing")}
SCHEDULES = ("recheck_errors", "catch_up", "catch_up_days")
_STATUS = dg.DagsterRunStatus
_UNFINISHED = [_STATUS.QUEUED, _STATUS.NOT_STARTED, _STATUS.STARTING, _STATUS.STARTED, _STATUS.CANCELING]


def night(instance: dg.DagsterInstance) -> dict[str, int]:
    """How many runs the schedules of a night asked for; they were made."""
    asked = Counter(dict.fromkeys(SCHEDULES, 0))
    for schedule in SCHEDULES:
        for request in requests(schedule, instance):
            asked[schedule] += 1
            defs.resolve_implicit_global_asset_job_def().execute_in_process(
                instance=instance,
                asset_selection=list(request.asset_selection or ()),
                partition_key=request.partition_key,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                raise_on_error=False,
            )
    return dict(asked)


def requests(schedule: str, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    """What that schedule asks for now."""
    with dg.build_schedule_context(
        instance,
        scheduled_execution_time=datetime.now(UTC),
        resources={"recall": Recall()},
        repository_def=defs.get_repository_def(),
    ) as context:
        return [*(defs.resolve_schedule_def(schedule).evaluate_tick(context).run_requests or ())]


def look(instance: dg.DagsterInstance) -> dict[str, object]:
    """What is not as it should be: partitions that are not made, checks that do not pass, runs that have no end."""
    slots = [slot.step_key for slot in instance.event_log_storage.get_concurrency_info("ocr").claimed_slots]
    stuck = [run.run_id for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED))]
    return {
        "unmade": [f"{asset} {key}" for asset, key in unmade(instance)],
        "failed checks": [*failed_checks(instance)],
        "runs without an end": stuck,
        "places in pools that nobody gave back": slots,
        "runs": Counter(run.status.value for run in instance.get_runs()),
    }


def unmade(instance: dg.DagsterInstance) -> Iterator[tuple[str, str]]:
    """Assets and partitions with frames that are not materialised."""
    engine = connect(str(load_settings().database_url))
    with engine.connect() as connection:
        landed = [one for one in with_frames(connection, START, date.max) if has_partition(one.day)]
    engine.dispose()
    keys = [partition.partition_key for partition in landed]
    days = sorted({partition.day.isoformat() for partition in landed})
    for assets, wanted, definition in ((OF_DEPLOYMENTS, keys, DEPLOYMENT_DAYS), (OF_DAYS, days, DAYS)):
        for asset in assets:
            found = instance.get_status_by_partition(dg.AssetKey(asset), wanted, definition) or {}
            for key in wanted:
                if getattr(found.get(key), "name", "MISSING") != "MATERIALIZED":
                    yield asset, key


def failed_checks(instance: dg.DagsterInstance) -> Iterator[str]:
    """Checks whose last result is no pass; that the agent is silent in the end is right, and its own."""
    for key in defs.resolve_asset_graph().asset_check_keys - _OF_QUALITY:
        found = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        if found and found[0].status.value != "SUCCEEDED" and key.name != "machines_are_captured":
            yield f"{key.asset_key.to_user_string()}: {key.name} ({found[0].status.value})"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with dg.DagsterInstance.get() as opened:
        print(json.dumps(look(opened) if "--look" in sys.argv else night(opened)), flush=True)
