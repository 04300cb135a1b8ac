"""Every route of the server: none answers another name, another page, nobody, or a token of another scope.

The test walks the table of routes, so a new route without a dependency of `access` fails here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from sqlalchemy import Engine
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from tests.logged_in import bearer, token_of

# What is there for whoever asks: no data of the owner's, or a check of its own that other tests are about.
OPEN = {
    "/health",
    "/login",
    "/login/{name}",
    "/static/{digest}/{name}",
    "/enrol",
    "/v1/ca",
    "/v1/enrol",  # an invitation's code: test_enrolment
    "/v1/ingest",  # an agent's token: test_ingest
    "/v1/report",
    "/v1/landing-key",
}


@dataclass(frozen=True)
class Place:
    """One way into the server: a method and a path, or a WebSocket."""

    method: str
    path: str
    pattern: str

    def status(self, client: TestClient, **headers: str) -> int:
        """What the server answers there; 101 where it opens a WebSocket."""
        if self.method != "WEBSOCKET":
            return client.request(self.method, self.path, headers=headers).status_code
        try:
            with client.websocket_connect(self.path, headers=headers):
                return 101
        except WebSocketDenialResponse as refused:
            return refused.status_code


def places(routes: list[BaseRoute], before: str = "") -> Iterator[Place]:
    """Every way in that the table of routes names."""
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from places(list(route.routes), before + route.path)
            continue
        assert isinstance(route, APIRoute | APIWebSocketRoute | Route | WebSocketRoute | Mount), f"{route} is not known"
        pattern = before + route.path + ("/{rest:path}" if isinstance(route, Mount) else "")
        filled = re.sub(r"{\w+(:\w+)?}", "00000000-0000-0000-0000-000000000000", pattern)
        methods = {"WEBSOCKET"} if isinstance(route, APIWebSocketRoute | WebSocketRoute) else {"GET", "POST"}
        for method in sorted(getattr(route, "methods", None) or methods):
            yield Place(method, filled, pattern)


@pytest.fixture
def app(database: Engine, settings: Settings) -> FastAPI:
    return create_app(database, settings)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost:8787", follow_redirects=False)


def test_no_route_answers_another_name_or_another_page(app: FastAPI, client: TestClient) -> None:
    for place in places(app.routes):
        assert place.status(client, Host="elsewhere.test") == 400, f"{place} answers another name"
        assert place.status(client, Origin="http://localhost:8788") == 403, f"{place} answers a page of another port"
        assert place.status(client, **{"Sec-Fetch-Site": "same-site"}) == 403, f"{place} answers a page of another port"


@pytest.mark.parametrize(
    ("status", "header", "values"),
    [
        (400, "Host", ("elsewhere.test", "localhost.elsewhere.test", "", "localhost@elsewhere.test:8787")),
        (403, "Origin", ("http://elsewhere.test", "https://localhost:8787", "http://localhost", "null", "")),
        (403, "Sec-Fetch-Site", ("cross-site", "anything", "")),
        (403, "Service-Worker", ("script",)),
    ],
)
def test_the_gate_refuses(status: int, header: str, values: tuple[str, ...], client: TestClient) -> None:
    for value in values:
        assert client.get("/health", headers={header: value}).status_code == status, value


def test_no_route_answers_without_a_token_or_with_one_of_another_scope(
    app: FastAPI, client: TestClient, database: Engine
) -> None:
    program, assistant, machine = (bearer(database, scope) for scope in ("api", "mcp", "ingest"))
    cookie = {"Cookie": f"recall-8787={token_of(database, 'api')}"}
    for place in places(app.routes):
        if place.pattern in OPEN:
            continue
        assert place.status(client) == 401, f"{place} asks for no token: give it a dependency of `access`"
        assert place.status(client, **machine) in {401, 403}, f"{place} takes the token of a machine"
        assert place.status(client, **cookie) == 401, f"{place} takes a program's token for a cookie"
        for_programs, for_assistants = place.status(client, **program), place.status(client, **assistant)
        assert {for_programs, for_assistants} & {401, 403}, f"{place} takes both scopes"
        if not place.pattern.startswith("/v1/"):
            assert for_programs in {401, 403}, f"{place} is not the API's"
        if not place.pattern.startswith("/mcp"):
            assert for_assistants in {401, 403}, f"{place} is not for assistants"


def test_what_is_open_is_there(app: FastAPI) -> None:
    assert {place.pattern for place in places(app.routes)} >= OPEN


def test_a_route_that_asks_for_no_token_is_noticed(app: FastAPI, client: TestClient, database: Engine) -> None:
    app.add_api_route("/new", lambda: "data")
    with pytest.raises(AssertionError, match="/new"):
        test_no_route_answers_without_a_token_or_with_one_of_another_scope(app, client, database)


def test_a_window_may_be_led_here_from_elsewhere_and_nothing_more(client: TestClient) -> None:
    led = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/health", headers=led).status_code == 200
    for other in ({"Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Dest": "iframe"}):
        assert client.get("/health", headers=led | other).status_code == 403
    assert client.post("/login", headers=led).status_code == 403


def test_every_answer_carries_the_policies(client: TestClient) -> None:
    for answer in (
        client.get("/login"),
        client.get("/vault"),
        client.get("/nowhere"),
        client.get("/", headers={"Host": "x"}),
    ):
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
