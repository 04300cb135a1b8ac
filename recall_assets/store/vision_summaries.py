"""What keyframes show, as rows: one an activity, kept as long as its activity, its frame and that frame's image.

keep ─► recall.vision_summaries ─► described ─► the next run (an equal input needs no call), export, lineage
                ▲
an image is redacted anew ─► forget_outdated        (its old description may tell what was covered since)
the activity or the frame goes ─► the row goes
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import DeploymentDay, Provenance
from recall_assets.store.tables import activities, frames, vision_summaries


@dataclass(frozen=True, slots=True)
class Description:
    """What a model said of an activity's keyframe; of text and reason one is None."""

    activity_id: UUID
    frame_id: UUID
    image_sha256: bytes
    input_hash: bytes
    text: str | None
    reason: str | None
    detector_version: str


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Where a frame's redacted image lies in the frame store, and the digest of its bytes."""

    ref: str
    sha256: bytes


def images(connection: Connection, partition: DeploymentDay) -> dict[UUID, StoredImage]:
    """The redacted images of the partition's frames, by frame."""
    c = frames.c
    stored = select(c.id, c.image_ref, c.image_sha256).where(
        c.deployment_id == partition.deployment_id,
        c.day == partition.day,
        c.image_ref.is_not(None),
        c.image_sha256.is_not(None),
    )
    return {row.id: StoredImage(row.image_ref, row.image_sha256) for row in connection.execute(stored)}


def described(connection: Connection, partition: DeploymentDay) -> dict[UUID, Description]:
    """What the partition's activities have, by activity."""
    columns = [vision_summaries.c[name] for name in Description.__slots__]
    rows = connection.execute(
        select(*columns)
        .join(activities, activities.c.id == vision_summaries.c.activity_id)
        .where(activities.c.deployment_id == partition.deployment_id, activities.c.day == partition.day)
    )
    return {row.activity_id: Description(*row) for row in rows}


def texts(connection: Connection, activity_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The descriptions of these activities, of those that have one."""
    c = vision_summaries.c
    kept = select(c.activity_id, c.text).where(c.activity_id.in_(activity_ids), c.text.is_not(None))
    return {row.activity_id: row.text for row in connection.execute(kept)}


def keep(connection: Connection, one: Description, provenance: Provenance) -> None:
    """Writes an activity's description in place of the one it had; nothing where its activity or image went since."""
    still = (
        select(func.count())
        .select_from(activities)
        .join(frames, frames.c.id == one.frame_id)
        .where(activities.c.id == one.activity_id, frames.c.image_sha256 == one.image_sha256)
    )
    if not connection.execute(still).scalar_one():
        return
    values = asdict(one) | {"code_version": provenance.code_version, "run_id": provenance.run_id}
    rewritten = {name: value for name, value in values.items() if name != "activity_id"} | {"created_at": func.now()}
    insertion = upsert(vision_summaries).values(values)
    connection.execute(insertion.on_conflict_do_update(index_elements=["activity_id"], set_=rewritten))


def forget(connection: Connection, activity_id: UUID) -> None:
    """The activity has no description any more."""
    connection.execute(delete(vision_summaries).where(vision_summaries.c.activity_id == activity_id))


def forget_outdated(connection: Connection, of_frames: ColumnElement[bool]) -> None:
    """Deletes descriptions of those frames whose stored image is another than the one that was described."""
    changed = select(frames.c.id).where(
        of_frames,
        frames.c.id == vision_summaries.c.frame_id,
        frames.c.image_sha256.is_distinct_from(vision_summaries.c.image_sha256),
    )
    connection.execute(delete(vision_summaries).where(changed.exists()))
