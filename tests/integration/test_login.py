"""How a browser logs in and out: a link works once, its cookie is strict, and what leads elsewhere is not followed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from starlette.testclient import TestClient

from recall_assets.server.app import create_app
from recall_assets.settings import Settings, load_settings
from recall_assets.store import tables
from recall_assets.store.tokens import Scope
from tests.logged_in import token_of

ADDRESS = "http://localhost:8787"


def browser(database: Engine, settings: Settings, address: str = ADDRESS) -> TestClient:
    """A browser that accepts pages, as each of them says."""
    headers = {"Origin": address, "Accept": "text/html", "User-Agent": "A browser"}
    return TestClient(create_app(database, settings), address, headers=headers, follow_redirects=False)


@pytest.fixture
def client(database: Engine, settings: Settings) -> TestClient:
    return browser(database, settings)


def test_a_link_works_once_and_leads_to_its_page(client: TestClient, database: Engine) -> None:
    sent = {"code": token_of(database, "login"), "to": "/vault?x=1"}
    answer = client.post("/login", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vault?x=1")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("recall-8787=recall_")
    assert cookie.endswith("; HttpOnly; Max-Age=2592000; Path=/; SameSite=strict")
    assert client.get("/vault").status_code == 200
    assert client.post("/login", data=sent).headers["Location"] == "/vault?x=1"
    client.cookies.clear()
    again = client.post("/login", data=sent)
    assert again.status_code == 403
    assert "recall open &#x27;/vault?x=1&#x27;" in again.text
    assert "Set-Cookie" not in again.headers


@pytest.mark.parametrize("scope", ["enrol", "session", "api", "mcp", "ingest"])
def test_nothing_but_a_links_code_logs_in(scope: Scope, client: TestClient, database: Engine) -> None:
    assert client.post("/login", data={"code": token_of(database, scope)}).status_code == 403
    assert client.post("/login").status_code == 403


def test_a_late_link_and_a_late_cookie_are_refused(client: TestClient, database: Engine) -> None:
    code = token_of(database, "login")
    client.cookies.set("recall-8787", token_of(database, "session"))
    with database.begin() as connection:
        connection.execute(update(tables.tokens).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert client.post("/login", data={"code": code}).status_code == 403
    assert client.get("/vault").status_code == 401


@pytest.mark.parametrize(
    "to", ["//elsewhere.test", "/\\elsewhere.test", "https://elsewhere.test", "vault", "/a\r\nb", ""]
)
def test_a_login_never_leads_elsewhere(to: str, client: TestClient, database: Engine) -> None:
    answer = client.post("/login", data={"code": token_of(database, "login"), "to": to})
    assert answer.headers["Location"] == "/"
    assert 'name="to" type="hidden" value="/"' in client.get("/login", params={"to": to}).text


def test_who_is_not_logged_in_is_told_how_and_is_shown_no_markup_of_the_address(client: TestClient) -> None:
    answer = client.get("/vault", params={"q": "<script>alert(1)</script>"})
    assert answer.status_code == 401
    assert "recall open &#x27;/vault?q=" in answer.text
    assert "<script>" not in answer.text
    program = client.get("/vault", headers={"Accept": "application/json"})
    assert program.json()["remedy"] == "In a terminal: recall open"


def test_a_window_that_another_page_led_here_is_asked_to_go_on(client: TestClient, database: Engine) -> None:
    led = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert '<a class="button" href="/vault">' in client.get("/vault", headers=led).text


def test_the_number_leads_to_the_name_where_the_cookie_is(database: Engine, settings: Settings) -> None:
    answer = browser(database, settings, "http://127.0.0.1:8787").get("/vault")
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://localhost:8787/vault")


def test_logging_out_ends_this_session_or_all_of_them(client: TestClient, database: Engine) -> None:
    mine, other = token_of(database, "session"), token_of(database, "session")
    client.cookies.set("recall-8787", mine)
    assert client.post("/logout").status_code == 200
    client.cookies.set("recall-8787", mine)
    assert client.get("/vault").status_code == 401
    unused = token_of(database, "login")
    client.cookies.set("recall-8787", other)
    assert client.post("/logout/everywhere").status_code == 200
    client.cookies.set("recall-8787", other)
    assert client.get("/vault").status_code == 401
    assert client.post("/login", data={"code": unused}).status_code == 403


def test_what_changes_something_must_say_that_a_page_of_ours_asks(client: TestClient, database: Engine) -> None:
    client.cookies.set("recall-8787", token_of(database, "session"))
    del client.headers["Origin"]
    assert client.post("/logout").status_code == 403
    assert client.post("/login", data={"code": token_of(database, "login")}).status_code == 403
    assert client.post("/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_behind_a_proxy_with_tls_the_cookie_goes_by_tls_alone(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_PUBLIC_URL", "https://recall.test")
    # The proxy speaks plain http to us, and hands on the name.
    client = browser(database, load_settings(), "http://recall.test")
    answer = client.post(
        "/login", data={"code": token_of(database, "login")}, headers={"Origin": "https://recall.test"}
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-recall-443=")
    assert "Secure" in cookie
    assert client.post("/login", headers={"Origin": "http://recall.test"}).status_code == 403
