"""What the search reads of its index: blocks, postings, near vectors, and the rows behind what was found.

blocks ─► postings of the words ─┐
          nearest vectors ───────┴─► candidates (hash, likeness, span, cosine)
                                              └─► found: title, text, activity, project, frame
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
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
    Select,
    Text,
    Time,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    union,
)

from recall_assets.store.tables import (
    HalfVector,
    activities,
    deployments,
    embeddings,
    frames,
    memories,
    ocr_text,
    passages,
    projects,
    search_blocks,
    search_postings,
    search_terms,
)

# What a session of this search is set to: how much of the index of vectors is walked through, on and on where filters
# leave little; and how far apart a word and a misspelled one may be, as shared trigrams over all of both.
SESSION = {"hnsw.ef_search": 64, "hnsw.iterative_scan": "relaxed_order", "pg_trgm.similarity_threshold": 0.4}
Place = tuple[int, int]  # a block and a number in it
Vector = npt.NDArray[np.float32]


class BlockRows(NamedTuple):
    """Blocks as they are stored, ascending by id: day and deployment of each, how many documents, the runs of all."""

    ids: Sequence[int]
    days: Sequence[date | None]
    deployments: Sequence[str | None]
    documents: Sequence[int]
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
    start_at: datetime
    end_at: datetime
    text_hash: bytes
    likeness: int
    title: str
    cosine: float | None  # to what is meant; none without a vector of that model


class Meaning(NamedTuple):
    """What is sought as a vector, of length 1, and the model that made it."""

    model: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class Found:
    """The rows behind a passage."""

    place: Place
    id: UUID
    deployment_id: str | None
    title: str = field(repr=False)
    text: str = field(repr=False)
    activity_id: UUID | None
    project_id: UUID | None
    frame_id: UUID | None


def blocks(connection: Connection, first: date | None, last: date | None, machines: Collection[str] = ()) -> BlockRows:
    """The blocks of these days and machines; all without a limit. What has no day is in none with a limit."""
    c = search_blocks.c
    conditions = []
    if first is not None:
        conditions.append(c.day >= first)
    if last is not None:
        conditions.append(c.day <= last)
    if machines:
        conditions.append(func.lower(c.deployment_id).in_([name.lower() for name in machines]))
    row = connection.execute(
        select(
            func.array_agg(text("id order by id")),
            func.array_agg(text("day order by id")),
            func.array_agg(text("deployment_id order by id")),
            func.array_agg(text("documents order by id")),
            func.string_agg(c.runs, text("''::bytea order by id")),
        ).where(*conditions)
    ).one()
    return BlockRows(row[0] or [], row[1] or [], row[2] or [], row[3] or [], bytes(row[4] or b""))


def postings(
    connection: Connection,
    terms: Collection[str],
    filters: Mapping[str, Collection[str]],
    block_ids: Collection[int] | None,
) -> list[PostingsRow]:
    """Where each word stands in these blocks, or in all; words that stand nowhere are left out.

    Args:
        filters: names with values; words `name:...` that hold any of the values are sought too.
    """
    c = search_postings.c
    conditions = [c.term == func.any(_texts(terms))] if terms else []
    for name, values in filters.items():
        holds = or_(*(c.term.contains(value.lower(), autoescape=True) for value in values))
        conditions.append(and_(c.term >= f"{name}:", c.term < f"{name};", holds))
    if not conditions:
        return []
    rows = connection.execute(
        select(
            c.term,
            func.array_agg(text("block_id order by block_id")),
            func.array_agg(text("octet_length(postings) / 4 order by block_id")),
            func.string_agg(c.postings, text("''::bytea order by block_id")),
        )
        .where(or_(*conditions), *([] if block_ids is None else [c.block_id == func.any(_integers(list(block_ids)))]))
        .group_by(c.term)
    )
    return [PostingsRow(term, ids, counts, bytes(found)) for term, ids, counts, found in rows]


def similar(connection: Connection, word: str, limit: int) -> list[tuple[str, float]]:
    """Words that are written like this one, with how alike they are, 0..1; the most alike first."""
    c = search_terms.c
    alike = func.similarity(c.term, word)
    query = select(c.term, alike).where(c.term.op("%")(word)).order_by(alike.desc(), c.blocks.desc(), c.term)
    return [(row[0], row[1]) for row in connection.execute(query.limit(limit))]


def of_projects(connection: Connection, names: Collection[str]) -> list[Place]:
    """Activities and memories, as passages, of projects whose name holds any of these, or whose id is one."""
    named = or_(*(projects.c.name.icontains(name, autoescape=True) for name in names))
    wanted = or_(cast(projects.c.id, Text).in_([name.lower() for name in names]), named)
    places = select(passages.c.block_id, passages.c.number)
    of_activities = places.join(activities, activities.c.id == passages.c.activity_id)
    of_memories = places.join(memories, memories.c.id == passages.c.memory_id)
    rows = connection.execute(
        of_activities.join(projects, projects.c.id == activities.c.project_id)
        .where(wanted)
        .union_all(of_memories.join(projects, projects.c.name == memories.c.tree_path[1]).where(wanted))
    )
    return [(row.block_id, row.number) for row in rows]


def within_hours(connection: Connection, first: time, last: time, block_ids: Collection[int]) -> list[Place]:
    """Passages of these blocks that stood between two hours of their day, by the clock of their machine."""
    of_machine = search_blocks.join(deployments, deployments.c.id == search_blocks.c.deployment_id)
    day, zone = search_blocks.c.day, deployments.c.timezone
    rows = connection.execute(
        select(passages.c.block_id, passages.c.number)
        .select_from(of_machine.join(passages, passages.c.block_id == search_blocks.c.id))
        .where(
            search_blocks.c.id == func.any(_integers(list(block_ids))),
            passages.c.day_summary_id.is_(None),
            passages.c.start_at < func.timezone(zone, day + cast(literal(last), Time)),
            passages.c.end_at > func.timezone(zone, day + cast(literal(first), Time)),
        )
    )
    return [(row.block_id, row.number) for row in rows]


def candidates(
    connection: Connection,
    places: Sequence[Place],
    meaning: Meaning | None,
    block_ids: Collection[int] | None,
    nearest: int,
    *,
    exactly: bool = False,
) -> dict[Place, Candidate]:
    """These passages and so many whose vectors are nearest to what is meant, with what folds them.

    Args:
        meaning: none: these passages alone, without cosines.
        block_ids: where the nearest are sought; none: in all blocks.
        exactly: by every vector of these blocks, without the index; quicker where they are few of many.
    """
    values = _listed(places)
    statement = _CANDIDATES
    if meaning is not None:
        statement = _nearest(meaning.model, len(meaning.vector), nearest, block_ids is not None, exactly)
        values["vector"] = meaning.vector
    if block_ids is not None:
        values["within"] = list(block_ids)
    return {
        (row[0], row[1]): Candidate((row[0], row[1]), row[2], row[3], bytes(row[4]), row[5], row[6], row[7])
        for row in connection.execute(statement, values).all()
    }


def found(connection: Connection, places: Sequence[Place]) -> dict[Place, Found]:
    """The rows behind passages that are still there."""
    rows = connection.execute(_FOUND, _listed(places))
    return {(row[0], row[1]): Found((row[0], row[1]), *tuple(row)[2:]) for row in rows}


def lines_with(connection: Connection, frame_ids: Collection[UUID], pattern: str) -> list[tuple[UUID, list[Any]]]:
    """Lines of these frames' layouts whose words fit the pattern, as they are stored."""
    line = func.jsonb_array_elements(ocr_text.c.layout["lines"]).table_valued("value")
    rows = connection.execute(
        select(ocr_text.c.frame_id, line.c.value)
        .select_from(ocr_text.join(line, true()))
        .where(ocr_text.c.frame_id.in_(frame_ids), cast(line.c.value, Text).regexp_match(pattern, "i"))
    )
    return [(row[0], row[1]) for row in rows]


