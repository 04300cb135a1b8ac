"""A day in a model's words, from an endpoint that may do anything: kept where it stands, the default where not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from recall_assets.language_model.days import summarised
from recall_assets.language_model.questions import Outcome
from recall_assets.records import Assignment, DaySummary, DeploymentDay, Provenance
from recall_assets.settings import Settings, load_settings
from recall_assets.stages.day_summaries import summarise
from recall_assets.store import activities, day_summaries, projects
from recall_assets.store.tables import llm_calls
from tests.graph import land_read
from tests.language_model.told import GOOD, answering, day
from tests.stages.day_summaries.drawn_days import DAY
from tests.stages.secrets.drawn import Drawer
from tests.vision.endpoint import USAGE, StandIn, completion, standing_in


class Asked:
    """A database, and an endpoint outside."""

    def __init__(self, database: Engine, outside: StandIn) -> None:
        self.database, self.outside = database, outside
        self.settings: dict[str, Any] = {"llm_url": outside.url, "llm_model": "small", "llm_seconds": 120.0}
        self.stored: DaySummary | None = None

    def summarise(self, **settings: Any) -> tuple[DaySummary, Outcome]:
        told: Settings = load_settings(**self.settings | settings)
        summary, outcome = summarised(self.database, told, DAY, day())
        assert summary
        assert outcome
        return summary, outcome

    def calls(self) -> list[Any]:
        with self.database.connect() as connection:
            return [*connection.execute(select(llm_calls).order_by(llm_calls.c.id))]


@pytest.fixture
def asked(database: Engine, settings: Settings) -> Iterator[Asked]:
    with standing_in() as outside:
        outside.body = answering(*GOOD)
        yield Asked(database, outside)


def test_without_a_model_nothing_is_asked_and_nothing_is_marked(asked: Asked) -> None:
    summary, outcome = summarised(asked.database, load_settings(), DAY, day())

    assert outcome is None
    assert summary is not None
    assert (summary.summary_kind, "model" in summary.facts) == ("extractive", False)
    assert asked.outside.asked == []


def test_words_that_stand_follow_the_counted_headline(asked: Asked) -> None:
    default = summarise(DAY, day())

    summary, outcome = asked.summarise()

    assert summary.summary_kind == "llm"
    assert [one.text for one in summary.sentences] == [default.sentences[0].text, *(text for text, _ in GOOD)]
    assert (outcome.kept, outcome.tokens, outcome.reason) == (3, sum(USAGE.values()), None)
    assert asked.outside.asked[0]["response_format"]["json_schema"]["strict"] is True
    assert [(row.purpose, row.prompt_tokens, row.error) for row in asked.calls()] == [("day_summaries", 900, None)]


_LINK = ("As the screen says: see https://evil.example/x", ["a1"])
SECRET = Drawer(9).token("gl" + "pat-", 20)
_LEAK = (f"The roof of the barn costs {SECRET}.", ["a1"])
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "broken JSON": ({"body": completion('{"sentences": [{"text": "The ro')}, "broken"),
    "prose": ({"body": completion("Sure! Here is your summary: the roof of the barn.")}, "broken"),
    "no completion": ({"body": b'{"choices": ['}, "unreadable"),
    "endless": ({"body": b" " * 3_000_000}, "too_large"),
    "hanging": ({"seconds_per_byte": 0.05}, "timeout"),
    "busy": ({"status": 429}, "busy"),
    "obeying": ({"body": answering(*[_LINK] * 4)}, "too_few_stand"),
    "lying about sources": ({"body": answering(*((text, ["a7"]) for text, _ in GOOD))}, "too_few_stand"),
    "mixing sources up": ({"body": answering(*((text, ["a3"]) for text, _ in GOOD[:2]), GOOD[2])}, "too_few_stand"),
    "repeating a secret": ({"body": answering(*[_LEAK] * 4)}, "too_few_stand"),
}  # fmt: skip


@pytest.mark.parametrize(("does", "why"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_does_not_stand_leaves_the_default_with_the_reason(asked: Asked, does: dict[str, Any], why: str) -> None:
    for name, value in does.items():
        setattr(asked.outside, name, value)
    default = summarise(DAY, day())

    summary, outcome = asked.summarise(llm_seconds=0.3 if why == "timeout" else 120.0)

    assert (summary.sentences, summary.summary_kind) == (default.sentences, "extractive")
    assert (outcome.reason, outcome.kept) == (why, 0)
    assert outcome.remedies[why]
    told = json.dumps([summary.facts, [str(row) for row in asked.calls()]], default=str)
    assert "evil" not in told
    assert SECRET not in told


def test_the_same_day_is_asked_about_once(asked: Asked) -> None:
    told = day()
    summary, _ = asked.summarise()
    code = Provenance("test")
    with asked.database.begin() as connection:
        land_read(connection, [frame for own in told.frames.values() for frame in own])
        activities.replace_day(connection, DeploymentDay("laptop", DAY), told.activities, code)
        projects.save(connection, Assignment(told.activities, tuple(told.projects.values())), DAY, code)
        day_summaries.replace_day(connection, DAY, summary, code)

    again, outcome = asked.summarise()

    assert again == summary
    assert (outcome.asked, outcome.kept, len(asked.outside.asked)) == (0, 3, 1)
    assert asked.summarise(llm_model="larger")[1].asked


def test_a_spent_budget_asks_nothing(asked: Asked) -> None:
    summary, outcome = asked.summarise(llm_daily_tokens=100)

    assert (outcome.reason, outcome.asked, summary.summary_kind) == ("over_budget", 0, "extractive")
    assert asked.outside.asked == []


def test_a_server_without_schemas_is_asked_in_plainer_forms(asked: Asked) -> None:
    asked.outside.status = 400

    _, outcome = asked.summarise()

    forms = [one.get("response_format", {}).get("type") for one in asked.outside.asked]
    assert (forms, outcome.reason) == (["json_schema", "json_object", None], "rejected")
