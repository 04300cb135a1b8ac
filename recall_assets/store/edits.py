"""The journal of the owner's edits: what was said, what it was like before, and which partitions it makes stale.

    edit ─► hold ─► snapshot ─► rows change ─► add ─► one row of `edits`
    run  ─► share                an edit waits for the transaction of a run, and the run's next one for the edit
    undo ─► restore              of the newest edit that stands, so that nothing rests on it

A snapshot holds ids and the owner's own words; what Recall wrote is written again, never kept aside.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, any_, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import DeploymentDay, Edit, ProjectConstraint, Provenance, Sentence, Source, SourceKind
from recall_assets.store import sentences
from recall_assets.store.tables import activities, edits, project_aliases, project_constraints, projects

Snapshot = dict[str, Any]

BY_OWNER = Provenance("owner")
_LOCK = 0x5EC0_0ED1  # of PostgreSQL's advisory locks; the one number that edits and runs share
_OF_PROJECT = ("name", "name_source", "status", "first_seen", "last_seen")
_OF_ACTIVITY = ("project_id", "project_score", "suggested_project_id", "locked", "title_source", "summary_kind")


def hold(connection: Connection) -> None:
    """Until this transaction ends no run reads or replaces what an edit may change."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def share(connection: Connection) -> None:
    """Until this transaction ends, which is a run's, no edit is written."""
    connection.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))


def snapshot(connection: Connection, project_ids: Collection[UUID], activity_ids: Collection[UUID]) -> Snapshot:
    """What these projects and activities are like now, as JSON."""
    aliases = connection.execute(select(project_aliases).where(project_aliases.c.project_id.in_(project_ids)))
    found = connection.execute(select(activities).where(activities.c.id.in_(activity_ids))).all()
    return {
        "projects": [
            {"id": str(row.id)} | {name: _plain(getattr(row, name)) for name in _OF_PROJECT}
            for row in connection.execute(select(projects).where(projects.c.id.in_(project_ids)))
        ],
        "aliases": [{"old_id": str(row.old_id), "project_id": str(row.project_id)} for row in aliases],
        "activities": [_of_activity(connection, row) for row in found],
    }


def restore(connection: Connection, before: Mapping[str, Any]) -> None:
    """Gives back what the snapshot holds; what is gone since then stays gone.

    An activity whose words Recall wrote before is marked so, and keeps the words until they are written again.
    """
    for project in before["projects"]:
        values = {name: project[name] for name in _OF_PROJECT[:3]}
        values |= {name: date.fromisoformat(project[name]) for name in _OF_PROJECT[3:]}
        connection.execute(update(projects).where(projects.c.id == UUID(project["id"])).values(values))
    concerned = [UUID(project["id"]) for project in before["projects"]]
    stale = project_aliases.c.project_id.in_(concerned) | project_aliases.c.old_id.in_(concerned)
    connection.execute(delete(project_aliases).where(stale))
    for alias in before["aliases"]:
        row = {name: UUID(value) for name, value in alias.items()} | {"code_version": BY_OWNER.code_version}
        connection.execute(insert(project_aliases).values(row))
    living = {row.id for row in connection.execute(select(projects.c.id))}
    for activity in before["activities"]:
        _restore_activity(connection, activity, living)
    _restore_orders(connection, before.get("orders", {}))
    made = [UUID(one) for one in before.get("made", ())]
    connection.execute(update(activities).where(activities.c.project_id.in_(made)).values(project_id=None))
    connection.execute(delete(projects).where(projects.c.id.in_(made)))


def replace_orders(
    connection: Connection, before: Sequence[ProjectConstraint], after: Sequence[ProjectConstraint]
) -> Snapshot:
    """The owner's orders are these from now on; what an undo needs to know of it."""
    was, now = {one.id: one for one in before}, {one.id: one for one in after}
    gone, new = [was[one] for one in was.keys() - now.keys()], [now[one] for one in now.keys() - was.keys()]
    connection.execute(delete(project_constraints).where(project_constraints.c.id.in_([one.id for one in gone])))
    _add_orders(connection, [_order(one) for one in new])
    return {
        "removed": [{name: _plain(value) for name, value in _order(one).items()} for one in gone],
        "added": [str(one.id) for one in new],
    }


def add(
    connection: Connection, kind: str, told: str, subject: UUID, partitions: Sequence[str], before: Snapshot
) -> Edit:
    """Writes the edit down.

    Args:
        subject: the project or activity that it is about.
        partitions: Dagster's keys of what is to be made again for it.
    """
    row = connection.execute(
        insert(edits)
        .values(kind=kind, told=told, subject=subject, partitions=list(partitions), before=before)
        .returning(edits)
    ).one()
    return _edit(row)


