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

_ANEW = "A new one: `recall deployments invite --id ID` at the server, `recall-agent enrol LINK` here; start it anew."


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
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    grant = None
    if scheme.lower() == "bearer" and token:
        with engine.connect() as connection:
            grant = tokens.verify(connection, token.strip())
    if grant is None:
        raise Refusal(
            401,
            "The token is unknown, expired or revoked.",
            _ANEW,
        )
    if grant.scope != "ingest" or grant.deployment_id is None:
        raise Refusal(403, "The token may not send frames.", "Use the token that enrolment gave.")
    return grant


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
