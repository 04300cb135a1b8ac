"""What each partition holds, counted: for the sensor, the schedules, the checks and the metadata of runs.

    landed frames ──┬─ with_frames     which partitions there are
                    ├─ waiting         what came after the last report
                    ├─ with_status     where something is pending or unreadable
                    └─ landed, gaps, thin_text, unsourced_sentences    one partition in numbers

Numbers and times only; no function here returns text of a screen.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Date,
    Interval,
    Table,
    Text,
    and_,
    cast,
    column,
    exists,
    func,
    literal,
    select,
)

from recall_assets.records import DeploymentDay, GivenUp, Status
from recall_assets.store.audio_segments import waits_for_engine
from recall_assets.store.tables import (
    audio_segments,
    day_summaries,
    frames,
    ocr_text,
    sentence_sources,
    summary_sentences,
)


class Waiting(NamedTuple):
    """What a partition received after a given arrival number: the lowest and highest number, and the oldest time."""

    first_arrival: int
    last_arrival: int
    oldest_received_at: datetime


class Changed(NamedTuple):
    """Partitions that something landed in, in that order, and the first arrival of those that were left out."""

    partitions: list[DeploymentDay]
    next_arrival: int | None


class Landed(NamedTuple):
    """A partition's frames, counted by status, with the highest arrival number (0 where nothing landed)."""

    frames: int
    pending: int
    read: int
    unreadable: int
    skipped: int
    seconds: float
    arrival: int


class Recorded(NamedTuple):
    """A partition's audio, counted by status, with the highest arrival number (0 where nothing landed)."""

    segments: int
    pending: int
    heard: int
    unreadable: int
    skipped: int
    without_engine: int  # of those skipped: heard as soon as an engine is installed
    seconds: float
    arrival: int


class ThinText(NamedTuple):
    """How many read frames there are, and how many of them hold no text at all."""

    read: int
    empty: int


def with_frames(
    connection: Connection, first: date, last: date, deployment_id: str | None = None
) -> list[DeploymentDay]:
    """The partitions from `first` to `last`, both included, that hold frames, by deployment, then day."""
    return _with_rows(connection, frames, first, last, deployment_id)


def with_audio(
    connection: Connection, first: date, last: date, deployment_id: str | None = None
) -> list[DeploymentDay]:
    """The partitions from `first` to `last`, both included, that hold audio, by deployment, then day."""
    return _with_rows(connection, audio_segments, first, last, deployment_id)


def _with_rows(
    connection: Connection, table: Table, first: date, last: date, deployment_id: str | None
) -> list[DeploymentDay]:
    c = table.c
    query = select(c.deployment_id, c.day).where(c.day.between(first, last)).distinct()
    if deployment_id is not None:
        query = query.where(c.deployment_id == deployment_id)
    return sorted(DeploymentDay(*row) for row in connection.execute(query))


def with_sound_to_hear(connection: Connection, *, received_before: datetime, has_engine: bool) -> list[DeploymentDay]:
    """The partitions with sound that is pending since before then, or that only lacked an engine.

    Args:
        has_engine: whether one is installed now.
    """
    c = audio_segments.c
    due = (c.transcript_status == Status.PENDING) & (c.received_at < received_before)
    if has_engine:
        due |= waits_for_engine()
    rows = connection.execute(select(c.deployment_id, c.day).where(due).distinct())
    return sorted(DeploymentDay(*row) for row in rows)


def with_status(
    connection: Connection, status: Status, *, received_before: datetime | None = None
) -> list[DeploymentDay]:
    """The partitions with a frame of this status (received before then), by deployment, then day."""
    c = frames.c
    query = select(c.deployment_id, c.day).where(c.ocr_status == status).distinct()
    if received_before is not None:
        query = query.where(c.received_at < received_before)
    return sorted(DeploymentDay(*row) for row in connection.execute(query))


def with_sound_of(connection: Connection, status: Status) -> list[DeploymentDay]:
    """The partitions with a stretch of sound of this status, by deployment, then day."""
    c = audio_segments.c
    query = select(c.deployment_id, c.day).where(c.transcript_status == status).distinct()
    return sorted(DeploymentDay(*row) for row in connection.execute(query))


def changed(connection: Connection, table: Table, after_arrival: int, most: int) -> Changed:
    """The partitions of frames or audio with an arrival above the number: those that it begins with, at most `most`."""
    c = table.c
    first = func.min(c.arrival)
    query = select(c.deployment_id, c.day, first).where(c.arrival > after_arrival).group_by(c.deployment_id, c.day)
    rows = connection.execute(query.order_by(first).limit(most + 1)).all()
    return Changed([DeploymentDay(*row[:2]) for row in rows[:most]], rows[most][2] if len(rows) > most else None)


def highest_arrival(connection: Connection) -> int:
    """The highest arrival number of all frames and audio; 0 where nothing landed."""
    highest = (select(func.max(table.c.arrival)).scalar_subquery() for table in (frames, audio_segments))
    return connection.scalar(select(func.greatest(*highest, 0))) or 0


