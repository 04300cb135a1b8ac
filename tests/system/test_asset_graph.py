"""The Dagster UI in a real browser, through our server: under the login, with its streams, from left to right."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import cloned_database

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page

GROUPS = ("capture", "text", "hierarchy", "summaries")
ASSETS = ("frames", "ocr_text", "secrets", "activities", "projects", "day_summaries", "combined_day_summaries")

pytestmark = pytest.mark.system


class Ui:
    """What `recall up` serves for a home of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def recall(self, *words: str) -> str:
        """What a command prints."""
        command = [sys.executable, "-m", "recall_assets.cli", *words]
        ran = subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True, timeout=600)
        return ran.stdout

    def link(self) -> str:
        """Logs in, and leads to the asset graph."""
        return self.recall("open", "/dagster/asset-groups", "--no-browser").split()[4]

    @cached_property
    def address(self) -> str:
        return self.link().partition("/login")[0]


@pytest.fixture(scope="module")
def ui(server_url: str, service_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """Everything runs, started once for all of these tests, for they only look."""
    with cloned_database(server_url) as url:
        home = {"HOME": str(tmp_path_factory.mktemp("ui") / "home"), "SERVICE_FOLDER": str(service_folder)}
        ours = home | {"DATABASE_URL": url, "SERVER_PORT": "0", "AGENT": ""}
        others = {name: value for name, value in os.environ.items() if not name.startswith("RECALL_")}
        ui = Ui(others | {f"RECALL_{name}": value for name, value in ours.items()})
        try:
            ui.recall("up", "--detach")
            yield ui
        finally:
            ui.recall("down")


def _log_in(page: "Page", ui: Ui) -> None:
    page.goto(ui.link())
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


def test_the_graph_reads_from_capture_to_summaries(ui: Ui, page: "Page") -> None:
    from playwright.sync_api import expect

    _log_in(page, ui)
    places = []
    for group in GROUPS:
        drawn = page.get_by_text(group, exact=True).last
        expect(drawn).to_be_visible(timeout=60_000)
        boxes = [box for one in page.get_by_text(group, exact=True).all() if (box := one.bounding_box())]
        places.append(max(box["x"] for box in boxes))
    assert places == sorted(places)
    assert len(set(places)) == len(GROUPS)


def test_without_a_login_there_is_no_ui_and_with_one_its_streams_come_through(ui: Ui, page: "Page") -> None:
    from playwright.sync_api import expect

    page.goto(f"{ui.address}/dagster/runs")
    expect(page.get_by_text("recall open /dagster/runs")).to_be_visible()
    assert page.request.post(f"{ui.address}/dagster/graphql", data={"query": "{version}"}).status == 401
    _log_in(page, ui)
    stream_url = f"{ui.address}/dagster/graphql".replace("http", "ws", 1)
    received: list[str] = []
    # Listened to from the stream's first moment: the UI is answered before anybody could begin to wait for it.
    page.on("websocket", lambda stream: stream.on("framereceived", lambda _: received.append(stream.url)))
    page.goto(f"{ui.address}/dagster/runs")
    until = time.monotonic() + 60
    while stream_url not in received and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert stream_url in received
    told = page.evaluate(
        """async () => (await fetch("/dagster/graphql", { method: "POST", body: JSON.stringify({ query: "{version}" }),
          headers: { "Content-Type": "application/json" } })).json()"""
    )
    assert told["data"]["version"]


def test_every_asset_says_what_a_row_of_it_is(ui: Ui, page: "Page") -> None:
    from playwright.sync_api import expect

    _log_in(page, ui)
    for asset in ASSETS:
        page.goto(f"{ui.address}/dagster/assets/{asset}")
        expect(page.get_by_text("One row is").first).to_be_visible(timeout=60_000)
