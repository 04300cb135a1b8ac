"""One call of an assistant: a connection that reads, errors in words, and a row in the audit whatever came of it.

with calls.reading("recall_search", query=…) as call: ─► call.connection ─► call.rows = 7 ─► audit: 7 rows, 23 letters
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from mcp.server.mcpserver.exceptions import ToolError
from sqlalchemy import Connection, Engine

from recall_assets.errors import InputError
from recall_assets.stages.search.days import span_of
from recall_assets.store import audit
from recall_assets.store.timeline.rows import home_zone

# The hash of the token that the request came with; None over stdio.
ASKED_BY: ContextVar[bytes | None] = ContextVar("asked_by", default=None)


@dataclass(slots=True)
class Call:
    """A call as it is answered; `rows` is how many rows the answer shows."""

    connection: Connection
    zone: ZoneInfo
    rows: int = 0

    @property
    def now(self) -> datetime:
        """Now, where the owner is."""
        return datetime.now(self.zone)

    def days(self, said: str) -> tuple[date, date]:
        """The first and last day of `2026-11-09`, `yesterday`, `last week`.

        Raises:
            InputError: it names no days.
        """
        span = span_of(said, self.now.date())
        if span is None or span.first is None or span.last is None:
            raise InputError(f"{said!r} names no day.", "Say a day as 2026-11-09, or today, yesterday, last week.")
        return span.first, span.last

    def moment(self, said: str) -> datetime:
        """The moment that `now` or an ISO time means; without a zone, where the owner is.

        Raises:
            InputError: it is neither.
        """
        if said == "now":
            return self.now
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            raise InputError(f"{said!r} is no time.", "Say now, or e.g. 2026-11-09T14:30:00+01:00.") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)


class Calls:
    """The calls over one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self, route: str, **arguments: object) -> Iterator[Call]:
        """A call, noted at its end.

        Raises:
            ToolError: the arguments cannot be understood; says how they are written.
        """
        call = None
        try:
            with self._engine.connect() as connection:
                call = Call(connection, ZoneInfo(home_zone(connection)))
                yield call
        except InputError as error:
            raise ToolError(str(error)) from None
        finally:
            with self._engine.begin() as connection:
                rows = 0 if call is None else call.rows
                audit.note(connection, route, token=ASKED_BY.get(), arguments=without_text(arguments), rows=rows)


def without_text(arguments: Mapping[str, object]) -> dict[str, object]:
    """Arguments as they may be kept: numbers, ids and times as they are, of other words how many letters they have."""
    return {name: _told(value) for name, value in arguments.items() if value is not None}


def _told(value: object) -> object:
    if not isinstance(value, str):
        return value
    for read in (UUID, datetime.fromisoformat):
        try:
            read(value)
        except ValueError:
            continue
        return value
    return f"{len(value)} letters"
