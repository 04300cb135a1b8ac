"""Who may ask what: every route declares one of these, as `Depends(access.owner)`.

    owner   the owner's browser                      session cookie              pages, their forms, the vault, /dagster
    api     the owner's browser, or a program        the same, or a bearer token of scope api         /v1/...
    mcp     an assistant                             a bearer token of scope mcp                      /mcp
    metrics a program that collects measurements     a bearer token of scope metrics                  /metrics
    (agents have tokens of scope ingest: see `requests`)

    no cookie ─► 401, for a browser a page that says `recall open`        token of another scope ─► 403

A cookie goes with every request that a browser makes, whoever makes the browser do it. So with a cookie, a request that
may change something (any but GET and HEAD, and every WebSocket) must say by Origin or Sec-Fetch-Site that a page of
this server makes it; `gate` has refused wrong ones, here missing ones are. Forms need no token of their own.
"""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from recall_assets.server.gate import is_private
from recall_assets.server.refusal import Refusal
from recall_assets.settings import Settings
from recall_assets.store import tokens

SESSION_LIFETIME = timedelta(days=30)
RECENT = timedelta(minutes=15)
_OPEN = "In a terminal: recall open"
_REMEDY = "Make one: recall tokens make --scope {}"
_SAFE = {"GET", "HEAD"}


class NotLoggedIn(Refusal):
    """There is no live session; a browser is shown how to come by one."""

    def __init__(self) -> None:
        super().__init__(401, "You are not logged in here.", _OPEN)


def open_to(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Tells the dependencies of this application's routes where tokens are looked up."""
    app.state.engine, app.state.settings = engine, settings


def owner(connection: HTTPConnection) -> tokens.Grant:
    """The session of the owner's browser.

    Raises:
        NotLoggedIn: it has none.
        Refusal: something else than a page of this server asks (403).
    """
    grant = session(connection)
    if grant is None:
        raise NotLoggedIn
    if connection.scope.get("method") not in _SAFE:
        require_own_page(connection)
    return grant


def api(connection: HTTPConnection) -> tokens.Grant:
    """What the token of a program allows, or the session of the owner's browser.

    Raises:
        Refusal: neither is there (401), or the token has another scope (403).
    """
    if "Authorization" in connection.headers:
        return _bearer(connection, "api")
    return owner(connection)


def mcp(connection: HTTPConnection) -> tokens.Grant:
    """What the token of an assistant allows.

    Raises:
        Refusal: there is none (401), or it has another scope (403).
    """
    return _bearer(connection, "mcp")


def metrics(connection: HTTPConnection) -> tokens.Grant:
    """What the token of a program that collects measurements allows.

    Raises:
        Refusal: there is none (401), or it has another scope (403).
    """
    return _bearer(connection, "metrics")


def session(connection: HTTPConnection) -> tokens.Grant | None:
    """The live session whose cookie came with the request, if there is one."""
    cookie = connection.cookies.get(cookie_name(connection))
    grant = _verified(connection, cookie) if cookie else None
    return grant if grant is not None and grant.scope == "session" else None


def require_own_page(connection: HTTPConnection) -> None:
    """Nothing, if a page of this server makes the request.

    Raises:
        Refusal: nothing says so (403).
    """
    said = connection.headers
    if "Origin" not in said and said.get("Sec-Fetch-Site") != "same-origin":
        raise Refusal(403, "Nothing says that a page of this server asks.", "Programs use a token of scope api.")


def require_recent(grant: tokens.Grant) -> None:
    """Nothing, if the browser logged in a short while ago: for what only the beginning of a vault needs.

    Raises:
        Refusal: it did so earlier (403).
    """
    if datetime.now(UTC) - grant.since > RECENT:
        raise Refusal(403, "This needs a login of the last quarter of an hour.", "In a terminal: recall open /vault")


def cookie_name(connection: HTTPConnection) -> str:
    """Of the session: it names the port, since a browser keeps the cookies of all ports of a host together."""
    port = connection.url.port
    if is_private(connection, _settings(connection)):
        return f"__Host-recall-{port or 443}"
    return f"recall-{port or 80}"


def _bearer(connection: HTTPConnection, scope: str) -> tokens.Grant:
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    grant = _verified(connection, token.strip()) if scheme.lower() == "bearer" else None
    if grant is None:
        raise Refusal(401, "The token is missing, unknown, expired or revoked.", _REMEDY.format(scope))
    if grant.scope != scope:
        raise Refusal(403, f"The token is of scope {grant.scope}.", _REMEDY.format(scope))
    return grant


def _verified(connection: HTTPConnection, token: str) -> tokens.Grant | None:
    engine: Engine = connection.app.state.engine
    # Each statement by itself: every page and picture asks this, and a transaction is two more ways to the database.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as database:
        grant = tokens.verify(database, token)
        if grant is not None and not grant.used_lately:
            tokens.used(database, grant.hash)
    return grant


def _settings(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.app.state.settings
    return settings
