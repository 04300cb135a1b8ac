"""Rows of found secrets: where one stood and of what kind, its value sealed or not kept at all.

    intake ─► add ─► recall.secrets          rows are only ever added: the stored image shows just a filled box,
    intake ◄─ of_frames ◄─┘                  so what was known of a frame is put back when it is read again

No clear value, length or digest has a column. Sealing is `vault.sealing`; finding is `stages.secrets`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, or_, select

from recall_assets.records import Box
from recall_assets.store import tables

_secrets = tables.secrets


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value sealed to the vault, the key that it was sealed to, and the crop under its boxes, sealed alike."""

    value: bytes
    key_id: bytes
    pixels: bytes | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """One found secret; on a frame or in a transcript, never both."""

    id: UUID
    deployment_id: str
    place: str  # screen, window_title, url, windows or speech
    kind: str
    rule: str
    detector_version: str
    frame_id: UUID | None = None
    transcript_id: UUID | None = None
    boxes: tuple[Box, ...] = ()  # on the frame's image; empty where it stood in no pixels
    sealed: Sealed | None = None
    run_id: UUID | None = None


def add(connection: Connection, secrets: Sequence[Secret]) -> int:
    """Adds those that are not known yet, and says how many.

    One is known when its frame or transcript has as many rows of the same place, kind and boxes already: reading the
    same original again adds nothing.
    """
    known: Counter[tuple[object, ...]] = Counter(map(_sameness, _of_same_origins(connection, secrets)))
    new = []
    for secret in secrets:
        sameness = _sameness(secret)
        if known[sameness]:
            known[sameness] -= 1
        else:
            new.append(secret)
    if new:
        connection.execute(insert(_secrets), [_values(secret) for secret in new])
    return len(new)


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


def count_unsealed(connection: Connection) -> int:
    """How many values wait for a vault."""
    return connection.execute(select(func.count()).where(_secrets.c.sealed.is_(None))).scalar_one()


def _of_same_origins(connection: Connection, secrets: Iterable[Secret]) -> list[Secret]:
    frame_ids = {secret.frame_id for secret in secrets if secret.frame_id}
    transcript_ids = {secret.transcript_id for secret in secrets if secret.transcript_id}
    return _read(connection, or_(_secrets.c.frame_id.in_(frame_ids), _secrets.c.transcript_id.in_(transcript_ids)))


def _read(connection: Connection, condition: Any) -> list[Secret]:
    rows = connection.execute(select(_secrets).where(condition).order_by(_secrets.c.detected_at, _secrets.c.id))
    return [_secret(row) for row in rows]


def _sameness(secret: Secret) -> tuple[object, ...]:
    return (secret.frame_id, secret.transcript_id, secret.place, secret.kind, secret.boxes)


def _values(secret: Secret) -> dict[str, object]:
    sealed = secret.sealed
    return {
        "id": secret.id,
        "deployment_id": secret.deployment_id,
        "frame_id": secret.frame_id,
        "transcript_id": secret.transcript_id,
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
        boxes=tuple(Box(*box) for box in row.boxes or ()),
        sealed=None if row.sealed is None else Sealed(row.sealed, row.key_id, row.sealed_pixels),
        run_id=row.run_id,
    )
