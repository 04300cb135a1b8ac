"""Sends sealed items to a server until each has an outcome; used by agents and importers alike.

    items ─► batches (bytes, count) ─► POST ─┬─ 200: one outcome an item
                                             ├─ network, 5xx, 429: again, later and later, with jitter
                                             ├─ 413: half of it, then the other half; a single item is rejected
                                             └─ 401, 403, 426: an error that says what to do

At least once: an answer that got lost means that the batch is sent again, and that its items are `known`.
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from capture_agent.enrolment import LOOPBACK, trust
from capture_agent.messages import AgentInstructions, AgentReport, LandingKeyAnswer
from capture_agent.protocol import (
    BATCH_MEDIA_TYPE,
    PROTOCOL_VERSION,
    VERSION_HEADER,
    BatchAnswer,
    ItemHeader,
    ItemOutcome,
    Outcome,
    pack_item,
)

BATCH_BYTES = 4_000_000
BATCH_ITEMS = 32


class UploadError(Exception):
    """Nothing more can be sent for now; what has no outcome stays with the sender.

    Args:
        problem: what happened.
        remedy: what the owner can do about it.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy


class UnreachableError(UploadError):
    """The server did not answer, or not in time, as often as was tried; it asked for so many seconds of peace."""

    def __init__(self, problem: str, remedy: str, asked_seconds: float = 0.0) -> None:
        super().__init__(problem, remedy)
        self.asked_seconds = asked_seconds


class RefusedError(UploadError):
    """The server refused the request itself: token (401), deployment (403), version (426) or form (400)."""

    def __init__(self, status: int, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.status = status


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An item to send; messages that a frame still stood have no envelope."""

    header: ItemHeader
    envelope: bytes = b""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is tried, and how long it is waited in between: at random up to a doubling bound."""

    attempts: int = 6
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 60.0

    def wait_seconds(self, attempt: int, asked: float = 0.0) -> float:
        """How long to wait after failed attempt number `attempt` (from 0); at least what the server asked for."""
        bound = min(self.longest_wait_seconds, self.first_wait_seconds * 2.0**attempt)
        jittered = random.uniform(0, bound)  # noqa: S311
        return max(min(asked, self.longest_wait_seconds), jittered)


class Uploader:
    """A connection to one server with one deployment's token.

    Args:
        authority: certificate (PEM) that the server's must be signed by; None: whom this machine trusts.

    Raises:
        UploadError: the address would carry the token in clear over a network.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        authority: str | None = None,
        patience: Patience = Patience(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        address = urlsplit(url)
        local = address.hostname in LOOPBACK
        if address.scheme != "https" and not (address.scheme == "http" and local):
            raise UploadError(f"{url} is not https.", "Only a server on this machine may be spoken to without TLS.")
        self._patience = patience
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", VERSION_HEADER: str(PROTOCOL_VERSION)},
            timeout=httpx.Timeout(60, connect=10),
            verify=trust(authority),
            trust_env=not local,  # a proxy from the environment does not lead to this machine
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()

    def landing_key(self) -> LandingKeyAnswer:
        """The key to seal to, as the server says it; `seal.trusted_landing_key` judges it.

        Raises:
            UploadError: it could not be fetched.
        """
        answer = self._request("GET", "/v1/landing-key", b"")
        try:
            return LandingKeyAnswer.model_validate_json(answer.content)
        except ValidationError as error:
            raise _no_recall() from error

    def report(self, report: AgentReport) -> AgentInstructions:
        """Tells the server how this agent stands; what it wants of it from now on.

        Raises:
            UploadError: it could not be told.
        """
        answer = self._request("POST", "/v1/report", report.model_dump_json().encode())
        try:
            return AgentInstructions.model_validate_json(answer.content)
        except ValidationError as error:
            raise _no_recall() from error

    def send(self, items: Iterable[Outgoing]) -> Iterator[tuple[Outgoing, ItemOutcome]]:
        """Each item with its outcome, in order, as soon as its batch is answered.

        Raises:
            UploadError: nothing more can be sent for now.
        """
        for batch in _batches(items):
            yield from self._send(batch)

    def _send(self, batch: list[Outgoing]) -> Iterator[tuple[Outgoing, ItemOutcome]]:
        body = b"".join(pack_item(item.header, item.envelope) for item in batch)
        answer = self._request("POST", "/v1/ingest", body)
        if answer.status_code != 413:
            yield from zip(batch, _outcomes(answer, len(batch)), strict=True)
        elif len(batch) == 1:
            reason = "larger than the server takes"
            yield batch[0], ItemOutcome(id=batch[0].header.id, outcome=Outcome.REJECTED, reason=reason)
        else:
            yield from self._send(batch[: len(batch) // 2])
            yield from self._send(batch[len(batch) // 2 :])

    def _request(self, method: str, path: str, body: bytes) -> httpx.Response:
        problem, asked = "", 0.0
        for attempt in range(self._patience.attempts):
            asked = 0.0
            try:
                answer = self._client.request(method, path, content=body, headers={"Content-Type": BATCH_MEDIA_TYPE})
            except httpx.TransportError as error:
                problem = f"{type(error).__name__}: {error}"
            else:
                if answer.status_code != 429 and answer.status_code < 500:
                    return _accepted(answer)
                problem = f"it answered {answer.status_code}{_told_problem(answer)}"
                after = answer.headers.get("Retry-After", "")
                asked = float(after) if after.isdecimal() else 0.0
            if attempt + 1 < self._patience.attempts:
                self._sleep(self._patience.wait_seconds(attempt, asked))
        raise UnreachableError(
            f"The server at {self._client.base_url} cannot take anything now ({problem}).",
            "Check that it runs; what was not taken is sent the next time.",
            asked,
        )


def _batches(items: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    batch: list[Outgoing] = []
    size = 0
    for item in items:
        if batch and (len(batch) == BATCH_ITEMS or size + len(item.envelope) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.envelope)
    if batch:
        yield batch


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success or answer.status_code == 413:
        return answer
    try:
        said = answer.json()
        raise RefusedError(answer.status_code, str(said["problem"]), str(said["remedy"]))
    except (ValueError, KeyError, TypeError):
        raise RefusedError(
            answer.status_code, f"The server answered {answer.status_code}.", "Is this the address of Recall?"
        ) from None


def _told_problem(answer: httpx.Response) -> str:
    """What a server that cannot take anything says of itself; one behind a proxy may say nothing."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return f": {answer.json()['problem']}"
    return ""


def _outcomes(answer: httpx.Response, expected: int) -> tuple[ItemOutcome, ...]:
    try:
        outcomes = BatchAnswer.model_validate_json(answer.content).outcomes
    except ValidationError as error:
        raise _no_recall() from error
    if len(outcomes) != expected:
        raise _no_recall()
    return outcomes


def _no_recall() -> UploadError:
    return UploadError("The server's answer is not one of Recall.", "Check the address.")
