"""Memories as they are looked at: the valid row of each topic, with what all days together say of it.

    topic and what was merged into it ─► valid row + seconds, times, days, first and last day over all its rows
                                      └► details of the older rows, newest first

Few queries, however many memories: pages, the command line and MCP read through here.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from recall_assets.records import Memory, MemoryKind
from recall_assets.store.memories import read
from recall_assets.store.tables import memories, memory_orders

_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Remembered:
    """A valid memory; the sums are those of all rows of its topic, `earlier` their other details, newest first."""

    memory: Memory
    seconds: float
    times: int
    days: int
    first_day: date | None
    last_day: date | None
    earlier: tuple[str, ...] = ()


def remembered(
    connection: Connection,
    *,
    kind: MemoryKind | None = None,
    about: str | None = None,
    project: str | None = None,
    day: date | None = None,
    limit: int = 200,
) -> list[Remembered]:
    """Valid memories, best first: where words are asked for, by how well they fit; else the longest, then the newest.

    Args:
        about: words; one of them is enough, more are better.
        project: the name at the head of `tree_path`.
        day: only topics that this day knows.
    """
    c = memories.c
    wanted: list[ColumnElement[bool]] = [c.valid_to.is_(None)]
    if kind is not None:
        wanted.append(c.kind == kind.value)
    if project is not None:
        wanted.append(func.lower(c.tree_path[1]) == project.lower())
    if day is not None:
        wanted.append(_root().in_(select(_root()).select_from(_rooted()).where(c.day == day)))
    order: list[Any] = [func.coalesce(c.day, func.current_date()).desc(), c.seconds.desc(), c.valid_from.desc(), c.id]
    if about is not None:
        words = re.findall(r"\w+", about.casefold())[:_MOST_WORDS]
        query = func.to_tsquery("simple", " | ".join(f"{word}:*" for word in words))
        wanted.append(c.tsv.op("@@")(query))
        order.insert(0, func.ts_rank(c.tsv, query, 1).desc())
    ids = connection.scalars(select(c.id).select_from(_rooted()).where(*wanted).order_by(*order).limit(limit)).all()
    return _with_days(connection, ids)


def one(connection: Connection, memory_id: UUID) -> Remembered | None:
    """A memory with what all days say of it: the valid one of its topic; None where there is none."""
    return next(iter(_with_days(connection, _valid_of(connection, [memory_id]))), None)


def history(connection: Connection, memory_id: UUID) -> list[Memory]:
    """All rows of a memory's topic, newest first: what it said on which day, and from when to when that was valid."""
    root = select(_root()).select_from(_rooted()).where(memories.c.id == memory_id).scalar_subquery()
    rows = select(memories.c.id).select_from(_rooted()).where(_root() == root)
    return read(connection, connection.scalars(rows).all())


def counts(connection: Connection) -> dict[MemoryKind, int]:
    """How many valid memories there are of each kind; 0 for a kind without any."""
    rows = select(memories.c.kind, func.count()).where(memories.c.valid_to.is_(None)).group_by(memories.c.kind)
    found = {MemoryKind(kind): count for kind, count in connection.execute(rows)}
    return {kind: found.get(kind, 0) for kind in MemoryKind}


def _rooted() -> Any:
    return memories.outerjoin(memory_orders, memory_orders.c.topic == memories.c.topic)


def _root() -> ColumnElement[UUID]:
    return func.coalesce(memory_orders.c.into_topic, memories.c.topic)


def _valid_of(connection: Connection, ids: Collection[UUID]) -> list[UUID]:
    roots = select(_root()).select_from(_rooted()).where(memories.c.id.in_(ids))
    valid: Select[tuple[UUID]] = select(memories.c.id).select_from(_rooted())
    return list(connection.scalars(valid.where(_root().in_(roots), memories.c.valid_to.is_(None))))


def _with_days(connection: Connection, ids: Collection[UUID]) -> list[Remembered]:
    """These valid memories in this order."""
    c = memories.c
    known = {one.id: one for one in read(connection, ids)}
    rooted = connection.execute(select(c.id, _root().label("root")).select_from(_rooted()).where(c.id.in_(ids)))
    roots: dict[UUID, UUID] = {row.id: row.root for row in rooted}
    totals: dict[UUID, Any] = {}
    earlier: defaultdict[UUID, list[str]] = defaultdict(list)
    root = _root().label("root")
    in_topics = or_(c.topic.in_(roots.values()), memory_orders.c.into_topic.in_(roots.values()))
    summed = select(
        root,
        func.sum(c.seconds).label("seconds"),
        func.sum(c.times).label("times"),
        func.count(c.day.distinct()).label("days"),
        func.min(c.day).label("first_day"),
        func.max(c.day).label("last_day"),
    )
    for row in connection.execute(summed.select_from(_rooted()).where(in_topics).group_by(root)):
        totals[row.root] = row
    others = select(root, c.details).select_from(_rooted())
    for row in connection.execute(
        others.where(in_topics, c.id.not_in(ids), c.details != "").order_by(c.valid_from.desc(), c.id)
    ):
        earlier[row.root].append(row.details)
    return [
        Remembered(
            known[one],
            float(totals[roots[one]].seconds),
            int(totals[roots[one]].times),
            int(totals[roots[one]].days),
            totals[roots[one]].first_day,
            totals[roots[one]].last_day,
            tuple(earlier[roots[one]]),
        )
        for one in ids
    ]
