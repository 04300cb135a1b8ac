"""What waits for a vault: frames that were read before there was one, their envelopes still in the landing.

found without a vault ─► row unsealed, envelope kept ─► `recall vault init` ─► ask_again ─► the intake reads, seals
"""

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from recall_assets.records import DeploymentDay, Status
from recall_assets.store.landing import hold_landing
from recall_assets.store.tables import arrivals, frames, secrets


def _waits() -> ColumnElement[bool]:
    unsealed = select(secrets.c.id).where(secrets.c.frame_id == frames.c.id, secrets.c.sealed.is_(None)).exists()
    return and_(frames.c.landing_ref.is_not(None), frames.c.ocr_status == Status.DONE, unsealed)


def waiting_partitions(connection: Connection) -> dict[DeploymentDay, int]:
    """The partitions in which read frames wait for a vault, and how many each."""
    rows = connection.execute(
        select(frames.c.deployment_id, frames.c.day, func.count())
        .where(_waits())
        .group_by(frames.c.deployment_id, frames.c.day)
        .order_by(frames.c.deployment_id, frames.c.day)
    )
    return {DeploymentDay(deployment, day): count for deployment, day, count in rows}


def ask_again(connection: Connection) -> int:
    """How many waiting frames are read anew by the next run; each takes the next arrival number.

    Holds the landing to the end of the transaction, as all do that take arrival numbers.
    """
    hold_landing(connection)
    asked = connection.execute(
        update(frames)
        .where(_waits())
        .values(ocr_status=Status.PENDING, arrival=arrivals.next_value(), received_at=func.now())
    )
    return asked.rowcount
