"""The API: what it tells of a day, page by page; what it changes; how it refuses; and that nothing breaks it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine
from starlette.testclient import TestClient

from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from tests import told_day as day
from tests.architecture.tree import ROOT
from tests.indexed import make_findable
from tests.integration.sending import served
from tests.logged_in import bearer, token_of

ADDRESS = "http://localhost:8787"
KNOWN = {
    "activity_id": day.BUG,
    "project_id": day.LEDGER,
    "frame_id": day.FRAMES[0],
    "transcript_id": day.SPOKEN,
    "row_id": day.COMBINED,
    "day": day.DAY,
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUICK = settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.fixture
def app(database: Engine, settings: Settings) -> FastAPI:
    """The server over the told day."""
    with database.begin() as connection:
        day.tell(connection)
    return create_app(database, settings)


@pytest.fixture
def client(app: FastAPI, database: Engine) -> Iterator[TestClient]:
    """A program with a token of scope api."""
    with TestClient(app, ADDRESS, headers=bearer(database, "api")) as opened:
        yield opened


def _read(client: TestClient, path: str, **query: object) -> Any:
    answer = client.get(f"/v1/{path}", params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_day_holds_lanes_activities_and_a_summary_whose_sentences_lead_to_their_sources(client: TestClient) -> None:
    told = _read(client, f"days/{day.DAY}")
    assert [lane["machine"]["id"] for lane in told["lanes"]] == ["desktop", "laptop"]
    bug = next(one for one in told["activities"] if one["id"] == str(day.BUG))
    assert (bug["title"], bug["active_seconds"], bug["project"]["name"]) == ("Rounding bug", 1200.0, "Ledger")
    assert bug["start_at"] == "2026-03-02T10:00:00+01:00"
    sentence = told["summary"]["sentences"][0]
    assert sentence["sources"] == [{"kind": "activity", "id": str(day.BUG)}]
    reached = _read(client, f"lineage/{sentence['id']}")
    assert reached["made_from"][str(day.BUG)]
    assert str(day.FRAMES[0]) in reached["rows"]
    assert _read(client, f"frames/{day.FRAMES[0]}")["text"] == "def vat(total)"


def test_each_list_tells_what_is_there(client: TestClient, database: Engine) -> None:
    make_findable(database, day.DAY, "laptop")
    assert [one["day"] for one in _read(client, "days")["items"]] == ["2026-03-02"]
    assert [one["name"] for one in _read(client, "projects")["items"]] == ["Ledger"]
    assert _read(client, f"projects/{day.LEDGER}")["seconds_by_machine"] == {"desktop": 1200.0, "laptop": 1200.0}
    assert [one["id"] for one in _read(client, "frames", activity_id=day.STANDUP)["items"]] == [str(day.FRAMES[2])]
    assert [one["text"] for one in _read(client, "transcripts")["items"]] == ["We round once."]
    assert _read(client, f"transcripts/{day.SPOKEN}")["speaker"] == "me"
    assert _read(client, f"activities/{day.STANDUP}")["spoken"][0]["text"] == "We round once."
    assert len(_read(client, "summaries")["items"][0]["sentences"]) == 3
    assert _read(client, "summaries", deployment_id="laptop")["items"] == []
    assert [one["id"] for one in _read(client, "deployments")["machines"]] == ["desktop", "laptop"]
    assert _read(client, "search", q="vat kind:frame")["items"][0]["id"] == str(day.FRAMES[0])
    # Both machines at once: the time counts once, as on every page.
    (total,) = _read(client, "stats", first=day.DAY, last=day.DAY)
    assert (total["name"], total["seconds"], total["seconds_by_day"]) == ("Ledger", 1200.0, {"2026-03-02": 1200.0})
    assert [one["key"] for one in _read(client, "stats", by="machine", first=day.DAY)] == ["desktop", "laptop"]


@pytest.mark.parametrize(("path", "count"), [("activities", 2), ("frames", 3)])
def test_a_list_is_read_page_by_page_without_loss_or_repetition(path: str, count: int, client: TestClient) -> None:
    seen, cursor = [], None
    while True:
        page = _read(client, path, limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [one["id"] for one in _read(client, path)["items"]]
    assert len(set(seen)) == count


def test_every_edit_is_one_call_and_the_newest_can_be_taken_back(client: TestClient) -> None:
    renamed = client.patch(f"/v1/projects/{day.LEDGER}", json={"name": "Books"}).json()
    assert (renamed["told"], renamed["partitions"]) == ("Renamed Ledger to Books", ["2026-03-02"])
    split = client.post(f"/v1/projects/{day.LEDGER}/split", json={"activity_ids": [str(day.BUG)], "name": "Bugs"})
    new = split.json()["subject"]
    assert _read(client, f"activities/{day.BUG}")["activity"]["project"] == {"id": new, "name": "Bugs"}
    assert client.post(f"/v1/projects/{new}/merge", json={"into": str(day.LEDGER)}).status_code == 200
    assert _read(client, f"projects/{new}")["name"] == "Books"
    one = {"activity_ids": [str(day.BUG)], "project_id": None}
    assert client.post("/v1/activities/assign", json=one).status_code == 200
    written = client.patch(f"/v1/activities/{day.BUG}", json={"title": "VAT", "sentences": ["I fixed it."]}).json()
    assert written["partitions"] == ["2026-03-02|laptop"]
    whole = _read(client, f"activities/{day.BUG}")["activity"]
    assert (whole["title"], whole["locked"], whole["project"]) == ("VAT", True, None)
    assert client.post(f"/v1/activities/{day.BUG}/release").status_code == 200

    assert [edit["kind"] for edit in _read(client, "edits")["items"]] == [
        *("edit", "edit", "assign", "merge", "split", "rename")
    ]
    assert client.post("/v1/edits/undo", json={"id": renamed["id"]}).status_code == 400
    for _ in range(6):
        assert client.post("/v1/edits/undo", json={}).status_code == 200
    assert [one["name"] for one in _read(client, "projects")["items"]] == ["Ledger"]
    assert client.post("/v1/edits/undo", json={}).json() == {"problem": "There is no edit to take back.", "remedy": ""}


def test_a_browser_edits_from_a_page_of_this_server_alone(app: FastAPI, database: Engine) -> None:
    with TestClient(app, ADDRESS) as browser:
        browser.cookies.set("recall-8787", token_of(database, "session"))
        browser.headers["Origin"] = ADDRESS
        assert browser.patch(f"/v1/projects/{day.LEDGER}", json={"name": "Books"}).status_code == 200
        del browser.headers["Origin"]
        assert browser.patch(f"/v1/projects/{day.LEDGER}", json={"name": "Other"}).status_code == 403
        assert browser.get("/v1/projects").status_code == 200


def test_every_refusal_has_one_shape(client: TestClient) -> None:
    nowhere = "00000000-0000-0000-0000-000000000000"
    for status, answer in (
        (404, client.get(f"/v1/activities/{nowhere}")),
        (404, client.get(f"/v1/frames/{nowhere}/image")),
        (410, client.get(f"/v1/frames/{day.FRAMES[0]}/image")),
        (404, client.get(f"/v1/lineage/{nowhere}")),
        (404, client.patch(f"/v1/projects/{nowhere}", json={"name": "x"})),
        (400, client.get("/v1/frames?cursor=nonsense")),
        (400, client.get("/v1/search?q=before:never-ever")),
        (400, client.patch(f"/v1/projects/{day.LEDGER}", json={"name": " "})),
        (422, client.get("/v1/days/yesterday")),
        (422, client.patch(f"/v1/projects/{day.LEDGER}", json={"nome": "x"})),
        (422, client.get("/v1/search?q=a%00b")),
        (401, client.get("/v1/days", headers={"Authorization": "Bearer none"})),
    ):
        assert answer.status_code == status, answer.text
        assert answer.json().keys() == {"problem", "remedy"}, answer.text


def test_the_committed_description_is_the_servers(client: TestClient) -> None:
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert client.get("/v1/openapi.json").json() == committed, "python -m recall_assets.server.api > docs/openapi.json"


def _each(cases: st.SearchStrategy[Case[Any]], ask: Callable[[Case[Any]], None]) -> None:
    @QUICK
    @given(cases)
    def asked(case: Case[Any]) -> None:
        ask(case)

    asked()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_what_the_description_allows_and_what_it_does_not_breaks_nothing(
    mode: GenerationMode, app: FastAPI, client: TestClient, database: Engine
) -> None:
    """Some requests to each route over HTTP, made from the description; allowed ones are for rows that are there."""
    described = client.get("/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described)
    headers = bearer(database, "api")
    asked: set[str] = set()

    def ask(case: Case[Any]) -> None:
        asked.add(f"{case.method} {case.path}")
        case.call_and_validate(headers=headers, checks=CHECKS)

    with served(app) as server:
        schema.config.update(base_url=str(server.base_url).rstrip("/"))
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            there = {name: str(row) for name, row in KNOWN.items() if f"{{{name}}}" in operation.path}
            cases = operation.as_strategy(mode, path_parameters=there if mode.is_positive else None)
            _each(cases, ask)
    everything = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    assert len(everything) > 20
    assert mode.is_negative or asked == everything
