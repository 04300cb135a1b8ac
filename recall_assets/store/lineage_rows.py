"""What a row of any kind says about itself in a lineage: one line, and which asset, partition and run made it.

frame ─► frames (landed), ocr_text (read)     activity ─► activities     project ─► projects     secret ─► secrets
transcript ─► audio_segments (landed), transcripts (heard)
memory ─► the asset of its kind, or nothing where the owner wrote it
day summary, and its sentences ─► day_summaries, or combined_day_summaries where it has no deployment
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from recall_assets.records import DeploymentDay, MemoryKind
from recall_assets.store.tables import (
    activities,
    audio_segments,
    day_summaries,
    deployments,
    frames,
    memories,
    ocr_text,
    projects,
    secrets,
    summary_sentences,
    transcripts,
    vision_summaries,
)


@dataclass(frozen=True, slots=True)
class Making:
    """How a row came to be: the asset, its partition, and in which Dagster run and code version (none: reported)."""

    asset: str
    partition: str
    run_id: UUID | None
    code_version: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a lineage: its redacted text in one line, and when what it tells of began, by that machine's clock."""

    kind: str
    id: UUID
    title: str
    at: datetime | date
    makings: tuple[Making, ...]
    seen: str | None = None  # of an activity: what its keyframe showed, in a vision model's words


def _making(asset: str, partition: str, row: Any) -> Making:
    return Making(asset, partition, row.run_id, row.code_version, row.created_at)


def _frames(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    c = frames.c
    read = select(
        *(
            c.id,
            c.deployment_id,
            c.day,
            c.captured_at,
            c.utc_offset,
            c.monitor,
            c.app_name,
            c.window_title,
            c.received_at,
        ),
        *(ocr_text.c.run_id, ocr_text.c.code_version, ocr_text.c.created_at),
    ).outerjoin(ocr_text, ocr_text.c.frame_id == c.id)
    for row in connection.execute(read.where(c.id.in_(ids))):
        partition = DeploymentDay(row.deployment_id, row.day).partition_key
        landed = Making("frames", partition, None, None, row.received_at)
        makings = (_making("ocr_text", partition, row), landed) if row.code_version else (landed,)
        shown = ": ".join(filter(None, (row.app_name, row.window_title))) or "not read yet"
        title = f"monitor {row.monitor} of {row.deployment_id}, {shown}"
        yield Row("frame", row.id, title, row.captured_at.astimezone(timezone(row.utc_offset)), makings)


def _transcripts(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    c = audio_segments.c
    heard = select(transcripts, c.deployment_id, c.day, c.utc_offset, c.received_at).join(
        audio_segments, c.id == transcripts.c.segment_id
    )
    for row in connection.execute(heard.where(transcripts.c.id.in_(ids))):
        partition = DeploymentDay(row.deployment_id, row.day).partition_key
        landed = Making("audio_segments", partition, None, None, row.received_at)
        title = f"{row.speaker or 'somebody'} on {row.deployment_id}: {row.text}"
        at = row.started_at.astimezone(timezone(row.utc_offset))
        yield Row("transcript", row.id, title, at, (_making("transcripts", partition, row), landed))


def _activities(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    found = select(activities, deployments.c.timezone).join(deployments, deployments.c.id == activities.c.deployment_id)
    c = vision_summaries.c
    seen = connection.execute(select(vision_summaries).where(c.activity_id.in_(ids), c.text.is_not(None)))
    described = {row.activity_id: row for row in seen}
    for row in connection.execute(found.where(activities.c.id.in_(ids))):
        partition = DeploymentDay(row.deployment_id, row.day).partition_key
        made, one = _making("activities", partition, row), described.get(row.id)
        makings = (made,) if one is None else (made, _making("vision_summaries", partition, one))
        start, end = (moment.astimezone(ZoneInfo(row.timezone)) for moment in (row.start_at, row.end_at))
        title = f"{row.title or row.label}, {row.deployment_id}, until {end:%H:%M}"
        yield Row("activity", row.id, title, start, makings, None if one is None else one.text)


def _projects(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    for row in connection.execute(select(projects).where(projects.c.id.in_(ids))):
        made = _making("projects", row.last_seen.isoformat(), row)
        yield Row("project", row.id, row.name, row.first_seen, (made,))


def _summary_partition(deployment_id: str | None, day: date) -> tuple[str, str]:
    if deployment_id is None:
        return "combined_day_summaries", day.isoformat()
    return "day_summaries", DeploymentDay(deployment_id, day).partition_key


def _day_summaries(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    for row in connection.execute(select(day_summaries).where(day_summaries.c.id.in_(ids))):
        title = f"{row.day.isoformat()}, {row.deployment_id or 'all machines'}"
        made = _making(*_summary_partition(row.deployment_id, row.day), row)
        yield Row("day_summary", row.id, title, row.day, (made,))


def _sentences(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    said = (
        select(
            summary_sentences,
            func.coalesce(activities.c.deployment_id, day_summaries.c.deployment_id).label("deployment_id"),
            func.coalesce(activities.c.day, day_summaries.c.day, projects.c.last_seen).label("day"),
        )
        .outerjoin(activities, activities.c.id == summary_sentences.c.activity_id)
        .outerjoin(day_summaries, day_summaries.c.id == summary_sentences.c.day_summary_id)
        .outerjoin(projects, projects.c.id == summary_sentences.c.project_id)
    )
    for row in connection.execute(said.where(summary_sentences.c.id.in_(ids))):
        if row.activity_id:
            place = "activities", DeploymentDay(row.deployment_id, row.day).partition_key
        elif row.project_id:
            place = "projects", row.day.isoformat()
        else:
            place = _summary_partition(row.deployment_id, row.day)
        yield Row("sentence", row.id, row.text, row.day, (_making(*place, row),))


def _memories(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    for row in connection.execute(select(memories).where(memories.c.id.in_(ids))):
        made = () if row.day is None else (_making(MemoryKind(row.kind).asset, row.day.isoformat(), row),)
        title = f"{row.summary}{'' if row.valid_to is None else ' (a newer one is valid)'}"
        yield Row("memory", row.id, title, row.day or row.valid_from, made)


def _secrets(connection: Connection, ids: list[UUID]) -> Iterable[Row]:
    found = (
        select(secrets, func.coalesce(frames.c.day, audio_segments.c.day).label("day"))
        .outerjoin(frames, frames.c.id == secrets.c.frame_id)
        .outerjoin(transcripts, transcripts.c.id == secrets.c.transcript_id)
        .outerjoin(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
    )
    for row in connection.execute(found.where(secrets.c.id.in_(ids))):
        partition = DeploymentDay(row.deployment_id, row.day).partition_key
        asset = "secrets" if row.frame_id else "transcripts"
        made = Making(asset, partition, row.run_id, row.detector_version, row.detected_at)
        yield Row("secret", row.id, f"{row.kind} in {row.place}", row.detected_at, (made,))


_DESCRIBE: Mapping[str, Callable[[Connection, list[UUID]], Iterable[Row]]] = {
    "frame": _frames,
    "transcript": _transcripts,
    "activity": _activities,
    "project": _projects,
    "day_summary": _day_summaries,
    "sentence": _sentences,
    "memory": _memories,
    "secret": _secrets,
}


def describe(connection: Connection, kind: str, ids: list[UUID]) -> Iterable[Row]:
    """The rows of one kind that have these ids, in no order."""
    return _DESCRIBE[kind](connection, ids)
