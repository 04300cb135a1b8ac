"""What was done around a moment, on every machine; activities by their ids; how much there is of everything.

──[ activity ]────[ activity ]──►      activities_around: the one that holds it, else the last that ended before
                ^ moment
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

from sqlalchemy import Connection, func, select, true

from recall_assets.records import Status
from recall_assets.store.projects import MERGED
from recall_assets.store.tables import activities, deployments, frames, projects, transcripts
from recall_assets.store.timeline.rows import ShownActivity, activity_rows, shown_activities


@dataclass(frozen=True, slots=True)
class Seen:
    """The last frame of a machine before a moment."""

    id: UUID
    deployment_id: str
    captured_at: datetime
    app: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is; days are None before the first frame."""

    machines: int
    frames: int
    waiting: int
    transcripts: int
    activities: int
    projects: int
    first_day: date | None
    last_day: date | None


def activities_around(connection: Connection, moment: datetime, longest: timedelta) -> list[ShownActivity]:
    """For every machine the activity at a moment, or the last one that began within `longest` before it."""
    c = activities.c
    newest = (
        select(c.id)
        .where(c.deployment_id == deployments.c.id, c.start_at <= moment, c.end_at >= moment - longest)
        .order_by(c.start_at.desc(), c.id)
        .limit(1)
        .lateral("newest")
    )
    ids = select(newest.c.id).select_from(deployments.join(newest, true()))
    return shown_activities(connection, activity_rows(c.id.in_(ids)))


def activities_of(connection: Connection, ids: Collection[UUID]) -> dict[UUID, ShownActivity]:
    """The activities that there are among these ids."""
    return {one.id: one for one in shown_activities(connection, activity_rows(activities.c.id.in_(ids)))}


def last_seen(connection: Connection, moment: datetime, longest: timedelta) -> list[Seen]:
    """For every machine its last frame within `longest` before a moment."""
    c = frames.c
    newest = (
        select(c.id, c.captured_at, c.utc_offset, c.app_name, c.window_title)
        .where(c.deployment_id == deployments.c.id, c.captured_at <= moment, c.captured_at >= moment - longest)
        .order_by(c.captured_at.desc(), c.id)
        .limit(1)
        .lateral("newest")
    )
    query = select(deployments.c.id.label("deployment_id"), newest).select_from(deployments.join(newest, true()))
    rows = connection.execute(query.order_by(deployments.c.id))
    return [
        Seen(row[1], row[0], row.captured_at.astimezone(timezone(row.utc_offset)), row.app_name, row.window_title)
        for row in rows
    ]


def extent(connection: Connection) -> Extent:
    """How much there is of everything."""
    count = func.count()
    seen = connection.execute(
        select(
            count, count.filter(frames.c.ocr_status == Status.PENDING), func.min(frames.c.day), func.max(frames.c.day)
        )
    ).one()
    others = (deployments, transcripts, activities)
    machines, spoken, done = (connection.scalar(select(count).select_from(table)) or 0 for table in others)
    living = connection.scalar(select(count).select_from(projects).where(projects.c.status != MERGED)) or 0
    return Extent(machines, seen[0], seen[1], spoken, done, living, seen[2], seen[3])
