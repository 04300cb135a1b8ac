"""What a sentence or a memory rests on: rows of sentence_sources and memory_sources, a row a source.

owner ──1:n── (owner, position 0, 1, ...) ──► frame_id │ transcript_id │ activity_id │ ...: one of them
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Column, Connection, Table, delete, insert, select

from recall_assets.records import Source, SourceKind


def replace(connection: Connection, table: Table, sources: Mapping[UUID, Sequence[Source]]) -> None:
    """Each owner rests on exactly these, in this order."""
    owner, kinds = _columns(table)
    connection.execute(delete(table).where(owner.in_(sources)))
    empty: dict[str, object] = {column.name: None for column in kinds.values()}
    rows = [
        empty | {owner.name: owner_id, "position": position, kinds[source.kind].name: source.id}
        for owner_id, rests in sources.items()
        for position, source in enumerate(rests)
    ]
    if rows:
        connection.execute(insert(table), rows)


def read(connection: Connection, table: Table, owner_ids: Collection[UUID]) -> dict[UUID, tuple[Source, ...]]:
    """What each of these owners rests on; who rests on nothing is left out."""
    owner, kinds = _columns(table)
    rows = connection.execute(select(table).where(owner.in_(owner_ids)).order_by(owner, table.c.position)).mappings()
    found: defaultdict[UUID, list[Source]] = defaultdict(list)
    for row in rows:
        kind = next(kind for kind, column in kinds.items() if row[column.name] is not None)
        found[row[owner.name]].append(Source(kind, row[kinds[kind].name]))
    return {owner_id: tuple(rests) for owner_id, rests in found.items()}


def _columns(table: Table) -> tuple[Column[UUID], dict[SourceKind, Column[UUID]]]:
    """The owner's column, and that of each kind of source that this table knows."""
    (owner,) = (column for column in table.primary_key if column.name != "position")
    return owner, {kind: table.c[f"{kind}_id"] for kind in SourceKind if f"{kind}_id" in table.c}
