"""Everything of a range of days as plain values, ready for JSON.

    deployments ─ frames ─ transcripts ─ activities ─ projects ─ day_summaries ─ secrets

One list each, oldest first. Ids are text, times ISO 8601 with the offset that the machine's clock had. Texts are the
redacted ones; of a secret there is its kind and where it stood, never its value.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from recall_assets.records import Sentence
from recall_assets.store.sentences import sentence_id, sentences_of
from recall_assets.store.tables import (
    activities,
    audio_segments,
    day_summaries,
    deployments,
    frames,
    ocr_text,
    projects,
    secrets,
    sentence_sources,
    summary_sentences,
    transcripts,
)
from recall_assets.store.vision_summaries import texts

Item = dict[str, Any]


def export_days(connection: Connection, first: date, last: date) -> dict[str, list[Item]]:
    """What is known of the days `first` to `last`, both included, over all deployments."""
    return {
        "deployments": _deployments(connection),
        "frames": _frames(connection, first, last),
        "transcripts": _transcripts(connection, first, last),
        "activities": _activities(connection, first, last),
        "projects": _projects(connection, first, last),
        "day_summaries": _day_summaries(connection, first, last),
        "secrets": _secrets(connection, first, last),
    }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _on(table: Table, first: date, last: date) -> ColumnElement[bool]:
    return table.c.day.between(first, last)


def _deployments(connection: Connection) -> list[Item]:
    rows = connection.execute(select(deployments.c.id, deployments.c.timezone).order_by(deployments.c.id))
    return [{"id": row.id, "timezone": row.timezone} for row in rows]


def _at(moment: datetime, offset: timedelta) -> str:
    return moment.astimezone(timezone(offset)).isoformat()


def _frames(connection: Connection, first: date, last: date) -> list[Item]:
    c = frames.c
    named = (c.imported_id, c.deployment_id, c.monitor, c.app_name, c.window_title, c.url)
    found = (
        select(c.id, c.captured_at, c.utc_offset, c.activity_id, *named, ocr_text.c.text)
        .outerjoin(ocr_text, ocr_text.c.frame_id == c.id)
        .where(_on(frames, first, last))
        .order_by(c.captured_at, c.deployment_id, c.monitor, c.id)
    )
    return [
        {
            "id": str(row.id),
            "imported_id": row.imported_id,
            "deployment_id": row.deployment_id,
            "captured_at": _at(row.captured_at, row.utc_offset),
            "monitor": row.monitor,
            "app_name": row.app_name,
            "window_title": row.window_title,
            "url": row.url,
            "text": row.text,
            "activity_id": _text(row.activity_id),
        }
        for row in connection.execute(found)
    ]


def _transcripts(connection: Connection, first: date, last: date) -> list[Item]:
    c, of_segment = transcripts.c, audio_segments.c
    said = (c.id, c.started_at, c.ended_at, c.speaker, c.text, c.language, c.confidence, c.engine)
    found = (
        select(*said, of_segment.deployment_id, of_segment.imported_id, of_segment.utc_offset)
        .join(audio_segments, of_segment.id == c.segment_id)
        .where(_on(audio_segments, first, last))
        .order_by(c.started_at, of_segment.deployment_id, c.id)
    )
    return [
        {
            "id": str(row.id),
            "imported_id": row.imported_id,
            "deployment_id": row.deployment_id,
            "started_at": _at(row.started_at, row.utc_offset),
            "ended_at": _at(row.ended_at, row.utc_offset),
            "speaker": row.speaker,
            "text": row.text,
            "language": row.language,
            "confidence": row.confidence,
            "engine": row.engine,
        }
        for row in connection.execute(found)
    ]


def _activities(connection: Connection, first: date, last: date) -> list[Item]:
    c = activities.c
    found = (
        select(activities, deployments.c.timezone)
        .join(deployments, deployments.c.id == c.deployment_id)
        .where(_on(activities, first, last))
        .order_by(c.start_at, c.deployment_id)
    )
    rows = connection.execute(found).all()
    told = sentences_of(connection, "activity_id", [row.id for row in rows])
    seen = texts(connection, [row.id for row in rows])
    return [
        {
            "id": str(row.id),
            "deployment_id": row.deployment_id,
            "project_id": _text(row.project_id),
            "start_at": row.start_at.astimezone(ZoneInfo(row.timezone)).isoformat(),
            "end_at": row.end_at.astimezone(ZoneInfo(row.timezone)).isoformat(),
            "title": row.title,
            "summary": " ".join(sentence.text for sentence in told[row.id]),
            "vision": seen.get(row.id),
        }
        for row in rows
    ]


def _projects(connection: Connection, first: date, last: date) -> list[Item]:
    """The projects of the days' activities, and those that the days' sentences rest on."""
    active = select(activities.c.project_id).where(_on(activities, first, last))
    cited = (
        select(sentence_sources.c.project_id)
        .join(summary_sentences, summary_sentences.c.id == sentence_sources.c.sentence_id)
        .join(day_summaries, day_summaries.c.id == summary_sentences.c.day_summary_id)
        .where(_on(day_summaries, first, last))
    )
    found = select(projects.c.id, projects.c.name).where(or_(projects.c.id.in_(active), projects.c.id.in_(cited)))
    return [
        {"id": str(row.id), "name": row.name}
        for row in connection.execute(found.order_by(projects.c.first_seen, projects.c.name))
    ]


def _day_summaries(connection: Connection, first: date, last: date) -> list[Item]:
    found = connection.execute(
        select(day_summaries.c.id, day_summaries.c.deployment_id, day_summaries.c.day)
        .where(_on(day_summaries, first, last))
        .order_by(day_summaries.c.day, day_summaries.c.deployment_id.nulls_last())
    ).all()
    told = sentences_of(connection, "day_summary_id", [row.id for row in found])
    return [
        {
            "deployment_id": row.deployment_id,
            "day": row.day.isoformat(),
            "sentences": [_sentence(row.id, *numbered) for numbered in enumerate(told[row.id])],
        }
        for row in found
    ]


def _sentence(owner_id: UUID, position: int, sentence: Sentence) -> Item:
    return {
        "id": str(sentence_id(owner_id, position)),
        "text": sentence.text,
        "kind": sentence.kind,
        "sources": [{"kind": source.kind.value, "id": str(source.id)} for source in sentence.sources],
    }


def _secrets(connection: Connection, first: date, last: date) -> list[Item]:
    c = secrets.c
    found = (
        select(c.id, c.kind, c.frame_id, c.transcript_id, c.boxes)
        .outerjoin(frames, frames.c.id == c.frame_id)
        .outerjoin(transcripts, transcripts.c.id == c.transcript_id)
        .outerjoin(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
        .where(func.coalesce(frames.c.day, audio_segments.c.day).between(first, last))
        .order_by(func.coalesce(frames.c.captured_at, transcripts.c.started_at), c.id)
    )
    return [
        {
            "id": str(row.id),
            "kind": row.kind,
            "frame_id": _text(row.frame_id),
            "transcript_id": _text(row.transcript_id),
            "boxes": row.boxes or [],
        }
        for row in connection.execute(found)
    ]
