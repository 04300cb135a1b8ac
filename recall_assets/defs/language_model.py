"""What a language model words or judges behind the chain; each is in the graph only where its purpose has an endpoint.

activities ────────► activity_titles       (deployment, day)   each in runs of its own: nothing waits for a model
secrets ───────────► secret_reviews        (deployment, day)   off unless asked for
projects ──────────► project_summaries     day
semantic_memory ───► extracted_memories    day
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows_when_made
from recall_assets.defs.memories import read_day
from recall_assets.defs.resources import Recall
from recall_assets.language_model.memories import extract_facts
from recall_assets.language_model.projects import describe_projects
from recall_assets.language_model.questions import Outcome
from recall_assets.language_model.secret_review import review_secrets
from recall_assets.language_model.titles import title_day
from recall_assets.model_settings import Purpose
from recall_assets.partitions import DAYS, DEPLOYMENT_DAYS, days, deployment_days
from recall_assets.records import Provenance
from recall_assets.settings import Settings

CODE_VERSION = "1"


def _asset(purpose: Purpose, dep: str, by_machine: bool, group: str, description: str) -> Callable[..., Any]:
    return dg.asset(
        name=purpose,
        deps=[dep],
        partitions_def=DEPLOYMENT_DAYS if by_machine else DAYS,
        automation_condition=follows_when_made(),
        group_name=group,
        kinds={"postgres", "openai"},
        owners=[f"team:{group}"],
        tags={"recall/level": "derived"},
        code_version=CODE_VERSION,
        description=f"{description} What does not stand before its sources is dropped and counted, and what rules made "
        "stays. A re-run asks what is new; what was answered is not asked again.",
        pool="language_model",
        retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )


def _provenance(context: dg.AssetExecutionContext) -> Provenance:
    return Provenance(CODE_VERSION, UUID(context.run.run_id))


def _told(context: dg.AssetExecutionContext, key: str, outcome: Outcome | None) -> None:
    if outcome is not None and outcome.reason is not None:
        remedy = outcome.remedies.get(outcome.reason, "")
        context.log.warning("%s: %s by rules stay: %s. %s", key, outcome.reasons.total(), outcome.reason, remedy)
    context.add_asset_metadata(metadata.of_model(outcome), partition_key=key)


@_asset("activity_titles", "activities", True, "hierarchy", "One row is an activity whose title a language model gave.")
def activity_titles(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    for partition in deployment_days(context.partition_keys):
        outcome = title_day(recall.engine, recall.settings, partition, _provenance(context))
        _told(context, partition.partition_key, outcome)
    return dg.MaterializeResult()


@_asset(
    "secret_reviews",
    "secrets",
    True,
    "text",
    "One row is a doubtful finding that a language model looked at, without its value; nothing is uncovered by it.",
)
def secret_reviews(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    for partition in deployment_days(context.partition_keys):
        outcome = review_secrets(recall.engine, recall.settings, partition, _provenance(context))
        _told(context, partition.partition_key, outcome)
    return dg.MaterializeResult()


@_asset(
    "project_summaries",
    "projects",
    False,
    "hierarchy",
    "One row is a project of the day that a language model named and described.",
)
def project_summaries(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    for day in days(context.partition_keys):
        outcome = describe_projects(recall.engine, recall.settings, day, _provenance(context))
        _told(context, day.isoformat(), outcome)
    return dg.MaterializeResult()


@_asset(
    "extracted_memories",
    "semantic_memory",
    False,
    "memories",
    "One row is a fact that a language model found on the day's screens, beside those of the rules.",
)
def extracted_memories(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    for day in days(context.partition_keys):
        outcome = extract_facts(recall.engine, recall.settings, day, read_day, _provenance(context))
        _told(context, day.isoformat(), outcome)
    return dg.MaterializeResult()


_ALL: tuple[tuple[Purpose, dg.AssetsDefinition], ...] = (
    ("activity_titles", activity_titles),
    ("secret_reviews", secret_reviews),
    ("project_summaries", project_summaries),
    ("extracted_memories", extracted_memories),
)


def chosen(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets of the purposes that have an endpoint."""
    return [asset for purpose, asset in _ALL if settings.llm(purpose) is not None]
