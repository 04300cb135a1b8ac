"""One frame with its text, and the reel of its day.

reel    08:12:03 ─ 08:12:09 ─ 08:12:30 ─ ...     one monitor's pictures of a day, in order
frame            └ image, words with their boxes, window, activity, what was found on it
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from recall_assets.records import Status
from recall_assets.store.tables import activities, deployments, frames, ocr_text, secrets
from recall_assets.store.timeline.rows import Made, ProjectTag, project_tags


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Where a frame's redacted image lies in the frame store, and the digest of its bytes."""

    ref: str
    sha256: bytes


def was_let_go(connection: Connection, frame_id: UUID) -> bool:
    """Whether there is such a frame, read, whose image is no longer kept."""
    c = frames.c
    let_go = select(c.id).where(c.id == frame_id, c.ocr_status == Status.DONE, c.image_ref.is_(None))
    return connection.scalar(select(let_go.exists())) or False


def image_ref(connection: Connection, frame_id: UUID) -> StoredImage | None:
    """The image of a frame; None where it has none (any more), or where there is no such frame."""
    c = frames.c
    found = select(c.image_ref, c.image_sha256).where(c.id == frame_id, c.image_ref.is_not(None))
    row = connection.execute(found).one_or_none()
    return None if row is None else StoredImage(row.image_ref, row.image_sha256 or b"")


@dataclass(frozen=True, slots=True)
class ReelFrame:
    """A picture of a reel."""

    id: UUID
    captured_at: datetime
    activity_id: UUID | None
    project: ProjectTag | None


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """A frame with its redacted text; `layout` is as `ocr_text` keeps it, None before it was read."""

    id: UUID
    deployment_id: str
    machine: str
    day: date
    captured_at: datetime
    seen_until: datetime
    monitor: int
    app: str | None
    title: str | None
    url: str | None
    width: int | None
    height: int | None
    has_image: bool
    status: int
    error: str | None
    text: str
    layout: Mapping[str, Any] | None
    engine: str | None
    confidence: float | None
    made: Made | None
    activity_id: UUID | None
    activity_title: str | None
    project: ProjectTag | None
    hidden: Mapping[str, int]
    monitors: tuple[tuple[int, UUID], ...]  # the picture of every monitor that lies nearest in time


def read_frame(connection: Connection, frame_id: UUID) -> ShownFrame | None:
    """The frame of that id; None where there is none."""
    c, read = frames.c, ocr_text.c
    row = connection.execute(
        select(
            frames,
            *(read.text, read.layout, read.engine, read.confidence, read.run_id, read.code_version, read.created_at),
            activities.c.title.label("activity_title"),
            activities.c.project_id,
            deployments.c.name.label("machine"),
        )
        .join(deployments, deployments.c.id == c.deployment_id)
        .outerjoin(ocr_text, read.frame_id == c.id)
        .outerjoin(activities, activities.c.id == c.activity_id)
        .where(c.id == frame_id)
    ).one_or_none()
    if row is None:
        return None
    hidden = connection.execute(
        select(secrets.c.kind, func.count()).where(secrets.c.frame_id == frame_id).group_by(secrets.c.kind)
    )
    own = timezone(row.utc_offset)
    return ShownFrame(
        id=row.id,
        deployment_id=row.deployment_id,
        machine=row.machine,
        day=row.day,
        captured_at=row.captured_at.astimezone(own),
        seen_until=row.seen_until.astimezone(own),
        monitor=row.monitor,
        app=row.app_name,
        title=row.window_title,
        url=row.url,
        width=row.width,
        height=row.height,
        has_image=row.image_ref is not None,
        status=row.ocr_status,
        error=row.error,
        text=row.text or "",
        layout=row.layout or None,
        engine=row.engine,
        confidence=row.confidence,
        made=Made(row.run_id, row.code_version, row.created_at) if row.code_version else None,
        activity_id=row.activity_id,
        activity_title=row.activity_title,
        project=project_tags(connection).get(row.project_id),
        hidden={row[0]: row[1] for row in hidden},
        monitors=_nearest(connection, row.deployment_id, row.day, row.captured_at),
    )


def read_reel(connection: Connection, deployment_id: str, day: date, monitor: int) -> list[ReelFrame]:
    """The pictures of a monitor on a day, in order of time."""
    c = frames.c
    rows = connection.execute(
        select(c.id, c.captured_at, c.utc_offset, c.activity_id, activities.c.project_id)
        .outerjoin(activities, activities.c.id == c.activity_id)
        .where(c.deployment_id == deployment_id, c.day == day, c.monitor == monitor, c.image_ref.is_not(None))
        .order_by(c.captured_at, c.id)
    )
    tags = project_tags(connection)
    return [
        ReelFrame(
            row.id, row.captured_at.astimezone(timezone(row.utc_offset)), row.activity_id, tags.get(row.project_id)
        )
        for row in rows
    ]


def _nearest(connection: Connection, deployment_id: str, day: date, moment: datetime) -> tuple[tuple[int, UUID], ...]:
    c = frames.c
    away = func.abs(func.extract("epoch", c.captured_at - moment))
    nearest = func.array_agg(aggregate_order_by(c.id, away, c.id))
    rows = connection.execute(
        select(c.monitor, nearest[1])
        .where(c.deployment_id == deployment_id, c.day == day, c.image_ref.is_not(None))
        .group_by(c.monitor)
        .order_by(c.monitor)
    )
    return tuple((row[0], row[1]) for row in rows)
