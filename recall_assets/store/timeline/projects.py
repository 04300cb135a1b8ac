"""All projects with the time that they took, and one project through its days.

activities by (project, day, machine) ─► sum of active time ─► ProjectRow, ProjectDay
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection, func, select

from recall_assets.store.projects import living_id
from recall_assets.store.tables import activities, projects
from recall_assets.store.timeline.rows import (
    Made,
    ProjectTag,
    ShownActivity,
    ShownSentence,
    activity_rows,
    project_tags,
    sentences_by_owner,
    shown_activities,
)

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as a list shows it; `days` is its active time by day."""

    tag: ProjectTag
    first_seen: date
    last_seen: date
    activities: int
    active: timedelta
    days: Mapping[date, timedelta]


@dataclass(frozen=True, slots=True)
class ShownProject:
    """A project; its time by day, machine and kind of work, and a page of its activities, newest first."""

    tag: ProjectTag
    name_source: str
    first_seen: date
    last_seen: date
    activity_count: int
    active: timedelta
    days: Mapping[date, timedelta]
    machines: Mapping[str, timedelta]
    labels: Mapping[str, timedelta]
    sentences: tuple[ShownSentence, ...]
    activities: tuple[ShownActivity, ...]
    older: date | None  # activities before this day are on the next page
    made: Made


def read_projects(connection: Connection) -> list[ProjectRow]:
    """The living projects, the one that was seen last first."""
    tags = project_tags(connection)
    c = activities.c
    rows = connection.execute(
        select(c.project_id, c.day, func.count(), func.sum(c.active_seconds))
        .where(c.project_id.is_not(None))
        .group_by(c.project_id, c.day)
    )
    days: defaultdict[UUID, dict[date, timedelta]] = defaultdict(dict)
    counts: defaultdict[UUID, int] = defaultdict(int)
    for project_id, day, count, seconds in rows:
        days[project_id][day] = timedelta(seconds=seconds)
        counts[project_id] += count
    seen = connection.execute(select(projects.c.id, projects.c.first_seen, projects.c.last_seen))
    found = [
        ProjectRow(
            tags[row.id],
            row.first_seen,
            row.last_seen,
            counts[row.id],
            sum(days[row.id].values(), timedelta()),
            dict(sorted(days[row.id].items())),
        )
        for row in seen
        if row.id in tags
    ]
    return sorted(found, key=lambda row: (-row.last_seen.toordinal(), -row.active, row.tag.name))


def read_project(
    connection: Connection, project_id: UUID, *, before: date | None = None, most: int = 30
) -> ShownProject | None:
    """The project under its living id; None where there is none.

    Args:
        before: activities of earlier days alone; none: the newest.
        most: activities on the page, give or take the rest of their last day.
    """
    project_id = living_id(connection, project_id)
    tag = project_tags(connection).get(project_id)
    if tag is None:
        return None
    row = connection.execute(select(projects).where(projects.c.id == project_id)).one()
    counted = _counted(connection, project_id)
    since, older = _page([one for one in counted if before is None or one.day < before], most)
    shown: list[ShownActivity] = []
    if since is not None:
        until = before - timedelta(days=1) if before else date.max
        shown = shown_activities(
            connection, activity_rows(activities.c.project_id == project_id, activities.c.day.between(since, until))
        )
    return ShownProject(
        tag=tag,
        name_source=row.name_source,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        activity_count=sum(one.number for one in counted),
        active=sum((one.active for one in counted), timedelta()),
        days=_totals(counted, lambda one: one.day),
        machines=_totals(counted, lambda one: one.deployment_id),
        labels=_totals(counted, lambda one: one.label),
        sentences=sentences_by_owner(connection, "project_id", [project_id])[project_id],
        activities=tuple(reversed(shown)),
        older=older,
        made=Made(row.run_id, row.code_version, row.created_at),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    day: date
    deployment_id: str
    label: str
    number: int
    active: timedelta


def _counted(connection: Connection, project_id: UUID) -> list[_Counted]:
    """The project's activities by day, machine and kind, in order of days."""
    c = activities.c
    rows = connection.execute(
        select(c.day, c.deployment_id, c.label, func.count(), func.sum(c.active_seconds))
        .where(c.project_id == project_id)
        .group_by(c.day, c.deployment_id, c.label)
        .order_by(c.day, c.deployment_id, c.label)
    )
    return [_Counted(row[0], row[1], row[2], row[3], timedelta(seconds=row[4])) for row in rows]


def _totals(counted: Sequence[_Counted], key: Callable[[_Counted], _Key]) -> dict[_Key, timedelta]:
    totals: dict[_Key, timedelta] = {}
    for one in counted:
        totals[key(one)] = totals.get(key(one), timedelta()) + one.active
    return totals


def _page(counted: Sequence[_Counted], most: int) -> tuple[date | None, date | None]:
    """From which day on a page of whole days reaches, and before which day the next page starts."""
    reached = 0
    since: date | None = None
    for one in reversed(counted):
        if reached >= most and one.day != since:
            return since, since
        since, reached = one.day, reached + one.number
    return since, None
