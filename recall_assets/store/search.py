"""Rows that hold words, by PostgreSQL's full text search, best first.

by_words ─┬─ activities   title and sentences
                   ├─ frames       what was new on them
                   ├─ transcripts
                   └─ day summaries
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, DateTime, Row, Select, cast, func, literal_column, null, or_, select

from recall_assets.records import Status
from recall_assets.store.tables import (
    activities,
    audio_segments,
    day_summaries,
    frames,
    ocr_text,
    projects,
    summary_sentences,
    transcripts,
)

_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a row must be; of several values one must fit. Names are compared without regard to case."""

    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A row that was found, with the text in which the words stand."""

    kind: str
    id: UUID
    deployment_id: str | None
    start_at: datetime
    end_at: datetime
    title: str = field(repr=False)
    text: str = field(repr=False)
    activity_id: UUID | None
    project_id: UUID | None
    frame_id: UUID | None
    score: float


def by_words(connection: Connection, terms: Collection[str], filters: Filters, limit: int) -> list[Found]:
    """At most `limit` rows that hold a word which begins with any of the terms; without terms the newest rows."""
    wanted = func.to_tsquery(_SIMPLE, " | ".join(f"{term}:*" for term in sorted(terms))) if terms else None
    found = [
        _found(kind, row)
        for kind, rows in (("activity", _activities), ("frame", _frames), ("transcript", _transcripts), ("day", _days))
        if not filters.kinds or kind in filters.kinds
        for row in connection.execute(_ranked(rows(filters), wanted, limit))
    ]
    return sorted(found, key=lambda one: (-one.score, one.start_at, one.id))[:limit]


def _ranked(rows: Select[Any], wanted: ColumnElement[Any] | None, limit: int) -> Select[Any]:
    found = rows.subquery("found")
    if wanted is None:
        return select(found, literal_column("1.0").label("score")).order_by(found.c.start_at.desc()).limit(limit)
    vector = func.to_tsvector(_SIMPLE, found.c.title + " " + found.c.text)
    score = func.ts_rank(vector, wanted, 1)
    return (
        select(found, score.label("score")).where(vector.op("@@")(wanted)).order_by(score.desc(), found.c.id)
    ).limit(limit)


def _found(kind: str, row: Row[Any]) -> Found:
    told = (row.id, row.deployment_id, row.start_at, row.end_at, row.title, row.text)
    return Found(kind, *told, row.activity_id, row.project_id, row.frame_id, row.score)


def _filters(filters: Filters, deployment: Any, day: Any, project: Any, app: Any, url: Any) -> Iterator[Any]:
    def among(column: Any, values: tuple[str, ...]) -> Any:
        return or_(*(column.icontains(value, autoescape=True) for value in values))

    if filters.first is not None:
        yield day >= filters.first
    if filters.last is not None:
        yield day <= filters.last
    if filters.deployments:
        yield func.lower(deployment).in_([name.lower() for name in filters.deployments])
    for column, values in ((project, filters.projects), (app, filters.apps), (url, filters.urls)):
        if values:
            yield among(column, values)


def _activities(filters: Filters) -> Select[Any]:
    c = activities.c
    said = func.string_agg(summary_sentences.c.text, literal_column("' '"))
    shown = select(frames.c.app_name, frames.c.url).where(frames.c.activity_id == c.id)
    rows = (
        select(
            c.id,
            c.deployment_id,
            c.start_at,
            c.end_at,
            c.title,
            func.coalesce(said, "").label("text"),
            c.id.label("activity_id"),
            c.project_id,
            null().label("frame_id"),
        )
        .outerjoin(summary_sentences, summary_sentences.c.activity_id == c.id)
        .outerjoin(projects, projects.c.id == c.project_id)
        .where(*_filters(filters, c.deployment_id, c.day, projects.c.name, null(), null()))
        .group_by(c.id)
    )
    return rows if not filters.apps and not filters.urls else rows.where(shown.exists(), c.id.is_(None))


def _frames(filters: Filters) -> Select[Any]:
    c = frames.c
    return (
        select(
            c.id,
            c.deployment_id,
            c.captured_at.label("start_at"),
            c.seen_until.label("end_at"),
            func.coalesce(c.window_title, "").label("title"),
            ocr_text.c.new_text.label("text"),
            c.activity_id,
            activities.c.project_id,
            c.id.label("frame_id"),
        )
        .join(ocr_text, ocr_text.c.frame_id == c.id)
        .outerjoin(activities, activities.c.id == c.activity_id)
        .outerjoin(projects, projects.c.id == activities.c.project_id)
        .where(
            c.ocr_status == Status.DONE, *_filters(filters, c.deployment_id, c.day, projects.c.name, c.app_name, c.url)
        )
    )


def _transcripts(filters: Filters) -> Select[Any]:
    c, segment = transcripts.c, audio_segments.c
    during = (activities.c.deployment_id == segment.deployment_id) & (
        (activities.c.start_at <= c.started_at) & (activities.c.end_at > c.started_at)
    )
    return (
        select(
            c.id,
            segment.deployment_id,
            c.started_at.label("start_at"),
            c.ended_at.label("end_at"),
            func.coalesce(c.speaker, "").label("title"),
            c.text,
            activities.c.id.label("activity_id"),
            activities.c.project_id,
            null().label("frame_id"),
        )
        .join(audio_segments, segment.id == c.segment_id)
        .outerjoin(activities, during)
        .outerjoin(projects, projects.c.id == activities.c.project_id)
        .where(*_filters(filters, segment.deployment_id, segment.day, projects.c.name, null(), null()))
    )


def _days(filters: Filters) -> Select[Any]:
    c = day_summaries.c
    midnight = func.timezone("UTC", cast(c.day, DateTime()), type_=activities.c.start_at.type)
    return (
        select(
            c.id,
            c.deployment_id,
            midnight.label("start_at"),
            (midnight + timedelta(days=1)).label("end_at"),
            func.to_char(c.day, "YYYY-MM-DD").label("title"),
            func.string_agg(summary_sentences.c.text, literal_column("' '")).label("text"),
            null().label("activity_id"),
            null().label("project_id"),
            null().label("frame_id"),
        )
        .join(summary_sentences, summary_sentences.c.day_summary_id == c.id)
        .where(*_filters(filters, c.deployment_id, c.day, null(), null(), null()))
        .group_by(c.id)
    )
