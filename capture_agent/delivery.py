"""Brings what the spool holds to the server, and says there how the agent stands; in a thread beside the loop.

    spool ─ batch ─► Uploader ─┬─ stored, known, forgotten ─► deleted here
      ▲                        ├─ rejected, conflict ───────► stays, counted, tried again after an hour
      │                        ├─ away, 429, 5xx ───────────► later and later, up to 5 minutes, with jitter
      loop                     └─ 401, 403, 426 ────────────► told in `status` with the remedy, tried every 5 minutes
                    AgentReport ─► AgentInstructions: the landing key to seal to from now on

The loop never waits for it. At least once: what was sent and not settled is sent again and is `known`.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from capture_agent.messages import AgentInstructions, AgentReport
from capture_agent.spool import Spool
from capture_agent.thinning import Waiting
from capture_agent.upload import (
    BATCH_BYTES,
    BATCH_ITEMS,
    Patience,
    RefusedError,
    UnreachableError,
    Uploader,
    UploadError,
)

_PATIENCE = Patience(first_wait_seconds=2, longest_wait_seconds=300)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what is done; `patience` is for a server that is away."""

    gather_seconds: float = 5.0
    report_seconds: float = 60.0
    refusal_seconds: float = 300.0
    rejected_seconds: float = 3600.0
    patience: Patience = _PATIENCE


PACE = Pace()
# The connection tries once: waiting is done here, where a stop ends it.
ONCE = Patience(attempts=1)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How delivery stands; `problem` is a sentence with its remedy."""

    last_uploaded_at: datetime | None = None
    last_answer_at: datetime | None = None
    problem: str | None = None
    refused: int = 0
    refusal: str | None = None  # the server's reason for one of the refused items


class Delivery:
    """The thread; `start`, `nudge` it when the agent's state has changed, `reconnect` with other credentials, `stop`.

    Args:
        connect: opens a connection, with the patience `ONCE`.
        report: how the agent stands now; called in this thread.
        instructed: takes what the server answered; called in this thread.
        may_send: False while items shall wait, as on a metered network; reports are sent all the same.
    """

    def __init__(
        self,
        spool: Spool,
        connect: Callable[[], Uploader],
        *,
        report: Callable[[], AgentReport],
        instructed: Callable[[AgentInstructions], None],
        may_send: Callable[[], bool] = lambda: True,
        pace: Pace = PACE,
    ) -> None:
        self._spool, self._connect = spool, connect
        self._report, self._instructed, self._may_send = report, instructed, may_send
        self._pace = pace
        self._stop, self._wake, self._reconnect = threading.Event(), threading.Event(), threading.Event()
        self._aside: dict[int, float] = {}  # numbers of refused items, and when they are tried again
        self._failures = 0
        self._reported_at = float("-inf")
        self.state = Delivered()
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """The agent's state has changed: report it soon."""
        self._reported_at = float("-inf")
        self._wake.set()

    def reconnect(self) -> None:
        """There are other credentials: they are tried at once, however long it was to be waited."""
        self._reconnect.set()
        self.nudge()

    def stop(self, limit_seconds: float = 5.0) -> None:
        """Sends what can be sent at once, says goodbye, and ends; what is left is sent after the next start."""
        self._reported_at = float("-inf")
        self._stop.set()
        self._reconnect.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(limit_seconds)

    def _run(self) -> None:
        uploader: Uploader | None = None
        while True:
            last = self._stop.is_set()
            try:
                uploader = uploader or self._connect()
                self._deliver(uploader)
                self._failures = 0
                wait = self._pace.gather_seconds
            except UploadError as error:
                wait = self._after(error)
            except Exception as error:  # a thread that ended would keep silent about it for ever
                _log.exception("delivery")
                wait = self._after(UploadError(f"Delivery failed: {type(error).__name__}.", "See the agent's log."))
            if last:
                break
            if self._failures:
                self._reconnect.wait(wait)  # a new state does not shorten the wait for a server that is away
            else:
                self._wake.wait(wait)
            self._wake.clear()
            if self._reconnect.is_set() and not self._stop.is_set():
                self._reconnect.clear()
                if uploader is not None:
                    uploader.close()
                uploader = None
        if uploader is not None:
            uploader.close()

    def _deliver(self, uploader: Uploader) -> None:
        refusal = self._tell(uploader)
        while self._may_send() and (batch := self._next_batch()):
            self._send(uploader, batch)
            self._answered()
            refusal = self._tell(uploader) or refusal
        if refusal is not None:
            raise refusal

    def _tell(self, uploader: Uploader) -> RefusedError | None:
        """Reports, if it is time; a refusal is returned, for frames must not wait for it."""
        if time.monotonic() - self._reported_at < self._pace.report_seconds:
            return None
        reported_at = time.monotonic()
        try:
            self._instructed(uploader.report(self._report()))
        except RefusedError as error:
            return error
        self._reported_at = reported_at
        self._answered()
        return None

    def _send(self, uploader: Uploader, batch: list[Waiting]) -> None:
        readable = [(item, sent) for item in batch if (sent := self._spool.read(item)) is not None]
        unreadable = {item.number for item in batch} - {item.number for item, _ in readable}
        for number in unreadable:
            self._put_aside(number)
        sent_items = (sent for _, sent in readable)
        for (item, _), (_, answer) in zip(readable, uploader.send(sent_items), strict=True):
            if answer.outcome.settled:
                self._spool.settle(item)
                self._aside.pop(item.number, None)
                self.state = replace(self.state, last_uploaded_at=datetime.now(UTC))
            else:
                self._put_aside(item.number)
                self.state = replace(
                    self.state, refusal=f"{answer.outcome.value}: {answer.reason or 'no reason given'}"
                )

    def _next_batch(self) -> list[Waiting]:
        now = time.monotonic()
        later = {number for number, again in self._aside.items() if again > now}
        return self._spool.batch(BATCH_BYTES, BATCH_ITEMS, but=later)

    def _put_aside(self, number: int) -> None:
        self._aside[number] = time.monotonic() + self._pace.rejected_seconds

    def _answered(self) -> None:
        there = {item.number for item in self._spool.waiting()}
        for number in self._aside.keys() - there:
            del self._aside[number]
        refusal = self.state.refusal if self._aside else None
        now = datetime.now(UTC)
        self.state = replace(self.state, problem=None, last_answer_at=now, refused=len(self._aside), refusal=refusal)

    def _after(self, error: UploadError) -> float:
        """Notes a failure; how many seconds to wait."""
        attempt, self._failures = self._failures, self._failures + 1
        self.state = replace(self.state, problem=f"{error.problem} {error.remedy}")
        if isinstance(error, UnreachableError):
            return self._pace.patience.wait_seconds(attempt, error.asked_seconds)
        return random.uniform(0.8, 1.2) * self._pace.refusal_seconds  # noqa: S311
