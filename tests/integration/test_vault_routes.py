"""What the server answers about the vault: to the owner's token alone, sealed, and to be stored or framed by nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import tokens
from tests.integration.sending import enrolled, served
from tests.vault.vaults import VALUES, keep_values, key_material, make_vault

PATHS = ["/v1/vault", "/v1/vault/values/{id}", "/v1/vault/pictures/{id}"]


@pytest.fixture
def value_id(database: Engine, settings: Settings) -> str:
    """The first of three sealed values."""
    with database.begin() as connection:
        make_vault(connection, settings.home, key_material())
        return str(keep_values(connection, settings.home)[0])


def _owner(database: Engine, lifetime: timedelta = timedelta(minutes=1)) -> dict[str, str]:
    with database.begin() as connection:
        token = tokens.make(connection, label="vault page", scope="vault", lifetime=lifetime)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", PATHS)
def test_only_the_owners_live_token_is_answered(path: str, value_id: str, database: Engine, settings: Settings) -> None:
    sender = enrolled(database, settings.home, "desktop")
    with served(create_app(database, settings)) as client:
        place = path.format(id=value_id)
        assert client.get(place).status_code == 401
        assert client.get(place, headers=_owner(database, -timedelta(minutes=1))).status_code == 401
        assert client.get(place, headers=sender.headers()).status_code == 403


def test_what_is_answered_is_sealed_and_stored_by_nobody(value_id: str, database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        for path in PATHS[:2]:
            answer = client.get(path.format(id=value_id), headers=_owner(database))
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            for value in VALUES:
                assert value not in answer.text
                assert value.encode().hex() not in answer.text


def test_the_page_runs_our_script_alone_and_stands_in_no_frame(database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        for path in ("/vault", "/vault/vault.js", "/vault/hpke.js", "/vault/vault.css"):
            policy = client.get(path).headers["Content-Security-Policy"]
            assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
            assert "unsafe" not in policy
        for path in ("/vault/../app.py", "/vault/vault_page.py", "/vault/%2e%2e/app.py"):
            assert client.get(path).status_code == 404


def test_a_picture_that_is_not_there_is_told(value_id: str, database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        assert client.get(PATHS[2].format(id=value_id), headers=_owner(database)).status_code == 404
