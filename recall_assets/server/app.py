"""The HTTP server: ingest, and whether it lives; what agents and browsers ask besides is in modules of its own.

    POST /v1/ingest               token of scope ingest   a batch of sealed items; one outcome each
    POST /v1/enrol, /v1/report    see `agent_routes`      how a machine becomes a deployment, and how it stands
    GET  /health                  nobody's business       {"status": "ok"}, and no data
    GET  /metrics                 token of scope metrics  what Prometheus collects, see `metrics`
    /login, /logout               see `login`             how the owner's browser comes in
    /v1/days, /v1/search, ...     see `api`               everything as JSON, and the owner's edits
    GET  /, /day/..., /static     see `views.routes`      the timeline's pages; images under /v1/frames
    GET  /vault, /v1/vault        see `vault_page`        what the owner's browser opens, sealed
    /dagster                      see `dagster_proxy`     the Dagster UI
    POST /mcp                     see `assistants`        what assistants ask, with a token of scope mcp

Every route but /health, the login and those of agents declares one of the dependencies of `access`; a test walks all
of them. What is asked of every request before stands in `gate`, refusals in `refusal`.
"""

import logging
import time
from collections import Counter
from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import Engine, select

from capture_agent.protocol import MAX_BATCH_OVERHEAD, BatchAnswer, ProtocolError
from recall_assets.metrics import Meter
from recall_assets.server import access
from recall_assets.server.agent_routes import add_agent_routes
from recall_assets.server.api.routes import add_api
from recall_assets.server.assistants.transport import add_mcp
from recall_assets.server.dagster_proxy import add_dagster_ui
from recall_assets.server.gate import Gate
from recall_assets.server.ingest import ForeignDeploymentError, ingest
from recall_assets.server.listening import answered_names
from recall_assets.server.login import add_login
from recall_assets.server.refusal import Refusal, add_refusals
from recall_assets.server.requests import authorise_agent, check_version, read_body
from recall_assets.server.vault_page import add_vault_page
from recall_assets.server.views.routes import add_pages
from recall_assets.settings import Settings
from recall_assets.store import disk
from recall_assets.vault.landing_keys import ensure_landing_key

_log = logging.getLogger(__name__)
# How soon an agent that was refused for want of room may come again.
_ROOM_LOOK_SECONDS = 30


def create_app(engine: Engine, settings: Settings) -> FastAPI:
    """The application over a database and a home; makes the landing key at its first start."""
    home = settings.home
    ensure_landing_key(home)
    app = FastAPI(title="Recall", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Gate, names=answered_names(settings), settings=settings)
    access.open_to(app, engine, settings)
    add_refusals(app)

    @app.get("/health")
    def health() -> Response:
        with engine.connect() as connection:
            connection.execute(select(1))
        return JSONResponse({"status": "ok"})

    meter = Meter(engine, settings)

    @app.get("/metrics", dependencies=[Depends(access.metrics)])
    def metrics() -> Response:
        return Response(meter.text(), media_type=CONTENT_TYPE_LATEST)

    @app.post("/v1/ingest")
    async def post_batch(request: Request) -> Response:
        check_version(request)
        grant = await run_in_threadpool(authorise_agent, engine, request)
        body = await read_body(request, settings.max_envelope_bytes + MAX_BATCH_OVERHEAD)
        room = disk.room(settings)
        if room.is_short:
            raise Refusal(507, f"The disk is nearly full: {room}.", disk.REMEDY, retry_after=_ROOM_LOOK_SECONDS)
        started = time.monotonic()
        try:
            answer = await run_in_threadpool(ingest, engine, home, grant, body, now=datetime.now(UTC))
        except ProtocolError as error:
            raise Refusal(400, f"The body is no batch: {error}.", "Send it again; else upgrade the agent.") from None
        except ForeignDeploymentError as error:
            raise Refusal(403, error.problem, error.remedy) from None
        _log.info("ingest %s: %s in %.2f s", grant.deployment_id, _counted(answer), time.monotonic() - started)
        return Response(answer.model_dump_json(), media_type="application/json")

    add_agent_routes(app, engine, home)
    add_login(app, engine, settings)
    add_api(app)
    add_vault_page(app, engine, settings)
    add_pages(app, engine, settings)
    add_dagster_ui(app, engine, settings)
    add_mcp(app, engine, home)
    return app


def _counted(answer: BatchAnswer) -> str:
    counts = Counter(item.outcome.value for item in answer.outcomes)
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "nothing"