def _listed(places: Iterable[Place]) -> dict[str, Any]:
    listed = list(places)
    return {"blocks": [block for block, _ in listed], "numbers": [number for _, number in listed]}


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.block_id == other.block_id, one.number == other.number)


def _integers(values: Any) -> ColumnElement[Any]:
    return cast(values, ARRAY(Integer))


def _texts(values: Collection[str]) -> ColumnElement[Any]:
    return cast(literal(sorted(values), ARRAY(Text)), ARRAY(Text))


# What every question asks is made once: making a statement takes as long as answering it.
_WANTED = (
    func.unnest(_integers(bindparam("blocks")), _integers(bindparam("numbers")))
    .table_valued(column("block_id", Integer), column("number", Integer))
    .render_derived()
    .alias("wanted")
)
_FOLDING = (
    passages.c.block_id,
    passages.c.number,
    passages.c.start_at,
    passages.c.end_at,
    passages.c.text_hash,
    passages.c.likeness,
    passages.c.title,
)
_CANDIDATES = select(*_FOLDING, null()).join(_WANTED, _same(passages.c, _WANTED.c))


@lru_cache(maxsize=16)
def _nearest(model: str, dimensions: int, most: int, limited: bool, exactly: bool) -> Select[Any]:
    """Passages that are listed or whose vectors are nearest; what the planner must see to take the index, literally."""
    c, quoted = embeddings.c, model.replace("'", "''")
    of_model = c.model == literal_column(f"'{quoted}'")
    vectors = literal_column(f"embeddings.vector::halfvec({dimensions})", HalfVector)
    sought = cast(bindparam("vector", type_=HalfVector), HalfVector)
    distance: ColumnElement[float] = vectors.op("<=>", return_type=Double())(sought)
    near = select(c.block_id, c.number).where(of_model).limit(literal_column(str(int(most)), Integer))
    # A sum is a hint to the planner: no index is asked for one, neither that of vectors nor that of blocks.
    if limited:
        near = near.where((c.block_id if exactly else c.block_id + 0) == func.any(_integers(bindparam("within"))))
    nearest = near.order_by(distance + 0.0 if exactly else distance).cte("near")
    wanted = union(select(nearest), select(_WANTED)).subquery("either")
    return (
        select(*_FOLDING, (1.0 - distance).label("cosine"))
        .join(wanted, _same(passages.c, wanted.c))
        .outerjoin(embeddings, and_(_same(c, passages.c), of_model))
    )


