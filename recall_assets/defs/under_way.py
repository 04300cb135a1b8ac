"""Runs that have not ended, and what they make.

run of one partition        dagster/partition = 2026-11-22|laptop
run of several days         dagster/asset_partition_range_start, _end = 2026-11-20|laptop, 2026-11-22|laptop
"""

import dagster as dg

from recall_assets.records import DeploymentDay

UNFINISHED = dg.RunsFilter(
    statuses=[
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
)


def makes(run: dg.DagsterRun, asset: str, partition: DeploymentDay) -> bool:
    """Whether the run was begun to make this partition of the asset, perhaps among others.

    A range over several deployments counts for all of them: which lie between two depends on when they were enrolled.
    """
    if run.asset_selection is not None and dg.AssetKey(asset) not in run.asset_selection:
        return False
    key = run.tags.get("dagster/partition")
    begin = run.tags.get("dagster/asset_partition_range_start", key)
    end = run.tags.get("dagster/asset_partition_range_end", key)
    if begin is None or end is None or "|" not in begin:  # of another kind of partition, or of none
        return False
    first, last = DeploymentDay.from_partition_key(begin), DeploymentDay.from_partition_key(end)
    among = first.deployment_id != last.deployment_id or partition.deployment_id == first.deployment_id
    return among and first.day <= partition.day <= last.day
