"""Rows of day_summaries with their sentences: one a deployment and day, and one a day over all deployments.

    DeploymentDay ─► (deployment_id, day)   ┐
    date          ─► (NULL, day)            ┘ at most one row each, id = DaySummary.id

A day without activities has no row; replacing it with None removes what an earlier run wrote.
"""

from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.records import DaySummary, DeploymentDay, Provenance
from recall_assets.store import sentences
from recall_assets.store.tables import day_summaries


def read_day(connection: Connection, scope: DeploymentDay | date) -> DaySummary | None:
    """The summary of a deployment's day, or of a date over all deployments; None where there is none."""
    row = connection.execute(select(day_summaries).where(_in(scope))).one_or_none()
    if row is None:
        return None
    said = sentences.read(connection, "day_summary_id", row.id)
    return DaySummary(row.id, row.deployment_id, row.day, said, row.summary_kind, row.facts)


def model_reason(connection: Connection, scope: DeploymentDay | date) -> str | None:
    """Why the summary is not in a language model's words though one was to word it; None where it is, or none was."""
    return connection.scalar(select(day_summaries.c.facts["model"]["reason"].astext).where(_in(scope)))


def replace_day(
    connection: Connection, scope: DeploymentDay | date, summary: DaySummary | None, provenance: Provenance
) -> None:
    """The deployment's day, or the date over all deployments, has exactly this summary, or none."""
    others = _in(scope) if summary is None else and_(_in(scope), day_summaries.c.id != summary.id)
    connection.execute(delete(day_summaries).where(others))
    if summary is None:
        return
    insertion = upsert(day_summaries).values(
        id=summary.id,
        deployment_id=summary.deployment_id,
        day=summary.day,
        summary_kind=summary.summary_kind,
        facts=dict(summary.facts),
        code_version=provenance.code_version,
        run_id=provenance.run_id,
    )
    rewritten = {name: insertion.excluded[name] for name in ("summary_kind", "facts", "code_version", "run_id")}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["id"], set_={**rewritten, "created_at": func.now()})
    )
    sentences.replace(connection, "day_summary_id", summary.id, summary.sentences, provenance)


def _in(scope: DeploymentDay | date) -> ColumnElement[bool]:
    if isinstance(scope, DeploymentDay):
        return and_(day_summaries.c.deployment_id == scope.deployment_id, day_summaries.c.day == scope.day)
    return and_(day_summaries.c.deployment_id.is_(None), day_summaries.c.day == scope)
