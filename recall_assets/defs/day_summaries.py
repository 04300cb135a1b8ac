"""What a day held: of each deployment, and of the person over all of them.

activities, projects ─┬─► day_summaries             2026-11-22|laptop, 2026-11-22|desktop
                      └─► combined_day_summaries    2026-11-22, overlaps counted once
by rules; where `llm_url` is set, in a model's words as far as they stand before their sources
"""

from datetime import date
from typing import Any
from uuid import UUID

import dagster as dg
from sqlalchemy import Connection

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows, follows_any_deployment
from recall_assets.defs.resources import Recall
from recall_assets.defs.worded import WORDED, worded_deps
from recall_assets.language_model.days import summarised
from recall_assets.partitions import DAY_OF, DAYS, DEPLOYMENT_DAYS, days, deployment_days
from recall_assets.records import DeploymentDay, Provenance
from recall_assets.stages.day_summaries.day import Day, day_of
from recall_assets.store import activities, frames, partitions, projects, transcripts
from recall_assets.store import day_summaries as stored

CODE_VERSION = "6"


@dg.asset(
    deps=["activities", dg.AssetDep("projects", partition_mapping=DAY_OF), *worded_deps(by_machine=True)],
    partitions_def=DEPLOYMENT_DAYS,
    # Not on the activities themselves: their projects are assigned a run later.
    automation_condition=follows("projects", words=WORDED),
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
        told = _replace(context, recall, partition, provenance)
        context.add_asset_metadata(told, partition_key=partition.partition_key)
    return dg.MaterializeResult()


@dg.asset(
    deps=[dg.AssetDep("day_summaries", partition_mapping=DAY_OF), "projects"],
    partitions_def=DAYS,
    # Not on the projects: the machines' own summaries of them are made a run later.
    automation_condition=follows_any_deployment("day_summaries"),
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
        context.add_asset_metadata(_replace(context, recall, day, provenance), partition_key=day.isoformat())
    return dg.MaterializeResult()


def _replace(
    context: dg.AssetExecutionContext, recall: Recall, scope: DeploymentDay | date, provenance: Provenance
) -> dict[str, Any]:
    """The summary is written anew; its metadata. No transaction is open while a model thinks."""
    with recall.transaction() as connection:
        day = _read(connection, scope)
    summary, outcome = summarised(recall.engine, recall.settings, scope, day, provenance.run_id)
    with recall.transaction() as connection:
        stored.replace_day(connection, scope, summary, provenance)
    if outcome is not None and outcome.reason is not None:
        remedy = outcome.remedies.get(outcome.reason, "")
        context.log.warning("%s: no model's words: %s. %s", scope, outcome.reason, remedy)
    return metadata.of_summary(scope, summary) | metadata.of_model(outcome)


def _read(connection: Connection, scope: DeploymentDay | date) -> Day | None:
    """What a summary is made from; None of a day without activities."""
    own = activities.read_day(connection, scope)
    machines = [scope] if isinstance(scope, DeploymentDay) else partitions.with_frames(connection, scope, scope)
    if not own:
        return None
    shown = [frame for machine in machines for frame in frames.read_day(connection, machine)]
    return day_of(own, projects.read_all(connection), shown, transcripts.read_day(connection, scope))
