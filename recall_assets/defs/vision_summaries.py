"""What each activity looked like, in a vision model's words. Part of the graph only where `vision_url` is set.

activities ─► keyframes ─► redacted images ─► the endpoint that the owner named ─► checked ─► vision_summaries
"""

from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows_when_made
from recall_assets.defs.ocr_text import progress_of
from recall_assets.defs.resources import Recall
from recall_assets.descriptions import Budget, describe_day
from recall_assets.engines.vision import Endpoint
from recall_assets.errors import SettingsError
from recall_assets.partitions import DEPLOYMENT_DAYS, deployment_days
from recall_assets.records import Provenance

CODE_VERSION = "1"


@dg.asset(
    deps=["activities"],
    partitions_def=DEPLOYMENT_DAYS,
    automation_condition=follows_when_made(),
    group_name="hierarchy",
    kinds={"postgres", "openai"},
    owners=["team:hierarchy"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    pool="vision",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def vision_summaries(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is two sentences on what an activity's keyframe shows, by the model at `vision_url`; it is sent redacted.

    A re-run asks for activities that are new, changed, or got no answer, as far as `vision_daily_tokens` allows; what
    is the same is not asked again. An answer that holds a secret, an address or markup is not kept, and counted.
    """
    endpoint = Endpoint.of(recall.settings)
    if endpoint is None:
        raise SettingsError("No image is described: vision is off.", "Set vision_url in recall.toml.")
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    for partition in deployment_days(context.partition_keys):
        budget = Budget.of_today(recall.settings.vision_daily_tokens)
        progress = progress_of(context, partition, "activities seen to")
        report = describe_day(recall.engine, recall.home, endpoint, budget, partition, provenance, progress)
        for reason, remedy in sorted(report.remedies.items()):
            context.log.warning("%s: %s: %s", partition.partition_key, reason, remedy)
        context.add_asset_metadata(metadata.of_vision(partition, report), partition_key=partition.partition_key)
    return dg.MaterializeResult()
