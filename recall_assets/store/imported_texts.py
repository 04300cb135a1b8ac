"""Every text that an import wrote, to be read again and to be replaced where newer rules find more in it.

    imports.detector_version ─► outdated
    imported_rows ─► rows of their tables, and rows that end with those ─► texts of each, by column
    replace ─► the row, the digest of it ─► days_of: the days that were made of it

Columns of our own making hold no text of anybody else's (`VERBATIM`): neither an import nor this looks at them.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Connection, FromClause, Table, Text, null, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.records import DeploymentDay
from recall_assets.store import findable_memories, search_index
from recall_assets.store.imports import digest, of_import
from recall_assets.store.tables import (
    activities,
    arrivals,
    conversations,
    day_summaries,
    frames,
    imported_rows,
    imports,
    messages,
    metadata,
    ocr_text,
    summary_sentences,
)

# Columns whose strings are of our making: they are stored as they are.
VERBATIM = frozenset(
    {
        "code_version",
        "code_version_read",
        "deployment_id",
        "detector_version",
        "engine",
        "error",
        "kind",
        "label",
        "name_source",
        "place",
        "rule",
        "sensitivity",
        "status",
        "summary_kind",
        "title_source",
        "trigger",
    }
)
# Rows that were written with another one, by the column that names it.
_WITH: Mapping[str, tuple[tuple[str, str], ...]] = {
    "frames": (("ocr_text", "frame_id"),),
    "day_summaries": (("summary_sentences", "day_summary_id"),),
    "memories": tuple(
        (name, "id")
        for name in ("episodic_memory", "semantic_memory", "procedural_memory", "resource_memory", "knowledge_vault")
    ),
}
# Found secrets hold no text, and their rows are only ever added.
_TEXTLESS = frozenset({"secrets"})
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ImportedText:
    """The texts of a row, by column; `deployment_id` is None where it is of all machines."""

    table: str
    key: Any
    deployment_id: str | None
    texts: Mapping[str, Any] = field(repr=False)

    @property
    def frame_id(self) -> UUID | None:
        """The frame that it is of."""
        return self.key if self.table in ("frames", "ocr_text") else None


def outdated(connection: Connection, detector_version: str) -> list[UUID]:
    """The imports that were not scanned by this detector, oldest first."""
    c = imports.c
    older = c.detector_version.is_distinct_from(detector_version), c.undone_at.is_(None)
    return list(connection.scalars(select(c.id).where(*older).order_by(c.started_at, c.id)))


def read(connection: Connection, import_id: UUID) -> Iterator[ImportedText]:
    """Every row of an import that holds text, and every row that was written with one of those."""
    targets = select(imported_rows.c.target).where(imported_rows.c.import_id == import_id).distinct()
    for target in sorted({*connection.scalars(targets)} - _TEXTLESS):
        for name, link in ((target, "id"), *_WITH.get(target, ())):
            yield from _rows(connection, import_id, target, name, link)


def replace(connection: Connection, rows: Collection[ImportedText]) -> None:
    """Writes these texts in place of those that were there; nothing that is kept tells what those were."""
    for row in rows:
        table = metadata.tables[f"recall.{row.table}"]
        (key,) = table.primary_key
        stored = connection.execute(
            update(table).where(key == row.key).values(dict(row.texts)).returning(*table.c)
        ).one()
        if row.table == "memories":
            content = "\0".join((stored.kind, stored.summary, stored.details)).encode()
            values = {"content_hash": hashlib.sha256(content).digest()}
            stored = connection.execute(update(table).where(key == row.key).values(values).returning(*table.c)).one()
        noted = imported_rows.c.target == row.table, imported_rows.c.id == _noted_as(row.key)
        as_written = {column.name: stored._mapping[column.name] for column in _texts(table)}
        connection.execute(update(imported_rows).where(*noted).values(digest=digest(as_written)))
    remembered = [row.key for row in rows if row.table in ("memories", "procedural_memory")]
    search_index.drop(connection, findable_memories.holds_any(remembered))


def mark_scanned(connection: Connection, import_id: UUID, detector_version: str) -> None:
    """Notes that this detector has seen all of an import."""
    own = {"detector_version": detector_version}
    shown = select(frames.c.id).where(frames.c.imported_from == import_id)
    connection.execute(update(ocr_text).where(ocr_text.c.frame_id.in_(shown)).values(own))
    connection.execute(update(messages).where(messages.c.imported_from == import_id).values(own))
    connection.execute(update(imports).where(imports.c.id == import_id).values(own))


def partitions_of(connection: Connection, rows: Collection[ImportedText]) -> list[DeploymentDay]:
    """The partitions with frames on whose days something was made of one of these rows, by deployment, then day."""
    days = _days_of(connection, rows)
    found = select(frames.c.deployment_id, frames.c.day).where(frames.c.day.in_(days)).distinct()
    return sorted(DeploymentDay(*row) for row in connection.execute(found))


def arrive_again(connection: Connection, partitions: Collection[DeploymentDay]) -> None:
    """A frame of each of these partitions takes the next arrival number, so that what is made of them is made again.

    Call it while the landing is held.
    """
    for partition in partitions:
        of_day = frames.c.deployment_id == partition.deployment_id, frames.c.day == partition.day
        first = select(frames.c.id).where(*of_day).order_by(frames.c.captured_at, frames.c.id).limit(1)
        connection.execute(
            update(frames).where(frames.c.id == first.scalar_subquery()).values(arrival=arrivals.next_value())
        )


def _rows(connection: Connection, import_id: UUID, target: str, name: str, link: str) -> Iterator[ImportedText]:
    table, owner = metadata.tables[f"recall.{name}"], metadata.tables[f"recall.{target}"]
    columns = _texts(table)
    if not columns:
        return
    (key,) = table.primary_key
    rows: FromClause = table
    if table is not owner:
        rows = table.join(owner, owner.c.id == table.c[link])
    elif table is messages:
        rows, owner = table.join(conversations, conversations.c.id == table.c.conversation_id), conversations
    whose = owner.c.deployment_id if "deployment_id" in owner.c else null()
    query = select(key.label("key"), whose.label("whose"), *columns).select_from(rows)
    query = query.where(of_import(import_id, target))
    for row in connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
        said = row._mapping
        yield ImportedText(name, row.key, row.whose, {column.name: said[column] for column in columns})


def _texts(table: Table) -> list[Column[Any]]:
    """The columns that hold what somebody else wrote."""
    return [
        column
        for column in table.c
        if isinstance(column.type, Text | JSONB | ARRAY)
        and not (column.name in VERBATIM or column.primary_key or column.foreign_keys or column.computed)
    ]


def _noted_as(key: Any) -> UUID:
    return key if isinstance(key, UUID) else UUID(int=-key)


def _days_of(connection: Connection, rows: Collection[ImportedText]) -> set[date]:
    def keys(*tables: str) -> list[Any]:
        return [row.key for row in rows if row.table in tables]

    said = summary_sentences.c
    owners = connection.execute(
        select(said.activity_id, said.project_id, said.day_summary_id).where(said.id.in_(keys("summary_sentences")))
    ).all()
    done = [*keys("activities"), *(row.activity_id for row in owners if row.activity_id)]
    projects = [*keys("projects"), *(row.project_id for row in owners if row.project_id)]
    summed = [*keys("day_summaries"), *(row.day_summary_id for row in owners if row.day_summary_id)]
    of_activity = or_(activities.c.id.in_(done), activities.c.project_id.in_(projects))
    days: set[date] = set()
    for day, where in (
        (frames.c.day, frames.c.id.in_(keys("frames", "ocr_text"))),
        (activities.c.day, of_activity),
        (day_summaries.c.day, day_summaries.c.id.in_(summed)),
    ):
        days.update(connection.scalars(select(day).where(where).distinct()))
    return days
