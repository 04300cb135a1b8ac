"""What a run hands to later ones: of each window the last frame on which something was found, its envelope kept.

    window A   found ──── found ──── nothing ──── found          day over
    envelope   goes       goes       goes         stays ─► read again by later runs of this day and the next ─► goes

The values stand nowhere else: rows hold them sealed to the vault, texts and images hold marks. So a later run knows one
that it meets without its label. Frames that wait for a vault keep their envelopes too (`waiting`), and serve alike.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from recall_assets.records import DeploymentDay, Status
from recall_assets.store.frames import LandedFrame
from recall_assets.store.tables import frames, secrets

_KEPT = and_(frames.c.ocr_status == Status.DONE, frames.c.landing_ref.is_not(None))
# 1 for the last frame of a window; frames without a find have no envelope any more.
_FROM_LAST = func.row_number().over(
    partition_by=(frames.c.deployment_id, frames.c.app_name, frames.c.window_title),
    order_by=(frames.c.captured_at.desc(), frames.c.id.desc()),
)


def carried(connection: Connection, partition: DeploymentDay) -> list[LandedFrame]:
    """The frames of this day and the one before that a run over the partition learns from, by captured_at."""
    recent = frames.c.day.between(partition.day - timedelta(days=1), partition.day)
    columns = [frames.c[name] for name in LandedFrame.__slots__]
    kept = (
        select(*columns, _FROM_LAST.label("from_last"))
        .where(frames.c.deployment_id == partition.deployment_id, recent, _KEPT)
        .subquery()
    )
    rows = connection.execute(
        select(*(kept.c[column.name] for column in columns)).where(kept.c.from_last == 1).order_by(kept.c.captured_at)
    )
    return [LandedFrame(*row) for row in rows]


def release(connection: Connection, partition: DeploymentDay) -> list[str]:
    """The envelopes of read frames that no later run of this partition needs; their rows forget them."""
    of_partition = and_(frames.c.deployment_id == partition.deployment_id, frames.c.day == partition.day)
    ranked = select(frames.c.id, _FROM_LAST.label("from_last")).where(of_partition, _KEPT).subquery()
    return _forget(connection, frames.c.id.in_(select(ranked.c.id).where(ranked.c.from_last > 1)))


def release_older(connection: Connection, received_before: datetime) -> list[str]:
    """The envelopes of read frames that came before then; their rows forget them."""
    return _forget(connection, frames.c.received_at < received_before)


def _forget(connection: Connection, chosen: ColumnElement[bool]) -> list[str]:
    """Those of the chosen whose values are all sealed: the envelope of another is the only place of its value."""
    unsealed = exists().where(secrets.c.frame_id == frames.c.id, secrets.c.sealed.is_(None))
    rows = connection.execute(select(frames.c.id, frames.c.landing_ref).where(chosen, _KEPT, ~unsealed)).all()
    connection.execute(update(frames).where(frames.c.id.in_([row.id for row in rows])).values(landing_ref=None))
    return [row.landing_ref for row in rows]
