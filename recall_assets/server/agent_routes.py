"""What agents ask beside ingest: to be enrolled, for the key to seal to, and to report how they stand.

POST /v1/enrol         one-time code            EnrolmentRequest ─► EnrolmentAnswer
POST /v1/report        token of scope ingest    AgentReport ─► AgentInstructions
GET  /v1/landing-key   token of scope ingest    the key to seal to, signed by the server's identity
GET  /v1/ca            nobody's business        the certificate that signs this server's; its digest is in the link
GET  /enrol            nobody's business        where a link leads in a browser; its code stays behind the #
"""

from typing import TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ValidationError
from sqlalchemy import Engine

from capture_agent.messages import AgentInstructions, AgentReport, EnrolmentRequest
from capture_agent.protocol import MAX_MESSAGE_BYTES
from recall_assets.landing_rotation import give_landing_key
from recall_assets.server.certificates import authority_certificate
from recall_assets.server.enrolment import Attempts, enrol
from recall_assets.server.refusal import Refusal
from recall_assets.server.requests import authorise_agent, check_version, read_body
from recall_assets.settings import Home
from recall_assets.store import agent_reports, tokens

_Message = TypeVar("_Message", bound=BaseModel)
_ENROL_TEXT = """This link enrols a machine with Recall. Use it on that machine, in a terminal:

  recall-agent enrol 'THE WHOLE LINK'
"""


def add_agent_routes(app: FastAPI, engine: Engine, home: Home) -> None:
    """Adds the routes."""
    attempts = Attempts()

    @app.post("/v1/enrol")
    async def post_enrolment(request: Request) -> Response:
        check_version(request)
        address = request.client.host if request.client else ""
        attempts.check(address)
        wish = _parsed(EnrolmentRequest, await read_body(request, MAX_MESSAGE_BYTES))
        try:
            return _json(await run_in_threadpool(enrol, engine, home, wish))
        except Refusal as refusal:
            if refusal.status == 403:
                attempts.failed(address)
            raise

    @app.post("/v1/report")
    async def post_report(request: Request) -> Response:
        check_version(request)
        grant = await run_in_threadpool(authorise_agent, engine, request)
        report = _parsed(AgentReport, await read_body(request, MAX_MESSAGE_BYTES))
        return _json(await run_in_threadpool(_take_report, engine, home, grant, report))

    @app.get("/v1/landing-key")
    def landing_key(request: Request) -> Response:
        grant = authorise_agent(engine, request)
        with engine.begin() as connection:
            return _json(give_landing_key(connection, home, grant.hash))

    @app.get("/v1/ca")
    def certificate() -> Response:
        pem = authority_certificate(home)
        if pem is None:
            raise Refusal(404, "This server has no certificates of its own.", "`recall up --listen` makes them.")
        return Response(pem, media_type="application/x-pem-file")

    @app.get("/enrol")
    def enrolment_link() -> Response:
        return PlainTextResponse(_ENROL_TEXT)


def _take_report(engine: Engine, home: Home, grant: tokens.Grant, report: AgentReport) -> AgentInstructions:
    deployment_id = str(grant.deployment_id)
    with engine.begin() as connection:
        landing_key = give_landing_key(connection, home, grant.hash)
        agent_reports.keep(connection, deployment_id, report)
        tokens.used(connection, grant.hash)
    return AgentInstructions(landing_key=landing_key)


def _parsed(model: type[_Message], body: bytes) -> _Message:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
        raise Refusal(400, f"This is no {model.__name__}: {wrong}.", "Upgrade the agent or the server.") from None


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
