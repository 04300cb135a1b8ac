"""Memories as rows: one a topic and day, of which one is valid; the tables of the five kinds hold their particulars.

    day 1   docs.example/vat   seen 40 min   valid_to ─► day 2's
    day 2   docs.example/vat   seen 10 min   valid ◄───── the newest of its topic, or the one that the owner wrote
    owner   docs.example/vat   locked

    replace_day:  rows of that day and kind ─► exactly what was found; locked rows and deleted topics stay as they are
                  └► settle: which row of each touched topic is valid follows from the rows alone

A second run of any day leaves the same rows but for run_id and created_at, in whatever order days are made.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import (
    Concept,
    Episode,
    Memory,
    MemoryKind,
    Procedure,
    Provenance,
    Resource,
    VaultEntry,
)
from recall_assets.store import sources
from recall_assets.store.tables import (
    episodic_memory,
    knowledge_vault,
    memories,
    memory_orders,
    memory_sources,
    procedural_memory,
    resource_memory,
    semantic_memory,
)

_TABLES: Mapping[MemoryKind, tuple[Table, type]] = {
    MemoryKind.EPISODIC: (episodic_memory, Episode),
    MemoryKind.SEMANTIC: (semantic_memory, Concept),
    MemoryKind.PROCEDURAL: (procedural_memory, Procedure),
    MemoryKind.RESOURCE: (resource_memory, Resource),
    MemoryKind.KNOWLEDGE_VAULT: (knowledge_vault, VaultEntry),
}
_OF_ROW = ("id", "topic", "summary", "details", "day", "deployment_id", "valid_from", "valid_to", "seconds", "times",
           "confidence", "locked", "summary_kind")  # fmt: skip


def replace_day(
    connection: Connection,
    day: date,
    kinds: Collection[MemoryKind],
    found: Sequence[Memory],
    provenance: Provenance,
    *,
    summary_kind: str = "extractive",
) -> None:
    """The day's rows of these kinds are exactly what was found, but for what the owner wrote or deleted.

    Args:
        summary_kind: whose rows are replaced; a row of the rules stands where a language model says the same.
    """
    deleted = {*connection.scalars(select(memory_orders.c.topic).where(memory_orders.c.into_topic.is_(None)))}
    c = memories.c
    standing = connection.execute(
        select(c.id, c.topic, c.locked, c.summary_kind).where(c.day == day, c.kind.in_([kind.value for kind in kinds]))
    ).all()
    by_rules = {row.id for row in standing if row.summary_kind == "extractive"} if summary_kind == "llm" else set()
    fixed = {row.id for row in standing if row.locked} | by_rules
    kept = [one for one in found if one.topic not in deleted and one.id not in fixed]
    stays = fixed | {one.id for one in kept}
    gone = [row.id for row in standing if row.summary_kind == summary_kind and row.id not in stays]
    connection.execute(delete(memories).where(c.id.in_(gone)))
    write(connection, kept, provenance)
    settle(connection, {one.topic for one in kept} | {row.topic for row in standing})


def write(connection: Connection, rows: Sequence[Memory], provenance: Provenance) -> None:
    """Inserts or rewrites these rows with their particulars and sources; `settle` decides which of a topic is valid."""
    if not rows:
        return
    insertion = upsert(memories)
    new = insertion.excluded
    rewritten = {name: new[name] for name in _values(rows[0], provenance) if name not in ("id", "valid_to")}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["id"], set_=rewritten | {"created_at": func.now()}),
        # Not valid yet: another row of the topic may be.
        [_values(one, provenance) | {"valid_to": one.valid_from} for one in rows],
    )
    for kind, (table, _) in _TABLES.items():
        if own := [{"id": one.id, **asdict(one.particulars)} for one in rows if one.kind is kind]:
            particular = upsert(table)
            columns = {name: particular.excluded[name] for name in own[0] if name != "id"}
            connection.execute(particular.on_conflict_do_update(index_elements=["id"], set_=columns), own)
    sources.replace(connection, memory_sources, {one.id: one.sources for one in rows})


def settle(connection: Connection, topics: Iterable[UUID]) -> None:
    """Of the rows of each topic, and of those merged into it, the owner's newest is valid, else the newest."""
    c, order = memories.c, memory_orders.c
    into = {row.topic: row.into_topic for row in connection.execute(select(order.topic, order.into_topic))}
    roots = {into.get(topic) or topic for topic in topics}
    members = roots | {topic for topic, root in into.items() if root in roots}
    groups: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(c.id, c.topic, c.day, c.valid_from, c.valid_to, c.locked).where(c.topic.in_(members))
    ):
        groups[into.get(row.topic) or row.topic].append(row)
    closed: list[dict[str, object]] = []
    opened: list[dict[str, object]] = []
    for rows in groups.values():
        valid = max(rows, key=lambda row: (row.locked, row.day or date.max, row.valid_from, str(row.id)))
        for row in rows:
            until = None if row is valid else max(row.valid_from, valid.valid_from)
            if until != row.valid_to:
                (opened if until is None else closed).append({"row": row.id, "until": until})
    for changed in (closed, opened):  # in this order: at most one is valid at any moment
        if changed:
            connection.execute(
                update(memories).where(c.id == bindparam("row")).values(valid_to=bindparam("until")), changed
            )


