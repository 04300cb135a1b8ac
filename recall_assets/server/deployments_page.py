"""The page of machines: whether each is captured as it should be.

    GET /deployments, /deployments/*   the page and its script, without a token: nothing of the owner's is in them
    GET /v1/deployments                token of scope api    every live machine, see `watch`

`recall deployments page` makes a token that lives as long as the command, and shows the address with it behind the #.
The script may come from here alone and connect to here alone; nothing may frame the page or store an answer.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from recall_assets.server.refusal import Refusal
from recall_assets.settings import Settings
from recall_assets.watch import watched

_PAGES = Path(__file__).parent / "pages" / "deployments"
_TYPES = {"deployments.html": "text/html", "deployments.js": "text/javascript", "deployments.css": "text/css"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def add_deployments_page(
    app: FastAPI, engine: Engine, settings: Settings, authorise: Callable[[Request], object]
) -> None:
    """Adds the page's routes.

    Args:
        authorise: raises what becomes the answer, unless the request carries a token for this.
    """

    @app.get("/deployments")
    def page() -> Response:
        return _file("deployments.html")

    @app.get("/deployments/{name}")
    def part(name: str) -> Response:
        if name not in _TYPES:
            raise Refusal(404, "There is no such thing here.", "recall deployments page")
        return _file(name)

    @app.get("/v1/deployments")
    def state(request: Request) -> Response:
        authorise(request)
        now = datetime.now(UTC)
        with engine.connect() as connection:
            machines = [machine.as_json() for machine in watched(connection, settings, now)]
        return JSONResponse({"now": now.isoformat(), "machines": machines}, headers=_HEADERS)


def _file(name: str) -> Response:
    return Response((_PAGES / name).read_bytes(), media_type=_TYPES[name], headers=_HEADERS)
