"""The images that are kept, by their owner's rules; each night those go that are not.

activities ─► kept_images     of old days one image an activity stays; text and everything made of it stays
"""

from datetime import UTC, datetime

import dagster as dg

from recall_assets import retention
from recall_assets.defs import metadata
from recall_assets.defs.resources import Recall

CODE_VERSION = "1"


@dg.asset(
    deps=["activities"],
    group_name="retention",
    kinds={"postgres", "python"},
    owners=["team:care"],
    tags={"recall/level": "redacted"},
    code_version=CODE_VERSION,
    pool="retention",
)
def kept_images(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """The frame store's redacted images: all of them for a time, then one an activity, within a budget of bytes.

    A run lets go of what is too old by each deployment's rule; a re-run finds nothing more. No text goes with an image.
    """
    report = retention.let_go(recall.engine, recall.home, recall.settings, datetime.now(UTC))
    if report.over:
        context.log.warning(
            "%.1f MB more than the budget are kept: they are of the last two days, or wait to be read",
            report.over / 1e6,
        )
    return dg.MaterializeResult(metadata=metadata.of_kept_images(report))


keep_nightly = dg.ScheduleDefinition(
    name="kept_images_nightly",
    target=dg.AssetSelection.assets("kept_images"),
    cron_schedule="40 2 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Lets go of images that are older than their owner wants, or beyond the budget.",
)
