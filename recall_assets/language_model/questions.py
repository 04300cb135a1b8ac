"""Questions to a language model, whatever they are for: each asked once, within the budget, and accounted for.

    ask ─┬─ answered before (llm_calls has its hash) ─► None; what was kept then stands in its own rows
         ├─ the endpoint failed twice in this run    ─► None, counted: not_asked
         ├─ the day's tokens are spent               ─► None, counted: over_budget
         ├─ away, slow, broken                       ─► None, counted by its reason
         └─ answer ─► checked ─► items that stand, the others counted

No transaction is open while a model thinks. What each call cost is committed as soon as it is known.
"""

import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from recall_assets.engines import chat
from recall_assets.engines.chat import Answer, Endpoint
from recall_assets.errors import ModelError, SettingsError
from recall_assets.model_settings import ModelChoice, Purpose
from recall_assets.settings import Settings
from recall_assets.stages.language_model import Checked, Prompt, checked, question
from recall_assets.store import llm_calls
from recall_assets.store.llm_calls import Call

_CHARACTERS_A_TOKEN = 3  # at least; for what an endpoint does not count
# Failures of an endpoint that worked on it nevertheless; the others are counted as nothing.
_COSTLY = frozenset({"timeout", "unreadable", "too_large"})
# An endpoint that failed twice in a row is left alone until the next run: each failure may take its whole time.
_FAILURES_IN_A_ROW = 2


@dataclass(slots=True)
class Outcome:
    """What became of a run's questions; `reasons` counts why what rules made stays."""

    asked: int = 0
    known: int = 0  # not asked: answered before
    tokens: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    remedies: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str | None:
        """The most frequent reason, in one word; None where there is none."""
        return max(sorted(self.reasons), key=lambda one: self.reasons[one], default=None)

    def stays(self, reason: str, remedy: str = "") -> None:
        """What rules made stays, for this reason."""
        self.reasons[reason] += 1
        if remedy:
            self.remedies[reason] = remedy


class Questions:
    """The questions of one run for one purpose."""

    def __init__(self, engine: Engine, purpose: Purpose, choice: ModelChoice, run_id: UUID | None = None) -> None:
        self._engine = engine
        self._purpose = purpose
        self._choice = choice
        self._run_id = run_id
        self._failures = 0
        self.outcome = Outcome()

    @classmethod
    def of(cls, engine: Engine, settings: Settings, purpose: Purpose, run_id: UUID | None = None) -> "Questions | None":
        """Those that the settings allow; None where this purpose is off."""
        choice = settings.llm(purpose)
        return None if choice is None else cls(engine, purpose, choice, run_id)

    def input_hash(self, prompt: Prompt) -> bytes:
        """What the answer depends on."""
        return prompt.input_hash(self._choice.model)

    def ask(self, prompt: Prompt) -> Checked | None:
        """What of the answer stands; None where there is no new one, which the outcome explains."""
        with self._engine.connect() as connection:
            known = llm_calls.was_answered(connection, self._purpose, self.input_hash(prompt))
        if known:
            self.outcome.known += 1
            return None
        if self._failures >= _FAILURES_IN_A_ROW:
            self.outcome.stays("not_asked")
            return None
        try:
            found = checked(self.answer(prompt).text, prompt)
        except ModelError as failure:
            self._failures += 1
            self.outcome.stays(failure.reason, failure.remedy)
            return None
        self._failures = 0
        self.outcome.dropped += found.dropped
        if found.broken or not found.said:
            self.outcome.stays("broken" if found.broken else "nothing_stands", "Name a larger llm_model.")
        return found

    def answer(self, prompt: Prompt) -> Answer:
        """What the model says, unchecked.

        Raises:
            ModelError: the day's tokens are spent, the key cannot be read, or the endpoint fails.
        """
        try:
            key = self._choice.read_key()
        except SettingsError as error:
            raise ModelError("no_key", error.problem, error.remedy) from None
        endpoint = Endpoint(self._choice.url, self._choice.model, self._choice.seconds, key)
        request = question(prompt, secrets.token_hex(8)) | {"max_tokens": prompt.form.most_tokens}
        estimate = sum(len(one["content"]) for one in request["messages"]) // _CHARACTERS_A_TOKEN
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._engine.connect() as connection:
            spent = llm_calls.tokens_since(connection, self._purpose, midnight)
        if spent + estimate + prompt.form.most_tokens > self._choice.daily_tokens:
            raise ModelError(
                "over_budget", "The day's tokens are spent.", "Raise llm_daily_tokens; tomorrow asks again."
            )
        bare = {name: value for name, value in request.items() if name != "response_format"}
        forms = (request, bare | {"response_format": {"type": "json_object"}}, bare)
        wanted = self.input_hash(prompt)
        for form in forms[:-1]:
            try:
                return self._call(endpoint, wanted, form, estimate)
            except ModelError as failure:
                if failure.reason != "rejected":  # a server that does not know a form of answers says 400
                    raise
        return self._call(endpoint, wanted, forms[-1], estimate)

    def _call(self, endpoint: Endpoint, wanted: bytes, request: Mapping[str, Any], estimate: int) -> Answer:
        began = time.monotonic()
        self.outcome.asked += 1
        try:
            answer = chat.complete(endpoint, dict(request))
        except ModelError as failure:
            costly = failure.reason in _COSTLY
            self._note(wanted, (estimate, int(request["max_tokens"])) if costly else (0, 0), began, failure.reason)
            raise
        prompt = estimate if answer.prompt_tokens is None else answer.prompt_tokens
        counted = len(answer.text) // _CHARACTERS_A_TOKEN
        completion = counted if answer.completion_tokens is None else answer.completion_tokens
        self._note(wanted, (prompt, completion), began, None)
        return answer

    def _note(self, wanted: bytes, tokens: tuple[int, int], began: float, error: str | None) -> None:
        latency_ms = round((time.monotonic() - began) * 1000)
        asked = (self._purpose, self._choice.model, self._choice.url, wanted)
        with self._engine.begin() as connection:
            llm_calls.add(connection, Call(*asked, *tokens, latency_ms, error, self._run_id))
        self.outcome.tokens += sum(tokens)