def read(connection: Connection, ids: Collection[UUID]) -> list[Memory]:
    """These rows, newest first."""
    c = memories.c
    rows = connection.execute(
        select(memories).where(c.id.in_(ids)).order_by(c.valid_from.desc(), c.summary, c.id)
    ).all()
    own: dict[UUID, Any] = {}
    for kind, (table, record) in _TABLES.items():
        names = [field.name for field in fields(record)]
        wanted = [row.id for row in rows if row.kind == kind]
        for row in connection.execute(select(table).where(table.c.id.in_(wanted))) if wanted else ():
            values = {name: getattr(row, name) for name in names}
            own[row.id] = record(**values | ({"steps": tuple(row.steps)} if kind is MemoryKind.PROCEDURAL else {}))
    rests = sources.read(connection, memory_sources, [row.id for row in rows])
    return [
        Memory(
            **{name: getattr(row, name) for name in _OF_ROW},
            tree_path=tuple(row.tree_path),
            particulars=own[row.id],
            sources=rests.get(row.id, ()),
        )
        for row in rows
    ]


def read_day(connection: Connection, day: date, *, summary_kind: str) -> list[Memory]:
    """The rows of a day that rules (`extractive`) or a language model (`llm`) made, newest first."""
    c = memories.c
    return read(connection, [*connection.scalars(select(c.id).where(c.day == day, c.summary_kind == summary_kind))])


def unsourced(connection: Connection, day: date) -> dict[MemoryKind, tuple[int, int]]:
    """Of each kind, how many rows the day's runs made, and how many of those rest on nothing that is there."""
    c = memories.c
    rests = select(memory_sources.c.memory_id).where(memory_sources.c.memory_id == c.id).exists()
    rows = connection.execute(
        select(c.kind, func.count().label("rows"), func.count().filter(~rests).label("without"))
        .where(c.day == day, ~c.locked)
        .group_by(c.kind)
    )
    return {MemoryKind(row.kind): (row.rows, row.without) for row in rows}


def _values(one: Memory, provenance: Provenance) -> dict[str, object]:
    content = "\0".join((one.kind, one.summary, one.details)).encode()
    values: dict[str, object] = {name: getattr(one, name) for name in _OF_ROW}
    return values | {
        "kind": one.kind.value,
        "tree_path": list(one.tree_path),
        "content_hash": hashlib.sha256(content).digest(),
        "code_version": provenance.code_version,
        "run_id": provenance.run_id,
    }
