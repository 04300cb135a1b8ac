"""Stretches of sound as rows: landed by ingest like frames, read by the transcripts' intake.

ingest ─► land_segments ─► status 0, sealed ─► changed_partitions ─► sensor
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, insert, select

from recall_assets.store.frames import KnownItem
from recall_assets.store.tables import audio_segments


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
