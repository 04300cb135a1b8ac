"""A day summary in a language model's words, where one is set: asked once, checked, else the default with the reason.

    default summary ─┬─ llm_url is empty, or its purposes do not name it ─► default
                     ├─ the same cards as last time ─► what was kept then, checked again; no call
                     ├─ the day's tokens are spent, the endpoint fails ─► default, reason kept
                     └─ ask ─► checked ─► headline of the default + sentences that stand ─► summary_kind llm
                                     └─ too few stand ─► default, reason kept

No transaction is open while a model thinks. What each call cost is committed as soon as it is known.
"""

import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from recall_assets.engines import chat
from recall_assets.engines.chat import Answer, Endpoint
from recall_assets.errors import ModelError
from recall_assets.records import DaySummary, DeploymentDay, Sentence
from recall_assets.settings import Settings
from recall_assets.stages.day_summaries import summarise
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.language_model import Card, Checked, cards_of, checked, input_hash, question
from recall_assets.stages.secrets import detect
from recall_assets.store import day_summaries, llm_calls
from recall_assets.store.llm_calls import Call

DAY_SUMMARIES = "day_summaries"
MAX_ANSWER_TOKENS = 1500
# Fewer than these that stand make no summary.
FEWEST_SENTENCES = 3
_CHARACTERS_A_TOKEN = 3  # at least; for what an endpoint does not count
# Failures of an endpoint that worked on it nevertheless; the others are counted as nothing.
_COSTLY = frozenset({"timeout", "unreadable", "too_large"})


@dataclass(slots=True)
class Outcome:
    """What became of a question; `reason` is one word for why the default stays, None where the model's words do."""

    asked: bool = False
    tokens: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    reason: str | None = None
    remedy: str = ""


def endpoint_of(settings: Settings, purpose: str) -> Endpoint | None:
    """Where this purpose is asked; None where it is off."""
    if settings.llm_url is None or settings.llm_model is None or purpose not in settings.llm_purposes:
        return None
    key = None if settings.llm_key is None else settings.llm_key.get_secret_value()
    return Endpoint(settings.llm_url, settings.llm_model, settings.llm_seconds, key)


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
    endpoint = endpoint_of(settings, DAY_SUMMARIES)
    if endpoint is None:
        return default, None
    return _Question(engine, settings, endpoint, run_id).about(scope, default, cards_of(day))


class _Question:
    """One question about one day."""

    def __init__(self, engine: Engine, settings: Settings, endpoint: Endpoint, run_id: UUID | None) -> None:
        self._engine = engine
        self._settings = settings
        self._endpoint = endpoint
        self._run_id = run_id
        self._outcome = Outcome()

    def about(self, scope: DeploymentDay | date, default: DaySummary, cards: list[Card]) -> tuple[DaySummary, Outcome]:
        wanted = input_hash(self._endpoint.model, cards)
        with self._engine.connect() as connection:
            before = day_summaries.read_day(connection, scope)
        if before is not None and _input_of(before) == wanted.hex():
            return self._again(before, default, wanted), self._outcome
        try:
            answer = self._ask(wanted, cards)
        except ModelError as failure:
            self._outcome.reason, self._outcome.remedy = failure.reason, failure.remedy
            return _marked(default, None, failure.reason), self._outcome
        return self._judged(default, checked(answer.text, cards), wanted), self._outcome

    def _again(self, before: DaySummary, default: DaySummary, wanted: bytes) -> DaySummary:
        """What was kept last time for the same cards, looked through by today's rules; or the default again."""
        told = [one for one in before.sentences if one.kind == "inference"]
        if before.summary_kind == "llm" and told and not any(detect(one.text) for one in told):
            self._outcome.kept = len(told)
            return _in_words_of(default, told, wanted)
        self._outcome.reason = str(_model_of(before).get("reason") or "secret")
        return _marked(default, wanted, self._outcome.reason)

    def _judged(self, default: DaySummary, found: Checked, wanted: bytes) -> DaySummary:
        self._outcome.dropped = found.dropped
        if found.broken or len(found.sentences) < FEWEST_SENTENCES:
            self._outcome.reason = "broken" if found.broken else "too_few_stand"
            self._outcome.remedy = "Name a larger llm_model; a later change of the day asks again."
            return _marked(default, wanted, self._outcome.reason)
        self._outcome.kept = len(found.sentences)
        return _in_words_of(default, found.sentences, wanted)

    def _ask(self, wanted: bytes, cards: list[Card]) -> Answer:
        request = question(cards, secrets.token_hex(8)) | {"max_tokens": MAX_ANSWER_TOKENS}
        estimate = sum(len(one["content"]) for one in request["messages"]) // _CHARACTERS_A_TOKEN
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._engine.connect() as connection:
            spent = llm_calls.tokens_since(connection, DAY_SUMMARIES, midnight)
        if spent + estimate + MAX_ANSWER_TOKENS > self._settings.llm_daily_tokens:
            raise ModelError(
                "over_budget", "The day's tokens are spent.", "Raise llm_daily_tokens; tomorrow asks again."
            )
        bare = {name: value for name, value in request.items() if name != "response_format"}
        forms = (request, bare | {"response_format": {"type": "json_object"}}, bare)
        for form in forms[:-1]:
            try:
                return self._call(wanted, form, estimate)
            except ModelError as failure:
                if failure.reason != "rejected":  # a server that does not know a form of answers says 400
                    raise
        return self._call(wanted, forms[-1], estimate)

    def _call(self, wanted: bytes, request: Mapping[str, Any], estimate: int) -> Answer:
        began = time.monotonic()
        self._outcome.asked = True
        try:
            answer = chat.complete(self._endpoint, dict(request))
        except ModelError as failure:
            costly = failure.reason in _COSTLY
            self._note(wanted, (estimate, MAX_ANSWER_TOKENS) if costly else (0, 0), began, failure.reason)
            raise
        prompt = estimate if answer.prompt_tokens is None else answer.prompt_tokens
        counted = len(answer.text) // _CHARACTERS_A_TOKEN
        completion = counted if answer.completion_tokens is None else answer.completion_tokens
        self._note(wanted, (prompt, completion), began, None)
        return answer

    def _note(self, wanted: bytes, tokens: tuple[int, int], began: float, error: str | None) -> None:
        latency_ms = round((time.monotonic() - began) * 1000)
        asked = (DAY_SUMMARIES, self._endpoint.model, self._endpoint.url, wanted)
        with self._engine.begin() as connection:
            llm_calls.add(connection, Call(*asked, *tokens, latency_ms, error, self._run_id))
        self._outcome.tokens += sum(tokens)


def _in_words_of(default: DaySummary, told: tuple[Sentence, ...] | list[Sentence], wanted: bytes) -> DaySummary:
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
