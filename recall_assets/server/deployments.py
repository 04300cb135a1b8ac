"""How every machine stands, as JSON; the page that shows it is one of `views`.

GET /v1/deployments    scope api    every live machine, see `watch`
"""

from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from recall_assets.server import access
from recall_assets.settings import Settings
from recall_assets.watch import watched


def add_deployments(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds the route."""

    @app.get("/v1/deployments", dependencies=[Depends(access.api)])
    def state() -> Response:
        now = datetime.now(UTC)
        with engine.connect() as connection:
            machines = [machine.as_json() for machine in watched(connection, settings, now)]
        return JSONResponse({"now": now.isoformat(), "machines": machines})
