"""Many days at a glance: months and weeks, without a look at their frames.

Mon  [aaaa][bb]   [cc]     Span     an activity as a block: when, of which project, on which machine
Tue  [ddddddd]             Glance   a day: frames, its summary's first sentence, minutes by program
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, select, true

from recall_assets.records import Status
from recall_assets.store.sentences import sentence_id
from recall_assets.store.tables import activities, day_summaries, deployments, frames, summary_sentences
from recall_assets.store.timeline.rows import ProjectTag, ShownSentence, machines, project_tags


@dataclass(frozen=True, slots=True)
class Span:
    """An activity as a block; times carry the offset that its machine's clock had."""

    id: UUID
    deployment_id: str
    day: date
    start_at: datetime
    end_at: datetime
    title: str
    project: ProjectTag | None


@dataclass(frozen=True, slots=True)
class Glance:
    """A day that has frames or a summary; `app_minutes` are the summary's."""

    day: date
    frames: int
    pending: int
    sentence: ShownSentence | None
    app_minutes: Mapping[str, int]


def read_spans(connection: Connection, first: date, last: date) -> list[Span]:
    """The activities of the days `first` to `last`, both included, by start."""
    c = activities.c
    offset = select(frames.c.utc_offset).where(frames.c.activity_id == c.id).limit(1).lateral("shown")
    rows = connection.execute(
        select(*(c[name] for name in Span.__slots__ if name != "project"), c.project_id, offset.c.utc_offset)
        .select_from(activities.outerjoin(offset, true()))
        .where(c.day.between(first, last))
        .order_by(c.start_at, c.deployment_id, c.id)
    ).all()
    tags = project_tags(connection)
    zones = {machine.id: ZoneInfo(machine.timezone) for machine in machines(connection).values()}
    found = []
    for row in rows:
        own = zones[row.deployment_id] if row.utc_offset is None else timezone(row.utc_offset)
        when = row.start_at.astimezone(own), row.end_at.astimezone(own)
        found.append(Span(row.id, row.deployment_id, row.day, *when, row.title, tags.get(row.project_id)))
    return found


def read_glances(connection: Connection, first: date, last: date) -> dict[date, Glance]:
    """The days `first` to `last`, both included, that have frames or a summary over all machines."""
    c = frames.c
    ids = list(connection.scalars(select(deployments.c.id)))
    # By machine and day, and those that wait by themselves: an index answers each, and no row of frames is read.
    counted = select(c.day, func.count()).where(c.deployment_id.in_(ids), c.day.between(first, last)).group_by(c.day)
    pending = connection.execute(counted.where(c.ocr_status == Status.PENDING))
    waiting = {row[0]: row[1] for row in pending}
    counts = {day: (count, waiting.get(day, 0)) for day, count in connection.execute(counted)}
    d, s = day_summaries.c, summary_sentences.c
    told = connection.execute(
        select(d.id, d.day, d.facts["apps"].label("apps"), s.text, s.kind)
        .outerjoin(summary_sentences, and_(s.day_summary_id == d.id, s.position == 0))
        .where(d.deployment_id.is_(None), d.day.between(first, last))
    )
    summaries = {row.day: row for row in told}
    found = {}
    for day in sorted(counts.keys() | summaries.keys()):
        row = summaries.get(day)
        said = None
        if row is not None and row.text is not None:
            said = ShownSentence(sentence_id(row.id, 0), row.text, row.kind, ())
        found[day] = Glance(day, *counts.get(day, (0, 0)), said, (row.apps or {}) if row is not None else {})
    return found


def first_and_last_day(connection: Connection) -> tuple[date, date] | None:
    """The first and the last day that has an activity; None before there is one."""
    first, last = connection.execute(select(func.min(activities.c.day), func.max(activities.c.day))).one()
    return None if first is None else (first, last)
