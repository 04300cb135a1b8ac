"""Stretches of time with one purpose, of one deployment's day.

read frames of the day ─┬► cut_day ─► describe ─► activities with title and sentences
what was said ──────────┘
activities as they were ──┘  (ids are carried over where new and old overlap by half)
"""

from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows
from recall_assets.defs.resources import Recall
from recall_assets.partitions import DEPLOYMENT_DAYS, deployment_days
from recall_assets.records import Provenance
from recall_assets.stages.activities import cut_day
from recall_assets.stages.day_summaries.day import day_of
from recall_assets.stages.language_model.titles import with_titles
from recall_assets.stages.sentences import describe
from recall_assets.store import activities as stored
from recall_assets.store import edits, frames, projects, transcripts

CODE_VERSION = "7"


@dg.asset(
    deps=["secrets", "transcripts"],
    partitions_def=DEPLOYMENT_DAYS,
    automation_condition=follows(),
    group_name="hierarchy",
    kinds={"postgres", "python"},
    owners=["team:hierarchy"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def activities(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is a stretch of time with one purpose on one deployment, with its title and quoted sentences.

    A re-run cuts the day again: an activity that overlaps its old self by half keeps its id and its project, one that
    the owner edited stays as it is, and the rest of the day's rows are replaced. A title that a language model gave
    stays while the activity's screens still say it.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    for partition in deployment_days(context.partition_keys):
        with recall.transaction() as connection:
            edits.share(connection)
            day_frames, said = frames.read_day(connection, partition), transcripts.read_day(connection, partition)
            before = stored.read_day(connection, partition)
            cut = cut_day(
                day_frames,
                document_frequency=stored.document_frequency(connection, partition),
                previous=before,
                projects=projects.read_all(connection, without=partition.day),
                transcripts=said,
            )
            described = [describe(activity, day_frames, said) for activity in cut]
            if recall.settings.llm("activity_titles") is not None:
                day = day_of(described, projects.read_all(connection), day_frames, said)
                described = with_titles(before, described, day)
            stored.replace_day(connection, partition, described, provenance)
        context.add_asset_metadata(metadata.of_activities(partition, described), partition_key=partition.partition_key)
    return dg.MaterializeResult()
