"""The page of machines: whether each is captured as it should be.

GET /deployments, /deployments/*   the owner's browser    the page and its script
GET /v1/deployments                scope api              every live machine, see `watch`
"""

from datetime import UTC, datetime
from pathlib import Path

from fastapi import Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from recall_assets.server import access
from recall_assets.server.refusal import Refusal
from recall_assets.settings import Settings
from recall_assets.watch import watched

_PAGES = Path(__file__).parent / "pages" / "deployments"
_TYPES = {"deployments.html": "text/html", "deployments.js": "text/javascript", "deployments.css": "text/css"}


def add_deployments_page(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds the page's routes."""
    owner = [Depends(access.owner)]

    @app.get("/deployments", dependencies=owner)
    def page() -> Response:
        return _file("deployments.html")

    @app.get("/deployments/{name}", dependencies=owner)
    def part(name: str) -> Response:
        if name not in _TYPES:
            raise Refusal(404, "There is no such thing here.", "recall open /deployments")
        return _file(name)

    @app.get("/v1/deployments", dependencies=[Depends(access.api)])
    def state() -> Response:
        now = datetime.now(UTC)
        with engine.connect() as connection:
            machines = [machine.as_json() for machine in watched(connection, settings, now)]
        return JSONResponse({"now": now.isoformat(), "machines": machines})


def _file(name: str) -> Response:
    return Response((_PAGES / name).read_bytes(), media_type=_TYPES[name])
