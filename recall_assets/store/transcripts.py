"""What was said, as rows: some for each stretch of sound, redacted.

    intake ─► replace ─► recall.transcripts ─► read_day ─► activities, summaries
    intake ◄─ outdated (scanned by older rules) ─► rewrite

A row's id follows from its segment and position, so that hearing it again leaves the same rows. A row in which a secret
was found is never deleted: the secret points at it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import DeploymentDay, Provenance, Transcript
from recall_assets.store import search_index
from recall_assets.store.tables import audio_segments, secrets, transcripts

_OWN = ("id", "segment_id", "started_at", "ended_at", "speaker", "text", "language", "confidence", "engine")


def transcript_id(segment_id: UUID, position: int) -> UUID:
    """The id of what was said in a segment; position counts from 0."""
    return uuid5(segment_id, str(position))


def replace(
    connection: Connection,
    segment_ids: Collection[UUID],
    rows: Sequence[Transcript],
    detector_version: str,
    provenance: Provenance,
) -> None:
    """These segments hold exactly these rows; of others only those stay, as marks, at which a secret points."""
    others = and_(transcripts.c.segment_id.in_(segment_ids), transcripts.c.id.not_in([row.id for row in rows]))
    found = select(secrets.c.kind).where(secrets.c.transcript_id == transcripts.c.id)
    connection.execute(delete(transcripts).where(others, ~found.exists()))
    marks = select(func.string_agg(func.concat("[REDACTED:", secrets.c.kind, "]"), text("' '"))).where(
        secrets.c.transcript_id == transcripts.c.id
    )
    connection.execute(update(transcripts).where(others).values(text=marks.scalar_subquery()))
    if not rows:
        return
    insertion = upsert(transcripts)
    made = {
        "detector_version": detector_version,
        "code_version": provenance.code_version,
        "run_id": provenance.run_id,
    }
    values = [{name: getattr(row, name) for name in _OWN} | made for row in rows]
    rewritten = {name: insertion.excluded[name] for name in values[0] if name != "id"}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["id"], set_=rewritten | {"created_at": func.now()}), values
    )


def read_day(connection: Connection, partition: DeploymentDay | date) -> list[Transcript]:
    """What was said on a deployment's day, or on a date over all deployments, by time."""
    if isinstance(partition, DeploymentDay):
        return _read(connection, _in(partition))
    return _read(connection, audio_segments.c.day == partition)


def of_segments(connection: Connection, segment_ids: Collection[UUID]) -> list[Transcript]:
    """What was said in these segments, by time."""
    return _read(connection, transcripts.c.segment_id.in_(segment_ids))


def outdated(connection: Connection, partition: DeploymentDay, detector_version: str) -> list[UUID]:
    """The partition's segments with a row that another detector scanned."""
    return list(
        connection.scalars(
            select(transcripts.c.segment_id)
            .join(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
            .where(_in(partition), transcripts.c.detector_version != detector_version)
            .distinct()
            .order_by(transcripts.c.segment_id)
        )
    )


def rewrite(connection: Connection, rows: Sequence[Transcript], detector_version: str) -> None:
    """Replaces the texts of rows that were scanned again; who heard them stays.

    What the search knows of their days goes, until these are indexed again.
    """
    for row in rows:
        values = {"text": row.text, "detector_version": detector_version}
        connection.execute(update(transcripts).where(transcripts.c.id == row.id).values(values))
        search_index.drop_days_of(connection, audio_segments, audio_segments.c.id == row.segment_id)


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Transcript]:
    of_segment = (audio_segments.c.deployment_id, audio_segments.c.day)
    rows = connection.execute(
        select(*(transcripts.c[name] for name in _OWN), *of_segment)
        .join(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
        .where(where)
        .order_by(transcripts.c.started_at, transcripts.c.id)
    )
    return [Transcript(**row) for row in rows.mappings()]


def _in(partition: DeploymentDay) -> Any:
    return and_(audio_segments.c.deployment_id == partition.deployment_id, audio_segments.c.day == partition.day)
