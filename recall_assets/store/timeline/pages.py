"""Long lists a page at a time, newest first: days, activities, frames, speech, suggestions.

    newest ┌──── page ────┐ Place(at, id) ┌──── page ────┐ ...
           a b c d e f g h               i j k l ...          what lands meanwhile moves nothing

A page has one row more than was asked for where another page follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_, union

from recall_assets.records import Status
from recall_assets.store.tables import activities, audio_segments, day_summaries, frames, transcripts
from recall_assets.store.timeline.activities import Spoken
from recall_assets.store.timeline.days import ShownSummary
from recall_assets.store.timeline.rows import Made, ShownActivity, activity_rows, sentences_by_owner, shown_activities


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page; the next page begins after it."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of days `first` to `last`, both included, of a machine, a project, an activity; None: of any."""

    first: date | None = None
    last: date | None = None
    deployment_id: str | None = None
    project_id: UUID | None = None
    activity_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListedFrame:
    """A frame without its text."""

    id: UUID
    deployment_id: str
    day: date
    captured_at: datetime
    seen_until: datetime
    monitor: int
    app: str | None
    title: str | None
    url: str | None
    status: int
    has_image: bool
    activity_id: UUID | None


@dataclass(frozen=True, slots=True)
class ListedSpoken(Spoken):
    """What was said in a row, and where."""

    deployment_id: str
    day: date
    language: str | None
    confidence: float | None


def days(connection: Connection, below: date | None, limit: int) -> list[date]:
    """The days with an activity, a summary, or frames that wait to be read; those before `below`."""
    waiting = select(frames.c.day).where(frames.c.ocr_status == Status.PENDING)
    known = union(select(activities.c.day), select(day_summaries.c.day), waiting).subquery()
    found = select(known.c.day).order_by(known.c.day.desc()).limit(limit + 1)
    return list(connection.scalars(found if below is None else found.where(known.c.day < below)))


def activity_page(connection: Connection, wanted: Wanted, after: Place | None, limit: int) -> list[ShownActivity]:
    """Activities by start."""
    c = activities.c
    where = [*_days(c.day, wanted), *_is(c.deployment_id, wanted.deployment_id), *_is(c.project_id, wanted.project_id)]
    query = _paged(activity_rows(*where).order_by(None), c.start_at, c.id, after, limit)
    return shown_activities(connection, query)


def suggestion_page(connection: Connection, after: Place | None, limit: int) -> list[ShownActivity]:
    """Activities without a project for which one is suggested, by start."""
    c = activities.c
    query = activity_rows(c.project_id.is_(None), c.suggested_project_id.is_not(None)).order_by(None)
    return shown_activities(connection, _paged(query, c.start_at, c.id, after, limit))


def frame_page(connection: Connection, wanted: Wanted, after: Place | None, limit: int) -> list[ListedFrame]:
    """Frames by the moment of their capture."""
    c = frames.c
    told = (c.id, c.deployment_id, c.day, c.captured_at, c.seen_until, c.monitor, c.app_name, c.window_title, c.url)
    where = [*_days(c.day, wanted), *_is(c.deployment_id, wanted.deployment_id)]
    where += _is(c.activity_id, wanted.activity_id)
    query = select(*told, c.ocr_status, c.image_ref.is_not(None), c.activity_id, c.utc_offset).where(*where)
    return [
        ListedFrame(
            *row[:3],
            *(moment.astimezone(timezone(row.utc_offset)) for moment in (row.captured_at, row.seen_until)),
            *row[5:-1],
        )
        for row in connection.execute(_paged(query, c.captured_at, c.id, after, limit))
    ]


def spoken_page(connection: Connection, wanted: Wanted, after: Place | None, limit: int) -> list[ListedSpoken]:
    """What was said, by when it began."""
    segment = audio_segments.c
    where = [*_days(segment.day, wanted), *_is(segment.deployment_id, wanted.deployment_id)]
    query = _paged(_spoken().where(*where), transcripts.c.started_at, transcripts.c.id, after, limit)
    return [_listed(row) for row in connection.execute(query)]


def spoken(connection: Connection, transcript_id: UUID) -> ListedSpoken | None:
    """One of them; None where there is none."""
    row = connection.execute(_spoken().where(transcripts.c.id == transcript_id)).one_or_none()
    return None if row is None else _listed(row)


def summaries(
    connection: Connection, deployment_id: str | None, below: date | None, limit: int
) -> list[tuple[date, ShownSummary]]:
    """The summaries of a machine's days, or of days over all machines; those before `below`."""
    c = day_summaries.c
    query = select(day_summaries).where(c.deployment_id.is_not_distinct_from(deployment_id))
    query = query.order_by(c.day.desc()).limit(limit + 1)
    rows = connection.execute(query if below is None else query.where(c.day < below)).all()
    said = sentences_by_owner(connection, "day_summary_id", [row.id for row in rows])
    return [
        (
            row.day,
            ShownSummary(
                row.id, row.summary_kind, said[row.id], row.facts, Made(row.run_id, row.code_version, row.created_at)
            ),
        )
        for row in rows
    ]


def _paged(query: Select[Any], at: Any, row_id: Any, after: Place | None, limit: int) -> Select[Any]:
    if after is not None:
        query = query.where(tuple_(at, row_id) < (after.at, after.id))
    return query.order_by(at.desc(), row_id.desc()).limit(limit + 1)


def _days(column: Any, wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    first = [] if wanted.first is None else [column >= wanted.first]
    return first if wanted.last is None else [*first, column <= wanted.last]


def _is(column: Any, value: object) -> list[ColumnElement[bool]]:
    return [] if value is None else [column == value]


def _spoken() -> Select[Any]:
    t, segment = transcripts.c, audio_segments.c
    said = (t.id, t.started_at, t.ended_at, t.speaker, t.text, t.language, t.confidence)
    where = (segment.deployment_id, segment.day, segment.utc_offset)
    return select(*said, *where).join(audio_segments, segment.id == t.segment_id)


def _listed(row: Any) -> ListedSpoken:
    own = timezone(row.utc_offset)
    when = row.started_at.astimezone(own), row.ended_at.astimezone(own)
    place = row.deployment_id, row.day, row.language, row.confidence
    return ListedSpoken(row.id, *when, row.speaker, row.text, *place)
