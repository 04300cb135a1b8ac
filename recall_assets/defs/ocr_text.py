"""Text and the secrets in it: two assets of one computation, since no text is stored that was not scanned.

    sealed frames ─► intake: open ─ read ─ detect ─ redact ─ seal ─► ocr_text, secrets, redacted image
                     (one process, in memory; the one door for clear text)

Chosen alone, `secrets` scans the stored text again with today's rules; and what was imported, of whatever day.
"""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows, follows_landing
from recall_assets.defs.resources import Recall, progress_callback
from recall_assets.engines.choice import reading_version
from recall_assets.intake.imported_again import rescan_imports
from recall_assets.intake.partition import read_partition, rescan_partition
from recall_assets.partitions import DEPLOYMENT_DAYS, deployment_days
from recall_assets.records import DeploymentDay, Provenance
from recall_assets.settings import load_settings
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import partitions, reading

# The chosen engine is a part of it: with another one in the settings, what was read before shows as stale in the UI,
# and `recall backfill --stage ocr_text` reads it again from the stored images. A machine with a choice of its own has
# that in its rows; a check names its days that were read otherwise.
CODE_VERSION = reading_version(load_settings().reading)
# On a run: `all` in place of the config field `recompute`, `stale` for what another version has read.
RECOMPUTE_TAG = "recall/recompute"
_LOG_EVERY_SECONDS = 20.0


class Reading(dg.Config):
    """How the text or the transcripts of a partition are made."""

    recompute: bool = False  # read (or hear) everything again, also what was read or given up


def _spec(
    key: str,
    deps: list[str],
    kind: str,
    version: str,
    condition: dg.AutomationCondition,  # type: ignore[type-arg]
    description: str,
) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps,
        description=description,
        group_name="text",
        kinds={"postgres", kind},
        owners=["team:text"],
        tags={"recall/level": "redacted"},
        code_version=version,
        automation_condition=condition,
    )


@dg.multi_asset(
    name="ocr_text_and_secrets",
    specs=[
        _spec(
            "ocr_text",
            ["frames"],
            "python",
            CODE_VERSION,
            follows_landing(),
            "One row is the redacted text of one frame, with its words' boxes and what is new since the window's last "
            "frame. A re-run reads the frames that are still pending; with `recompute` it reads all of them again.",
        ),
        _spec(
            "secrets",
            ["ocr_text"],
            "python",
            DETECTOR_VERSION,
            follows(),
            "One row is a secret that stood on a frame: its kind and boxes, and its value only sealed. A re-run adds "
            "what it newly finds and takes nothing away; run alone, it scans the stored text with today's rules, "
            "and whatever was imported.",
        ),
    ],
    partitions_def=DEPLOYMENT_DAYS,
    can_subset=True,
    pool="ocr",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL),
    backfill_policy=dg.BackfillPolicy.multi_run(7),
)
def ocr_text_and_secrets(
    context: dg.AssetExecutionContext, config: Reading, recall: Recall
) -> Iterator[dg.MaterializeResult[None]]:
    """Reads, scans, redacts and seals the pending frames of each partition, or scans its stored text again."""
    recompute = recomputes(context, config)
    stale = context.run.tags.get(RECOMPUTE_TAG) == "stale"
    reads = dg.AssetKey("ocr_text") in context.selected_asset_keys
    with recall.transaction() as connection:
        chosen = reading.chosen(connection)
    if not reads:
        scanned = rescan_imports(recall.engine, recall.home, UUID(context.run.run_id))
        context.log.info("%d imports scanned, %d rows changed", scanned.imports, scanned.changed)
    for partition in deployment_days(context.partition_keys):
        settings = recall.settings.read_by(chosen.get(partition.deployment_id))
        provenance = Provenance(reading_version(settings.reading), UUID(context.run.run_id))
        where = recall.engine, recall.home, settings, partition, provenance
        if reads:
            report = read_partition(
                *where,
                recompute=recompute,
                other_versions=stale,
                progress=progress_of(context, partition, "frames read"),
            )
            counts = metadata.counts_of(report)
            if report.without_image:
                told = "%s: %d frames keep the text that they have, since their images are no longer kept"
                context.log.warning(told, partition.partition_key, report.without_image)
        else:
            counts = metadata.counts_of(rescan_partition(*where))
        with recall.transaction() as connection:
            landed = partitions.landed(connection, partition)
        for key in context.selected_asset_keys:
            context.add_asset_metadata(metadata.of_text(partition, landed, counts), key, partition.partition_key)
    for key in sorted(context.selected_asset_keys):  # ocr_text before secrets
        yield dg.MaterializeResult(asset_key=key)


def recomputes(context: dg.AssetExecutionContext, config: Reading) -> bool:
    """Whether the run reads again what was read."""
    return config.recompute or context.run.tags.get(RECOMPUTE_TAG) == "all"


def progress_of(
    context: dg.AssetExecutionContext, partition: DeploymentDay, done_what: str
) -> Callable[[int, int], None]:
    """A line in the run's log every so often and at the end; whoever runs this in their own process sees each frame."""
    logged_at = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal logged_at
        progress_callback.get()(done, total)
        if done == total or time.monotonic() - logged_at > _LOG_EVERY_SECONDS:
            logged_at = time.monotonic()
            context.log.info("%s: %d of %d %s", partition.partition_key, done, total, done_what)

    return report
