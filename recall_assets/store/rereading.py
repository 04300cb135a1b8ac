"""What reading stored images again found: a number a frame, never what it was.

    frames.reread_hits     null  not read again     0  nothing is left     n  so many findings: an alarm
    frames.reread_recall   null  not read whole     share of the words read now that the stored text has

Frames that share an image share its number.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from recall_assets.records import DeploymentDay
from recall_assets.store.tables import frames

# Frames that tell whether reading what is new equals reading all; one page more or less is then no alarm.
SAMPLE = 200


class Reread(NamedTuple):
    """How many frames of a partition were read again, and those whose image still shows something."""

    frames: int
    showing: list[UUID]


def note(connection: Connection, hits: Mapping[str, int], recall: Mapping[str, float]) -> None:
    """Keeps what was found in these images, by their references, and the recall of those that were read whole."""
    for ref, found in hits.items():
        values = {"reread_hits": found, "reread_recall": recall.get(ref)}
        connection.execute(update(frames).where(frames.c.image_ref == ref).values(values))


def recall(connection: Connection, deployment_id: str) -> tuple[float, int] | None:
    """Mean recall of the deployment's last frames that were read whole, and their number; None where none was."""
    last = (
        select(frames.c.reread_recall)
        .where(frames.c.deployment_id == deployment_id, frames.c.reread_recall.is_not(None))
        .order_by(frames.c.captured_at.desc())
        .limit(SAMPLE)
        .subquery()
    )
    mean, count = connection.execute(select(func.avg(last.c.reread_recall), func.count()).select_from(last)).one()
    return (float(mean), count) if count else None


def reread(connection: Connection, partition: DeploymentDay) -> Reread:
    """What is known of a partition's frames, oldest first."""
    of_it = frames.c.deployment_id == partition.deployment_id, frames.c.day == partition.day
    count = select(func.count()).where(*of_it, frames.c.reread_hits.is_not(None))
    showing = select(frames.c.id).where(*of_it, frames.c.reread_hits > 0).order_by(frames.c.captured_at, frames.c.id)
    return Reread(connection.execute(count).scalar_one(), list(connection.scalars(showing)))


def showing(connection: Connection, frame_ids: Collection[UUID]) -> set[UUID]:
    """Those of these frames whose stored image still shows something."""
    query = select(frames.c.id).where(frames.c.id.in_(frame_ids), frames.c.reread_hits > 0)
    return set(connection.scalars(query))
