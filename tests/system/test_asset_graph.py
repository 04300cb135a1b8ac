"""The asset graph in a real browser: what `recall up` serves reads from left to right, from capture to summaries."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    """The address of the UI that `recall up` serves for a fresh home."""
    assert settings.database_url, "the environment names a database of this test's own"
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")
    monkeypatch.setenv("RECALL_DAGSTER_PORT", "0")
    _recall("up", "--detach")
    try:
        rows: list[dict[str, Any]] = json.loads(_recall("status", "--json"))
        yield f"http://127.0.0.1:{next(row['port'] for row in rows if row['process'] == 'dagster webserver')}"
    finally:
        _recall("down")


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

    page.goto(f"{dagster_ui}/asset-groups")
    places = []
    for group in GROUPS:
        drawn = page.get_by_text(group, exact=True).last
        expect(drawn).to_be_visible(timeout=60_000)
        boxes = [box for one in page.get_by_text(group, exact=True).all() if (box := one.bounding_box())]
        places.append(max(box["x"] for box in boxes))
    assert places == sorted(places)
    assert len(set(places)) == len(GROUPS)


def test_every_asset_says_what_a_row_of_it_is(dagster_ui: str, page: "Page") -> None:
    from playwright.sync_api import expect

    for asset in ASSETS:
        page.goto(f"{dagster_ui}/assets/{asset}")
        expect(page.get_by_text("One row is").first).to_be_visible(timeout=60_000)
