"""The Dagster UI in a real browser, through our server: under the login, with its streams, from left to right."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from recall_assets.settings import Settings

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page

GROUPS = ("capture", "text", "hierarchy", "summaries")
ASSETS = ("frames", "ocr_text", "secrets", "activities", "projects", "day_summaries", "combined_day_summaries")

pytestmark = pytest.mark.system


def _recall(*words: str) -> str:
    command = [sys.executable, "-m", "recall_assets.cli", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


@pytest.fixture
def dagster_ui(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A link that logs in to the UI which `recall up` serves for a fresh home."""
    assert settings.database_url, "the environment names a database of this test's own"
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")
    _recall("up", "--detach")
    try:
        yield _recall("open", "/dagster/asset-groups", "--no-browser").split()[4]
    finally:
        _recall("down")


def _address(link: str) -> str:
    return link.partition("/login")[0]


def _log_in(page: "Page", link: str) -> None:
    page.goto(link)
    page.wait_for_url("**/asset-groups")


@pytest.fixture
def page() -> Iterator["Page"]:
    """A page of Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root, which CI is, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1600, "height": 900})
        browser.close()


def test_the_graph_reads_from_capture_to_summaries(dagster_ui: str, page: "Page") -> None:
    from playwright.sync_api import expect

    page.goto(dagster_ui)
    places = []
    for group in GROUPS:
        drawn = page.get_by_text(group, exact=True).last
        expect(drawn).to_be_visible(timeout=60_000)
        boxes = [box for one in page.get_by_text(group, exact=True).all() if (box := one.bounding_box())]
        places.append(max(box["x"] for box in boxes))
    assert places == sorted(places)
    assert len(set(places)) == len(GROUPS)


def test_without_a_login_there_is_no_ui_and_with_one_its_streams_come_through(dagster_ui: str, page: "Page") -> None:
    from playwright.sync_api import expect

    address = _address(dagster_ui)
    page.goto(f"{address}/dagster/runs")
    expect(page.get_by_text("recall open /dagster/runs")).to_be_visible()
    assert page.request.post(f"{address}/dagster/graphql", data={"query": "{version}"}).status == 401
    _log_in(page, dagster_ui)
    stream_url = f"{address}/dagster/graphql".replace("http", "ws", 1)
    received: list[str] = []
    # Listened to from the stream's first moment: the UI is answered before anybody could begin to wait for it.
    page.on("websocket", lambda stream: stream.on("framereceived", lambda _: received.append(stream.url)))
    page.goto(f"{address}/dagster/runs")
    until = time.monotonic() + 60
    while stream_url not in received and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert stream_url in received
    told = page.evaluate(
        """async () => (await fetch("/dagster/graphql", { method: "POST", body: JSON.stringify({ query: "{version}" }),
          headers: { "Content-Type": "application/json" } })).json()"""
    )
    assert told["data"]["version"]


def test_every_asset_says_what_a_row_of_it_is(dagster_ui: str, page: "Page") -> None:
    from playwright.sync_api import expect

    _log_in(page, dagster_ui)
    for asset in ASSETS:
        page.goto(f"{_address(dagster_ui)}/dagster/assets/{asset}")
        expect(page.get_by_text("One row is").first).to_be_visible(timeout=60_000)
