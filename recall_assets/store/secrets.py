"""Rows of found secrets: where one stood and of what kind, its value sealed or not kept at all.

    intake ─► add ─► recall.secrets          rows are only ever added: the stored image shows just a filled box,
    intake ◄─ of_frames ◄─┘                  so what was known of a frame is put back when it is read again

No clear value, length or digest has a column. Sealing is `vault.sealing`; finding is `stages.secrets`.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Text, and_, cast, func, insert, or_, select, update

from recall_assets.records import Box, DeploymentDay, FoundSecret, Sealed
from recall_assets.store import tables

_secrets = tables.secrets
frames, transcripts, audio_segments = tables.frames, tables.transcripts, tables.audio_segments


@dataclass(frozen=True, slots=True)
class Secret:
    """One found secret; on a frame or in a transcript, never both, or in neither where it was imported.

    An imported one has an id that its import chose, by which it is known again.
    """

    id: UUID
    deployment_id: str
    place: str  # screen, window_title, url, windows, speech or imported
    kind: str
    rule: str
    detector_version: str
    frame_id: UUID | None = None
    transcript_id: UUID | None = None
    imported_from: UUID | None = None
    boxes: tuple[Box, ...] = ()  # on the frame's image; empty where it stood in no pixels
    sealed: Sealed | None = None
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A found secret as a list shows it; app and title are redacted."""

    id: UUID
    deployment_id: str
    at: datetime
    place: str
    kind: str
    app_name: str | None
    window_title: str | None
    is_sealed: bool
    rule: str
    review: str | None = None  # `secret` or `no_secret`, where a language model was asked about a doubtful one

    def as_json(self) -> dict[str, object]:
        """It as JSON can say it."""
        return {
            "id": str(self.id),
            "captured_at": self.at.isoformat(),
            "deployment": self.deployment_id,
            "kind": self.kind,
            "place": self.place,
            "app": self.app_name,
            "window_title": self.window_title,
            "sealed": self.is_sealed,
            "review": self.review,
        }


def add(connection: Connection, secrets: Sequence[Secret]) -> int:
    """Adds those that are not known yet, and says how many.

    One is known when its frame or transcript has as many rows of the same place, kind and boxes already: reading the
    same original again adds nothing.
    """
    new = [secret for secret, known in zip(secrets, matched(connection, secrets), strict=True) if known is None]
    insert_new(connection, new)
    return len(new)


def insert_new(connection: Connection, secrets: Sequence[Secret]) -> None:
    """Adds rows that `matched` does not know."""
    if secrets:
        connection.execute(insert(_secrets), [_values(secret) for secret in secrets])


def matched(connection: Connection, secrets: Sequence[Secret]) -> list[Secret | None]:
    """For each the row that already stands for it, every row for one at most; None for a new one."""
    known: defaultdict[tuple[object, ...], deque[Secret]] = defaultdict(deque)
    for secret in _of_same_origins(connection, secrets):
        known[_sameness(secret)].append(secret)
    return [known[sameness].popleft() if known[sameness] else None for sameness in map(_sameness, secrets)]


def seal(connection: Connection, secret_id: UUID, sealed: Sealed) -> None:
    """Puts what was sealed in the place of nothing, or of what was sealed to another epoch."""
    values = {"sealed": sealed.value, "key_id": sealed.key_id, "sealed_pixels": sealed.pixels}
    connection.execute(update(_secrets).where(_secrets.c.id == secret_id).values(values))


def read(connection: Connection, secret_ids: Collection[UUID]) -> list[Secret]:
    """These rows, by the time they were found."""
    return _read(connection, _secrets.c.id.in_(secret_ids))


def called(connection: Connection, part: str, limit: int = 2) -> list[Secret]:
    """At most `limit` rows whose id begins or ends like this."""
    text, part = cast(_secrets.c.id, Text), part.lower()
    like = or_(text.startswith(part, autoescape=True), text.endswith(part, autoescape=True))
    return [_secret(row) for row in connection.execute(select(_secrets).where(like).limit(limit))]


