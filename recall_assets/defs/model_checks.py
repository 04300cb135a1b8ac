"""What would make a reader doubt a language model's words, looked at in the run that keeps them.

activity_titles       ─┐
project_summaries     ─┤  words_rest_on_rows     words without a row that they rest on
extracted_memories    ─┤  no_secret_in_words     an ERROR: words in which today's rules find a secret
secret_reviews        ─┘  budget_is_kept         more tokens since midnight (UTC) than the purpose may take
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from recall_assets.defs.resources import Recall
from recall_assets.language_model.kept import kept
from recall_assets.model_settings import Purpose
from recall_assets.partitions import days, deployment_days
from recall_assets.settings import Settings
from recall_assets.stages.secrets import detect
from recall_assets.store import llm_calls

_BY_MACHINE = frozenset(("activity_titles", "secret_reviews"))
_PURPOSES: tuple[Purpose, ...] = ("activity_titles", "project_summaries", "extracted_memories", "secret_reviews")


def _checks(purpose: Purpose) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name=f"{purpose}_checks",
        specs=[
            dg.AssetCheckSpec("words_rest_on_rows", asset=purpose, description="All that was kept names its rows."),
            dg.AssetCheckSpec("no_secret_in_words", asset=purpose, description="Today's rules find no secret in it."),
            dg.AssetCheckSpec("budget_is_kept", asset=purpose, description="At most the day's tokens were taken."),
        ],
    )
    def looked(context: dg.AssetCheckExecutionContext, recall: Recall) -> Iterator[dg.AssetCheckResult]:
        keys = context.partition_keys
        scopes = deployment_days(keys) if purpose in _BY_MACHINE else days(keys)
        choice = recall.settings.llm(purpose)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with recall.transaction() as connection:
            found = [one for scope in scopes for one in kept(connection, purpose, scope)]
            spent = llm_calls.tokens_since(connection, purpose, midnight)
        without = [str(one.id) for one in found if not one.sources]
        leaking = [str(one.id) for one in found if detect(one.text)]
        most = choice.daily_tokens if choice is not None else 0
        warns, errs = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
        yield _result(purpose, "words_rest_on_rows", warns, not without, kept=len(found), rows=_named(without))
        yield _result(purpose, "no_secret_in_words", errs, not leaking, kept=len(found), rows=_named(leaking))
        yield _result(purpose, "budget_is_kept", warns, spent <= most, tokens=spent, daily_tokens=most)

    return looked


def _result(
    purpose: Purpose, check: str, severity: dg.AssetCheckSeverity, passed: bool, **told: float | str
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=passed, asset_key=purpose, check_name=check, severity=severity, metadata=dict(told)
    )


def _named(ids: list[str]) -> str:
    return ", ".join(ids[:10]) or "none"


def checks_of(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """The checks of the purposes that have an endpoint."""
    return [_checks(purpose) for purpose in _PURPOSES if settings.llm(purpose) is not None]
