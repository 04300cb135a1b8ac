"""Every page by axe-core in Debian's Chromium: light and dark, wide and as narrow as a phone."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, update

from recall_assets import edits
from recall_assets.records import AlertKey, AlertKind, Trouble
from recall_assets.store import alerts
from recall_assets.store.tables import activities
from tests.indexed import make_findable
from tests.server.test_pages import PAGES
from tests.told_day import DAY, LEDGER, STANDUP

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page

pytestmark = pytest.mark.system
GRAVE = {"serious", "critical"}
IN_THE_DARK = {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a colour scheme can change


def violations(page: "Page", options: dict[str, Any]) -> list[str]:
    """What axe finds wrong in the page as it is shown now: rule, element, how to put it right."""
    found = page.evaluate("options => axe.run(document, {resultTypes: ['violations'], ...options})", options)
    return [
        f"{violation['id']} {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def looked_over(page: "Page", path: str) -> list[str]:
    """The violations of the page at a path, whichever way it is shown."""
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # a fading colour is judged halfway otherwise
    page.goto(path)
    page.evaluate(Axe().axe_script)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            narrowed = {} if scheme == "light" else IN_THE_DARK
            found += [f"{path} {scheme} {width}: {each}" for each in violations(page, narrowed)]
    return found


def test_no_page_keeps_anybody_out(page: "Page", database: Engine) -> None:
    make_findable(database, DAY, "laptop", "desktop")
    with database.begin() as connection:
        unsure = {"project_id": None, "suggested_project_id": LEDGER}
        connection.execute(update(activities).where(activities.c.id == STANDUP).values(unsure))
        edits.rename_project(connection, LEDGER, "Books")  # so that the day says that it is being rewritten
        silent = Trouble(AlertKey(AlertKind.MACHINE, "laptop"), "laptop is not captured.", "recall deployments list")
        alerts.raise_(connection, [silent], datetime.now(UTC), sends=False)
    shown = {path.partition("#")[0] for path in (*PAGES, "/vault", "/login", "/day/2020-01-01")}
    assert [each for path in sorted(shown) for each in looked_over(page, path)] == []
