"""The way of a person through the pages: log in, find, look at the frame, see which run said so, put projects right."""

import re
import shutil
from datetime import date

import pytest
from sqlalchemy import Engine

from recall_assets.cli.materialize import materialize_days
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from tests.days import drawn
from tests.graph import land_read, opened_graph
from tests.integration.sending import served
from tests.logged_in import login_path

pytestmark = pytest.mark.system

DAY = date(2026, 3, 4)


def test_what_a_person_put_right_on_the_pages_stands_after_the_day_was_made_again(
    database: Engine, settings: Settings
) -> None:
    from playwright.sync_api import expect, sync_playwright

    with (
        opened_graph(settings, database),
        served(create_app(database, settings)) as server,
        sync_playwright() as started,
    ):
        with database.begin() as connection:
            land_read(connection, drawn("aaabbbaaaccc" * 6 + "." * 40 + "xxxyyyzzz" * 6))
        made = materialize_days(settings, database, DAY, DAY)
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        address = f"http://localhost:{server.base_url.port}"
        page.goto(address + login_path(database, "/search?q=landlord"))
        page.get_by_role("main").locator("a[href^='/frames/'], a[href^='/activities/']").first.click()
        expect(page).to_have_url(re.compile("/(frames|activities)/"))
        page.goto(f"{address}/day/{DAY}")
        page.get_by_role("main").locator("a[href^='/why/']").first.click()
        runs = page.locator("a[href^='/dagster/runs/']")
        assert (runs.first.get_attribute("href") or "").rpartition("/")[2] in made.runs

        page.goto(f"{address}/projects")
        page.get_by_role("main").get_by_role("link", name="orchard").first.click()
        page.get_by_label("Name", exact=True).first.fill("My trees")
        page.get_by_role("button", name="Rename").click()
        expect(page.get_by_role("heading", name="My trees")).to_be_visible()
        page.get_by_label("It is a part of").select_option(index=1)
        page.get_by_role("button", name="Merge").click()
        kept = page.get_by_role("heading", level=1).inner_text()

        materialize_days(settings, database, DAY, DAY)
        page.goto(f"{address}/projects")
        expect(page.get_by_role("main").get_by_text("My trees")).to_have_count(0)
        expect(page.get_by_role("main").get_by_role("link", name=kept).first).to_be_visible()
        browser.close()
