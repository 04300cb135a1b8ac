"""A Dagster run behind a row: its page in the Dagster UI, or the word that it is no longer kept.

GET /runs/{id} ─► /dagster/runs/{id}     as long as it is there; the Dagster UI leads here where it is not
"""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from recall_assets.server.refusal import Refusal
from recall_assets.store import dagster_runs


def add_run_page(router: APIRouter, engine: Engine) -> None:
    """Adds the route."""

    @router.get("/runs/{run_id}")
    def run_page(run_id: UUID) -> RedirectResponse:
        if not dagster_runs.is_kept(engine, run_id):
            kept = (
                "Of old runs those are kept that made a partition last; dagster_runs_days in recall.toml says how old."
            )
            raise Refusal(404, "That run is no longer kept.", kept)
        return RedirectResponse(f"/dagster/runs/{run_id}", 303)
