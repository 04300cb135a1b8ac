"""The owner's machines: enrolled under an id that the owner chose, in the zone that their clock shows.

enrol ─► live ─► revoke ─► refused, its data kept
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Select, func, insert, select, true, update

from recall_assets.errors import InputError
from recall_assets.store.tables import deployments, frames

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One machine; `timezone` is the name of an IANA zone."""

    id: str
    name: str
    platform: str | None
    timezone: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


def check_id(deployment_id: str) -> str:
    """The id itself, if it can be one.

    Raises:
        InputError: it cannot; says which can.
    """
    if not _ID.fullmatch(deployment_id):
        raise InputError(
            f"{deployment_id!r} cannot be a deployment id.",
            "Use 1 to 32 lower-case letters, digits and hyphens, not starting with a hyphen.",
        )
    return deployment_id


def check_timezone(timezone: str) -> str:
    """The zone's name itself, if it is one of the IANA database.

    Raises:
        InputError: it is not.
    """
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # unknown; no name at all; a folder
        raise InputError(
            f"There is no time zone {timezone!r}.", "Name one as the IANA does, e.g. Europe/Berlin."
        ) from error
    return timezone


def enrol(
    connection: Connection, deployment_id: str, *, timezone: str, name: str | None = None, platform: str | None = None
) -> None:
    """Adds a live deployment.

    Raises:
        InputError: the id or zone cannot be used, or the id is taken.
    """
    check_id(deployment_id)
    check_timezone(timezone)
    if read(connection, deployment_id) is not None:
        raise InputError(f"Deployment {deployment_id} is enrolled already.", "Choose another id.")
    connection.execute(
        insert(deployments).values(id=deployment_id, name=name or deployment_id, platform=platform, timezone=timezone)
    )


def read(connection: Connection, deployment_id: str) -> Deployment | None:
    """The deployment of that id, also a revoked one."""
    row = connection.execute(_columns().where(deployments.c.id == deployment_id)).one_or_none()
    return None if row is None else Deployment(*row)


def require(connection: Connection, deployment_id: str) -> Deployment:
    """The deployment of that id, also a revoked one.

    Raises:
        InputError: there is none.
    """
    known = read(connection, deployment_id)
    if known is None:
        raise InputError(f"There is no deployment {deployment_id!r}.", "`recall deployments list` shows them.")
    return known


def read_all(connection: Connection) -> list[Deployment]:
    """Every deployment, by id, revoked ones too."""
    return [Deployment(*row) for row in connection.execute(_columns().order_by(deployments.c.id))]


def frame_counts(connection: Connection) -> Mapping[str, int]:
    """How many frames each deployment has; one without frames is left out."""
    rows = connection.execute(select(frames.c.deployment_id, func.count()).group_by(frames.c.deployment_id))
    return {row[0]: row[1] for row in rows}


def newest_frames(connection: Connection) -> Mapping[str, datetime]:
    """When each deployment's newest frame was captured; one without frames is left out."""
    newest = (
        select(frames.c.captured_at)
        .where(frames.c.deployment_id == deployments.c.id)
        .order_by(frames.c.captured_at.desc())
        .limit(1)
        .lateral("newest")
    )
    rows = connection.execute(select(deployments.c.id, newest.c.captured_at).join(newest, true()))
    return {row.id: row.captured_at for row in rows}


def revoke(connection: Connection, deployment_id: str) -> bool:
    """Whether a live deployment was revoked; what it sent is kept."""
    revoked = connection.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id, deployments.c.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    return revoked.rowcount > 0


def restore(connection: Connection, deployment_id: str) -> None:
    """Makes a revoked deployment live again."""
    connection.execute(update(deployments).where(deployments.c.id == deployment_id).values(revoked_at=None))


def keep_legacy(connection: Connection, deployment_id: str, legacy: Mapping[str, Any]) -> None:
    """Notes who a deployment was in the system that its rows came from."""
    connection.execute(update(deployments).where(deployments.c.id == deployment_id).values(legacy=dict(legacy)))


def seen(connection: Connection, deployment_id: str) -> None:
    """Notes that the deployment was heard of now."""
    connection.execute(update(deployments).where(deployments.c.id == deployment_id).values(last_seen_at=func.now()))


def _columns() -> Select[Any]:
    return select(*(deployments.c[name] for name in Deployment.__slots__))
