"""Activities as rows, replaced a partition at a time without losing what other stages wrote on them.

    replace_day:  row with the same id ─► updated (project, sentences and what rests on it stay)
                  row without a twin   ─► deleted, its frames are free again
                  new id               ─► inserted
                  frames.activity_id of the partition follows

`project_id`, `project_score` and `suggested_project_id` are the `projects` stage's: only `store.projects` writes them.
That an activity was found to belong nowhere holds for its terms: where they change, the question is open again, but
for one that the owner edited.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import Activity, DeploymentDay, DocumentFrequency, Interruption, Provenance
from recall_assets.store import sentences
from recall_assets.store.tables import activities, frames

FREQUENCY_DAYS = 30


def read_day(connection: Connection, partition: DeploymentDay | date) -> list[Activity]:
    """The activities of a deployment's day, or of a date over all deployments, by start."""
    if isinstance(partition, DeploymentDay):
        return _read(connection, _in(partition))
    return _read(connection, activities.c.day == partition)


def read(connection: Connection, activity_id: UUID) -> Activity | None:
    """One activity with its sentences and frames."""
    found = _read(connection, activities.c.id == activity_id)
    return found[0] if found else None


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Activity]:
    rows = connection.execute(
        select(activities).where(where).order_by(activities.c.start_at, activities.c.deployment_id, activities.c.id)
    ).all()
    ids = [row.id for row in rows]
    said = sentences.sentences_of(connection, "activity_id", ids)
    shown: dict[UUID, list[UUID]] = {activity_id: [] for activity_id in ids}
    for activity_id, frame_id in connection.execute(
        select(frames.c.activity_id, frames.c.id)
        .where(frames.c.activity_id.in_(ids))
        .order_by(frames.c.captured_at, frames.c.monitor, frames.c.id)
    ):
        shown[activity_id].append(frame_id)
    return [
        Activity(
            id=row.id,
            deployment_id=row.deployment_id,
            day=row.day,
            start_at=row.start_at,
            end_at=row.end_at,
            frame_ids=tuple(shown[row.id]),
            label=row.label,
            title=row.title,
            title_source=row.title_source,
            sentences=said[row.id],
            summary_kind=row.summary_kind,
            project_id=row.project_id,
            project_score=row.project_score,
            suggested_project_id=row.suggested_project_id,
            active_seconds=row.active_seconds,
            terms=row.terms,
            interruptions=tuple(_interruption(one) for one in row.interruptions),
            locked=row.locked,
        )
        for row in rows
    ]


def replace_day(
    connection: Connection, partition: DeploymentDay, rows: Sequence[Activity], provenance: Provenance
) -> None:
    """The partition holds exactly these activities with their sentences; its frames point at them."""
    ids = [activity.id for activity in rows]
    connection.execute(delete(activities).where(_in(partition), activities.c.id.not_in(ids)))
    if rows:
        insertion = upsert(activities)
        kept: dict[str, Any] = {name: insertion.excluded[name] for name in _values(rows[0], provenance) if name != "id"}
        same_terms = activities.c.terms == insertion.excluded.terms
        settled = activities.c.project_id.is_not(None) | activities.c.locked | same_terms
        kept |= {
            column.name: case((settled, column), else_=None)
            for column in (activities.c.project_score, activities.c.suggested_project_id)
        }
        connection.execute(
            insertion.on_conflict_do_update(index_elements=["id"], set_=kept | {"created_at": func.now()}),
            [_values(activity, provenance) for activity in rows],
        )
        for activity in rows:
            sentences.replace(connection, "activity_id", activity.id, activity.sentences, provenance)
    _point_frames(connection, partition, rows)


def give(
    connection: Connection, activity_ids: Collection[UUID], project_id: UUID | None, *, keep_score: bool = False
) -> None:
    """These activities belong to the project, or to none, by order of the owner: no run cuts them again.

    Args:
        keep_score: a run's verdict that they belong nowhere stays as it was.
    """
    values: dict[str, Any] = {"project_id": project_id, "suggested_project_id": None, "locked": True}
    if not keep_score:
        values["project_score"] = 0.0 if project_id is None else 1.0
    connection.execute(update(activities).where(activities.c.id.in_(activity_ids)).values(values))


