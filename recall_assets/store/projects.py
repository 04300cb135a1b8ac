"""Projects as rows; their centroids are counted from the activities that belong to them, never accumulated.

    activities.terms x active_seconds ─► sum by project_id ─► Project.terms      (other days than the one at hand)
    Assignment ─► save ─┬─► projects          a name that the owner or a model gave stays
                        ├─► project_aliases   every old id points at the project that lives
                        └─► activities.project_id, project_score, suggested_project_id of that day

Counting anew is what makes a second run of any day see what the first one saw.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Double, bindparam, case, cast, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import Assignment, Project, ProjectConstraint, Provenance
from recall_assets.store.tables import activities, project_aliases, project_constraints, projects

CENTROID_DAYS = 90  # before and after a day: what was done long ago no longer describes a project
CENTROID_TERMS = 300
MERGED = "merged"


def read_all(connection: Connection, *, without: date | None = None) -> list[Project]:
    """The living projects by id; `terms` are their centroids over the activities of other days than `without`."""
    centroids = _centroids(connection, without) if without else None
    rows = connection.execute(select(projects).where(projects.c.status != MERGED).order_by(projects.c.id)).all()
    return [
        Project(
            id=row.id,
            name=row.name,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            name_source=row.name_source,
            terms=row.terms if centroids is None else centroids.get(row.id, {}),
            status=row.status,
        )
        for row in rows
    ]


def constraints(connection: Connection) -> list[ProjectConstraint]:
    """The owner's orders, oldest first."""
    rows = connection.execute(
        select(project_constraints).order_by(project_constraints.c.created_at, project_constraints.c.id)
    ).all()
    return [ProjectConstraint(row.id, row.kind, row.project_id, row.activity_id, row.other_project_id) for row in rows]


def living_id(connection: Connection, project_id: UUID) -> UUID:
    """The id under which a project lives now: its own, or the one it was merged into."""
    kept = connection.execute(
        select(project_aliases.c.project_id).where(project_aliases.c.old_id == project_id)
    ).scalar_one_or_none()
    return kept or project_id


def rename(connection: Connection, project_id: UUID, name: str, name_source: str) -> None:
    """The project has this name; one of the owner's stays whatever runs find."""
    connection.execute(update(projects).where(projects.c.id == project_id).values(name=name, name_source=name_source))


def name_by_run(connection: Connection, project_id: UUID, name: str, name_source: str) -> None:
    """The project has this name, unless the owner gave it one."""
    by_run = (projects.c.id == project_id, projects.c.name_source != "owner")
    connection.execute(update(projects).where(*by_run).values(name=name, name_source=name_source))


def cover(connection: Connection, project_id: UUID, days: Collection[date]) -> None:
    """The project was seen on these days, at least."""
    connection.execute(
        update(projects)
        .where(projects.c.id == project_id)
        .values(
            first_seen=func.least(projects.c.first_seen, min(days)),
            last_seen=func.greatest(projects.c.last_seen, max(days)),
        )
    )


def describe_again(
    connection: Connection, ids: Collection[UUID], name: Callable[[str, Mapping[str, float]], str]
) -> None:
    """These projects are what their activities make of them now: terms, first and last day, and a name no owner gave.

    Args:
        name: of the old name and the terms, the name.
    """
    terms = _summed(connection, activities.c.project_id.in_(ids))
    days = select(activities.c.project_id, func.min(activities.c.day), func.max(activities.c.day))
    rows = connection.execute(days.where(activities.c.project_id.in_(ids)).group_by(activities.c.project_id)).all()
    known = connection.execute(select(projects).where(projects.c.id.in_(ids)))
    names = {row.id: row for row in known}
    for project_id, first, last in rows:
        own = terms.get(project_id, {})
        values: dict[str, object] = {"terms": own, "first_seen": first, "last_seen": last}
        if names[project_id].name_source != "owner" and name(names[project_id].name, own) != names[project_id].name:
            values |= {"name": name(names[project_id].name, own), "name_source": "auto"}
        connection.execute(update(projects).where(projects.c.id == project_id).values(values))


def found(connection: Connection, project: Project, provenance: Provenance) -> None:
    """Adds a project that nothing belongs to yet."""
    _save_projects(connection, Assignment((), (project,)), provenance)


