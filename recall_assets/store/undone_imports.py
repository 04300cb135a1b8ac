"""The rows of an import, deleted in the order in which they rest on one another.

secrets (buried by who calls) ◄─ memories ─ messages ─ sentences ─ day_summaries ─ frames ─ activities ─ projects
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, or_, select, update

from recall_assets.store.imports import of_import
from recall_assets.store.tables import (
    activities,
    day_summaries,
    frames,
    imported_rows,
    imports,
    metadata,
    secrets,
    sentence_sources,
    summary_sentences,
)

# What rests on another table's rows comes before it.
_ORDER = (
    "memories",
    "core_memory",
    "messages",
    "conversations",
    "llm_calls",
    "legacy_archive",
    "summary_sentences",
    "day_summaries",
    "frames",
    "activities",
    "projects",
)


def secret_ids(connection: Connection, import_id: UUID) -> list[UUID]:
    """The secrets of an import, and those found since on its frames."""
    on_frames = select(frames.c.id).where(frames.c.imported_from == import_id)
    mine = or_(secrets.c.imported_from == import_id, secrets.c.frame_id.in_(on_frames))
    return list(connection.scalars(select(secrets.c.id).where(mine)))


def delete_rows(connection: Connection, import_id: UUID) -> tuple[dict[str, int], list[date]]:
    """How many rows of each table are gone, and the days that must be made again; the secrets are gone already."""
    touched = select(frames.c.deployment_id, frames.c.day).where(frames.c.imported_from == import_id).distinct()
    partitions = connection.execute(touched).all()
    gone: dict[str, int] = {}
    for name in _ORDER:
        number = connection.execute(delete(metadata.tables[f"recall.{name}"]).where(_mine(import_id, name))).rowcount
        if number:
            gone[name] = number
    again = [row.day for row in partitions if not _emptied(connection, row.deployment_id, row.day)]
    unsourced = (
        ~select(sentence_sources.c.sentence_id).where(sentence_sources.c.sentence_id == summary_sentences.c.id).exists()
    )
    connection.execute(delete(summary_sentences).where(unsourced))
    connection.execute(delete(imported_rows).where(imported_rows.c.import_id == import_id))
    connection.execute(update(imports).where(imports.c.id == import_id).values(undone_at=func.now()))
    return gone, sorted(set(again))


def _mine(import_id: UUID, name: str) -> Any:
    """A project that something of ours belongs to by now stays."""
    mine = of_import(import_id, name)
    if name == "projects":
        used = select(activities.c.project_id).where(activities.c.project_id.is_not(None))
        return mine & metadata.tables["recall.projects"].c.id.not_in(used)
    return mine


def _emptied(connection: Connection, deployment_id: str, day: date) -> bool:
    """Whether no frame of that day is left; what was made of them is gone then."""
    held = frames.c.deployment_id == deployment_id, frames.c.day == day
    if connection.scalar(select(select(frames.c.id).where(*held).exists())):
        return False
    for table in (day_summaries, activities):
        connection.execute(delete(table).where(table.c.deployment_id == deployment_id, table.c.day == day))
    others = select(frames.c.id).where(frames.c.day == day)
    if not connection.scalar(select(others.exists())):
        connection.execute(delete(day_summaries).where(day_summaries.c.day == day))
    return True
