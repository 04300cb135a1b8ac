"""What is judged of every request before anything is done with it: version, token, size.

version ─ 426    token ─ 401 unknown, 403 of another scope    size ─ 413
"""

from fastapi import Request
from sqlalchemy import Engine

from capture_agent.protocol import PROTOCOL_VERSION, SUPPORTED_VERSIONS, VERSION_HEADER
from recall_assets.server.refusal import Refusal
from recall_assets.store import tokens

# A body over the cap is read on and thrown away, so that the sender hears the answer; but not for ever.
_DISCARDED = 4


def check_version(request: Request) -> None:
    """Nothing, if the sender speaks a version that we speak."""
    said = request.headers.get(VERSION_HEADER, "")
    if not said.isdecimal() or int(said) not in SUPPORTED_VERSIONS:
        spoken = ", ".join(map(str, sorted(SUPPORTED_VERSIONS)))
        older = said.isdecimal() and int(said) > PROTOCOL_VERSION
        raise Refusal(
            426,
            f"This server speaks protocol version {spoken}.",
            "Upgrade the server." if older else "Upgrade the agent on that machine.",
        )


def authorise_agent(engine: Engine, request: Request) -> tokens.Grant:
    """What the token of a deployment's agent allows."""
    grant = _granted(
        engine,
        request,
        "A new one: `recall deployments invite --id ID` at the server, `recall-agent enrol LINK` here; start it anew.",
    )
    if grant.scope != "ingest" or grant.deployment_id is None:
        raise Refusal(403, "The token may not send frames.", "Use the token that enrolment gave.")
    return grant


def authorise_owner(engine: Engine, request: Request) -> tokens.Grant:
    """What the token allows, which is one that the owner's browser was given."""
    grant = _granted(engine, request, "Open the address that `recall vault page` shows.")
    if grant.scope != "vault":
        raise Refusal(403, "The token may not look at the vault.", "Open the address that `recall vault page` shows.")
    return grant


def authorise_page(engine: Engine, request: Request) -> None:
    """Nothing, if the token is one for the owner's pages beside the vault's."""
    remedy = "Open the address that `recall deployments page` shows."
    if _granted(engine, request, remedy).scope != "api":
        raise Refusal(403, "The token may not look at machines.", remedy)


async def read_body(request: Request, cap: int) -> bytes:
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
        raise Refusal(413, f"A request may have {cap} bytes.", "Send fewer items at once, or a smaller image.")
    return b"".join(chunks)


def _granted(engine: Engine, request: Request, remedy: str) -> tokens.Grant:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    grant = None
    if scheme.lower() == "bearer" and token:
        with engine.connect() as connection:
            grant = tokens.verify(connection, token.strip())
    if grant is None:
        raise Refusal(401, "The token is unknown, expired or revoked.", remedy)
    return grant
