"""What system tests share: a visitor of the vault's page."""

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from tests.integration.sending import served
from tests.system.visitor import Visitor


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