def rewrite(connection: Connection, activity: Activity, provenance: Provenance) -> None:
    """The activity has these words from now on, and is locked or not."""
    words = {name: getattr(activity, name) for name in ("title", "title_source", "summary_kind", "locked")}
    connection.execute(update(activities).where(activities.c.id == activity.id).values(words))
    sentences.replace(connection, "activity_id", activity.id, activity.sentences, provenance)


def retitle(connection: Connection, activity_id: UUID, title: str) -> bool:
    """A language model's title, unless the owner wrote or moved the activity, or it is gone; whether it stands now."""
    c = activities.c
    open_ = (c.id == activity_id, ~c.locked, c.title_source != "owner")
    return connection.execute(update(activities).where(*open_).values(title=title, title_source="llm")).rowcount > 0


def recent_of_project(connection: Connection, project_id: UUID) -> list[Activity]:
    """The activities of a project in the last days on which it was seen, by start."""
    c = activities.c
    newest = select(func.max(c.day)).where(c.project_id == project_id).scalar_subquery()
    return _read(connection, (c.project_id == project_id) & (c.day > newest - FREQUENCY_DAYS))


def of_project(connection: Connection, project_id: UUID) -> list[tuple[UUID, date]]:
    """Id and day of each activity that belongs to the project, by start."""
    mine = select(activities.c.id, activities.c.day).where(activities.c.project_id == project_id)
    return [(row.id, row.day) for row in connection.execute(mine.order_by(activities.c.start_at, activities.c.id))]


def _point_frames(connection: Connection, partition: DeploymentDay, rows: Sequence[Activity]) -> None:
    owner = {frame_id: activity.id for activity in rows for frame_id in activity.frame_ids}
    stored = connection.execute(
        select(frames.c.id, frames.c.activity_id).where(
            frames.c.deployment_id == partition.deployment_id, frames.c.day == partition.day
        )
    ).all()
    moved = [
        {"frame": frame_id, "activity": owner.get(frame_id)}
        for frame_id, activity_id in stored
        if owner.get(frame_id) != activity_id
    ]
    if moved:
        connection.execute(
            update(frames).where(frames.c.id == bindparam("frame")).values(activity_id=bindparam("activity")), moved
        )


def document_frequency(connection: Connection, partition: DeploymentDay) -> DocumentFrequency:
    """In how many activities of the 30 days before this day, over all deployments, each term stands.

    Counted from the terms kept with each activity: some thousand rows of at most some hundred keys, where counting
    words of screens would read every text of a month. The day itself is left out, so that a second run of it sees
    the same frequencies.
    """
    past = activities.c.day.between(partition.day - timedelta(days=FREQUENCY_DAYS), partition.day - timedelta(days=1))
    terms = func.jsonb_each(activities.c.terms).table_valued("key", "value")
    counted = (
        select(terms.c.key, func.count().label("number"))
        .select_from(activities.join(terms, onclause=true()))
        .where(past)
        .group_by(terms.c.key)
    )
    documents = connection.execute(select(func.count()).select_from(activities).where(past)).scalar_one()
    return DocumentFrequency(documents, {row.key: row.number for row in connection.execute(counted)})


def _in(partition: DeploymentDay) -> ColumnElement[bool]:
    return (activities.c.deployment_id == partition.deployment_id) & (activities.c.day == partition.day)


def _values(activity: Activity, provenance: Provenance) -> dict[str, object]:
    return {
        "id": activity.id,
        "deployment_id": activity.deployment_id,
        "day": activity.day,
        "start_at": activity.start_at,
        "end_at": activity.end_at,
        "label": activity.label,
        "title": activity.title,
        "title_source": activity.title_source,
        "summary_kind": activity.summary_kind,
        "active_seconds": activity.active_seconds,
        "terms": dict(activity.terms),
        "interruptions": [
            {"start_at": one.start_at.isoformat(), "end_at": one.end_at.isoformat(), "app_name": one.app_name}
            for one in activity.interruptions
        ],
        "locked": activity.locked,
        "code_version": provenance.code_version,
        "run_id": provenance.run_id,
    }


def _interruption(stored: dict[str, str]) -> Interruption:
    start_at, end_at = (datetime.fromisoformat(stored[name]) for name in ("start_at", "end_at"))
    return Interruption(start_at, end_at, stored["app_name"])