def newest_standing(connection: Connection) -> tuple[Edit, Snapshot] | None:
    """The newest edit that can be undone, and what it was like before."""
    stands = (edits.c.undone_at.is_(None), edits.c.kind.not_in(["undo", "forget"]))
    row = connection.execute(select(edits).where(*stands).order_by(edits.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else (_edit(row), row.before)


def mark_undone(connection: Connection, edit_id: int) -> None:
    """The edit stands no more."""
    connection.execute(update(edits).where(edits.c.id == edit_id).values(undone_at=func.now()))


def newest_first(connection: Connection, *, below: int | None = None, limit: int = 50) -> list[Edit]:
    """The edits, those with a smaller id than `below`."""
    found = select(edits).order_by(edits.c.id.desc()).limit(limit)
    return [_edit(row) for row in connection.execute(found if below is None else found.where(edits.c.id < below))]


def since(connection: Connection, edit_id: int) -> list[Edit]:
    """The edits after that one, oldest first."""
    return [_edit(row) for row in connection.execute(select(edits).where(edits.c.id > edit_id).order_by(edits.c.id))]


def any_since(connection: Connection, at: datetime, day: date, deployment_ids: Collection[str]) -> bool:
    """Whether the owner edited after that moment what is told of the day, over all machines or on one of these."""
    keys = [day.isoformat(), *(DeploymentDay(one, day).partition_key for one in deployment_ids)]
    concerned = or_(*(literal(key) == any_(edits.c.partitions) for key in keys))
    return bool(connection.scalar(select(select(edits.c.id).where(edits.c.at > at, concerned).exists())))


def _edit(row: Row[Any]) -> Edit:
    return Edit(row.id, row.at, row.kind, row.told, row.subject, tuple(row.partitions), row.undone_at)


def _of_activity(connection: Connection, row: Row[Any]) -> Snapshot:
    found: Snapshot = {"id": str(row.id)} | {name: _plain(getattr(row, name)) for name in _OF_ACTIVITY}
    if row.title_source == "llm":  # an undo gives back no title but the owner's: rules write it again
        found["title_source"] = "auto"
    if row.title_source == "owner":
        found["title"] = row.title
    if row.summary_kind == "owner":
        found["sentences"] = [
            {"text": one.text, "sources": [[source.kind.value, str(source.id)] for source in one.sources]}
            for one in sentences.read(connection, "activity_id", row.id)
        ]
    return found


def _restore_activity(connection: Connection, kept: Mapping[str, Any], living: Collection[UUID]) -> None:
    activity_id = UUID(kept["id"])
    if connection.execute(select(activities.c.id).where(activities.c.id == activity_id)).one_or_none() is None:
        return
    values = {name: kept[name] for name in (*_OF_ACTIVITY, "title") if name in kept}
    for name in ("project_id", "suggested_project_id"):
        values[name] = UUID(kept[name]) if kept[name] and UUID(kept[name]) in living else None
    connection.execute(update(activities).where(activities.c.id == activity_id).values(values))
    if "sentences" in kept:
        said = [
            Sentence(one["text"], tuple(Source(SourceKind(kind), UUID(source)) for kind, source in one["sources"]))
            for one in kept["sentences"]
        ]
        sentences.replace(connection, "activity_id", activity_id, said, BY_OWNER)


def _restore_orders(connection: Connection, orders: Mapping[str, Any]) -> None:
    added = [UUID(one) for one in orders.get("added", ())]
    connection.execute(delete(project_constraints).where(project_constraints.c.id.in_(added)))
    rows = [
        {name: value if name == "kind" or value is None else UUID(value) for name, value in one.items()}
        for one in orders.get("removed", ())
    ]
    there = {row.id for row in connection.execute(select(activities.c.id))} if rows else set()
    _add_orders(connection, [row for row in rows if row["activity_id"] is None or row["activity_id"] in there])


def _add_orders(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        insertion = upsert(project_constraints).on_conflict_do_nothing()
        connection.execute(insertion, [dict(row) for row in rows])


def _order(order: ProjectConstraint) -> dict[str, Any]:
    return {
        "id": order.id,
        "kind": order.kind,
        "project_id": order.project_id,
        "activity_id": order.activity_id,
        "other_project_id": order.other_project_id,
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID | date) else value
