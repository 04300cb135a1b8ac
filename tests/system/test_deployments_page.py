"""The page of machines in a real browser: a card for each, the one to look at marked."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from capture_agent.messages import AgentReport, CaptureState
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import agent_reports
from tests.integration.sending import enrolled, served
from tests.logged_in import login_path

pytestmark = pytest.mark.system

NOW = datetime.now(UTC)


def _report(database: Engine, deployment: str, kept_minutes: int, **other: object) -> None:
    said = {"version": "1", "at": NOW, "state": CaptureState.CAPTURING, "since": NOW - timedelta(hours=5)}
    kept = {"last_kept_at": NOW - timedelta(minutes=kept_minutes), "spooled_items": 2, "monitors": 2}
    with database.begin() as connection:
        agent_reports.keep(connection, deployment, AgentReport.model_validate(said | kept | other))


def test_each_machine_has_a_card_and_the_silent_one_says_why(database: Engine, settings: Settings) -> None:
    from playwright.sync_api import expect, sync_playwright

    for deployment in ("laptop", "desktop", "work-pc", "old"):
        enrolled(database, settings.home, deployment)
    _report(database, "laptop", 1, last_uploaded_at=NOW, on_battery=True)
    _report(database, "desktop", 40, spooled_bytes=2_000_000, thinned=12, refused=1)
    _report(database, "work-pc", 90, state=CaptureState.OFF_HOURS, problem="<b>Outside</b> work hours until 08:00.")
    with served(create_app(database, settings)) as client, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 560})
        address = f"http://localhost:{client.base_url.port}"
        page.goto(address + login_path(database, "/deployments"))
        expect(page.get_by_role("status")).to_have_text("4 machines, 1 to look at")
        expect(page.locator("article")).to_have_count(4)
        expect(page.locator("article.alarm")).to_contain_text("has kept nothing for 40 minutes")
        expect(page.locator("article.well h2")).to_have_text("laptop")
        expect(page.get_by_text("<b>Outside</b> work hours")).to_be_visible()
        browser.close()
