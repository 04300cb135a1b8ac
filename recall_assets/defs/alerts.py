"""Looks each minute for what the owner should know; see `recall_assets.alerts`.

runs that failed lately, alerts that are open ─► assets to ask about ─► their failed partitions ─► one look
"""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import dagster as dg

from recall_assets import alerts as watching
from recall_assets import logs
from recall_assets.defs.resources import Recall
from recall_assets.records import AlertKey, AlertKind
from recall_assets.store.alerts import open_alerts

# A failed run that is older has been raised, or was made good.
FAILED_WITHIN = timedelta(days=2)
_FAILED_RUNS = 200


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Raises and clears alerts: machines, spools, partitions, disk, vault; `recall alerts` lists them.",
)
def alerts(context: dg.SensorEvaluationContext, recall: Recall) -> dg.SensorResult:
    """One look; what is wrong in two looks in a row is raised, what is gone in two is cleared."""
    # Ticks run in the code server, whose log nothing of ours is written to otherwise.
    logs.set_up(recall.settings.log_format, logging.getLogger(watching.__name__))
    now = datetime.now(UTC)
    with recall.transaction() as connection:
        open_ = {alert.trouble.key for alert in open_alerts(connection)}
    assert context.repository_def is not None
    graph = context.repository_def.asset_graph
    known = {key.to_user_string() for key in graph.get_all_asset_keys()}
    suspected = _failed_lately(context.instance, now) | {
        key.subject for key in open_ if key.kind is AlertKind.PARTITION
    }
    failed = {}
    for asset in sorted(suspected & known):
        keys = failed_partitions(context.instance, asset, graph.get(dg.AssetKey(asset)).partitions_def)
        if keys is not None:
            failed[asset] = keys
    before = [AlertKey(AlertKind(kind), subject) for kind, subject in json.loads(context.cursor or "[]")]
    looked = watching.look(recall.engine, recall.settings, now, failed, before)
    told = f"{len(looked.raised)} raised, {len(looked.cleared)} cleared, {len(looked.troubles)} wrong now"
    return dg.SensorResult(skip_reason=dg.SkipReason(told), cursor=json.dumps(sorted(looked.troubles)))


def _failed_lately(instance: dg.DagsterInstance, now: datetime) -> set[str]:
    """The assets of runs that failed."""
    lately = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=now - FAILED_WITHIN)
    runs: Iterable[dg.DagsterRun] = instance.get_runs(lately, limit=_FAILED_RUNS)
    return {key.to_user_string() for run in runs for key in run.asset_selection or ()}


def failed_partitions(
    instance: dg.DagsterInstance, asset: str, definition: dg.PartitionsDefinition[str] | None
) -> list[str] | None:
    """The keys of the asset's failed partitions, oldest first, none where it has no partitions; None: it is well."""
    key = dg.AssetKey(asset)
    if definition is None:
        record = next(iter(instance.get_asset_records([key])), None)
        run_id = None if record is None else record.asset_entry.last_run_id
        run = None if run_id is None else instance.get_run_by_id(run_id)
        return [] if run is not None and run.status is dg.DagsterRunStatus.FAILURE else None
    keys = sorted(definition.get_partition_keys(dynamic_partitions_store=instance))
    status = instance.get_status_by_partition(key, keys, definition) or {}
    return [one for one in keys if getattr(status.get(one), "name", "") == "FAILED"] or None
