"""What waits for a vault: frames and sound that were read before there was one, their envelopes still in the landing.

found without a vault ─► row unsealed, envelope kept ─► `recall vault init` ─► ask_again ─► the intake reads, seals
"""

from collections import Counter

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from recall_assets.records import DeploymentDay, Status
from recall_assets.store.landing import hold_landing
from recall_assets.store.tables import arrivals, audio_segments, frames, secrets, transcripts


def _frames_wait() -> ColumnElement[bool]:
    unsealed = select(secrets.c.id).where(secrets.c.frame_id == frames.c.id, secrets.c.sealed.is_(None)).exists()
    return and_(frames.c.landing_ref.is_not(None), frames.c.ocr_status == Status.DONE, unsealed)


def _sound_waits() -> ColumnElement[bool]:
    unsealed = (
        select(secrets.c.id)
        .join(transcripts, transcripts.c.id == secrets.c.transcript_id)
        .where(transcripts.c.segment_id == audio_segments.c.id, secrets.c.sealed.is_(None))
        .exists()
    )
    c = audio_segments.c
    return and_(c.landing_ref.is_not(None), c.transcript_status == Status.DONE, unsealed)


def waiting_partitions(connection: Connection) -> dict[DeploymentDay, int]:
    """The partitions in which read frames or sound wait for a vault, and how many each."""
    counts: Counter[DeploymentDay] = Counter()
    for table, waits in ((frames, _frames_wait()), (audio_segments, _sound_waits())):
        found = select(table.c.deployment_id, table.c.day, func.count()).where(waits)
        for deployment, day, count in connection.execute(found.group_by(table.c.deployment_id, table.c.day)):
            counts[DeploymentDay(deployment, day)] += count
    return {partition: counts[partition] for partition in sorted(counts)}


def is_asked_again(connection: Connection, partition: DeploymentDay) -> bool:
    """Whether a frame of the partition waits to be read anew so that its secrets are sealed."""
    unsealed = select(secrets.c.id).where(secrets.c.frame_id == frames.c.id, secrets.c.sealed.is_(None)).exists()
    found = select(frames.c.id).where(
        frames.c.deployment_id == partition.deployment_id,
        frames.c.day == partition.day,
        frames.c.ocr_status == Status.PENDING,
        frames.c.landing_ref.is_not(None),
        unsealed,
    )
    return connection.execute(select(found.exists())).scalar_one()


def ask_again(connection: Connection) -> int:
    """How much of what waits, frames and stretches of sound, is read anew by the next run.

    Each takes the next arrival number; holds the landing to the end of the transaction, as all do that take them.
    """
    hold_landing(connection)
    asked = 0
    for table, status, waits in (
        (frames, "ocr_status", _frames_wait()),
        (audio_segments, "transcript_status", _sound_waits()),
    ):
        again = {status: Status.PENDING, "arrival": arrivals.next_value(), "received_at": func.now()}
        asked += connection.execute(update(table).where(waits).values(again)).rowcount
    return asked
