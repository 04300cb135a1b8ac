"""The link that enrols a machine: where the server is, whom to trust there, and a code that works once.

https://192.168.1.5:8788/enrol#code=recall_…&ca=<SHA-256 of the authority's certificate>&identity=<Ed25519>&id=laptop

What stands behind the # reaches no server and no proxy's log; the code alone enrols, so the link is a secret for as
long as it can be used.
"""

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Engine

from recall_assets.errors import NotRunningError
from recall_assets.server.address import running_remote, running_server
from recall_assets.settings import Settings
from recall_assets.store import deployments, tokens
from recall_assets.vault.landing_keys import ensure_landing_key


def invitation(
    settings: Settings,
    engine: Engine,
    lifetime: timedelta,
    deployment_id: str | None = None,
    *,
    address: str | None = None,
) -> str:
    """A link that works once, within `lifetime`.

    Args:
        deployment_id: a known deployment whose machine gets a new token by it; None: a new deployment.
        address: of the server on loopback, for this machine itself; None: as other machines reach it.

    Raises:
        NotRunningError: no server of this home answers, so that nobody knows where the link would lead.
        InputError: there is no such deployment.
    """
    leads_to, authority = _address(settings) if address is None else (address, None)
    with engine.begin() as connection:
        if deployment_id is not None:
            deployments.require(connection, deployment_id)
        code = tokens.make(
            connection, label="invitation", scope="enrol", deployment_id=deployment_id, lifetime=lifetime
        )
    said = {"code": code, "ca": authority, "identity": ensure_landing_key(settings.home).identity, "id": deployment_id}
    return f"{leads_to}/enrol#{urlencode({name: value for name, value in said.items() if value})}"


def _address(settings: Settings) -> tuple[str, str | None]:
    """Where other machines reach the server, and the digest of its authority where it is one of our own."""
    own = running_server(settings.home)
    if own is None:
        raise NotRunningError("The server does not run.", "Start it: recall up --listen ADDRESS")
    if settings.public_url:
        return settings.public_url, None
    remote = running_remote(settings.home)
    return (own, None) if remote is None else (remote.url, remote.authority)
