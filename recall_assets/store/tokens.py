"""Bearer tokens: 256 random bits that are shown once, of which the database keeps the SHA-256.

    make ─► "recall_..." (printed once)      verify: SHA-256 ─► row ─► live? ─► Grant(deployment, scope)
                                             redeem: the same once, for the code of an invitation or of a login

    scope    whose it is                                            lives
    ingest   an agent's                                             until it is revoked
    enrol    the code of an invitation                              an hour, once
    login    the code of a link that logs the owner's browser in    ten minutes, once
    session  the cookie of that browser                             thirty days, or until it logs out
    api, mcp a program's, an assistant's                            as long as the owner said
    metrics  a program's that collects measurements                 the same

A token is no password: 256 random bits need no slow hash, and its digest opens nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, insert, not_, or_, select, update

from recall_assets.store.tables import deployments, tokens

Scope = Literal["ingest", "api", "mcp", "enrol", "login", "session", "metrics"]
_LIVE = (tokens.c.revoked_at.is_(None), or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > func.now()))
_LATELY = tokens.c.last_used_at > func.now() - timedelta(minutes=1)
_ID_LETTERS = 8
_PREFIX = "recall_"  # so that a scanner of files and screens knows one when it sees it


@dataclass(frozen=True, slots=True)
class Grant:
    """What a live token allows; `hash` names the token without being able to stand in for it."""

    hash: bytes
    deployment_id: str | None
    scope: str
    since: datetime
    used_lately: bool = False  # so that it need not be noted again


@dataclass(frozen=True, slots=True)
class Listed:
    """A live token as the owner sees it: of a program, an assistant or a browser."""

    hash: bytes
    scope: str
    label: str
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @property
    def id(self) -> str:
        """What the owner calls it."""
        return self.hash.hex()[:_ID_LETTERS]

    def as_json(self) -> dict[str, object]:
        """It as JSON; names the token, and cannot stand in for it."""

        def iso(time: datetime | None) -> str | None:
            return None if time is None else time.isoformat()

        times = (self.made_at, self.expires_at, self.last_used_at)
        named = {"id": self.id, "scope": self.scope, "label": self.label}
        return named | dict(zip(("made_at", "expires_at", "last_used_at"), map(iso, times), strict=True))


def make(
    connection: Connection,
    *,
    label: str,
    scope: Scope = "ingest",
    deployment_id: str | None = None,
    lifetime: timedelta | None = None,
) -> str:
    """A new token in clear: the only time that it exists so."""
    token = _PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(tokens).values(
            hash=_digest(token),
            deployment_id=deployment_id,
            scope=scope,
            label=label,
            expires_at=None if lifetime is None else datetime.now(UTC) + lifetime,
        )
    )
    return token


def verify(connection: Connection, token: str) -> Grant | None:
    """What `token` allows; None where it is unknown, expired or revoked, or its deployment is revoked."""
    digest = _digest(token)
    row = connection.execute(
        select(tokens.c.hash, tokens.c.deployment_id, tokens.c.scope, tokens.c.created_at, _LATELY.label("lately"))
        .outerjoin(deployments, deployments.c.id == tokens.c.deployment_id)
        .where(
            tokens.c.hash == digest,
            *_LIVE,
            deployments.c.revoked_at.is_(None),
        )
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.hash, digest):
        return None
    return Grant(row.hash, row.deployment_id, row.scope, row.created_at, bool(row.lately))


def redeem(connection: Connection, code: str, scope: Literal["enrol", "login"]) -> Grant | None:
    """What a code grants, once; None where it is unknown, expired, of another scope, or was redeemed.

    Of two transactions that bring the same code, the second one waits for the first.
    """
    row = connection.execute(
        update(tokens)
        .where(
            tokens.c.hash == _digest(code),
            tokens.c.scope == scope,
            tokens.c.revoked_at.is_(None),
            tokens.c.expires_at > func.now(),
        )
        .values(revoked_at=func.now(), last_used_at=func.now())
        .returning(tokens.c.hash, tokens.c.deployment_id, tokens.c.scope, tokens.c.created_at)
    ).one_or_none()
    return None if row is None else Grant(*row)


def used(connection: Connection, token_hash: bytes) -> None:
    """Notes that a token was used now, once a minute at most."""
    connection.execute(
        update(tokens)
        .where(tokens.c.hash == token_hash, or_(tokens.c.last_used_at.is_(None), not_(_LATELY)))
        .values(last_used_at=func.now())
    )


def given_key(connection: Connection, token_hash: bytes, key_id: bytes) -> None:
    """Notes which landing key the holder of a token was given last."""
    connection.execute(update(tokens).where(tokens.c.hash == token_hash).values(landing_key=key_id))


def given_keys(connection: Connection) -> list[tuple[str, bytes | None]]:
    """Deployment and landing key of every live token that sends frames; None: it was used, and its key is not noted."""
    rows = connection.execute(
        select(tokens.c.deployment_id, tokens.c.landing_key)
        .join(deployments, deployments.c.id == tokens.c.deployment_id)
        .where(
            *_LIVE,
            tokens.c.scope == "ingest",
            deployments.c.revoked_at.is_(None),
            or_(tokens.c.landing_key.is_not(None), tokens.c.last_used_at.is_not(None)),
        )
        .distinct()
    )
    return [(row.deployment_id, row.landing_key) for row in rows]


def revoke(connection: Connection, token: str) -> None:
    """Makes one token useless."""
    end(connection, _digest(token))


def end(connection: Connection, token_hash: bytes) -> None:
    """Makes the token of this hash useless."""
    connection.execute(update(tokens).where(tokens.c.hash == token_hash).values(revoked_at=func.now()))


def end_logins(connection: Connection) -> int:
    """How many browsers were logged in and are so no longer; links that were made before do not work any more."""
    ended = connection.execute(
        update(tokens)
        .where(tokens.c.scope.in_(("login", "session")), *_LIVE)
        .values(revoked_at=func.now())
        .returning(tokens.c.scope)
    )
    return sum(scope == "session" for scope in ended.scalars())


def revoke_all(connection: Connection, deployment_id: str) -> int:
    """How many live tokens of a deployment it made useless."""
    revoked = connection.execute(
        update(tokens)
        .where(tokens.c.deployment_id == deployment_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    return revoked.rowcount


def of_the_owner(connection: Connection) -> list[Listed]:
    """The live tokens of programs, assistants and browsers, oldest first."""
    columns = (tokens.c.hash, tokens.c.scope, tokens.c.label, tokens.c.created_at)
    rows = connection.execute(
        select(*columns, tokens.c.expires_at, tokens.c.last_used_at)
        .where(tokens.c.scope.in_(("api", "mcp", "metrics", "session")), *_LIVE)
        .order_by(tokens.c.created_at)
    )
    return [Listed(*row) for row in rows]


def short_id(token: str) -> str:
    """What the owner calls a token: the beginning of its digest."""
    return _digest(token).hex()[:_ID_LETTERS]


def live_counts(connection: Connection) -> Mapping[str, int]:
    """How many live tokens each deployment has; one without any is left out."""
    rows = connection.execute(
        select(tokens.c.deployment_id, func.count())
        .where(tokens.c.deployment_id.is_not(None), tokens.c.scope == "ingest", *_LIVE)
        .group_by(tokens.c.deployment_id)
    )
    return {row[0]: row[1] for row in rows}


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
