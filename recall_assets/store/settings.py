"""Small facts that the database keeps of its own: one JSON value a key.

partitions_start   the first day that any partition may have; only ever lowered
local_agents       ids of deployments that `recall up` made of its own machine
erasure_due        there while old versions of changed rows must leave PostgreSQL's files
vault_resealing    when sealing all values anew began; there while it has not ended
"""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from recall_assets.store.tables import settings

_PARTITIONS_START = "partitions_start"


def read(connection: Connection, key: str) -> Any:
    """The JSON value kept under `key`, or None."""
    return connection.scalar(select(settings.c.value).where(settings.c.key == key))


def write(connection: Connection, key: str, value: Any) -> None:
    """Keeps `value` (anything that JSON can say) under `key`, in place of what was there."""
    row = insert(settings).values(key=key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value}))


def delete(connection: Connection, key: str) -> None:
    """Forgets what is kept under `key`."""
    connection.execute(settings.delete().where(settings.c.key == key))


def partitions_start(connection: Connection) -> date | None:
    """The first day that a partition may have; None before anything was enrolled or imported."""
    stored = read(connection, _PARTITIONS_START)
    return None if stored is None else date.fromisoformat(stored)


def lower_partitions_start(connection: Connection, day: date) -> bool:
    """Whether the first day of partitions moved: it is now the first of `day`'s month, or what it was if earlier."""
    first = day.replace(day=1).isoformat()
    row = insert(settings).values(key=_PARTITIONS_START, value=first)
    moved = connection.execute(
        row.on_conflict_do_update(
            index_elements=["key"],
            set_={"value": row.excluded.value},
            # ISO dates sort as text, as JSON strings too.
            where=row.excluded.value < settings.c.value,
        ).returning(settings.c.key)
    )
    return moved.first() is not None