def found_on(connection: Connection, day: date) -> list[FoundSecret]:
    """What was found on this day of each deployment's clock, by time."""
    at = func.coalesce(frames.c.captured_at, transcripts.c.started_at)
    of = _secrets.c
    rows = connection.execute(
        select(of.id, of.kind, of.deployment_id, at.label("at"), of.frame_id, of.transcript_id, of.review)
        .outerjoin(frames, frames.c.id == of.frame_id)
        .outerjoin(transcripts, transcripts.c.id == of.transcript_id)
        .outerjoin(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
        .where(func.coalesce(frames.c.day, audio_segments.c.day) == day)
        .order_by(at, of.id)
    )
    return [FoundSecret(*row) for row in rows]


def listed(connection: Connection, *, kind: str | None = None, day: date | None = None) -> list[Listed]:
    """What was found, newest capture last, without the values.

    Args:
        day: of the deployment's own clock.
    """
    start = func.coalesce(frames.c.captured_at, transcripts.c.started_at, _secrets.c.detected_at)
    query = (
        select(
            _secrets.c.id,
            _secrets.c.deployment_id,
            start.label("at"),
            _secrets.c.place,
            _secrets.c.kind,
            frames.c.app_name,
            frames.c.window_title,
            _secrets.c.sealed.is_not(None).label("is_sealed"),
            _secrets.c.rule,
            _secrets.c.review,
        )
        .outerjoin(frames, frames.c.id == _secrets.c.frame_id)
        .outerjoin(transcripts, transcripts.c.id == _secrets.c.transcript_id)
        .outerjoin(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
        .order_by(start, _secrets.c.id)
    )
    if kind is not None:
        query = query.where(_secrets.c.kind == kind)
    if day is not None:
        query = query.where(func.coalesce(frames.c.day, audio_segments.c.day) == day)
    return [Listed(*row) for row in connection.execute(query)]


def on_frames(connection: Connection, partition: DeploymentDay) -> list[Secret]:
    """What was found on the partition's frames and was not reviewed, by the time it was found."""
    own = select(frames.c.id).where(frames.c.deployment_id == partition.deployment_id, frames.c.day == partition.day)
    return _read(connection, and_(_secrets.c.frame_id.in_(own), _secrets.c.review.is_(None)))


def review(connection: Connection, secret_ids: Collection[UUID], verdict: str) -> None:
    """What a language model makes of these: `secret` or `no_secret`; what is covered and sealed stays so."""
    connection.execute(update(_secrets).where(_secrets.c.id.in_(secret_ids)).values(review=verdict))


def image_ref(connection: Connection, secret_id: UUID) -> str | None:
    """Where the redacted image lies on which a value stood; None where it stood in speech, or the image is gone."""
    of_secret = select(frames.c.image_ref).join(_secrets, _secrets.c.frame_id == frames.c.id)
    return connection.scalar(of_secret.where(_secrets.c.id == secret_id))


def sealed_to_others(connection: Connection, key_id: bytes, *, after: UUID, limit: int) -> list[Secret]:
    """By id, at most `limit` rows behind `after` that are sealed to another epoch than this."""
    of_others = and_(_secrets.c.key_id != key_id, _secrets.c.id > after)
    rows = connection.execute(select(_secrets).where(of_others).order_by(_secrets.c.id).limit(limit))
    return [_secret(row) for row in rows]


def delete(connection: Connection, secret_ids: Collection[UUID]) -> list[Secret]:
    """The rows that it deleted; who calls writes down why (`vault_chain`)."""
    gone = read(connection, secret_ids)
    connection.execute(_secrets.delete().where(_secrets.c.id.in_([secret.id for secret in gone])))
    return gone


def of_frames(connection: Connection, frame_ids: Collection[UUID]) -> dict[UUID, list[Secret]]:
    """What is known of each of these frames, oldest first, then by id; frames without a row are left out."""
    found: defaultdict[UUID, list[Secret]] = defaultdict(list)
    for secret in _read(connection, _secrets.c.frame_id.in_(frame_ids)):
        if secret.frame_id is not None:
            found[secret.frame_id].append(secret)
    return dict(found)


def known_boxes(connection: Connection, frame_id: UUID) -> list[tuple[str, tuple[Box, ...]]]:
    """Kind and filled boxes of each secret that stood in the pixels of a frame."""
    secrets = of_frames(connection, [frame_id]).get(frame_id, [])
    return [(secret.kind, secret.boxes) for secret in secrets if secret.boxes]


def of_segments(connection: Connection, segment_ids: Collection[UUID]) -> dict[UUID, list[Secret]]:
    """What is known of what was said in each of these segments, oldest first; segments without a row are left out."""
    query = (
        select(transcripts.c.segment_id, *_secrets.c)
        .join(transcripts, transcripts.c.id == _secrets.c.transcript_id)
        .where(transcripts.c.segment_id.in_(segment_ids))
        .order_by(_secrets.c.detected_at, _secrets.c.id)
    )
    found: defaultdict[UUID, list[Secret]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.segment_id].append(_secret(row))
    return dict(found)


def unsealed_segments(connection: Connection, segment_ids: Collection[UUID]) -> set[UUID]:
    """Those of these segments in which a value was said that is not sealed."""
    query = (
        select(transcripts.c.segment_id)
        .join(_secrets, _secrets.c.transcript_id == transcripts.c.id)
        .where(transcripts.c.segment_id.in_(segment_ids), _secrets.c.sealed.is_(None))
    )
    return set(connection.scalars(query))


def days_found_by(connection: Connection, run_ids: Collection[UUID]) -> dict[date, int]:
    """How many secrets these runs were the first to find, by the day of their frame."""
    query = (
        select(frames.c.day, func.count().label("found"))
        .join(_secrets, _secrets.c.frame_id == frames.c.id)
        .where(_secrets.c.run_id.in_(run_ids))
        .group_by(frames.c.day)
        .order_by(frames.c.day)
    )
    return {row.day: row.found for row in connection.execute(query)}


def count_unsealed(connection: Connection) -> int:
    """How many values wait for a vault."""
    return connection.execute(select(func.count()).where(_secrets.c.sealed.is_(None))).scalar_one()


def _of_same_origins(connection: Connection, secrets: Sequence[Secret]) -> list[Secret]:
    frame_ids = {secret.frame_id for secret in secrets if secret.frame_id}
    transcript_ids = {secret.transcript_id for secret in secrets if secret.transcript_id}
    imported = {secret.id for secret in secrets if secret.imported_from}
    c = _secrets.c
    return _read(connection, or_(c.frame_id.in_(frame_ids), c.transcript_id.in_(transcript_ids), c.id.in_(imported)))


def _read(connection: Connection, condition: Any) -> list[Secret]:
    rows = connection.execute(select(_secrets).where(condition).order_by(_secrets.c.detected_at, _secrets.c.id))
    return [_secret(row) for row in rows]


def _sameness(secret: Secret) -> tuple[object, ...]:
    if secret.imported_from is not None:
        return (secret.id,)
    return (secret.frame_id, secret.transcript_id, secret.place, secret.kind, secret.boxes)


def _values(secret: Secret) -> dict[str, object]:
    sealed = secret.sealed
    return {
        "id": secret.id,
        "deployment_id": secret.deployment_id,
        "frame_id": secret.frame_id,
        "transcript_id": secret.transcript_id,
        "imported_from": secret.imported_from,
        "place": secret.place,
        "kind": secret.kind,
        "rule": secret.rule,
        "detector_version": secret.detector_version,
        "sealed": sealed and sealed.value,
        "key_id": sealed and sealed.key_id,
        "sealed_pixels": sealed and sealed.pixels,
        "boxes": [list(box) for box in secret.boxes],
        "run_id": secret.run_id,
    }


def _secret(row: Row[Any]) -> Secret:
    return Secret(
        id=row.id,
        deployment_id=row.deployment_id,
        place=row.place,
        kind=row.kind,
        rule=row.rule,
        detector_version=row.detector_version,
        frame_id=row.frame_id,
        transcript_id=row.transcript_id,
        imported_from=row.imported_from,
        boxes=tuple(Box(*box) for box in row.boxes or ()),
        sealed=None if row.sealed is None else Sealed(row.sealed, row.key_id, row.sealed_pixels),
        run_id=row.run_id,
    )
