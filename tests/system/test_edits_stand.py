"""The way of a person through the pages of a running Recall: log in, find, look, see which run said so, put right.

recall up ─► recall materialize ─► the browser: search ─► frame ─► activity ─► the run in the Dagster UI
                                   rename, merge ─► the daemon tells the day anew ─► recall materialize: it stands
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from recall_assets.settings import Settings
from recall_assets.store.settings import lower_partitions_start
from tests.days import drawn
from tests.graph import land_read

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.system

DAY = date(2026, 3, 4)
MINUTE = 60_000
SOON = 240  # seconds: a sensor and an automation look every ten, a run starts in ten more on a quiet machine


def recall(*words: str) -> str:
    """What a command of the owner's prints."""
    command = [sys.executable, "-m", "recall_assets.cli", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=400).stdout


@pytest.fixture
def link(database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A link that logs in where `recall up` runs over a day that was made."""
    assert settings.database_url, "the environment names a database of this test's own"
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")
    with database.begin() as connection:
        land_read(connection, drawn("aaabbbaaaccc" * 6 + "." * 40 + "xxxyyyzzz" * 6))
        lower_partitions_start(connection, DAY)
    recall("up", "--detach", "--no-agent")
    try:
        recall("materialize", "--day", str(DAY))
        yield recall("open", f"/day/{DAY}", "--no-browser").split()[4]
    finally:
        recall("down")


@pytest.fixture
def page() -> Iterator["Page"]:
    """A page of Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        # As root, which CI is, Chromium runs without its sandbox only.
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_what_a_person_put_right_on_the_pages_stands_after_the_day_was_made_again(link: str, page: "Page") -> None:
    from playwright.sync_api import expect

    address = link.partition("/login")[0]
    main = page.get_by_role("main")
    page.goto(link)
    page.wait_for_url("**/day/*")
    told_before = lede(main).inner_text()
    assert "orchard" in told_before

    page.keyboard.press("/")
    page.keyboard.type("landlord kind:frame")
    page.keyboard.press("Enter")
    main.get_by_role("list").get_by_role("heading").get_by_role("link").first.click()
    page.wait_for_url("**/frames/*")
    main.locator("a[href^='/activities/']").first.click()
    page.wait_for_url("**/activities/*")
    run = main.locator("a[href^='/dagster/runs/']").first
    name = run.inner_text().removeprefix("run ")
    run.click()
    expect(page.get_by_text(name).first).to_be_visible(timeout=2 * MINUTE)
    expect(page.get_by_text("Success").first).to_be_visible(timeout=MINUTE)

    page.goto(f"{address}/projects")
    main.get_by_role("link", name="orchard").first.click()
    page.get_by_label("Name", exact=True).first.fill("My trees")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="My trees")).to_be_visible()
    page.get_by_label("It is a part of").select_option(index=1)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    kept = page.get_by_role("heading", level=1).inner_text()

    until = time.monotonic() + SOON
    page.goto(f"{address}/day/{DAY}")
    while "orchard" in lede(main).inner_text() and time.monotonic() < until:
        page.wait_for_timeout(2000)
        page.reload()
    expect(lede(main)).to_contain_text(kept)
    expect(lede(main)).not_to_contain_text(re.compile("orchard|My trees"))

    recall("materialize", "--day", str(DAY))
    page.goto(f"{address}/projects")
    expect(main.get_by_role("link", name=kept).first).to_be_visible()
    expect(main.get_by_text(re.compile("orchard|My trees"))).to_have_count(0)


def lede(main: "Locator") -> "Locator":
    """What the day is told in, first."""
    return main.locator(".lede")
