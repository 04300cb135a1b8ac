"""What a day held: of each deployment, and of the person over all of them.

activities, projects ─┬─► day_summaries             2026-11-22|laptop, 2026-11-22|desktop
                      └─► combined_day_summaries    2026-11-22, overlaps counted once
"""

from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows, follows_any_deployment
from recall_assets.defs.resources import Recall
from recall_assets.partitions import DAY_OF, DAYS, DEPLOYMENT_DAYS, days, deployment_days
from recall_assets.records import Provenance
from recall_assets.stages.day_summaries import summarise_deployment, summarise_person
from recall_assets.store import activities, frames, partitions, projects, transcripts
from recall_assets.store import day_summaries as stored

CODE_VERSION = "3"


@dg.asset(
    deps=["activities", dg.AssetDep("projects", partition_mapping=DAY_OF)],
    partitions_def=DEPLOYMENT_DAYS,
    # Not on the activities themselves: their projects are assigned a run later.
    automation_condition=follows("projects"),
    group_name="summaries",
    kinds={"postgres", "python"},
    owners=["team:summaries"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def day_summaries(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is what a deployment's day held, in sentences that each name the rows that they rest on.

    A re-run writes the summary of that day anew; where nothing changed, the same sentences keep their ids.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    for partition in deployment_days(context.partition_keys):
        with recall.transaction() as connection:
            summary = summarise_deployment(
                partition,
                activities.read_day(connection, partition),
                projects.read_all(connection),
                frames.read_day(connection, partition),
                transcripts.read_day(connection, partition),
            )
            stored.replace_day(connection, partition, summary, provenance)
        context.add_asset_metadata(metadata.of_summary(partition, summary), partition_key=partition.partition_key)
    return dg.MaterializeResult()


@dg.asset(
    deps=[dg.AssetDep("day_summaries", partition_mapping=DAY_OF)],
    partitions_def=DAYS,
    automation_condition=follows_any_deployment(),
    group_name="summaries",
    kinds={"postgres", "python"},
    owners=["team:summaries"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def combined_day_summaries(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is what the person's day held over all machines; time on two of them at once counts once.

    It is made from the same activities and projects as the deployments' summaries, after these. A re-run writes the
    summary of that day anew; where nothing changed, the same sentences keep their ids.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    for day in days(context.partition_keys):
        with recall.transaction() as connection:
            machines = partitions.with_frames(connection, day, day)
            summary = summarise_person(
                day,
                activities.read_day(connection, day),
                projects.read_all(connection),
                [frame for machine in machines for frame in frames.read_day(connection, machine)],
                transcripts.read_day(connection, day),
            )
            stored.replace_day(connection, day, summary, provenance)
        context.add_asset_metadata(metadata.of_summary(day, summary), partition_key=day.isoformat())
    return dg.MaterializeResult()
