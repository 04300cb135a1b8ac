"""How soon a deployment's frames are reviewed after they landed: `deployments.review`, read by `store.partitions`."""

from datetime import timedelta

from sqlalchemy import Connection, cast, update
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables import deployments


def set_delay(connection: Connection, deployment_id: str, delay: timedelta | None) -> None:
    """The deployment's frames wait this long, or until the owner asks (None)."""
    said = cast({"delay_seconds": None if delay is None else delay.total_seconds()}, JSONB)
    connection.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id)
        .values(review=deployments.c.review.op("||", return_type=JSONB)(said))
    )
