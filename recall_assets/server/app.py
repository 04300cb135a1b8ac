"""The HTTP server: ingest, the landing key, and whether it lives. One ASGI process, loopback only.

    POST /v1/ingest         token of scope ingest   a batch of sealed items; one outcome each
    GET  /v1/landing-key    token of scope ingest   the key to seal to, signed by the server's identity
    GET  /health            nobody's business       {"status": "ok"}, and no data
    GET  /vault, /v1/vault  see `vault_page`        what the owner's browser opens, sealed

Refusals are `{"error", "remedy"}`: 400 no batch, 401 token, 403 foreign deployment, 413 too large, 426 version,
503 database or disk. No route describes the others, and only names of this machine are answered.
"""

import logging
import time
from collections import Counter
from datetime import UTC, datetime

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from capture_agent.protocol import (
    MAX_BATCH_OVERHEAD,
    PROTOCOL_VERSION,
    SUPPORTED_VERSIONS,
    VERSION_HEADER,
    BatchAnswer,
    ProtocolError,
)
from recall_assets.server.ingest import ForeignDeploymentError, ingest
from recall_assets.server.vault_page import add_vault_page
from recall_assets.settings import Settings
from recall_assets.store import tokens
from recall_assets.vault.landing_keys import ensure_landing_key, known_key_ids

_log = logging.getLogger(__name__)
_OWN_NAMES = ["localhost", "127.0.0.1"]
# A body over the cap is read on and thrown away, so that the sender hears the answer; but not for ever.
_DISCARDED = 4


class _Refusal(Exception):  # noqa: N818  (an answer, not a failure)
    def __init__(self, status: int, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.remedy = remedy


def create_app(engine: Engine, settings: Settings) -> FastAPI:
    """The application over a database and a home; makes the landing key at its first start."""
    home = settings.home
    ensure_landing_key(home)
    app = FastAPI(title="Recall", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_OWN_NAMES, www_redirect=False)
    app.add_exception_handler(_Refusal, _refuse)
    app.add_exception_handler(SQLAlchemyError, _unavailable)
    app.add_exception_handler(OSError, _unavailable)

    @app.get("/health")
    def health() -> Response:
        with engine.connect() as connection:
            connection.execute(select(1))
        return JSONResponse({"status": "ok"})

    @app.get("/v1/landing-key")
    def landing_key(request: Request) -> Response:
        _authorise(engine, request)
        return _json(ensure_landing_key(home).model_dump_json())

    @app.post("/v1/ingest")
    async def post_batch(request: Request) -> Response:
        _check_version(request)
        grant = await run_in_threadpool(_authorise, engine, request)
        body = await _read(request, settings.max_envelope_bytes + MAX_BATCH_OVERHEAD)
        started = time.monotonic()
        try:
            answer = await run_in_threadpool(
                ingest, engine, home, grant, body, key_ids=known_key_ids(home), now=datetime.now(UTC)
            )
        except ProtocolError as error:
            raise _Refusal(400, f"The body is no batch: {error}.", "Send it again; else upgrade the agent.") from None
        except ForeignDeploymentError as error:
            raise _Refusal(403, error.problem, error.remedy) from None
        _log.info("ingest %s: %s in %.2f s", grant.deployment_id, _counted(answer), time.monotonic() - started)
        return _json(answer.model_dump_json())

    add_vault_page(app, engine, settings, lambda request: _authorise_owner(engine, request))
    return app


def _check_version(request: Request) -> None:
    said = request.headers.get(VERSION_HEADER, "")
    if not said.isdecimal() or int(said) not in SUPPORTED_VERSIONS:
        spoken = ", ".join(map(str, sorted(SUPPORTED_VERSIONS)))
        older = said.isdecimal() and int(said) > PROTOCOL_VERSION
        raise _Refusal(
            426,
            f"This server speaks protocol version {spoken}.",
            "Upgrade the server." if older else "Upgrade the agent on that machine.",
        )


def _authorise(engine: Engine, request: Request) -> tokens.Grant:
    grant = _granted(engine, request, "Get a new one with `recall deployments enrol`.")
    if grant.scope != "ingest" or grant.deployment_id is None:
        raise _Refusal(403, "The token may not send frames.", "Use the token that enrolment printed.")
    return grant


def _authorise_owner(engine: Engine, request: Request) -> None:
    if _granted(engine, request, "Open the address that `recall vault page` shows.").scope != "api":
        raise _Refusal(403, "The token may not look at the vault.", "Open the address that `recall vault page` shows.")


def _granted(engine: Engine, request: Request, remedy: str) -> tokens.Grant:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    grant = None
    if scheme.lower() == "bearer" and token:
        with engine.connect() as connection:
            grant = tokens.verify(connection, token.strip())
    if grant is None:
        raise _Refusal(401, "The token is unknown, expired or revoked.", remedy)
    return grant


async def _read(request: Request, cap: int) -> bytes:
    """The body, of which no more than `cap` bytes are ever held."""
    chunks: list[bytes] = []
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received <= cap:
            chunks.append(chunk)
        else:
            chunks.clear()
        if received > cap * _DISCARDED:
            break
    if received > cap:
        raise _Refusal(413, f"A request may have {cap} bytes.", "Send fewer items at once, or a smaller image.")
    return b"".join(chunks)


def _counted(answer: BatchAnswer) -> str:
    counts = Counter(item.outcome.value for item in answer.outcomes)
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "nothing"


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="application/json")


async def _refuse(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, _Refusal)
    headers = {VERSION_HEADER: str(PROTOCOL_VERSION)}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == 426:
        headers |= {"Upgrade": f"Recall/{PROTOCOL_VERSION}", "Connection": "Upgrade"}
    return JSONResponse({"error": refusal.problem, "remedy": refusal.remedy}, refusal.status, headers)


async def _unavailable(_: Request, error: Exception) -> Response:
    """The database or the disk failed; the sender keeps its items and comes again."""
    _log.error("unavailable: %s", type(error).__name__ if isinstance(error, SQLAlchemyError) else error)
    remedy = "Nothing was taken; the sender tries again. See the server's log."
    return JSONResponse({"error": "The database or the disk failed.", "remedy": remedy}, 503, {"Retry-After": "5"})
