"""The time that activities cover together: what two machines were active on at once counts once.

laptop    [aaaaaaaa]      [cccc]
desktop        [bbbbbb]              a counts whole, b from where a ends, c whole: one pass in order of start
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, select

from recall_assets.store.tables import activities


@dataclass(frozen=True, slots=True)
class Spent:
    """How many activities a group has, and the time that they cover together."""

    activities: int
    time: timedelta


@dataclass(frozen=True, slots=True)
class Worked(Spent):
    """What was spent on a project, and from when to when its activities go."""

    start_at: datetime
    end_at: datetime


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


def worked_on(connection: Connection, project_id: UUID, first: date | None, last: date | None) -> Worked | None:
    """What the days `first` to `last` spent on a project, either open; None where nothing."""
    c = activities.c
    of_days = [*([] if first is None else [c.day >= first]), *([] if last is None else [c.day <= last])]
    where = and_(c.project_id == project_id, *of_days)
    start_at, end_at = connection.execute(select(func.min(c.start_at), func.max(c.end_at)).where(where)).one()
    if start_at is None:
        return None
    spent = spent_by(connection, where, c.project_id)[(project_id,)]
    return Worked(spent.activities, spent.time, start_at, end_at)
