"""What was said: sound written down, with the secrets that were spoken taken out.

sealed sound ─► intake: open ─ decode ─ listen ─ detect ─ redact ─ seal ─► transcripts, secrets
                (worker processes, in memory; the one door for clear text)
"""

from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows_landing
from recall_assets.defs.ocr_text import Reading, progress_of, recomputes
from recall_assets.defs.resources import Recall
from recall_assets.intake.hearing import hear_partition
from recall_assets.partitions import DEPLOYMENT_DAYS, deployment_days
from recall_assets.records import Provenance
from recall_assets.store import partitions

CODE_VERSION = "1"


@dg.asset(
    deps=["audio_segments"],
    partitions_def=DEPLOYMENT_DAYS,
    automation_condition=follows_landing(),
    group_name="text",
    kinds={"postgres", "whisper"},
    owners=["team:text"],
    tags={"recall/level": "redacted"},
    code_version=CODE_VERSION,
    pool="speech",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL),
    backfill_policy=dg.BackfillPolicy.multi_run(7),
)
def transcripts(context: dg.AssetExecutionContext, config: Reading, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is a sentence or a few that were said, with its times and who spoke: me, others, or unknown.

    A re-run hears the sound that is still pending, or that found no engine before, and scans texts of an older detector
    again; with `recompute` it hears again what is still there. Sound is deleted once it was written down.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    for partition in deployment_days(context.partition_keys):
        report = hear_partition(
            recall.engine,
            recall.home,
            recall.settings,
            partition,
            provenance,
            recompute=recomputes(context, config),
            progress=progress_of(context, partition, "stretches of sound heard"),
        )
        with recall.transaction() as connection:
            recorded = partitions.recorded(connection, partition)
        told = metadata.of_transcripts(partition, recorded, metadata.counts_of(report))
        context.add_asset_metadata(told, partition_key=partition.partition_key)
    return dg.MaterializeResult()
