"""A day summary in a language model's words, where one is set: asked once, checked, else the default with the reason.

default summary ─┬─ llm_url is empty, or its purposes do not name it ─► default
                 ├─ the same cards as last time ─► what was kept then, checked again; no call
                 ├─ the day's tokens are spent, the endpoint fails ─► default, reason kept
                 └─ ask ─► checked ─► headline of the default + sentences that stand ─► summary_kind llm
                                 └─ too few stand ─► default, reason kept
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from recall_assets.errors import ModelError
from recall_assets.language_model.questions import Outcome, Questions
from recall_assets.records import DaySummary, DeploymentDay, Sentence
from recall_assets.settings import Settings
from recall_assets.stages.day_summaries import summarise
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.language_model import Checked, checked
from recall_assets.stages.language_model.days import day_prompt
from recall_assets.stages.secrets import detect
from recall_assets.store import day_summaries

# Fewer than these that stand make no summary.
FEWEST_SENTENCES = 3


def summarised(
    engine: Engine,
    settings: Settings,
    scope: DeploymentDay | date,
    day: Day | None,
    run_id: UUID | None = None,
) -> tuple[DaySummary | None, Outcome | None]:
    """The summary to keep of a day, and what became of the question; no outcome where models are off."""
    if day is None:
        return None, None
    default = summarise(scope, day)
    questions = Questions.of(engine, settings, "day_summaries", run_id)
    if questions is None:
        return default, None
    prompt, outcome = day_prompt(day), questions.outcome
    wanted = questions.input_hash(prompt)
    with engine.connect() as connection:
        before = day_summaries.read_day(connection, scope)
    if before is not None and _input_of(before) == wanted.hex():
        return _again(outcome, before, default, wanted), outcome
    try:
        answer = questions.answer(prompt)
    except ModelError as failure:
        outcome.stays(failure.reason, failure.remedy)
        return _marked(default, None, failure.reason), outcome
    return _judged(outcome, default, checked(answer.text, prompt), wanted), outcome


def _again(outcome: Outcome, before: DaySummary, default: DaySummary, wanted: bytes) -> DaySummary:
    """What was kept last time for the same cards, looked through by today's rules; or the default again."""
    told = [one for one in before.sentences if one.kind == "inference"]
    outcome.known += 1
    if before.summary_kind == "llm" and told and not any(detect(one.text) for one in told):
        outcome.kept = len(told)
        return _in_words_of(default, told, wanted)
    reason = str(_model_of(before).get("reason") or "secret")
    outcome.stays(reason)
    return _marked(default, wanted, reason)


def _judged(outcome: Outcome, default: DaySummary, found: Checked, wanted: bytes) -> DaySummary:
    outcome.dropped = found.dropped
    if found.broken or len(found.said) < FEWEST_SENTENCES:
        reason = "broken" if found.broken else "too_few_stand"
        outcome.stays(reason, "Name a larger llm_model; a later change of the day asks again.")
        return _marked(default, wanted, reason)
    outcome.kept = len(found.said)
    return _in_words_of(default, [one.sentence() for one in found.said], wanted)


def _in_words_of(default: DaySummary, told: list[Sentence], wanted: bytes) -> DaySummary:
    """The counted headline, then the model's sentences."""
    kept = (default.sentences[0], *told)
    return replace(_marked(default, wanted, None), sentences=kept, summary_kind="llm")


def _marked(default: DaySummary, wanted: bytes | None, reason: str | None) -> DaySummary:
    """The summary with what it was asked with; without an input, the next run asks again."""
    model = {"input": None if wanted is None else wanted.hex(), "reason": reason}
    return replace(default, facts={**default.facts, "model": model})


def _model_of(summary: DaySummary) -> Mapping[str, Any]:
    found = summary.facts.get("model")
    return found if isinstance(found, dict) else {}


def _input_of(summary: DaySummary) -> str | None:
    found = _model_of(summary).get("input")
    return found if isinstance(found, str) else None
