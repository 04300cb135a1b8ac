"""The time that activities cover together: what two machines were active on at once counts once.

laptop    [aaaaaaaa]      [cccc]
desktop        [bbbbbb]              a counts whole, b from where a ends, c whole: one pass in order of start
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from recall_assets.store.tables import activities


@dataclass(frozen=True, slots=True)
class Spent:
    """How many activities a group has, and the time that they cover together."""

    activities: int
    time: timedelta


def spent_by(
    connection: Connection, where: ColumnElement[bool], *keys: ColumnElement[Any]
) -> dict[tuple[Any, ...], Spent]:
    """The time of activities by key, in order of keys; what two machines share counts once within a key."""
    c = activities.c
    named = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    reached = func.max(c.end_at).over(partition_by=keys, order_by=(c.start_at, c.id), rows=(None, -1))
    spans = select(*named, func.greatest(c.start_at, reached).label("since"), c.end_at).where(where).subquery()
    found = [spans.c[key.name] for key in named]
    covered = func.sum(func.greatest(spans.c.end_at - spans.c.since, timedelta()))
    rows = connection.execute(select(*found, func.count(), covered).group_by(*found).order_by(*found))
    return {tuple(row[:-2]): Spent(row[-2], row[-1]) for row in rows}
