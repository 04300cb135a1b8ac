"""What a browser has once it is logged in, and what programs and assistants bring: cookie, tokens."""

import httpx
from sqlalchemy import Engine

from recall_assets.server.access import SESSION_LIFETIME
from recall_assets.store import tokens
from recall_assets.store.tokens import Scope


def log_in(client: httpx.Client, database: Engine) -> httpx.Client:
    """The client with a session's cookie, and saying as browsers do that a page of the same server asks."""
    client.cookies.set(f"recall-{client.base_url.port}", token_of(database, "session"))
    client.headers["Origin"] = str(client.base_url).rstrip("/")
    return client


def token_of(database: Engine, scope: Scope) -> str:
    """A new token that lives as long as sessions do."""
    with database.begin() as connection:
        return tokens.make(connection, label="test", scope=scope, lifetime=SESSION_LIFETIME)


def bearer(database: Engine, scope: Scope) -> dict[str, str]:
    """The header of a program with a new token."""
    return {"Authorization": f"Bearer {token_of(database, scope)}"}


def login_path(database: Engine, to: str = "/") -> str:
    """The path of a link as `recall open` prints it."""
    return f"/login?to={to}#{token_of(database, 'login')}"
