"""Has the keyframes of a day described: what is the same as before is not asked again, and the budget is kept.

    activity ─ keyframe ─ redacted image ─┬─ the input of its row ─► unchanged (scanned again by newer rules)
                                          ├─ the day's tokens are spent ─► waits
                                          └─ ask ─► checked ─► row, and what the call cost

No transaction is open while a model thinks: what each call cost is committed as soon as it is known.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Engine

from recall_assets.engines import vision
from recall_assets.engines.chat import Answer
from recall_assets.engines.vision import Endpoint
from recall_assets.errors import InputError, ModelError
from recall_assets.records import Activity, DeploymentDay, Frame, Provenance
from recall_assets.settings import Home
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.stages.vision_summaries import PROMPT, checked, input_hash, keyframe
from recall_assets.store import activities, frame_files, frames, llm_calls, vision_summaries
from recall_assets.store.llm_calls import Call
from recall_assets.store.vision_summaries import Description, StoredImage

PURPOSE = "vision"
# Counted where an endpoint does not count, or fails: a full screen as tiles, and the question.
ESTIMATED_PROMPT_TOKENS = 3000
# Failures of an endpoint that worked on it nevertheless; the others are counted as nothing.
COSTLY = frozenset({"timeout", "unreadable", "too_large"})
# An endpoint that failed twice in a row is left alone until the next run: each failure may take its whole time.
FAILURES_IN_A_ROW = 2


@dataclass(slots=True)
class Report:
    """What became of a day's activities; `undescribed` counts those that have none by this model, by why."""

    activities: int = 0
    described: int = 0
    unchanged: int = 0
    calls: int = 0
    tokens: int = 0
    undescribed: Counter[str] = field(default_factory=Counter)
    remedies: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many tokens may be asked for in a day that begins at `since`."""

    tokens: int
    since: datetime

    @classmethod
    def of_today(cls, tokens: int) -> "Budget":
        """From midnight, UTC."""
        return cls(tokens, datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))


class _Day:
    """One pass over a deployment's day."""

    def __init__(self, engine: Engine, home: Home, endpoint: Endpoint, budget: Budget, provenance: Provenance) -> None:
        self._engine = engine
        self._home = home
        self._endpoint = endpoint
        self._budget = budget
        self._provenance = provenance
        self._failures = 0
        self.report = Report()

    def describe(
        self, activity: Activity, frame: Frame | None, image: StoredImage | None, had: Description | None
    ) -> None:
        """Sees to one activity: its row is true afterwards, or gone."""
        self.report.activities += 1
        if frame is None or image is None:
            self._without(activity, image, had, "no_image")
            return
        wanted = input_hash(self._endpoint.model, image.sha256)
        if had is not None and had.input_hash == wanted:
            self._unchanged(had)
            return
        try:
            webp = self._redacted(image)
            reason = self._hindrance()
            if reason is not None:
                self._without(activity, image, had, reason)
                return
            answer = self._ask(wanted, webp)
        except ModelError as error:
            self.report.remedies[error.reason] = str(error)
            self._without(activity, image, had, error.reason)
            return
        self._keep(Description(activity.id, frame.id, image.sha256, wanted, answer.text, None, DETECTOR_VERSION))

    def _unchanged(self, had: Description) -> None:
        self.report.unchanged += 1
        if had.text is not None and had.detector_version != DETECTOR_VERSION:
            self._keep(replace(had, detector_version=DETECTOR_VERSION))
        elif had.text is not None:
            self.report.described += 1
        else:
            self.report.undescribed[had.reason or ""] += 1

    def _keep(self, one: Description) -> None:
        """Keeps what may be kept of a description's text."""
        told = checked(one.text or "")
        with self._engine.begin() as connection:
            vision_summaries.keep(connection, replace(one, text=told.text, reason=told.reason), self._provenance)
        if told.reason is None:
            self.report.described += 1
        else:
            self.report.undescribed[told.reason] += 1

    def _without(self, activity: Activity, image: StoredImage | None, had: Description | None, reason: str) -> None:
        """Leaves what was said of this image, or of one that was let go since, and nothing of another image."""
        self.report.undescribed[reason] += 1
        if had is not None and image is not None and image.sha256 != had.image_sha256:
            with self._engine.begin() as connection:
                vision_summaries.forget(connection, activity.id)

    def _hindrance(self) -> str | None:
        if self._failures >= FAILURES_IN_A_ROW:
            return "not_asked"
        with self._engine.connect() as connection:
            spent = llm_calls.tokens_since(connection, PURPOSE, self._budget.since)
        need = ESTIMATED_PROMPT_TOKENS + vision.MAX_ANSWER_TOKENS
        return "over_budget" if spent + need > self._budget.tokens else None

    def _redacted(self, image: StoredImage) -> bytes:
        """The bytes of the redacted image, and of nothing else that may lie in its place.

        Raises:
            ModelError: the file is gone, or is not the one that the row tells of.
        """
        try:
            content = frame_files.read(self._home, image.ref)
        except InputError as error:
            raise ModelError("image_gone", error.problem, error.remedy) from None
        if hashlib.sha256(content).digest() != image.sha256:
            raise ModelError("image_changed", "A stored image is another than its row says.", "Run `recall doctor`.")
        return content

    def _ask(self, wanted: bytes, webp: bytes) -> Answer:
        began = time.monotonic()
        try:
            answer = vision.ask(self._endpoint, PROMPT, webp)
        except ModelError as failure:
            self._failures += 1
            tokens = (ESTIMATED_PROMPT_TOKENS, vision.MAX_ANSWER_TOKENS) if failure.reason in COSTLY else (0, 0)
            self._note(wanted, tokens, began, failure.reason)
            raise
        self._failures = 0
        prompt = ESTIMATED_PROMPT_TOKENS if answer.prompt_tokens is None else answer.prompt_tokens
        completion = vision.MAX_ANSWER_TOKENS if answer.completion_tokens is None else answer.completion_tokens
        self._note(wanted, (prompt, completion), began, None)
        return answer

    def _note(self, wanted: bytes, tokens: tuple[int, int], began: float, error: str | None) -> None:
        latency_ms = round((time.monotonic() - began) * 1000)
        asked = (PURPOSE, self._endpoint.model, self._endpoint.url, wanted)
        with self._engine.begin() as connection:
            llm_calls.add(connection, Call(*asked, *tokens, latency_ms, error, self._provenance.run_id))
        self.report.calls += 1
        self.report.tokens += sum(tokens)


def describe_day(
    engine: Engine,
    home: Home,
    endpoint: Endpoint,
    budget: Budget,
    partition: DeploymentDay,
    provenance: Provenance,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Describes the keyframes of the partition's activities, as far as endpoint and budget allow."""
    with engine.connect() as connection:
        cut = activities.read_day(connection, partition)
        read = {frame.id: frame for frame in frames.read_day(connection, partition)}
        images = vision_summaries.images(connection, partition)
        had = vision_summaries.described(connection, partition)
    day = _Day(engine, home, endpoint, budget, provenance)
    for done, activity in enumerate(cut):
        progress(done, len(cut))
        shown = [read[id_] for id_ in activity.frame_ids if id_ in read and id_ in images]
        before = had.get(activity.id)
        frame = keyframe(activity, shown, None if before is None else before.frame_id)
        day.describe(activity, frame, None if frame is None else images[frame.id], before)
    return day.report
