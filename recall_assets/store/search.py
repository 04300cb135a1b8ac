"""What the search reads of its index: blocks, postings, near vectors, and the rows behind what was found.

blocks ─► postings of the words ─┐
          nearest vectors ───────┴─► candidates (hash, likeness, span)
                                              └─► found: title, text, activity, project, frame
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Double,
    Integer,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
)

from recall_assets.store.tables import (
    HalfVector,
    activities,
    embeddings,
    frames,
    ocr_text,
    passages,
    projects,
    search_blocks,
    search_postings,
    search_terms,
)

# How far apart a word and a misspelled one may be: shared trigrams over all of both.
LEAST_SIMILAR = 0.4
_KIND = case(
    (passages.c.frame_id.is_not(None), "frame"),
    (passages.c.activity_id.is_not(None), "activity"),
    (passages.c.transcript_id.is_not(None), "transcript"),
    (passages.c.day_summary_id.is_not(None), "day"),
    else_="project",
)
_MOST_SEARCHED = 1000  # pgvector's own limit of ef_search
Place = tuple[int, int]  # a block and a number in it
Vector = npt.NDArray[np.float32]


class BlockRow(NamedTuple):
    """A block as it is stored."""

    id: int
    documents: int
    runs: bytes


class PostingsRow(NamedTuple):
    """A word in the blocks that hold it, ascending by block."""

    term: str
    block_ids: Sequence[int]
    counts: Sequence[int]
    packed: bytes


class Candidate(NamedTuple):
    """A passage that may answer; those alike are folded before more is read of any."""

    place: Place
    kind: str
    start_at: datetime
    end_at: datetime
    text_hash: bytes
    likeness: int
    title: str


@dataclass(frozen=True, slots=True)
class Found:
    """The rows behind a passage."""

    place: Place
    kind: str
    id: UUID
    deployment_id: str | None
    title: str = field(repr=False)
    text: str = field(repr=False)
    activity_id: UUID | None
    project_id: UUID | None
    frame_id: UUID | None


def blocks(
    connection: Connection, first: date | None, last: date | None, deployments: Collection[str] = ()
) -> list[BlockRow]:
    """The blocks of these days and deployments; all without a limit. What has no day is in none with a limit."""
    c = search_blocks.c
    conditions = []
    if first is not None:
        conditions.append(c.day >= first)
    if last is not None:
        conditions.append(c.day <= last)
    if deployments:
        conditions.append(func.lower(c.deployment_id).in_([name.lower() for name in deployments]))
    rows = connection.execute(select(c.id, c.documents, c.runs).where(*conditions).order_by(c.id))
    return [BlockRow(row.id, row.documents, bytes(row.runs)) for row in rows]


def postings(connection: Connection, terms: Collection[str], block_ids: Collection[int] | None) -> list[PostingsRow]:
    """Where each word stands in these blocks, or in all; words that stand nowhere are left out."""
    return _postings(connection, search_postings.c.term == func.any(_texts(terms)), block_ids) if terms else []


def postings_of_filter(
    connection: Connection, name: str, values: Collection[str], block_ids: Collection[int] | None
) -> list[PostingsRow]:
    """As `postings`, of the words `name:...` that hold any of the values."""
    c = search_postings.c
    holds = or_(*(c.term.contains(value.lower(), autoescape=True) for value in values))
    return _postings(connection, and_(c.term >= f"{name}:", c.term < f"{name};", holds), block_ids)


def _postings(
    connection: Connection, condition: ColumnElement[bool], block_ids: Collection[int] | None
) -> list[PostingsRow]:
    c = search_postings.c
    by_block = c.block_id
    packed = func.string_agg(c.postings, text("''::bytea order by block_id"))
    rows = connection.execute(
        select(
            c.term,
            func.array_agg(text("block_id order by block_id")),
            func.array_agg(text("octet_length(postings) / 4 order by block_id")),
            packed,
        )
        .where(condition, *([] if block_ids is None else [by_block == func.any(_integers(block_ids))]))
        .group_by(c.term)
    )
    return [PostingsRow(term, ids, counts, bytes(found)) for term, ids, counts, found in rows]


def similar(connection: Connection, word: str, limit: int) -> list[tuple[str, float]]:
    """Words that are written like this one, with how alike they are, 0..1; the most alike first."""
    c = search_terms.c
    connection.execute(select(func.set_config("pg_trgm.similarity_threshold", str(LEAST_SIMILAR), True)))
    alike = func.similarity(c.term, word)
    query = select(c.term, alike).where(c.term.op("%")(word)).order_by(alike.desc(), c.blocks.desc(), c.term)
    return [(row[0], row[1]) for row in connection.execute(query.limit(limit))]


def of_projects(connection: Connection, names: Collection[str]) -> list[Place]:
    """The activities, as passages, of projects whose name holds any of these, or whose id is one."""
    wanted = or_(*(projects.c.name.icontains(name, autoescape=True) for name in names))
    ids = or_(cast(projects.c.id, Text).in_([name.lower() for name in names]), wanted)
    rows = connection.execute(
        select(passages.c.block_id, passages.c.number)
        .join(activities, activities.c.id == passages.c.activity_id)
        .join(projects, projects.c.id == activities.c.project_id)
        .where(ids)
    )
    return [(row.block_id, row.number) for row in rows]


def nearest(
    connection: Connection, vector: Vector, model: str, block_ids: Collection[int] | None, limit: int
) -> list[tuple[Place, float]]:
    """The passages whose vectors are nearest, with their cosines, nearest first."""
    connection.execute(select(func.set_config("hnsw.ef_search", str(min(limit, _MOST_SEARCHED)), True)))
    connection.execute(select(func.set_config("hnsw.iterative_scan", "relaxed_order", True)))
    c = embeddings.c
    distance = _distance(vector)
    conditions = [c.model == literal_column(_quoted(model))]
    if block_ids is not None:
        conditions.append(c.block_id == func.any(_integers(block_ids)))
    query = select(c.block_id, c.number, distance.label("distance")).where(*conditions).order_by(distance).limit(limit)
    return [((row.block_id, row.number), 1.0 - row.distance) for row in connection.execute(query)]


def cosines(connection: Connection, vector: Vector, model: str, places: Sequence[Place]) -> dict[Place, float]:
    """How near the vectors of these passages are; those without one are left out."""
    c = embeddings.c
    wanted = _wanted(places)
    rows = connection.execute(
        select(c.block_id, c.number, _distance(vector).label("distance"))
        .join(wanted, and_(c.block_id == wanted.c.block_id, c.number == wanted.c.number))
        .where(c.model == model)
    )
    return {(row.block_id, row.number): 1.0 - row.distance for row in rows}


def candidates(connection: Connection, places: Sequence[Place]) -> dict[Place, Candidate]:
    """What folds passages: of those that are still there."""
    c = passages.c
    wanted = _wanted(places)
    rows = connection.execute(
        select(c.block_id, c.number, _KIND.label("kind"), c.start_at, c.end_at, c.text_hash, c.likeness, c.title).join(
            wanted, and_(c.block_id == wanted.c.block_id, c.number == wanted.c.number)
        )
    )
    return {
        (row.block_id, row.number): Candidate(
            (row.block_id, row.number), *row[2:5], bytes(row.text_hash), row.likeness, row.title
        )
        for row in rows
    }


def found(connection: Connection, places: Sequence[Place]) -> dict[Place, Found]:
    """The rows behind passages that are still there."""
    p = passages.c
    wanted = _wanted(places)
    spoken = activities.alias("spoken")
    during = and_(
        p.transcript_id.is_not(None),
        spoken.c.deployment_id == search_blocks.c.deployment_id,
        spoken.c.start_at <= p.start_at,
        spoken.c.end_at > p.start_at,
    )
    rows = connection.execute(
        select(
            p.block_id,
            p.number,
            _KIND.label("kind"),
            func.coalesce(p.frame_id, p.transcript_id, p.activity_id, p.day_summary_id, p.project_id).label("id"),
            search_blocks.c.deployment_id,
            p.title,
            p.text,
            func.coalesce(activities.c.id, spoken.c.id).label("activity_id"),
            func.coalesce(activities.c.project_id, spoken.c.project_id, p.project_id).label("project_id"),
            p.frame_id,
        )
        .join(wanted, and_(p.block_id == wanted.c.block_id, p.number == wanted.c.number))
        .join(search_blocks, search_blocks.c.id == p.block_id)
        .outerjoin(frames, frames.c.id == p.frame_id)
        .outerjoin(activities, activities.c.id == func.coalesce(p.activity_id, frames.c.activity_id))
        .outerjoin(spoken, during)
    )
    return {(row.block_id, row.number): Found((row.block_id, row.number), *tuple(row)[2:]) for row in rows}


def newest(connection: Connection, block_ids: Collection[int], kinds: Collection[str]) -> list[Place]:
    """The passages of these kinds, the newest first."""
    p = passages.c
    query = select(p.block_id, p.number).where(p.block_id == func.any(_integers(block_ids)), _KIND.in_(kinds))
    return [(row.block_id, row.number) for row in connection.execute(query.order_by(p.start_at.desc()))]


def lines_with(connection: Connection, frame_ids: Collection[UUID], pattern: str) -> list[tuple[UUID, list[Any]]]:
    """Lines of these frames' layouts whose words fit the pattern, as they are stored."""
    line = func.jsonb_array_elements(ocr_text.c.layout["lines"]).table_valued("value")
    rows = connection.execute(
        select(ocr_text.c.frame_id, line.c.value)
        .select_from(ocr_text.join(line, true()))
        .where(ocr_text.c.frame_id.in_(frame_ids), cast(line.c.value, Text).regexp_match(pattern, "i"))
    )
    return [(row[0], row[1]) for row in rows]


def _distance(vector: Vector) -> ColumnElement[float]:
    dimensions = literal_column(f"embeddings.vector::halfvec({len(vector)})", HalfVector)
    return dimensions.op("<=>", return_type=Double())(cast(literal(vector, HalfVector), HalfVector))


def _quoted(value: str) -> str:
    """A literal that the planner can compare with a partial index's condition."""
    return "'" + value.replace("'", "''") + "'"


def _wanted(places: Iterable[Place]) -> Any:
    listed = list(places)
    rows = func.unnest(_integers([block for block, _ in listed]), _integers([number for _, number in listed]))
    return rows.table_valued(column("block_id", Integer), column("number", Integer)).render_derived().alias("wanted")


def _integers(values: Collection[int]) -> ColumnElement[Any]:
    return cast(literal(list(values), ARRAY(Integer)), ARRAY(Integer))


def _texts(values: Collection[str]) -> ColumnElement[Any]:
    return cast(literal(sorted(values), ARRAY(Text)), ARRAY(Text))
