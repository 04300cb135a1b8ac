"""The index that the search reads, as rows: replaced a block at a time, dropped as soon as what it holds must go.

Block ─► search_blocks ─┬─ passages ── embeddings       deleted with the frame, activity ... that they come from
                        └─ search_postings ─► search_terms (in how many blocks a word stands)

a stored text is rewritten, since a secret was found in it ─► drop ─► the day is indexed again by its asset
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy import (
    DDL,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import Document, Provenance
from recall_assets.store.tables import embeddings, passages, search_blocks, search_postings, search_terms

# What misspelled words are compared with: no names of variables, no numbers.
_WORD = "^[a-z]{4,20}$"
_ORIGINS = {
    "frame": "frame_id",
    "transcript": "transcript_id",
    "activity": "activity_id",
    "day": "day_summary_id",
    "project": "project_id",
    "memory": "memory_id",
}
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Part:
    """What a block indexes: `day` of a deployment; `person` or `memories` of a day over all of them; or `projects`."""

    name: str
    deployment_id: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class IndexRows:
    """A block to be written; `vectors` are those of its documents, in their order."""

    documents: Sequence[Document] = field(repr=False)
    runs: bytes
    postings: Mapping[str, bytes] = field(repr=False)
    likeness: Sequence[int] = field(repr=False)
    hashes: Sequence[bytes] = field(repr=False)
    model: str
    vectors: Vectors = field(repr=False)


def vectors_of(connection: Connection, part: Part, model: str) -> dict[bytes, Vectors]:
    """The vectors that this model made of the part's texts, by their hashes."""
    rows = connection.execute(
        select(passages.c.text_hash, embeddings.c.vector)
        .join(passages, (passages.c.block_id == embeddings.c.block_id) & (passages.c.number == embeddings.c.number))
        .join(search_blocks, search_blocks.c.id == passages.c.block_id)
        .where(_is(part), embeddings.c.model == model)
    )
    return {bytes(row.text_hash): row.vector for row in rows}


def replace(connection: Connection, part: Part, rows: IndexRows, provenance: Provenance) -> None:
    """The part is indexed by exactly this block; nothing where it has no documents."""
    connection.execute(select(func.pg_advisory_xact_lock(_lock(part))))
    drop(connection, _is(part))
    if not rows.documents:
        return
    block_id = connection.execute(
        insert(search_blocks)
        .values(
            part=part.name,
            deployment_id=part.deployment_id,
            day=part.day,
            documents=len(rows.documents),
            runs=rows.runs,
            model=rows.model,
            code_version=provenance.code_version,
            run_id=provenance.run_id,
        )
        .returning(search_blocks.c.id)
    ).scalar_one()
    connection.execute(insert(passages), [_passage(block_id, number, rows) for number in range(len(rows.documents))])
    _copy(connection, block_id, rows)
    _count(connection, block_id)


def ensure_vector_index(connection: Connection, model: str, dimensions: int) -> None:
    """This model's vectors have an index of their own; vectors of two models never compare."""
    quoted = connection.dialect.identifier_preparer.quote
    literal = model.replace("'", "''")
    name = quoted(f"ix_embeddings_{model}"[:63])
    connection.execute(
        DDL(  # type: ignore[no-untyped-call]
            f"create index if not exists {name} on %(fullname)s using hnsw "
            f"((vector::halfvec({int(dimensions)})) halfvec_cosine_ops) where model = '{literal}'".replace("%%", "%")
        ).against(embeddings)
    )


def drop(connection: Connection, condition: ColumnElement[bool]) -> None:
    """Deletes the blocks of this condition with all that they hold, words too."""
    gone = select(search_blocks.c.id).where(condition)
    words = (
        select(search_postings.c.term, func.count().label("blocks"))
        .where(search_postings.c.block_id.in_(gone))
        .group_by(search_postings.c.term)
        .subquery()
    )
    stand = search_terms.c.term == words.c.term
    connection.execute(update(search_terms).values(blocks=search_terms.c.blocks - words.c.blocks).where(stand))
    connection.execute(delete(search_terms).where(search_terms.c.blocks <= 0))
    connection.execute(delete(search_blocks).where(condition))


def drop_days_of(connection: Connection, table: Table, condition: ColumnElement[bool]) -> None:
    """Deletes the blocks of the days of rows of `frames` or `audio_segments`: what they hold has changed.

    Those over all machines go too: a summary or a memory may have said it.
    """
    c, block = table.c, search_blocks.c
    over_all = block.deployment_id.is_(None)
    days = select(c.id).where(condition, or_(over_all, c.deployment_id == block.deployment_id), c.day == block.day)
    drop(connection, days.exists())


def _is(part: Part) -> ColumnElement[bool]:
    c = search_blocks.c
    return and_(
        c.part == part.name,
        c.deployment_id.is_not_distinct_from(part.deployment_id),
        c.day.is_not_distinct_from(part.day),
    )


def _lock(part: Part) -> ColumnElement[int]:
    return func.hashtextextended(f"search|{part.name}|{part.deployment_id}|{part.day}", 0)


def _passage(block_id: int, number: int, rows: IndexRows) -> dict[str, Any]:
    document = rows.documents[number]
    origins: dict[str, Any] = dict.fromkeys(_ORIGINS.values())
    return origins | {
        "block_id": block_id,
        "number": number,
        _ORIGINS[document.kind]: document.id,
        "start_at": document.start_at,
        "end_at": document.end_at,
        "title": document.title,
        "text": document.text,
        "text_hash": rows.hashes[number],
        "likeness": rows.likeness[number],
    }


def _copy(connection: Connection, block_id: int, rows: IndexRows) -> None:
    driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor:
        with cursor.copy("copy recall.search_postings (term, block_id, postings) from stdin (format binary)") as copy:
            copy.set_types(["text", "int4", "bytea"])
            for term, postings in sorted(rows.postings.items()):
                copy.write_row((term, block_id, postings))
        columns = "block_id, number, model, vector"
        with cursor.copy(f"copy recall.embeddings ({columns}) from stdin (format binary)") as copy:
            copy.set_types(["int4", "int4", "text", "bytea"])  # a field of bytes goes as it is
            for number, vector in enumerate(rows.vectors):
                sent = struct.pack(">hh", len(vector), 0) + vector.astype(">f2").tobytes()  # as halfvec_recv reads it
                copy.write_row((block_id, number, rows.model, sent))


def _count(connection: Connection, block_id: int) -> None:
    """One block more for each of its words; in one order, so that two writers wait for one another at most."""
    words = (
        select(search_postings.c.term, literal_column("1"))
        .where(search_postings.c.block_id == block_id, search_postings.c.term.regexp_match(_WORD))
        .order_by(search_postings.c.term)
    )
    insertion = upsert(search_terms).from_select(["term", "blocks"], words)
    more = {"blocks": search_terms.c.blocks + insertion.excluded.blocks}
    connection.execute(insertion.on_conflict_do_update(index_elements=["term"], set_=more))
