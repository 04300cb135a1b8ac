"""A language model's words in the asset graph: they reach summaries and memories, and are looked at in their runs."""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import Engine, update

from recall_assets.settings import Settings, load_settings
from recall_assets.store import day_summaries, remembered
from recall_assets.store import tables as t
from tests.graph import opened_graph
from tests.integration.test_automation import Daemon
from tests.language_model.hostile import LAPTOP, said, store_day
from tests.stages.day_summaries.drawn_days import DAY
from tests.vision.endpoint import StandIn, completion, standing_in

PURPOSES = ("activity_titles", "project_summaries", "extracted_memories", "secret_reviews")
TOLD = ("episodic_memory", "semantic_memory", "procedural_memory", "resource_memory", "knowledge_vault")
TITLE = "Offer for the roof of the barn"
DAYS, KEY = [str(DAY)], [LAPTOP.partition_key]


def _honest(request: dict[str, Any]) -> bytes:
    """A title for what tells of the roof, a fact, a project's sentence; of other cards what nothing keeps."""
    form = request["response_format"]["json_schema"]["name"]
    cards = json.loads("\n".join(request["messages"][1]["content"].splitlines()[1:-1]))
    card = next((one["id"] for one in cards if "9,000" in json.dumps(one)), cards[0]["id"])
    if form == "told":
        told = [{"kind": "sentence", "text": "The roof of the barn costs 9,000 EUR.", "sources": [card]}]
        return completion(json.dumps({"told": told}))
    return said(request, TITLE if form == "titles" else "The roof of the barn costs 9,000 EUR.", card=card, kind=None)


@pytest.fixture
def outside() -> Iterator[StandIn]:
    with standing_in() as told:
        told.answers = _honest
        yield told


@pytest.fixture
def daemon(settings: Settings, database: Engine, outside: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    monkeypatch.setenv("RECALL_LLM_URL", outside.url)
    monkeypatch.setenv("RECALL_LLM_MODEL", "small-model")
    monkeypatch.setenv("RECALL_LLM_PURPOSES", json.dumps(PURPOSES))
    store_day(database)
    with opened_graph(load_settings(), database) as instance:
        yield Daemon(instance, database, *PURPOSES, *TOLD)


def _checks(instance: dg.DagsterInstance) -> dict[tuple[str, str], bool]:
    """The last result of every check of what a model was asked for."""
    found = {}
    for run in reversed(list(instance.get_run_records())):
        of_run = instance.get_records_for_run(
            run.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        )
        for record in of_run.records:
            one = record.event_log_entry.asset_check_evaluation
            if one is not None and one.asset_key.to_user_string() in PURPOSES:
                found[one.asset_key.to_user_string(), one.check_name] = one.passed
    return found


def _said(database: Engine) -> tuple[str, list[str]]:
    """The day's summary of the laptop, and its episodes."""
    with database.connect() as connection:
        summary = day_summaries.read_day(connection, LAPTOP)
        told = [one.memory.summary for one in remembered.remembered(connection)]
    assert summary is not None
    return summary.summary, told


def test_a_new_title_makes_summary_and_memories_again_and_an_unchanged_one_nothing(
    daemon: Daemon, database: Engine, outside: StandIn
) -> None:
    made = daemon.settle()

    assert [sorted({*made[asset]}) for asset in PURPOSES] == [KEY, DAYS, DAYS, KEY]
    assert made["day_summaries"] == 2 * KEY  # again when the project was described, with which it was asked for
    summary, told = _said(database)
    assert TITLE in summary
    assert any(TITLE in one for one in told)
    assert _checks(daemon.instance) == {
        (asset, check): True
        for asset in PURPOSES
        for check in ("words_rest_on_rows", "no_secret_in_words", "budget_is_kept")
    }

    assert daemon.remake(activity_titles=KEY, project_summaries=DAYS) == {}

    with database.begin() as connection:
        connection.execute(update(t.activities).where(t.activities.c.title == TITLE).values(title="Roof of the barn"))
    again = daemon.remake(activity_titles=KEY)
    assert {asset: again[asset] for asset in ("day_summaries", "combined_day_summaries", "episodic_memory")} == {
        "day_summaries": KEY, "combined_day_summaries": DAYS, "episodic_memory": DAYS,
    }  # fmt: skip
    assert "Roof of the barn" in _said(database)[0]
