"""Rows of summary_sentences and sentence_sources: what every sentence says, and what it rests on.

    activity │ project │ day summary ──1:n── summary_sentences ──1:5── sentence_sources ──► frame, transcript,
                                             id = uuid5(owner, position)                    activity, project

Replacing an owner's sentences with the same sentences leaves the same rows except run_id and created_at.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import Provenance, Sentence
from recall_assets.store import sources
from recall_assets.store.tables import sentence_sources, summary_sentences

OwnerColumn = Literal["activity_id", "project_id", "day_summary_id"]


def sentence_id(owner_id: UUID, position: int) -> UUID:
    """The id of an owner's sentence; position counts from 0."""
    return uuid5(owner_id, str(position))


def replace(
    connection: Connection,
    owner_column: OwnerColumn,
    owner_id: UUID,
    sentences: Sequence[Sentence],
    provenance: Provenance,
) -> None:
    """The owner has exactly these sentences, in this order; its row must be there already."""
    owned = _owner(owner_column) == owner_id
    connection.execute(delete(summary_sentences).where(owned, summary_sentences.c.position >= len(sentences)))
    if not sentences:
        return
    insertion = upsert(summary_sentences).values(
        [
            {
                "id": sentence_id(owner_id, position),
                owner_column: owner_id,
                "position": position,
                "text": sentence.text,
                "kind": sentence.kind,
                "code_version": provenance.code_version,
                "run_id": provenance.run_id,
            }
            for position, sentence in enumerate(sentences)
        ]
    )
    rewritten: dict[str, Any] = {name: insertion.excluded[name] for name in ("text", "kind", "code_version", "run_id")}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["id"], set_=rewritten | {"created_at": func.now()})
    )
    rests = {sentence_id(owner_id, position): sentence.sources for position, sentence in enumerate(sentences)}
    sources.replace(connection, sentence_sources, rests)


def read(connection: Connection, owner_column: OwnerColumn, owner_id: UUID) -> tuple[Sentence, ...]:
    """The owner's sentences by position; empty where it has none."""
    return sentences_of(connection, owner_column, [owner_id])[owner_id]


def sentences_of(
    connection: Connection, owner_column: OwnerColumn, ids: Collection[UUID]
) -> dict[UUID, tuple[Sentence, ...]]:
    """The sentences of each owner by position; an owner without sentences has an empty tuple."""
    owner = _owner(owner_column)
    rows = connection.execute(
        select(owner.label("owner_id"), summary_sentences)
        .where(owner.in_(ids))
        .order_by(owner, summary_sentences.c.position)
    ).all()
    rests = sources.read(connection, sentence_sources, [row.id for row in rows])
    found: defaultdict[UUID, list[Sentence]] = defaultdict(list)
    for row in rows:
        found[row.owner_id].append(Sentence(row.text, rests.get(row.id, ()), row.kind))
    return {owner_id: tuple(found[owner_id]) for owner_id in ids}


def _owner(column: OwnerColumn) -> ColumnElement[UUID]:
    return summary_sentences.c[column]
