"""The way of a person through a Recall that runs: find, look, ask why, put projects right, and the daemon tells it so.

read and told before ─► recall up ─► Chromium: search ─► frame     day ─► why ─► run
                                     rename, merge ─► edited (sensor) ─► a run ─► the day's sentences ─► why ─► that run
"""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, update

from recall_assets.cli.materialize import materialize_days
from recall_assets.records import DeploymentDay
from recall_assets.settings import Settings
from recall_assets.store import frame_files
from recall_assets.store.tables import frames
from tests.days import drawn
from tests.drawn_screens import draw
from tests.drawn_screens import page as page_of
from tests.graph import land_read, opened_graph
from tests.integration.test_up import recall
from tests.logged_in import login_path

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page

pytestmark = pytest.mark.system

DAY = date(2026, 3, 4)
SHOWN = 120_000  # ms, of a page of Dagster's UI
MADE = 600_000  # ms: looks of the daemon and the start of a process, on a machine that has other things to do


@pytest.fixture
def told(settings: Settings, database: Engine) -> str:
    """A day of two projects, read and told, with a picture of what is looked for; the last run that made it."""
    day = drawn("aaabbbaaaccc" * 6 + "." * 40 + "xxxyyyzzz" * 6)
    pixels = draw(page_of("the landlord wants the deposit"))
    with opened_graph(settings, database):
        with database.begin() as connection:
            land_read(connection, day)
            for frame_id in [frame.id for frame in day if "landlord" in frame.text]:
                image = frame_files.write(settings.home, frame_id, DeploymentDay("laptop", DAY), pixels)
                stored = {"image_ref": image.ref, "image_sha256": image.sha256, "width": 800, "height": 480}
                connection.execute(update(frames).where(frames.c.id == frame_id).values(stored))
        return materialize_days(settings, database, DAY, DAY).runs[-1]


@pytest.fixture
def address(told: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where `recall up` serves it, with Dagster's daemon at work."""
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")
    try:
        started = recall("up", "--detach")
        assert started.returncode == 0, started.stderr
        yield re.findall(r"http://localhost:\d+", started.stdout)[0]
    finally:
        recall("down")


@pytest.fixture
def page(address: str, database: Engine) -> Iterator["Page"]:
    """A logged-in browser before the day."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        # As root, which CI is, Chromium runs without its sandbox only.
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
        page.goto(login_path(database, f"/day/{DAY}"))
        page.wait_for_url("**/day/*")
        yield page
        browser.close()


def run_that_said_the_first_sentence(page: "Page") -> str:
    """From the day down to why, and up to the run, which the Dagster UI shows as done; its id."""
    from playwright.sync_api import expect

    page.goto(f"/day/{DAY}")
    page.locator(".lede a[href^='/why/']").click()
    page.locator("a[href^='/dagster/runs/']").first.click()
    run_id: str = page.url.rpartition("/")[2]
    expect(page.get_by_text(run_id[:8]).first).to_be_visible(timeout=SHOWN)
    expect(page.get_by_text("Success").first).to_be_visible(timeout=SHOWN)
    return run_id


def test_what_a_person_puts_right_on_the_pages_is_told_by_the_daemon_and_stands(page: "Page") -> None:
    from playwright.sync_api import expect

    page.goto("/search?q=landlord")
    page.locator("main a[href^='/frames/']").first.click()
    expect(page.locator(".screen")).to_be_visible()
    by_command = run_that_said_the_first_sentence(page)

    page.goto("/projects")
    page.get_by_role("main").get_by_role("link", name="orchard").first.click()
    page.get_by_label("Name", exact=True).first.fill("My trees")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("My trees")
    page.goto("/projects")
    other = page.locator("main a[href^='/projects/']").filter(has_not_text="My trees").first
    old_name = other.inner_text()
    other.click()
    page.get_by_label("It is a part of").select_option("My trees")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("My trees")

    page.goto(f"/day/{DAY}")
    expect(page.get_by_text("are being rewritten")).to_be_visible()
    expect(page.get_by_text("are being rewritten")).to_have_count(0, timeout=MADE)  # the page looks again by itself
    assert page.locator("#live .said, #live .lede").filter(has_text="My trees").count()
    by_the_daemon = run_that_said_the_first_sentence(page)
    assert by_the_daemon != by_command
    page.goto("/projects")
    expect(page.get_by_role("main").get_by_role("link", name="My trees").first).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name=old_name)).to_have_count(0)
