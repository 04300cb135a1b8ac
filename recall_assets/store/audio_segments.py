"""Stretches of sound as rows: landed by ingest like frames, heard by the transcripts' intake.

    ingest ─► land_segments ─► status 0, sealed ─► pending ─► intake ─┬► mark_heard  ─► status 1
                                   ▲                                  ├► mark_failed ─► status 2, 3
                                   └── waits_for_engine ◄─ status 3 ◄─┘  (no engine is installed: the sound stays)

A row keeps its envelope until what was said in it is stored and every secret in it is sealed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, insert, select, update

from capture_agent.protocol import Binding, Kind
from recall_assets.records import DeploymentDay, Status
from recall_assets.store.frames import KnownItem
from recall_assets.store.tables import audio_segments

# Why a segment was skipped that is heard as soon as an engine is there.
NO_ENGINE = "no_engine"


@dataclass(frozen=True, slots=True)
class ArrivingSegment:
    """A stretch of sound that ingest accepted; `day` is the date of `started_at` at `utc_offset`."""

    id: UUID
    deployment_id: str
    started_at: datetime
    ended_at: datetime
    utc_offset: timedelta
    day: date
    content_tag: bytes
    clock_suspect: bool
    landing_ref: str


@dataclass(frozen=True, slots=True)
class LandedSegment:
    """A stretch of sound that waits, sealed, to be heard."""

    id: UUID
    deployment_id: str
    started_at: datetime
    ended_at: datetime
    utc_offset: timedelta
    landing_ref: str

    @property
    def binding(self) -> Binding:
        """What the envelope at `landing_ref` must have been sealed as."""
        return Binding(Kind.AUDIO, self.deployment_id, self.id, self.started_at, self.utc_offset)


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """What its sender told about a segment that was heard; `holds_secret`: nothing that tells of its content stays."""

    id: UUID
    source: str
    imported_id: str | None
    holds_secret: bool


def known(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, KnownItem]:
    """Those of `ids` that have a row."""
    c = audio_segments.c
    rows = connection.execute(
        select(c.id, c.deployment_id, c.started_at, c.ended_at, c.content_tag).where(c.id.in_(list(ids)))
    )
    return {row[0]: KnownItem(*row[1:]) for row in rows}


def land_segments(connection: Connection, arriving: Sequence[ArrivingSegment]) -> None:
    """Adds rows with status 0, each with the next arrival number; the caller holds the landing."""
    if arriving:
        connection.execute(insert(audio_segments), [asdict(segment) for segment in arriving])


def pending(connection: Connection, partition: DeploymentDay) -> list[LandedSegment]:
    """The partition's segments of status 0 whose sound is there, by time, then id."""
    c = audio_segments.c
    rows = connection.execute(
        select(c.id, c.deployment_id, c.started_at, c.ended_at, c.utc_offset, c.landing_ref)
        .where(*_of(partition), c.transcript_status == Status.PENDING, c.landing_ref.is_not(None))
        .order_by(c.started_at, c.id)
    )
    return [LandedSegment(*row) for row in rows]


def set_pending(connection: Connection, partition: DeploymentDay, was: Iterable[Status]) -> int:
    """How many of the partition's segments with a status in `was`, whose sound is still there, wait to be heard."""
    back = connection.execute(
        update(audio_segments)
        .where(
            *_of(partition),
            audio_segments.c.transcript_status.in_(list(was)),
            audio_segments.c.landing_ref.is_not(None),
        )
        .values(transcript_status=Status.PENDING, error=None)
    )
    return back.rowcount


def skip_for_want_of_engine(connection: Connection, partition: DeploymentDay) -> int:
    """How many pending segments of the partition are status 3 now; their sound stays."""
    skipped = connection.execute(
        update(audio_segments)
        .where(*_of(partition), audio_segments.c.transcript_status == Status.PENDING)
        .values(transcript_status=Status.SKIPPED, error=NO_ENGINE)
    )
    return skipped.rowcount


def take_up_skipped(connection: Connection, partition: DeploymentDay) -> int:
    """How many segments of the partition that found no engine are pending again."""
    back = connection.execute(
        update(audio_segments)
        .where(*_of(partition), waits_for_engine())
        .values(transcript_status=Status.PENDING, error=None)
    )
    return back.rowcount


def waits_for_engine() -> Any:
    """The condition on a segment that was skipped because no engine is installed."""
    return and_(audio_segments.c.transcript_status == Status.SKIPPED, audio_segments.c.error == NO_ENGINE)


def mark_heard(connection: Connection, heard: Sequence[HeardSegment]) -> None:
    """Sets segments to status 1, with what their senders told."""
    for segment in heard:
        values: dict[str, Any] = {"source": segment.source, "imported_id": segment.imported_id, "error": None}
        if segment.holds_secret:
            values["content_tag"] = None
        connection.execute(
            update(audio_segments)
            .where(audio_segments.c.id == segment.id)
            .values(**values, transcript_status=Status.DONE, attempts=audio_segments.c.attempts + 1)
        )


def mark_failed(connection: Connection, segment_id: UUID, status: Status, reason: str) -> None:
    """Sets a segment to status 2 (may be tried again) or 3 (never); `reason` carries nothing that was said."""
    connection.execute(
        update(audio_segments)
        .where(audio_segments.c.id == segment_id)
        .values(transcript_status=status, error=reason, attempts=audio_segments.c.attempts + 1)
    )


def delete_segment(connection: Connection, segment_id: UUID) -> None:
    """The segment's row goes, with what was said in it; its secrets are buried already."""
    connection.execute(delete(audio_segments).where(audio_segments.c.id == segment_id))


def drop_envelopes(connection: Connection, ids: Collection[UUID]) -> None:
    """These segments' envelopes are about to be deleted."""
    connection.execute(update(audio_segments).where(audio_segments.c.id.in_(ids)).values(landing_ref=None))


def _of(partition: DeploymentDay) -> tuple[Any, Any]:
    return audio_segments.c.deployment_id == partition.deployment_id, audio_segments.c.day == partition.day
