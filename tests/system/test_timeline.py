"""The timeline in Debian's Chromium: log in, search, scrub by keys, see why, put right; nothing in a title runs."""

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, update

from recall_assets.store.tables import activities, deployments, frames, projects, summary_sentences
from tests.indexed import make_findable
from tests.told_day import ABOUT_BUG, BUG, DAY, FRAMES, LEDGER, RUN

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page

pytestmark = pytest.mark.system
HOSTILE = (
    '<script>document.title="won"</script>',
    '"><img src=x onerror="document.title=\'won\'">',
    "</title></svg></textarea><script src=/won.js></script>",
    "javascript:document.title='won'",
    "{{ ''.__class__ }}{% for x in y %}",
)


def test_from_a_sentence_down_to_its_frame_and_up_to_its_run(page: "Page") -> None:
    from playwright.sync_api import expect

    page.locator(f'a[href="/why/{ABOUT_BUG}"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A rounding bug took 20 minutes.")
    expect(page.locator(f'a[href="/dagster/runs/{RUN}"]').first).to_be_visible()
    page.locator(f'a[href^="/frames/{FRAMES[0]}"]').first.click()
    expect(page.locator("h1 time")).to_have_text("10:00:00")


def test_the_slider_and_the_arrow_keys_scrub_and_the_text_follows(page: "Page") -> None:
    from playwright.sync_api import expect

    page.goto(f"/frames/{FRAMES[0]}")
    expect(page.locator("#scrub")).to_be_enabled()
    expect(page.locator(".screen .hidden title")).to_have_text("Blacked out: token")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/frames/{FRAMES[1]}")
    expect(page.locator("h1 time")).to_have_text("10:01:00")
    expect(page.locator("#place")).to_have_text("2 of 2")
    page.locator("#scrub").focus()
    page.keyboard.press("Home")
    page.wait_for_url(f"**/frames/{FRAMES[0]}")
    select = "getSelection().selectAllChildren(document.querySelector('text.words')); getSelection().toString().trim()"
    assert page.evaluate(f"(() => {{ {select.replace('; getS', '; return getS')} }})()") == "def vat(total)"


def test_a_slash_leads_to_the_search_and_its_hits_to_pages(page: "Page", database: Engine) -> None:
    from playwright.sync_api import expect

    make_findable(database, DAY, "laptop", "desktop")
    page.keyboard.press("/")
    page.keyboard.type("rounding")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=rounding")
    expect(page.locator("mark").first).to_have_text(re.compile("rounding", re.IGNORECASE))
    page.get_by_role("link", name="Rounding bug").first.click()
    page.wait_for_url(f"**/activities/{BUG}")


def test_an_edit_is_made_in_a_form_and_taken_back(page: "Page") -> None:
    from playwright.sync_api import expect

    page.goto(f"/projects/{LEDGER}")
    page.get_by_label("Name", exact=True).fill("Books")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Books")
    page.get_by_role("button", name="Undo").first.click()
    page.goto(f"/projects/{LEDGER}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ledger")


def test_a_chosen_theme_stays_and_a_narrow_page_does_not_scroll_sideways(page: "Page") -> None:
    from playwright.sync_api import expect

    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Theme").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.set_viewport_size({"width": 390, "height": 800})
    narrow = (f"/day/{DAY}", "/calendar/2026-03", "/week/2026-W10", "/projects", f"/activities/{BUG}", "/settings")
    for path in (*narrow, f"/projects/{LEDGER}", f"/frames/{FRAMES[0]}", f"/why/{ABOUT_BUG}", "/search?q=vat"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path


def test_nothing_that_a_screen_or_a_name_says_runs(page: "Page", database: Engine) -> None:
    for said in HOSTILE:
        with database.begin() as connection:
            connection.execute(update(activities).values(title=said, label=said))
            connection.execute(update(projects).values(name=said))
            connection.execute(update(deployments).values(name=said))
            connection.execute(update(frames).values(app_name=said, window_title=said, url=said))
            connection.execute(update(summary_sentences).values(text=said))
        shown = (
            f"/day/{DAY}",
            f"/activities/{BUG}",
            f"/frames/{FRAMES[0]}",
            f"/projects/{LEDGER}",
            f"/why/{ABOUT_BUG}",
        )
        for path in shown:
            page.goto(path)
            assert page.title() != "won"
            assert page.locator("script").count() <= 2
            assert said in page.locator("body").inner_text(), path
