"""No page breaks, whatever its address, its question or its form says: the table of routes, asked by hypothesis."""

import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.testclient import TestClient

from recall_assets.server.views.routes import PageRoute
from recall_assets.settings import Settings
from tests.server.told_pages import browser, tell_with_pictures
from tests.told_day import BUG, DAY, FRAMES, LEDGER, STANDUP

QUICK = settings(max_examples=5, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
FIELDS = (
    *("q", "before", "edited", "kind", "about", "done", "name", "into", "activity", "title", "sentences", "project"),
    *("edit", "from", "to", "machine", "app", "url", "text", "page", "day", "month"),
)
KNOWN = map(str, (BUG, STANDUP, LEDGER, *FRAMES, DAY, "laptop", "episodic", "monday"))
EDGES = ("", "\x00", "0", "-1", "9" * 30, "0001-01-01", "9999-12-31", "9999-12", "0001-W01", "9999-W52", "'\"%_\\", "٣")
ANY = st.one_of(st.sampled_from([*KNOWN, *EDGES]), st.text(st.characters(codec="utf-8"), max_size=30))
FORMS = st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=5)


@pytest.fixture
def client(database: Engine, settings: Settings) -> TestClient:
    tell_with_pictures(database, settings)
    return browser(database, settings)


def page_routes(client: TestClient) -> list[tuple[str, str]]:
    """Method and path of every page and form."""
    routes = [route for route in client.app.routes if isinstance(route, PageRoute)]  # type: ignore[attr-defined]
    return [(method, route.path) for route in routes for method in sorted(route.methods or ())]


def ask(client: TestClient, method: str, path: str) -> None:
    """Some requests there; what the server does not catch is raised here."""

    @QUICK
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        filled = re.sub(r"{\w+}", lambda _: quote(data.draw(ANY), safe="") or "x", path)
        form = data.draw(FORMS)
        sent = {"params": form} if method == "GET" else {"data": form}
        assert client.request(method, filled, **sent).status_code != 500  # type: ignore[arg-type]

    asked()


def test_no_page_and_no_form_breaks(client: TestClient) -> None:
    routes = page_routes(client)
    assert {("GET", "/day/{day}"), ("POST", "/forget/look"), ("POST", "/projects/{project_id}/rename")} <= {*routes}
    for method, path in routes:
        ask(client, method, path)
