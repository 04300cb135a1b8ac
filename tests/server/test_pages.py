"""The pages over a told day, as a browser gets them."""

import io
import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import Engine, update
from starlette.testclient import TestClient

from recall_assets.records import AlertKey, AlertKind, MemoryKind, Trouble
from recall_assets.settings import Settings
from recall_assets.store import alerts
from recall_assets.store.tables import activities, deployments, frames, ocr_text, projects, summary_sentences
from tests.indexed import make_findable
from tests.server.told_pages import browser, tell_with_pictures
from tests.told_day import ABOUT_BUG, BUG, DAY, FRAMES, LEDGER, RUN, STANDUP

HOSTILE = '<script>document.title="won"</script><img src=x onerror=alert(1)>"\'&lt;{{ 7 * 7 }}{% raw %}</title>\u202e'
PAGES = (
    f"/day/{DAY}",
    "/calendar/2026-03",
    "/week/2026-W10",
    "/projects",
    f"/projects/{LEDGER}",
    f"/activities/{BUG}",
    f"/activities/{STANDUP}",
    f"/frames/{FRAMES[0]}?q=vat",
    f"/frames/{FRAMES[2]}",
    "/search",
    "/search?q=rounding+kind:activity",
    f"/why/{ABOUT_BUG}",
    f"/why/{BUG}",
    "/memories",
    *(f"/memories?kind={kind}" for kind in MemoryKind),
    "/memories?kind=procedural&about=vat",
    "/suggestions",
    "/edits",
    "/deployments",
    "/settings",
    "/forget",
)