_SPOKEN = activities.alias("spoken")
_FOUND = (
    select(
        passages.c.block_id,
        passages.c.number,
        func.coalesce(
            passages.c.frame_id,
            passages.c.transcript_id,
            passages.c.activity_id,
            passages.c.day_summary_id,
            passages.c.project_id,
            passages.c.memory_id,
        ),
        func.coalesce(search_blocks.c.deployment_id, memories.c.deployment_id),
        passages.c.title,
        passages.c.text,
        func.coalesce(activities.c.id, _SPOKEN.c.id),
        func.coalesce(activities.c.project_id, _SPOKEN.c.project_id, passages.c.project_id),
        passages.c.frame_id,
    )
    .join(_WANTED, _same(passages.c, _WANTED.c))
    .join(search_blocks, search_blocks.c.id == passages.c.block_id)
    .outerjoin(frames, frames.c.id == passages.c.frame_id)
    .outerjoin(memories, memories.c.id == passages.c.memory_id)
    .outerjoin(activities, activities.c.id == func.coalesce(passages.c.activity_id, frames.c.activity_id))
    .outerjoin(
        _SPOKEN,
        and_(
            passages.c.transcript_id.is_not(None),
            _SPOKEN.c.deployment_id == search_blocks.c.deployment_id,
            _SPOKEN.c.day == search_blocks.c.day,
            _SPOKEN.c.start_at <= passages.c.start_at,
            _SPOKEN.c.end_at > passages.c.start_at,
        ),
    )
)
