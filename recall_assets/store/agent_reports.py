"""What each deployment's agent said last of itself.

    agent ─ every minute ─► POST /v1/report ─► keep ─► deployments.reported, reported_at (the server's clock)
    landing key rotation, deployments page, silence check ◄─ last_reports

Counts, times and one sentence of trouble; nothing of a screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, func, select, update

from capture_agent.messages import AgentReport
from recall_assets.store.tables import deployments


@dataclass(frozen=True, slots=True)
class LastReport:
    """An agent's last report, and when it came by the server's clock."""

    report: AgentReport
    received_at: datetime


def keep(connection: Connection, deployment_id: str, report: AgentReport) -> None:
    """Puts the report in place of the one before; the deployment was heard of now."""
    connection.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id)
        .values(reported=report.model_dump(mode="json"), reported_at=func.now(), last_seen_at=func.now())
    )


def last_reports(connection: Connection) -> Mapping[str, LastReport]:
    """Each live deployment's last report; one that never sent any is left out."""
    rows = connection.execute(
        select(deployments.c.id, deployments.c.reported, deployments.c.reported_at).where(
            deployments.c.reported.is_not(None), deployments.c.revoked_at.is_(None)
        )
    )
    told = {row.id: (_parsed(row.reported), row.reported_at) for row in rows}
    return {id_: LastReport(report, at) for id_, (report, at) in told.items() if report is not None}


def named_keys(connection: Connection) -> Mapping[str, frozenset[bytes]]:
    """The landing keys that each live deployment's last report names: the one it seals to, those of its spool."""
    rows = connection.execute(
        select(deployments.c.id, deployments.c.reported).where(
            deployments.c.reported.is_not(None), deployments.c.revoked_at.is_(None)
        )
    )
    # Not through `_parsed`: a report that a newer version wrote keeps keys alive too.
    named = {row.id: {row.reported.get("landing_key"), *row.reported.get("spooled_keys", ())} for row in rows}
    return {id_: frozenset(bytes.fromhex(key) for key in keys if key) for id_, keys in named.items()}


def _parsed(stored: object) -> AgentReport | None:
    """The report; None where another version of Recall wrote one that this one does not know."""
    try:
        return AgentReport.model_validate(stored)
    except ValidationError:
        return None