class Elements(HTMLParser):
    """The elements of a page, and whether anything in it would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        named = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.inline += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name == "style"]
        foreign = tag == "script" and not str(named.get("src", "")).startswith("/static/")
        if foreign or tag in {"style", "iframe", "object", "embed", "base"}:
            self.inline.append(tag)
        self.links += [str(named[name]) for name in ("href", "src", "action") if name in named]


@pytest.fixture
def client(database: Engine, settings: Settings) -> TestClient:
    tell_with_pictures(database, settings)
    return browser(database, settings)


def test_every_page_is_whole_and_nothing_in_it_is_inline_or_from_elsewhere(client: TestClient) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-store"
        page = Elements(answer.text)
        assert page.names.count("h1") == 1, path
        assert page.inline == [], path
        assert [link for link in page.links if not re.match(r"[/#?]", link)] == [], path
        assert len(page.ids) == len(set(page.ids)), path


def test_titles_and_texts_of_screens_are_text_wherever_they_stand(client: TestClient, database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(update(activities).values(title=HOSTILE, label=HOSTILE))
        connection.execute(update(projects).values(name=HOSTILE))
        connection.execute(update(deployments).values(name=HOSTILE))
        shown = {"app_name": HOSTILE, "window_title": HOSTILE, "url": "javascript:alert(1)"}
        connection.execute(update(frames).where(frames.c.app_name.is_not(None)).values(shown))
        connection.execute(update(summary_sentences).values(text=HOSTILE))
        connection.execute(update(ocr_text).values(text=HOSTILE))
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = Elements(answer.text)
        assert page.inline == [], path
        assert [link for link in page.links if not re.match(r"[/#?]", link)] == [], path
        assert "&#39;&amp;lt;49" not in answer.text, path


def test_what_is_wrong_is_said_on_every_page_with_a_way_to_what_to_do(client: TestClient, database: Engine) -> None:
    silent = Trouble(AlertKey(AlertKind.MACHINE, "laptop"), "laptop is not captured: <silent>.", "Look there.")
    failed = Trouble(AlertKey(AlertKind.PARTITION, "secrets"), "2 partitions of secrets failed.", "Try again.")
    with database.begin() as connection:
        alerts.raise_(connection, [silent, failed], datetime.now(UTC), sends=False)
    for path in PAGES:
        text = client.get(path).text
        assert "laptop is not captured: &lt;silent&gt;." in text, path
        assert path == "/deployments" or ("And 1 more." in text and "/deployments#alerts" in text), path
    told = client.get("/deployments").text
    assert "Look there." in told
    assert 'href="/dagster/assets/secrets"' in told
    with database.begin() as connection:
        alerts.clear(connection, [silent.key, failed.key], datetime.now(UTC), sends=False)
    assert "/deployments#alerts" not in client.get(f"/day/{DAY}").text


def test_what_is_not_there_is_a_page_that_says_so(client: TestClient) -> None:
    unreadable = "/day/2026-13-01", "/calendar/2026-00", "/week/2026-W60", "/activities/x"
    unknown = f"/projects/{BUG}", f"/activities/{LEDGER}", f"/frames/{BUG}", f"/frames/{BUG}/reel", f"/why/{uuid4()}"
    for path in (*unreadable, *unknown):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8"), path


def test_a_day_without_anything_leads_to_the_last_that_has_something(client: TestClient) -> None:
    assert f'href="/day/{DAY}"' in client.get("/day/2020-01-01").text
    assert client.get("/").headers["Location"].startswith("/day/")
    assert client.get("/calendar").headers["Location"] == "/calendar/2026-03"
    assert client.get("/week").headers["Location"] == "/week/2026-W10"


def test_a_day_names_its_activities_sentences_and_gaps(client: TestClient) -> None:
    text = client.get(f"/day/{DAY}").text
    assert "A rounding bug took 20 minutes." in text
    assert f"/why/{ABOUT_BUG}" in text
    assert "10:00" in text  # nine in UTC, ten on the machine's clock


def test_an_image_is_whole_for_no_cache_and_small_for_the_browsers_own(client: TestClient) -> None:
    path = f"/v1/frames/{FRAMES[0]}/image"
    whole, small = client.get(path), client.get(f"{path}?width=320")
    assert (whole.headers["Content-Type"], whole.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert small.headers["Cache-Control"].startswith("private")
    assert Image.open(io.BytesIO(small.content)).size == (320, 192)
    again = client.get(f"{path}?width=320", headers={"If-None-Match": small.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{path}?width=321").status_code == 422
    assert client.get(f"/v1/frames/{FRAMES[2]}/image").status_code == 404


def test_files_of_pages_are_kept_for_good_under_an_address_of_their_content(client: TestClient) -> None:
    (address,) = re.findall(r"/static/\w{12}/recall.css", client.get(f"/day/{DAY}").text)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/x/../../layout.html").status_code == 404


def test_a_frame_has_its_words_over_it_and_names_what_was_blacked_out(client: TestClient) -> None:
    text = client.get(f"/frames/{FRAMES[0]}?q=vat(total)").text
    assert '<tspan x="40" y="53.1" font-size="16" textLength="30"' in text
    assert text.count('class="hit"') == 1
    assert "Blacked out: token" in text
    assert f'href="/frames/{FRAMES[1]}"' in text
    reel = client.get(f"/frames/{FRAMES[0]}/reel").json()["frames"]
    assert [one[:2] for one in reel] == [[str(FRAMES[0]), "10:00:00"], [str(FRAMES[1]), "10:01:00"]]
    assert "not looked through yet" in client.get(f"/frames/{FRAMES[2]}").text


def test_a_hit_leads_to_its_frame_with_the_place_marked_where_it_stood(client: TestClient, database: Engine) -> None:
    make_findable(database, DAY, "laptop")
    (link,) = {*re.findall(rf'href="(/frames/{FRAMES[0]}[^"]*)"', client.get("/search?q=vat+kind:frame").text)}
    text = client.get(unescape(link)).text
    assert re.findall(r'class="hit" x="(\d+)" y="(\d+)" width="(\d+)"', text) == [("73", "37", "96")]
    assert client.get(f"/frames/{FRAMES[0]}?at=1,2,3").status_code == 404


def test_a_question_after_a_day_says_which_day_was_understood(client: TestClient, database: Engine) -> None:
    make_findable(database, DAY, "laptop", "desktop")
    asked = client.get("/search", params={"q": f"what did I do on {DAY} in the morning"}).text
    assert "Monday, 2 March 2026, 05:00 – 12:00" in asked
    assert "Rounding bug" in asked
    assert f"/day/{DAY}" in client.get("/search", params={"q": f"summary of {DAY}"}).text
    assert "Nothing is known of Sunday, 1 March 2026." in client.get("/search", params={"q": "on:2026-03-01"}).text


def test_a_memory_of_each_kind_says_what_is_particular_to_it(client: TestClient) -> None:
    for kind, particular in {"procedural": "git rebase main", "resource": "https://forge.test/ledger"}.items():
        assert particular in client.get(f"/memories?kind={kind}").text


def test_why_leads_down_to_frames_and_up_to_the_run(client: TestClient) -> None:
    text = client.get(f"/why/{ABOUT_BUG}").text
    assert f"/frames/{FRAMES[0]}?q=" in text
    assert f"/dagster/runs/{RUN}" in text
    assert "/dagster/assets/activities?partition=2026-03-02%7Claptop" in text


def test_a_search_that_cannot_be_understood_says_how_it_is_written(client: TestClient) -> None:
    assert 'role="alert"' in client.get("/search?q=after:nonsense").text
    assert "Nothing found" in client.get("/search?q=zzzz").text


def test_keys_and_addresses_with_passwords_are_not_shown(database: Engine, settings: Settings) -> None:
    text = browser(database, settings).get("/settings").text
    assert "set, not shown" in text
    assert str(settings.database_url) not in text
    assert "RECALL_DATABASE_URL" in text