def save(connection: Connection, assignment: Assignment, day: date, provenance: Provenance) -> None:
    """Writes what a run decided for a day; a project of this day alone that nothing holds any more is removed."""
    _save_projects(connection, assignment, provenance)
    for old_id, kept_id in sorted(assignment.aliases.items()):
        merge(connection, old_id, kept_id, provenance)
    if assignment.activities:
        connection.execute(
            update(activities)
            .where(activities.c.id == bindparam("activity"))
            .values(
                project_id=bindparam("project"),
                project_score=bindparam("score"),
                suggested_project_id=bindparam("suggested"),
            ),
            [
                {
                    "activity": a.id,
                    "project": a.project_id,
                    "score": a.project_score,
                    "suggested": a.suggested_project_id,
                }
                for a in assignment.activities
            ],
        )
    _remove_empty(connection, day)


def _centroids(connection: Connection, without: date) -> dict[UUID, dict[str, float]]:
    nearby = activities.c.day.between(without - timedelta(days=CENTROID_DAYS), without + timedelta(days=CENTROID_DAYS))
    return _summed(connection, activities.c.day != without, nearby)


def _summed(connection: Connection, *where: ColumnElement[bool]) -> dict[UUID, dict[str, float]]:
    """The heaviest terms of each project over these activities."""
    term = func.jsonb_each_text(activities.c.terms).table_valued("key", "value")
    weight = func.sum(cast(term.c.value, Double) * activities.c.active_seconds / 3600)
    rows = connection.execute(
        select(activities.c.project_id, term.c.key, weight)
        .select_from(activities.join(term, onclause=true()))
        .where(activities.c.project_id.is_not(None), *where)
        .group_by(activities.c.project_id, term.c.key)
    )
    found: defaultdict[UUID, dict[str, float]] = defaultdict(dict)
    for project_id, key, total in rows:
        found[project_id][key] = round(total, 4)
    return {
        project_id: dict(sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:CENTROID_TERMS])
        for project_id, terms in found.items()
    }


def _save_projects(connection: Connection, assignment: Assignment, provenance: Provenance) -> None:
    if not assignment.projects:
        return
    insertion = upsert(projects)
    new = insertion.excluded
    named = projects.c.name_source != "auto"
    connection.execute(
        insertion.on_conflict_do_update(
            index_elements=["id"],
            set_={
                "name": case((named, projects.c.name), else_=new.name),
                "first_seen": func.least(projects.c.first_seen, new.first_seen),
                "last_seen": func.greatest(projects.c.last_seen, new.last_seen),
                "terms": new.terms,
                "code_version": new.code_version,
                "run_id": new.run_id,
                "created_at": func.now(),
            },
        ),
        [
            {
                "id": project.id,
                "name": project.name,
                "name_source": project.name_source,
                "first_seen": project.first_seen,
                "last_seen": project.last_seen,
                "terms": dict(project.terms),
                "status": project.status,
                "code_version": provenance.code_version,
                "run_id": provenance.run_id,
            }
            for project in assignment.projects
        ],
    )


def merge(connection: Connection, old_id: UUID, kept_id: UUID, provenance: Provenance) -> None:
    """The old project is a part of the kept one: its activities and its aliases move there, its row stays."""
    made = {"code_version": provenance.code_version, "run_id": provenance.run_id}
    insertion = upsert(project_aliases).values(old_id=old_id, project_id=kept_id, **made)
    connection.execute(insertion.on_conflict_do_update(index_elements=["old_id"], set_={"project_id": kept_id, **made}))
    connection.execute(update(project_aliases).where(project_aliases.c.project_id == old_id).values(project_id=kept_id))
    for column in (activities.c.project_id, activities.c.suggested_project_id):
        connection.execute(update(activities).where(column == old_id).values({column: kept_id}))
    old = select(projects.c.first_seen, projects.c.last_seen).where(projects.c.id == old_id).subquery()
    connection.execute(
        update(projects)
        .where(projects.c.id == kept_id)
        .values(
            first_seen=func.least(projects.c.first_seen, select(old.c.first_seen).scalar_subquery()),
            last_seen=func.greatest(projects.c.last_seen, select(old.c.last_seen).scalar_subquery()),
        )
    )
    connection.execute(update(projects).where(projects.c.id == old_id).values(status=MERGED))


def _remove_empty(connection: Connection, day: date) -> None:
    held = [
        select(activities.c.project_id).where(activities.c.project_id.is_not(None)),
        select(project_aliases.c.project_id),
        select(project_constraints.c.project_id),
        select(project_constraints.c.other_project_id).where(project_constraints.c.other_project_id.is_not(None)),
        select(activities.c.suggested_project_id).where(activities.c.suggested_project_id.is_not(None)),
    ]
    connection.execute(
        delete(projects).where(
            projects.c.first_seen == day,
            projects.c.last_seen == day,
            projects.c.name_source != "owner",
            *(projects.c.id.not_in(ids) for ids in held),
        )
    )
