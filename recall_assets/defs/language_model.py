"""What a language model words or judges behind the chain; each is in the graph only where its purpose has an endpoint.

activities ────────► activity_titles       (deployment, day)   each in runs of its own: nothing waits for a model
secrets ───────────► secret_reviews        (deployment, day)   off unless asked for
projects ──────────► project_summaries     day
semantic_memory ───► extracted_memories    day

The data version of a run is a digest of the words that stand. Where it is another one than before, summaries and
memories that tell these words are made again (defs.worded); a run that changes no word has nothing made again.
"""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import dagster as dg
from sqlalchemy import Engine

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows_when_made
from recall_assets.defs.memories import read_day
from recall_assets.defs.resources import Recall
from recall_assets.language_model.kept import kept
from recall_assets.language_model.memories import extract_facts
from recall_assets.language_model.projects import describe_projects
from recall_assets.language_model.questions import Outcome
from recall_assets.language_model.secret_review import review_secrets
from recall_assets.language_model.titles import title_day
from recall_assets.model_settings import Purpose
from recall_assets.partitions import DAYS, DEPLOYMENT_DAYS, days, deployment_days
from recall_assets.records import Provenance
from recall_assets.settings import Settings

CODE_VERSION = "2"

# Engine, settings, a partition and the run in, what became of its questions out; None where the purpose is off.
Asks = Callable[[Engine, Settings, Any, Provenance], Outcome | None]


def _asset(purpose: Purpose, dep: str, group: str, row: str, ask: Asks) -> dg.AssetsDefinition:
    by_machine = dep in ("activities", "secrets")

    @dg.asset(
        name=purpose,
        deps=[dep],
        partitions_def=DEPLOYMENT_DAYS if by_machine else DAYS,
        automation_condition=follows_when_made(),
        group_name=group,
        kinds={"postgres", "openai"},
        owners=[f"team:{group}"],
        tags={"recall/level": "derived"},
        code_version=CODE_VERSION,
        description=f"One row is {row} What does not stand before its sources is dropped and counted, and what rules "
        "made stays. A re-run asks what is new; what was answered is not asked again.",
        pool="language_model",
        retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def asked(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
        provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
        stands = hashlib.sha256()
        keys = context.partition_keys
        for scope in deployment_days(keys) if by_machine else days(keys):
            outcome = ask(recall.engine, recall.settings, scope, provenance)
            _tell(context, str(scope) if isinstance(scope, date) else scope.partition_key, outcome)
            with recall.transaction() as connection:
                for one in kept(connection, purpose, scope):
                    stands.update(f"{one.id}\0{one.text}\0".encode())
        return dg.MaterializeResult(data_version=dg.DataVersion(stands.hexdigest()[:16]))

    return asked


def _tell(context: dg.AssetExecutionContext, key: str, outcome: Outcome | None) -> None:
    if outcome is not None and outcome.reason is not None:
        remedy = outcome.remedies.get(outcome.reason, "")
        context.log.warning("%s: %s by rules stay: %s. %s", key, outcome.reasons.total(), outcome.reason, remedy)
    context.add_asset_metadata(metadata.of_model(outcome), partition_key=key)


def _extract(engine: Engine, settings: Settings, day: Any, provenance: Provenance) -> Outcome | None:
    return extract_facts(engine, settings, day, read_day, provenance)


_TITLE = "an activity whose title a language model gave."
_FINDING = "a doubtful finding that a language model looked at, without its value; nothing is uncovered by it."
_PROJECT = "a project of the day that a language model named and described."
_FACT = "a fact that a language model found on the day's screens, beside those of the rules."

_ALL: tuple[tuple[Purpose, dg.AssetsDefinition], ...] = (
    ("activity_titles", _asset("activity_titles", "activities", "hierarchy", _TITLE, title_day)),
    ("secret_reviews", _asset("secret_reviews", "secrets", "text", _FINDING, review_secrets)),
    ("project_summaries", _asset("project_summaries", "projects", "hierarchy", _PROJECT, describe_projects)),
    ("extracted_memories", _asset("extracted_memories", "semantic_memory", "memories", _FACT, _extract)),
)


def chosen(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets of the purposes that have an endpoint."""
    return [asset for purpose, asset in _ALL if settings.llm(purpose) is not None]