def waiting(connection: Connection, table: Table, after: Mapping[DeploymentDay, int]) -> dict[DeploymentDay, Waiting]:
    """What landed in each partition above its arrival number, by deployment, then day; nothing where nothing did."""
    c = table.c
    asked = func.unnest(
        cast([partition.deployment_id for partition in after], ARRAY(Text)),
        cast([partition.day for partition in after], ARRAY(Date)),
        cast(list(after.values()), ARRAY(BigInteger)),
    ).table_valued(column("deployment_id", Text), column("day", Date), column("arrival", BigInteger))
    of = asked.render_derived(name="asked").c
    above = and_(c.deployment_id == of.deployment_id, c.day == of.day, c.arrival > of.arrival)
    rows = connection.execute(
        select(of.deployment_id, of.day, func.min(c.arrival), func.max(c.arrival), func.min(c.received_at))
        .join(table, above)
        .group_by(of.deployment_id, of.day)
        .order_by(of.deployment_id, of.day)
    )
    return {DeploymentDay(*row[:2]): Waiting(*row[2:]) for row in rows}


def landed(connection: Connection, partition: DeploymentDay) -> Landed:
    """The partition's frames in numbers; `seconds` is the time for which one of them stood on a screen."""
    c = frames.c
    of_status = [func.count().filter(c.ocr_status == status) for status in Status]
    stood = func.range_agg(func.tstzrange(c.captured_at, c.seen_until, "[]"))
    pieces = select(func.unnest(stood).label("piece")).where(*_in(frames, partition)).subquery()
    seconds = select(
        func.coalesce(func.sum(func.extract("epoch", func.upper(pieces.c.piece) - func.lower(pieces.c.piece))), 0)
    )
    row = connection.execute(
        select(func.count(), *of_status, seconds.scalar_subquery(), func.coalesce(func.max(c.arrival), 0)).where(
            *_in(frames, partition)
        )
    ).one()
    return Landed(*row[:5], float(row[5]), row[6])


def given_up(connection: Connection, partition: DeploymentDay) -> dict[GivenUp, int]:
    """How many of the partition's frames could never be read, by what became of them."""
    c = frames.c
    rows = connection.execute(
        select(c.error, func.count()).where(*_in(frames, partition), c.error.in_(list(GivenUp))).group_by(c.error)
    )
    return {GivenUp(row[0]): row[1] for row in rows}


def recorded(connection: Connection, partition: DeploymentDay) -> Recorded:
    """The partition's audio segments in numbers."""
    c = audio_segments.c
    of_status = [func.count().filter(c.transcript_status == status) for status in Status]
    row = connection.execute(
        select(
            func.count(),
            *of_status,
            func.count().filter(waits_for_engine()),
            func.coalesce(func.sum(func.extract("epoch", c.ended_at - c.started_at)), 0),
            func.coalesce(func.max(c.arrival), 0),
        ).where(*_in(audio_segments, partition))
    ).one()
    return Recorded(*row[:6], float(row[6]), row[7])


def gaps(connection: Connection, partition: DeploymentDay, longer_than: timedelta) -> list[tuple[datetime, datetime]]:
    """The stretches between the partition's first and last frame in which nothing was captured, oldest first."""
    c = frames.c
    seen = (
        select(
            c.captured_at,
            func.max(c.seen_until).over(order_by=(c.captured_at, c.id), rows=(None, -1)).label("until"),
        )
        .where(*_in(frames, partition))
        .subquery()
    )
    rows = connection.execute(
        select(seen.c.until, seen.c.captured_at)
        .where(seen.c.captured_at - seen.c.until > literal(longer_than, Interval))
        .order_by(seen.c.captured_at)
    )
    return [(row[0], row[1]) for row in rows]


def thin_text(connection: Connection, partition: DeploymentDay) -> ThinText:
    """How many of the partition's read frames hold no text."""
    row = connection.execute(
        select(func.count(), func.count().filter(func.length(ocr_text.c.text) == 0))
        .join(frames, frames.c.id == ocr_text.c.frame_id)
        .where(*_in(frames, partition))
    ).one()
    return ThinText(*row)


def unsourced_sentences(connection: Connection, day: date, deployment_id: str | None) -> tuple[int, int]:
    """How many sentences the summary of that day has, and how many of them rest on nothing.

    Args:
        deployment_id: None: the summary over all machines.
    """
    source = exists().where(sentence_sources.c.sentence_id == summary_sentences.c.id)
    row = connection.execute(
        select(func.count(), func.count().filter(~source))
        .select_from(summary_sentences)
        .join(day_summaries, day_summaries.c.id == summary_sentences.c.day_summary_id)
        .where(day_summaries.c.day == day, day_summaries.c.deployment_id.is_not_distinct_from(deployment_id))
    ).one()
    return row[0], row[1]


def _in(table: Table, partition: DeploymentDay) -> Sequence[Any]:
    return table.c.deployment_id == partition.deployment_id, table.c.day == partition.day
