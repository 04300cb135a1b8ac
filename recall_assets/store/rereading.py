"""What reading stored images again found: a number a frame, never what it was.

    frames.reread_hits   null  not read again     0  nothing is left     n  so many findings: an alarm

Frames that share an image share its number.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from recall_assets.records import DeploymentDay
from recall_assets.store.tables import frames


class Reread(NamedTuple):
    """How many frames of a partition were read again, and those whose image still shows something."""

    frames: int
    showing: list[UUID]


def note(connection: Connection, hits: Mapping[str, int]) -> None:
    """Keeps what was found in these images, by their references."""
    for ref, found in hits.items():
        connection.execute(update(frames).where(frames.c.image_ref == ref).values(reread_hits=found))


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
