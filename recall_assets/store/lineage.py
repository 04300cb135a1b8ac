"""What a derived row was made from, what was made of it, and by which run.

    day summary ─► sentence ─► activity ─► sentence ─► frame, transcript ◄─ secret
                       │          ├─────────────────────►│
        project ───────┴─────────►┘      ──►  "was made from"

One table of edges, walked downward to what a row was made from, or upward to what was made of it. A walk that comes
to a project goes on to what the day of the summary held of it; of other days' nothing bears on the row asked about.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, SmallInteger, Subquery, Table, cast, literal, or_, select, union_all

from recall_assets.errors import InputError, UnknownIdError
from recall_assets.store.lineage_rows import Row, describe
from recall_assets.store.tables import (
    activities,
    day_summaries,
    frames,
    memories,
    memory_sources,
    project_aliases,
    projects,
    secrets,
    sentence_sources,
    summary_sentences,
    transcripts,
)

SHORTEST_PREFIX = 8

_TABLES: Mapping[str, Table] = {
    "sentence": summary_sentences,
    "activity": activities,
    "project": projects,
    "day_summary": day_summaries,
    "memory": memories,
    "frame": frames,
    "transcript": transcripts,
    "secret": secrets,
}


@dataclass(frozen=True, slots=True)
class Lineage:
    """A row, and the rows that can be reached from it; both maps list neighbours in the order of telling."""

    root: UUID
    rows: Mapping[UUID, Row]
    made_from: Mapping[UUID, tuple[UUID, ...]]
    made_of_it: Mapping[UUID, tuple[UUID, ...]]


@dataclass(slots=True)
class _Walk:
    """The edges of one direction, nearest first, and the kind of each row that they reach."""

    next: dict[UUID, dict[UUID, int]] = field(default_factory=lambda: defaultdict(dict))
    kinds: dict[UUID, str] = field(default_factory=dict)


def find(connection: Connection, id_or_prefix: str) -> tuple[str, UUID]:
    """The kind and id of the one row that an id, or at least 8 hexadecimal digits of its beginning, names.

    Raises:
        InputError: it is no id, or names no row or several.
    """
    digits = id_or_prefix.strip().lower().replace("-", "")
    if not re.fullmatch(r"[0-9a-f]{8,32}", digits):
        raise InputError(
            f"{id_or_prefix!r} is no id.", f"Give an id, or its first {SHORTEST_PREFIX} or more hexadecimal digits."
        )
    first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    candidates = union_all(
        *(
            select(literal(kind).label("kind"), table.c.id).where(table.c.id.between(first, last)).limit(3)
            for kind, table in _TABLES.items()
        ),
        select(literal("merged"), project_aliases.c.project_id).where(project_aliases.c.old_id.between(first, last)),
    )
    found = [(row.kind, row.id) for row in connection.execute(candidates)]
    # A project that was merged away goes on under the id of the other, and its own row stays.
    if living := [("project", row_id) for kind, row_id in found if kind == "merged"]:
        found = living
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnknownIdError(
            f"Nothing has the id {id_or_prefix}.", "`recall lineage` without an id shows where to begin."
        )
    raise InputError(
        f"{id_or_prefix} begins several ids: {', '.join(f'{k} {i}' for k, i in found)}.", "Give more of it."
    )


def trace(connection: Connection, kind: str, row_id: UUID) -> Lineage:
    """Everything that the row was made from, and everything that was made of it."""
    down, up = _walk(connection, kind, row_id, upward=False), _walk(connection, kind, row_id, upward=True)
    by_kind: defaultdict[str, list[UUID]] = defaultdict(list)
    for found, its_kind in (down.kinds | up.kinds).items():
        by_kind[its_kind].append(found)
    rows = {row.id: row for name, ids in by_kind.items() for row in describe(connection, name, ids)}

    def ordered(walk: _Walk) -> dict[UUID, tuple[UUID, ...]]:
        return {
            at: tuple(sorted(near, key=lambda other: (near[other], str(rows[other].at))))
            for at, near in walk.next.items()
        }

    return Lineage(row_id, rows, ordered(down), ordered(up))


def newest_summary(connection: Connection) -> tuple[date, list[tuple[UUID, str]]]:
    """The newest day with a summary over all machines, and that summary's sentences by position.

    Raises:
        InputError: there is none yet.
    """
    row = connection.execute(
        select(day_summaries.c.id, day_summaries.c.day)
        .where(day_summaries.c.deployment_id.is_(None))
        .order_by(day_summaries.c.day.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise InputError(
            "There is no day summary yet.", "`recall materialize --day D` makes one; `recall demo` shows it."
        )
    sentences = select(summary_sentences.c.id, summary_sentences.c.text).where(
        summary_sentences.c.day_summary_id == row.id
    )
    found = connection.execute(sentences.order_by(summary_sentences.c.position)).all()
    return row.day, [(sentence.id, sentence.text) for sentence in found]


def _edges() -> Subquery:
    """Rows (made_kind, made, from_kind, source, position): `made` was made from `source`."""

    def edge(made_kind: str, made: Any, from_kind: str, source: Any, position: Any = None) -> Select[Any]:
        return select(
            literal(made_kind).label("made_kind"),
            made.label("made"),
            literal(from_kind).label("from_kind"),
            source.label("source"),
            cast(literal(1000) if position is None else position, SmallInteger).label("position"),
        ).where(made.is_not(None), source.is_not(None))

    cited, said, kept = sentence_sources.c, summary_sentences.c, memory_sources.c
    return union_all(
        *(
            edge("sentence", cited.sentence_id, kind, cited[f"{kind}_id"], cited.position)
            for kind in ("frame", "transcript", "activity", "project")
        ),
        *(
            edge(kind, said[f"{kind}_id"], "sentence", said.id, said.position)
            for kind in ("activity", "project", "day_summary")
        ),
        *(
            edge("memory", kept.memory_id, kind, kept[f"{kind}_id"], kept.position)
            for kind in ("frame", "transcript", "activity", "secret")
        ),
        edge("project", activities.c.project_id, "activity", activities.c.id),
        edge("activity", frames.c.activity_id, "frame", frames.c.id),
        edge("secret", secrets.c.id, "frame", secrets.c.frame_id),
        edge("secret", secrets.c.id, "transcript", secrets.c.transcript_id),
    ).subquery("edges")


def _walk(connection: Connection, kind: str, row_id: UUID, *, upward: bool) -> _Walk:
    edges = _edges()
    here, there, there_kind = (
        (edges.c.source, edges.c.made, edges.c.made_kind)
        if upward
        else (edges.c.made, edges.c.source, edges.c.from_kind)
    )
    walk, level = _Walk(kinds={row_id: kind}), [row_id]
    while level:
        found = connection.execute(
            select(here.label("here"), there.label("there"), there_kind.label("kind"), edges.c.position).where(
                here.in_(level)
            )
        )
        level = []
        for edge in found:
            walk.next[edge.here].setdefault(edge.there, edge.position)
            if edge.there not in walk.kinds:
                walk.kinds[edge.there] = edge.kind
                if edge.kind != "project":
                    level.append(edge.there)
        if not level and not upward:
            level = _held_of_projects(connection, walk, row_id)
    return walk


def _held_of_projects(connection: Connection, walk: _Walk, root: UUID) -> list[UUID]:
    """Goes on from the projects that the walk came to, to their activities in the scope of the root's summary.

    Returns:
        The activities that the walk did not know.
    """
    reached = [one for one, kind in walk.kinds.items() if kind == "project" and one not in walk.next]
    scope = select(day_summaries.c.deployment_id, day_summaries.c.day).where(
        or_(
            day_summaries.c.id == root,
            day_summaries.c.id
            == select(summary_sentences.c.day_summary_id).where(summary_sentences.c.id == root).scalar_subquery(),
        )
    )
    summary = connection.execute(scope).one_or_none() if reached else None
    if summary is None:
        return []
    c = activities.c
    held = select(c.project_id, c.id).where(c.project_id.in_(reached), c.day == summary.day)
    if summary.deployment_id is not None:
        held = held.where(c.deployment_id == summary.deployment_id)
    new = []
    for project_id, activity_id in connection.execute(held):
        walk.next[project_id][activity_id] = 0
        if activity_id not in walk.kinds:
            walk.kinds[activity_id] = "activity"
            new.append(activity_id)
    return new
