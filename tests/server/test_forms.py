"""What the owner puts right in forms: it is done, shown, and undone; what cannot be done says why."""

import re

import pytest
from sqlalchemy import Engine, insert, select, update
from starlette.testclient import TestClient

from recall_assets.settings import Settings
from recall_assets.store import day_summaries
from recall_assets.store.tables import activities, projects
from tests.server.told_pages import browser, tell_with_pictures
from tests.told_day import BUG, BUG_SENTENCE, DAY, FRAMES, LEDGER, MADE, STANDUP, named

GARDEN = named("garden")


@pytest.fixture
def client(database: Engine, settings: Settings) -> TestClient:
    tell_with_pictures(database, settings)
    with database.begin() as connection:
        seen = {"first_seen": DAY, "last_seen": DAY, "code_version": "v1"}
        connection.execute(insert(projects).values(id=GARDEN, name="Garden", **seen))
    return browser(database, settings)


def test_a_project_is_renamed_shown_and_undone(client: TestClient) -> None:
    answer = client.post(f"/projects/{LEDGER}/rename", data={"name": "Books & <b>VAT</b>"})
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"]).text
    assert "Renamed Ledger to Books &amp; &lt;b&gt;VAT&lt;/b&gt;" in shown
    (edit,) = re.findall(r'name="edit" value="(\d+)"', shown)
    undone = client.post("/edits/undo", data={"edit": edit})
    assert "Took back: Renamed Ledger" in client.get(undone.headers["Location"]).text
    assert "Ledger</h1>" in client.get(f"/projects/{LEDGER}").text


def test_a_day_says_that_it_is_being_rewritten_until_it_tells_of_the_edit(client: TestClient, database: Engine) -> None:
    rewriting = "its sentences are being rewritten"
    assert rewriting not in client.get(f"/day/{DAY}").text
    client.post(f"/projects/{LEDGER}/rename", data={"name": "Books"})
    page = client.get(f"/day/{DAY}").text
    assert rewriting in page
    assert 'data-seconds="5"' in page
    with database.begin() as connection:
        summary = day_summaries.read_day(connection, DAY)
        day_summaries.replace_day(connection, DAY, summary, MADE)
    assert rewriting not in client.get(f"/day/{DAY}").text
    client.post(f"/activities/{BUG}/words", data={"title": "The cent", "sentences": ""})
    assert rewriting in client.get(f"/day/{DAY}").text


def test_projects_are_merged_and_split(client: TestClient) -> None:
    merged = client.post(f"/projects/{LEDGER}/merge", data={"into": str(GARDEN)})
    assert merged.headers["Location"].startswith(f"/projects/{GARDEN}?edited=")
    assert client.get(f"/projects/{LEDGER}").headers["Location"] == f"/projects/{GARDEN}"
    split = client.post(f"/projects/{GARDEN}/split", data={"activity": str(BUG), "name": "Bugs"})
    assert "Bugs</h1>" in client.get(split.headers["Location"]).text


def test_an_activity_is_worded_moved_and_given_back(client: TestClient, database: Engine) -> None:
    words = {"title": "The cent", "sentences": "It was a cent.\r\n\r\nIt is gone.\r\n"}
    shown = client.get(client.post(f"/activities/{BUG}/words", data=words).headers["Location"]).text
    assert "The cent</h1>" in shown
    assert "It is gone." in shown
    assert f"/why/{BUG_SENTENCE}" in shown
    assert client.post(f"/activities/{BUG}/project", data={"project": ""}).status_code == 303
    with database.connect() as connection:
        assert connection.scalar(select(activities.c.project_id).where(activities.c.id == BUG)) is None
    assert client.post(f"/activities/{BUG}/release").status_code == 303


def test_suggestions_are_accepted_or_rejected(client: TestClient, database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(update(activities).values(project_id=None, suggested_project_id=GARDEN, project_score=0.4))
    assert client.get("/suggestions").text.count("Does it belong to") == 2
    assert "Garden" in client.get("/suggestions").text
    assert client.post(f"/suggestions/{BUG}/accept").status_code == 303
    assert client.post(f"/suggestions/{STANDUP}/reject").status_code == 303
    assert "All judged" in client.get("/suggestions").text


def test_what_would_go_is_shown_and_goes_once_the_owner_is_sure(client: TestClient, database: Engine) -> None:
    asked = {"from": str(DAY), "to": str(DAY), "machine": "laptop"}
    shown = client.post("/forget/look", data=asked).text
    assert re.search(r"<li>[0-9]+ frames, 0.0 MB of images</li>", shown)
    assert f"/v1/frames/{FRAMES[0]}/image" in shown
    assert client.post("/forget", data=asked).status_code == 400
    assert client.get(f"/frames/{FRAMES[0]}").status_code == 200
    gone = client.post("/forget", data=asked | {"sure": "yes"})
    assert "Forgotten before" in client.get(gone.headers["Location"]).text
    assert client.get(f"/frames/{FRAMES[0]}").status_code == 404


def test_what_names_nothing_to_forget_is_said_beside_the_form(client: TestClient) -> None:
    for asked, said in (
        ({}, "Nothing says"),
        ({"to": "soon"}, "is no time"),
        ({"machine": "x"}, "There is no machine"),
    ):
        answer = client.post("/forget/look", data=asked)
        assert (answer.status_code, said in answer.text) == (400, True)


def test_what_cannot_be_done_is_a_page_that_says_why(client: TestClient) -> None:
    empty = client.post(f"/projects/{LEDGER}/rename", data={"name": " "})
    assert (empty.status_code, "<h2>" in empty.text) == (400, True)
    assert client.post(f"/projects/{LEDGER}/merge", data={"into": ""}).status_code == 400
    assert client.post(f"/projects/{LEDGER}/split", data={"name": "x"}).status_code == 400
    assert client.post(f"/projects/{BUG}/rename", data={"name": "x"}).status_code == 404
    assert client.post("/edits/undo", data={"edit": "x"}).status_code == 400


def test_a_form_of_another_page_changes_nothing(client: TestClient) -> None:
    del client.headers["Origin"]
    assert client.post(f"/projects/{LEDGER}/rename", data={"name": "Mine"}).status_code == 403
    client.headers["Origin"] = "http://localhost:9999"
    assert client.post(f"/projects/{LEDGER}/rename", data={"name": "Mine"}).status_code == 403
