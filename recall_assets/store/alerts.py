"""Alerts as rows: raised once, cleared once, each of both sent once.

raise_ ─► open ─► clear          sent_ ◄─ to_send: what the webhook was not told yet, oldest first
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, tuple_, update

from recall_assets.records import Alert, AlertKey, AlertKind, Trouble
from recall_assets.store.tables import alerts


@dataclass(frozen=True, slots=True)
class Call:
    """What a webhook is to be told: that an alert was raised, or cleared."""

    alert: Alert
    cleared: bool


def open_alerts(connection: Connection) -> list[Alert]:
    """What was raised and is not cleared, oldest first."""
    return _read(connection, alerts.c.cleared_at.is_(None))


def latest(connection: Connection, limit: int) -> list[Alert]:
    """The newest alerts, open ones and cleared ones, the newest first."""
    rows = connection.execute(select(alerts).order_by(alerts.c.id.desc()).limit(limit))
    return [_alert(row) for row in rows]


def raise_(connection: Connection, troubles: Sequence[Trouble], now: datetime, *, sends: bool) -> list[Alert]:
    """The alerts that these are from now on.

    Args:
        sends: a webhook is to be told.
    """
    at = {"raised_at": now, **_sent("raised", now, sends)}
    rows = [{**one.key._asdict(), "told": one.told, "remedy": one.remedy, **at} for one in troubles]
    return [_alert(connection.execute(insert(alerts).values(row).returning(alerts)).one()) for row in rows]


def clear(connection: Connection, keys: Collection[AlertKey], now: datetime, *, sends: bool) -> list[Alert]:
    """The open alerts of these keys, which are cleared now."""
    if not keys:
        return []
    cleared = (
        update(alerts)
        .where(alerts.c.cleared_at.is_(None), tuple_(alerts.c.kind, alerts.c.subject).in_([tuple(key) for key in keys]))
        .values({"cleared_at": now, **_sent("cleared", now, sends)})
        .returning(alerts)
    )
    return sorted((_alert(row) for row in connection.execute(cleared)), key=lambda one: one.id)


def to_send(connection: Connection) -> list[Call]:
    """What the webhook was not told yet, in the order in which it happened."""
    c = alerts.c
    unsent = or_(c.raised_sent_at.is_(None), c.cleared_at.is_not(None) & c.cleared_sent_at.is_(None))
    calls = []
    for row in connection.execute(select(alerts).where(unsent)):
        if row.raised_sent_at is None:
            calls.append((row.raised_at, row.id, Call(_alert(row), cleared=False)))
        if row.cleared_at is not None and row.cleared_sent_at is None:
            calls.append((row.cleared_at, row.id, Call(_alert(row), cleared=True)))
    return [call for _, _, call in sorted(calls, key=lambda one: one[:2])]


def sent(connection: Connection, call: Call, now: datetime) -> None:
    """The webhook has taken it."""
    column = "cleared_sent_at" if call.cleared else "raised_sent_at"
    connection.execute(update(alerts).where(alerts.c.id == call.alert.id).values({column: now}))


def _sent(what: str, now: datetime, sends: bool) -> dict[str, object]:
    # Without a webhook nothing waits for one, so that one that is set later is not told of old days.
    return {} if sends else {f"{what}_sent_at": now}


def _read(connection: Connection, condition: Any) -> list[Alert]:
    return [_alert(row) for row in connection.execute(select(alerts).where(condition).order_by(alerts.c.id))]


def _alert(row: Any) -> Alert:
    trouble = Trouble(AlertKey(AlertKind(row.kind), row.subject), row.told, row.remedy)
    return Alert(row.id, trouble, row.raised_at, row.cleared_at)
