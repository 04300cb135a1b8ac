"""Who asked what: a row for every call of an assistant, with no text of the question and none of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from recall_assets.store.tables import audit, tokens


@dataclass(frozen=True, slots=True)
class Noted:
    """A call; `label` names its token, None is a program of this user's own."""

    at: datetime
    label: str | None
    route: str
    arguments: Mapping[str, object]
    rows: int


def note(
    connection: Connection, route: str, *, token: bytes | None, arguments: Mapping[str, object], rows: int
) -> None:
    """Keeps that somebody asked.

    Args:
        token: the hash of the token, None where a program of this user asked.
        arguments: without text: numbers, days, ids, and of words how many letters they had.
    """
    connection.execute(insert(audit).values(token=token, route=route, arguments=dict(arguments), rows=rows))


def latest(connection: Connection, limit: int) -> list[Noted]:
    """The newest calls, newest first."""
    rows = connection.execute(
        select(audit.c.at, tokens.c.label, audit.c.route, audit.c.arguments, audit.c.rows)
        .outerjoin(tokens, tokens.c.hash == audit.c.token)
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(limit)
    )
    return [Noted(*row) for row in rows]
