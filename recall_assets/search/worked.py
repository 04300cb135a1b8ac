"""Questions after the work on a project: which one is meant, and how long it took.

how long did I work on ledgerly last week ─► ledgerly, its activities of these days ─► one hit: 6 h 12 min
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from recall_assets.records import Hit
from recall_assets.stages.search import Query
from recall_assets.stages.search.words import terms_of
from recall_assets.store.timeline.rows import ProjectTag, project_tags
from recall_assets.store.timeline.spent import worked_on


def projects_asked_for(connection: Connection, query: Query) -> list[ProjectTag]:
    """The projects whose whole names stand in a question after what was done, or how long it took."""
    asks = query.asks
    if not asks.doing or not asks.telling:
        return []
    named = [(terms_of(tag.name), tag) for tag in project_tags(connection).values()]
    return [tag for terms, tag in named if terms and terms <= asks.telling]


def within(query: Query, projects: Sequence[ProjectTag]) -> Query:
    """The question within these projects, without their names; itself where it tells of more than them."""
    names = frozenset[str]().union(*(terms_of(project.name) for project in projects))
    if not projects or names != query.asks.telling:
        return query
    text = " ".join(word for word in query.text.split() if not terms_of(word) & names)
    return replace(query, text=text, projects=(*query.projects, *(str(project.id) for project in projects)))


def time_on(connection: Connection, query: Query, project: ProjectTag) -> list[Hit]:
    """The time that its activities of the question's days took, as a hit; none where there are none."""
    found = worked_on(connection, project.id, query.days.first, query.days.last)
    if found is None:
        return []
    told = f"{_length(found.time)} in {found.activities} {'activity' if found.activities == 1 else 'activities'}"
    return [
        Hit("project", project.id, None, found.start_at, found.end_at, project.name, told, 1.0, project_id=project.id)
    ]


def _length(time: timedelta) -> str:
    hours, minutes = divmod(round(time / timedelta(minutes=1)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
