"""One activity with everything that is known of it.

activity ─┬─ moments       every frame: when, in which window                ─► pictures, programs, documents
          ├─ transcripts   what was said meanwhile on its machine
          ├─ described     what a vision model saw on its keyframe
          └─ hidden        how many secrets were blacked out, by kind
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from uuid import UUID

from sqlalchemy import Connection, func, select

from recall_assets.store.tables import activities, audio_segments, frames, secrets, transcripts, vision_summaries
from recall_assets.store.timeline.rows import Machine, Made, ShownActivity, activity_rows, machines, shown_activities


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame as a part of an activity; `same_as` is an earlier one that shows the same."""

    id: UUID
    captured_at: datetime
    seen_until: datetime
    monitor: int
    app: str | None
    title: str | None
    url: str | None
    has_image: bool
    same_as: UUID | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said in a row; `speaker` is `me`, `others`, or None where unknown."""

    id: UUID
    started_at: datetime
    ended_at: datetime
    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """An activity with all of it; `earlier` and `later` are its neighbours on the same machine and day."""

    activity: ShownActivity
    machine: Machine
    moments: tuple[Moment, ...]
    spoken: tuple[Spoken, ...]
    described: tuple[str, Made] | None
    hidden: Mapping[str, int]
    earlier: UUID | None
    later: UUID | None


def read_activity(connection: Connection, activity_id: UUID) -> ActivityPage | None:
    """The activity of that id; None where there is none."""
    found = shown_activities(connection, activity_rows(activities.c.id == activity_id))
    if not found:
        return None
    one = found[0]
    s = secrets.c
    hidden = connection.execute(
        select(s.kind, func.count())
        .join(frames, frames.c.id == s.frame_id)
        .where(frames.c.activity_id == activity_id)
        .group_by(s.kind)
        .order_by(func.count().desc(), s.kind)
    )
    seen = connection.execute(
        select(vision_summaries).where(
            vision_summaries.c.activity_id == activity_id, vision_summaries.c.text.is_not(None)
        )
    ).one_or_none()
    beside = list(
        connection.scalars(
            select(activities.c.id)
            .where(activities.c.deployment_id == one.deployment_id, activities.c.day == one.day)
            .order_by(activities.c.start_at, activities.c.id)
        )
    )
    place = beside.index(activity_id)
    return ActivityPage(
        activity=one,
        machine=machines(connection)[one.deployment_id],
        moments=_moments(connection, activity_id),
        spoken=spoken_between(connection, one.deployment_id, one.day, one.start_at, one.end_at),
        described=None if seen is None else (seen.text, Made(seen.run_id, seen.code_version, seen.created_at)),
        hidden={row[0]: row[1] for row in hidden},
        earlier=beside[place - 1] if place else None,
        later=beside[place + 1] if place + 1 < len(beside) else None,
    )


def spoken_between(
    connection: Connection, deployment_id: str, day: date, start: datetime, end: datetime
) -> tuple[Spoken, ...]:
    """What was said on a machine within [start, end), in order."""
    t, segment = transcripts.c, audio_segments.c
    rows = connection.execute(
        select(t.id, t.started_at, t.ended_at, t.speaker, t.text, segment.utc_offset)
        .join(audio_segments, segment.id == t.segment_id)
        .where(segment.deployment_id == deployment_id, segment.day == day, t.started_at < end, t.ended_at > start)
        .order_by(t.started_at, t.id)
    )
    return tuple(
        Spoken(
            row.id,
            row.started_at.astimezone(timezone(row.utc_offset)),
            row.ended_at.astimezone(timezone(row.utc_offset)),
            row.speaker,
            row.text,
        )
        for row in rows
    )


def _moments(connection: Connection, activity_id: UUID) -> tuple[Moment, ...]:
    c = frames.c
    told = (c.id, c.captured_at, c.seen_until, c.monitor, c.app_name, c.window_title, c.url, c.image_ref, c.same_as)
    rows = connection.execute(
        select(*told, c.utc_offset).where(c.activity_id == activity_id).order_by(c.captured_at, c.monitor, c.id)
    )
    return tuple(
        Moment(
            row.id,
            row.captured_at.astimezone(timezone(row.utc_offset)),
            row.seen_until.astimezone(timezone(row.utc_offset)),
            row.monitor,
            row.app_name,
            row.window_title,
            row.url,
            row.image_ref is not None,
            row.same_as,
        )
        for row in rows
    )
