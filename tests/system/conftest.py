"""What system tests share: a logged-in browser before the timeline, and a visitor of the vault's page."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from tests.integration.sending import served
from tests.logged_in import login_path
from tests.server.told_pages import tell_with_pictures
from tests.system.visitor import Visitor
from tests.told_day import DAY

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What a page is to show is awaited as long as a busy machine takes; Playwright itself waits for five seconds."""
    from playwright.sync_api import expect

    expect.set_options(timeout=60_000)


@pytest.fixture
def page(database: Engine, settings: Settings) -> Iterator["Page"]:
    """A logged-in browser before the told day; at its end nothing was refused or failed in any page."""
    from playwright.sync_api import sync_playwright

    tell_with_pictures(database, settings)
    said: list[str] = []
    with served(create_app(database, settings)) as client, sync_playwright() as playwright:
        # As root, which CI is, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=f"http://localhost:{client.base_url.port}")
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(login_path(database, f"/day/{DAY}"))
        page.wait_for_url("**/day/*")
        yield page
        browser.close()
    assert said == []


@pytest.fixture
def visitor(database: Engine, settings: Settings) -> Iterator[Visitor]:
    """Debian's Chromium with one security key, before the page of a server that has no vault."""
    from playwright.sync_api import sync_playwright

    with served(create_app(database, settings)) as client, sync_playwright() as playwright:
        # As root, which CI is, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, accept_downloads=True)
        # By the name that WebAuthn takes.
        visitor = Visitor(page, f"http://localhost:{client.base_url.port}", database)
        visitor.plugs_in()
        yield visitor
        browser.close()
