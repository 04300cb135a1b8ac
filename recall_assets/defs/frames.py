"""What landed: frames and audio, as ingest took them in.

    ingest ─► recall.frames, recall.audio_segments ─► the sensor `landed` reports changed partitions ─► automation

The assets only count; landing is done when the rows are there.
"""

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.resources import Recall
from recall_assets.partitions import DEPLOYMENT_DAYS, deployment_days
from recall_assets.store import partitions


@dg.asset(
    partitions_def=DEPLOYMENT_DAYS,
    group_name="capture",
    kinds={"postgres", "image"},
    owners=["team:capture"],
    tags={"recall/level": "raw"},
    code_version="1",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def frames(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is one captured image of one monitor, sealed by the agent until its text has been read.

    Agents and importers land the rows, and a sensor reports which deployment's days have new ones; what is downstream
    then follows by itself. A re-run counts again what landed, and changes no row.
    """
    for partition in deployment_days(context.partition_keys):
        with recall.transaction() as connection:
            landed = partitions.landed(connection, partition)
        context.add_asset_metadata(metadata.of_frames(partition, landed), partition_key=partition.partition_key)
    return dg.MaterializeResult()


@dg.asset(
    partitions_def=DEPLOYMENT_DAYS,
    group_name="capture",
    kinds={"postgres", "audio"},
    owners=["team:capture"],
    tags={"recall/level": "raw"},
    code_version="1",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def audio_segments(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is a stretch of microphone or system sound, sealed by the agent.

    Agents and importers land the rows, and a sensor reports which deployment's days have new ones. A re-run counts
    again what landed, and changes no row.
    """
    for partition in deployment_days(context.partition_keys):
        with recall.transaction() as connection:
            recorded = partitions.recorded(connection, partition)
        context.add_asset_metadata(metadata.of_audio(partition, recorded), partition_key=partition.partition_key)
    return dg.MaterializeResult()
