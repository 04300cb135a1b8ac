"""What the server answers about the vault: to the owner's browser alone, sealed, stored or framed by nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store.tables import tokens
from tests.integration.sending import enrolled, served
from tests.logged_in import bearer, log_in
from tests.vault.page_client import PageClient, code_header, slot_form
from tests.vault.vaults import VALUES, keep_values, key_material, make_vault

PATHS = ["/v1/vault", "/v1/vault/values/{id}", "/v1/vault/pictures/{id}"]


@pytest.fixture
def value_id(database: Engine, settings: Settings) -> str:
    """The first of three sealed values."""
    with database.begin() as connection:
        make_vault(connection, settings.home, key_material())
        return str(keep_values(connection, settings.home)[0])


@pytest.mark.parametrize("path", PATHS)
def test_only_the_owners_browser_is_answered(path: str, value_id: str, database: Engine, settings: Settings) -> None:
    sender = enrolled(database, settings.home, "desktop")
    with served(create_app(database, settings)) as client:
        place = path.format(id=value_id)
        assert client.get(place).status_code == 401
        assert client.get(place, headers=bearer(database, "api")).status_code == 401
        assert client.get(place, headers=sender.headers()).status_code == 401


def test_a_vault_is_begun_only_shortly_after_a_login(database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        page = PageClient.at(client, database)
        with database.begin() as connection:
            connection.execute(update(tokens).values(created_at=datetime.now(UTC) - timedelta(hours=1)))
        answer = page.post("init", {"slot": slot_form(code_header())})
        assert (answer.status_code, answer.json()["remedy"]) == (403, "In a terminal: recall open /vault")
        assert PageClient.at(client, database).post("init", {"slot": slot_form(code_header())}).status_code == 200


def test_what_is_answered_is_sealed_and_stored_by_nobody(value_id: str, database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        log_in(client, database)
        for path in PATHS[:2]:
            answer = client.get(path.format(id=value_id))
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            for value in VALUES:
                assert value not in answer.text
                assert value.encode().hex() not in answer.text


def test_the_page_runs_our_script_alone_and_stands_in_no_frame(database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        log_in(client, database)
        for path in ("/vault", "/vault/vault.js", "/vault/hpke.js", "/vault/vault.css"):
            policy = client.get(path).headers["Content-Security-Policy"]
            assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
            assert "unsafe" not in policy
        for path in ("/vault/../app.py", "/vault/vault_page.py", "/vault/%2e%2e/app.py"):
            assert client.get(path).status_code == 404


def test_a_picture_that_is_not_there_is_told(value_id: str, database: Engine, settings: Settings) -> None:
    with served(create_app(database, settings)) as client:
        assert log_in(client, database).get(PATHS[2].format(id=value_id)).status_code == 404
