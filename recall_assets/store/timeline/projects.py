"""All projects with the time that they took, and one project through its days.

activities by (project, day, machine) ─► union of their times ─► ProjectRow, ProjectDay
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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
from recall_assets.store.timeline.spent import Spent, spent_by

_SUGGESTED = activities.c.suggested_project_id.is_not(None) & activities.c.project_id.is_(None)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as a list shows it; `days` is its time by day."""

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
    days: defaultdict[UUID, dict[date, Spent]] = defaultdict(dict)
    for (project_id, day), spent in spent_by(connection, c.project_id.is_not(None), c.project_id, c.day).items():
        days[project_id][day] = spent
    seen = connection.execute(select(projects.c.id, projects.c.first_seen, projects.c.last_seen))
    found = [
        ProjectRow(
            tags[row.id],
            row.first_seen,
            row.last_seen,
            sum(one.activities for one in days[row.id].values()),
            sum((one.time for one in days[row.id].values()), timedelta()),
            {day: one.time for day, one in sorted(days[row.id].items())},
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
    c = activities.c
    own = c.project_id == project_id
    days, machines, labels = (spent_by(connection, own, key) for key in (c.day, c.deployment_id, c.label))
    counts = {day: spent.activities for (day,), spent in days.items()}
    since, older = _page({day: count for day, count in counts.items() if before is None or day < before}, most)
    shown: list[ShownActivity] = []
    if since is not None:
        until = before - timedelta(days=1) if before else date.max
        shown = shown_activities(connection, activity_rows(own, c.day.between(since, until)))
    return ShownProject(
        tag=tag,
        name_source=row.name_source,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        activity_count=sum(counts.values()),
        active=sum((spent.time for spent in days.values()), timedelta()),
        days={key[0]: spent.time for key, spent in days.items()},
        machines={key[0]: spent.time for key, spent in machines.items()},
        labels={key[0]: spent.time for key, spent in labels.items()},
        sentences=sentences_by_owner(connection, "project_id", [project_id])[project_id],
        activities=tuple(reversed(shown)),
        older=older,
        made=Made(row.run_id, row.code_version, row.created_at),
    )


def count_suggestions(connection: Connection) -> int:
    """How many activities wait for the owner to say whether they belong to a project."""
    return connection.scalar(select(func.count()).select_from(activities).where(_SUGGESTED)) or 0


def read_suggestions(connection: Connection, *, most: int = 50) -> list[ShownActivity]:
    """The newest activities without a project for which one is suggested."""
    newest = (
        activity_rows(_SUGGESTED).order_by(None).order_by(activities.c.start_at.desc(), activities.c.id).limit(most)
    )
    return shown_activities(connection, newest)


def _page(counts: Mapping[date, int], most: int) -> tuple[date | None, date | None]:
    """From which day on a page of whole days reaches, and before which day the next page starts."""
    reached = 0
    since: date | None = None
    for day, count in sorted(counts.items(), reverse=True):
        if reached >= most:
            return since, since
        since, reached = day, reached + count
    return since, None
