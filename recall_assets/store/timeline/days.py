"""One day over all machines: what it held, lane by lane, and where the days beside it are.

laptop    [aaaa][bb]......[cc]     activities, with gaps
desktop        [dddddd]~~~~        ~ captured, not yet read or not yet cut into activities
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select

from recall_assets.records import Status
from recall_assets.store import edits
from recall_assets.store.tables import activities, day_summaries, frames
from recall_assets.store.timeline.rows import (
    Machine,
    Made,
    ShownActivity,
    ShownSentence,
    activity_rows,
    machines,
    sentences_by_owner,
    shown_activities,
)


@dataclass(frozen=True, slots=True)
class ShownSummary:
    """What a day's summary says; `facts` are those of `stages.day_summaries.facts`."""

    id: UUID
    kind: str
    sentences: tuple[ShownSentence, ...]
    facts: Mapping[str, Any]
    made: Made


@dataclass(frozen=True, slots=True)
class Lane:
    """A machine on a day: how many frames it has, and how many and when of those that are in no activity yet."""

    machine: Machine
    frames: int
    unreadable: int
    pending: int
    pending_from: datetime | None
    pending_to: datetime | None


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day; `earlier` and `later` are the nearest days with an activity.

    `is_outdated`: the owner edited since what the summary tells of, and it is being rewritten.
    """

    day: date
    lanes: tuple[Lane, ...]
    activities: tuple[ShownActivity, ...]
    summary: ShownSummary | None
    is_outdated: bool
    earlier: date | None
    later: date | None


def read_day(connection: Connection, day: date) -> ShownDay:
    """What is known of a date, over all machines; empty where nothing is."""
    found = shown_activities(connection, activity_rows(activities.c.day == day))
    lanes = _lanes(connection, day, {one.deployment_id for one in found})
    earlier, later = connection.execute(
        select(
            select(func.max(activities.c.day)).where(activities.c.day < day).scalar_subquery(),
            select(func.min(activities.c.day)).where(activities.c.day > day).scalar_subquery(),
        )
    ).one()
    summary = read_summary(connection, day)
    machines_then = [lane.machine.id for lane in lanes]
    is_outdated = summary is not None and edits.any_since(connection, summary.made.at, day, machines_then)
    return ShownDay(day, lanes, tuple(found), summary, is_outdated, earlier, later)


def read_summary(connection: Connection, day: date) -> ShownSummary | None:
    """The summary of a date over all machines; None where there is none."""
    combined = day_summaries.c.deployment_id.is_(None), day_summaries.c.day == day
    row = connection.execute(select(day_summaries).where(*combined)).one_or_none()
    if row is None:
        return None
    said = sentences_by_owner(connection, "day_summary_id", [row.id])[row.id]
    return ShownSummary(row.id, row.summary_kind, said, row.facts, Made(row.run_id, row.code_version, row.created_at))


def newest_day(connection: Connection) -> date | None:
    """The last day that has an activity; None before there is one."""
    newest: date | None = connection.scalar(select(func.max(activities.c.day)))
    return newest


def _lanes(connection: Connection, day: date, active: Collection[str]) -> tuple[Lane, ...]:
    known = machines(connection)
    c = frames.c
    # A frame that was read and is in no activity (nobody there, a lock screen) waits for nothing once the day was cut.
    cut = (
        select(activities.c.id)
        .where(
            activities.c.deployment_id == c.deployment_id, activities.c.day == day, activities.c.end_at > c.captured_at
        )
        .exists()
    )
    waiting = or_(c.ocr_status == Status.PENDING, (c.ocr_status == Status.DONE) & c.activity_id.is_(None) & ~cut)
    rows = connection.execute(
        select(
            c.deployment_id,
            func.count(),
            func.count().filter(c.ocr_status == Status.ERROR),
            func.count().filter(waiting),
            func.min(c.captured_at).filter(waiting),
            func.max(c.seen_until).filter(waiting),
            func.max(c.utc_offset),
        )
        .where(c.deployment_id.in_(known), c.day == day)
        .group_by(c.deployment_id)
    )
    lanes = {
        name: Lane(known[name], count, unreadable, pending, _on(first, offset), _on(last, offset))
        for name, count, unreadable, pending, first, last, offset in rows
    }
    # What was imported may have activities without a frame.
    lanes = {name: Lane(known[name], 0, 0, 0, None, None) for name in active} | lanes
    return tuple(lane for _, lane in sorted(lanes.items()))


def _on(moment: datetime | None, offset: Any) -> datetime | None:
    return None if moment is None else moment.astimezone(timezone(offset))
