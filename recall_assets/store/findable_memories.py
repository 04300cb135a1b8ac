"""Memories that the search finds: the valid ones, each on its newest day, in a block of that day over all machines.

    day 1   docs.example/vat   superseded ─► not in its block any more
    day 2   docs.example/vat   valid ──────► found; with the next day that is indexed, both blocks are made again

An activity's episode is found as that activity. What says where a secret stood is for nobody's search.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from recall_assets.records import Memory, MemoryKind
from recall_assets.store import memories as stored
from recall_assets.store.tables import memories, passages, search_blocks

PART = "memories"
_KINDS: Collection[str] = (MemoryKind.SEMANTIC, MemoryKind.PROCEDURAL, MemoryKind.RESOURCE)


def read_day(connection: Connection, day: date | None) -> list[Memory]:
    """The findable memories whose newest row is of this day; None: those of no day, the owner's and imported ones."""
    c = memories.c
    ids = connection.scalars(select(c.id).where(_findable(), c.day.is_not_distinct_from(day))).all()
    return stored.read(connection, ids)


def days_due(connection: Connection, most: int) -> list[date | None]:
    """Days whose block holds other memories than are valid today, the newest first; None for those of no day."""
    c, block = memories.c, search_blocks.c
    of_day = and_(block.part == PART, block.day.is_not_distinct_from(c.day))
    unindexed = (
        select(c.day)
        .outerjoin(search_blocks, of_day)
        .where(_findable(), or_(block.id.is_(None), c.created_at > block.created_at))
    )
    superseded = (
        select(block.day)
        .join(passages, passages.c.block_id == block.id)
        .join(memories, c.id == passages.c.memory_id)
        .where(block.part == PART, c.valid_to.is_not(None))
    )
    due = unindexed.union(superseded).subquery()
    return list(connection.scalars(select(due.c.day).order_by(due.c.day.desc().nulls_first()).limit(most)))


def holds_any(ids: Collection[object]) -> ColumnElement[bool]:
    """Of a block: whether it holds any of these memories."""
    held = select(passages.c.memory_id).where(passages.c.block_id == search_blocks.c.id, passages.c.memory_id.in_(ids))
    return and_(search_blocks.c.part == PART, held.exists())


def _findable() -> ColumnElement[bool]:
    c = memories.c
    alone = and_(c.kind == MemoryKind.EPISODIC, c.day.is_(None))
    return and_(c.valid_to.is_(None), or_(c.kind.in_(_KINDS), alone), func.length(c.summary) > 0)
