"""Invitations as the command line makes them, and a server that other machines would reach."""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

import httpx
from sqlalchemy import Engine

from recall_assets.server.app import create_app
from recall_assets.server.certificates import ServerCertificate, server_certificate
from recall_assets.settings import Home, Settings
from recall_assets.store import tokens
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.integration.sending import served

OWN_ADDRESSES = ("127.0.0.1", "localhost")
HOUR = timedelta(hours=1)


def certificate(home: Home, names: Iterable[str] = OWN_ADDRESSES) -> ServerCertificate:
    return server_certificate(home, names, datetime.now(UTC))


def context_of(home: Home, names: Iterable[str] = OWN_ADDRESSES) -> ssl.SSLContext:
    """What serves with a certificate of that home's authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(home, names).path)
    return context


@contextmanager
def reachable(database: Engine, settings: Settings, certified: Home | None = None) -> Iterator[httpx.Client]:
    """The server with TLS; `certified` is the home whose authority signs, the server's own unless it is an impostor."""
    certificate(settings.home)
    with served(create_app(database, settings), context_of(certified or settings.home)) as client:
        yield client


def link(
    database: Engine,
    home: Home,
    server: httpx.Client | str,
    *,
    lifetime: timedelta = HOUR,
    deployment: str | None = None,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """An enrolment link to that server, with some of its parts exchanged for others."""
    with database.begin() as connection:
        code = tokens.make(connection, label="invitation", scope="enrol", deployment_id=deployment, lifetime=lifetime)
    said = {"code": code, "ca": certificate(home).authority, "identity": ensure_landing_key(home).identity}
    address = server if isinstance(server, str) else str(server.base_url)
    return f"{address.rstrip('/')}/enrol#{urlencode(said | dict(instead))}"
