"""Whatever a language model is asked for: what stands is kept, nothing else is, the owner's words are never touched."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from recall_assets.language_model.titles import title_day
from recall_assets.records import DeploymentDay
from recall_assets.settings import Settings, load_settings
from recall_assets.stages.language_model.titles import with_titles
from recall_assets.store import activities, memories, projects, sentences
from recall_assets.store import tables as t
from tests.language_model.hostile import (
    FINDING,
    HOSTILE,
    LAPTOP,
    ON_SCREEN,
    SECRET,
    ask_everything,
    lock,
    said,
    store_day,
    words,
)
from tests.language_model.test_injection import CORPUS
from tests.language_model.told import CODE, day
from tests.stages.day_summaries.drawn_days import DAY, id_of
from tests.vision.endpoint import StandIn, completion, standing_in

PURPOSES = ["activity_titles", "project_summaries", "day_summaries", "extracted_memories", "secret_reviews"]
FACT = "The roof of the barn costs 9,000 EUR and is due on 20 March."


@pytest.fixture
def outside() -> Iterator[StandIn]:
    with standing_in() as told:
        yield told


def _settings(outside: StandIn, **more: Any) -> Settings:
    told: dict[str, Any] = {"llm_url": outside.url, "llm_model": "small", "llm_purposes": PURPOSES}
    return load_settings(**told | more)


def _calls(database: Engine) -> str:
    with database.connect() as connection:
        return json.dumps([str(row) for row in connection.execute(select(t.llm_calls))])


def _honest(request: dict[str, Any]) -> bytes:
    """What a good model says of the first card that tells of the roof; of others what nothing keeps."""
    form = request["response_format"]["json_schema"]["name"]
    cards = json.loads("\n".join(request["messages"][1]["content"].splitlines()[1:-1]))
    card = next((one["id"] for one in cards if "9,000" in json.dumps(one)), cards[0]["id"])
    if form == "told":
        told = [("name", "Roof of the barn"), ("sentence", "The roof of the barn costs 9,000 EUR.")]
        return completion(json.dumps({"told": [{"kind": k, "text": text, "sources": [card]} for k, text in told]}))
    return said(request, {"titles": "Offer for the roof of the barn"}.get(form, FACT), card=card, kind=None)


def test_what_stands_is_kept_beside_what_rules_made_and_asked_once(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    outside.answers = _honest
    told = store_day(database)

    found = ask_everything(database, _settings(outside), told)

    with database.connect() as connection:
        titles = [(one.title, one.title_source) for one in activities.read_day(connection, LAPTOP)]
        barn = next(one for one in projects.read_all(connection) if one.id == id_of("Barn"))
        sentence = sentences.read(connection, "project_id", barn.id)[0]
        (fact,) = memories.read_day(connection, DAY, summary_kind="llm")
        review = connection.scalar(select(t.secrets.c.review).where(t.secrets.c.id == FINDING))
    assert titles == [("Offer for the roof of the barn", "llm"), ("Ladders (Shop)", "auto"), ("graft.py", "auto")]
    assert (barn.name, barn.name_source, sentence.text) == (
        "Roof of the barn",
        "llm",
        "The roof of the barn costs 9,000 EUR.",
    )
    assert sentence.sources[0].id == told.activities[0].id
    assert (fact.summary, {source.id for source in fact.sources} > {told.activities[0].id}) == (FACT, True)
    assert review == "secret"
    assert {purpose: outcome.kept for purpose, outcome in found.items()} | {"day_summaries": 0} == {
        "activity_titles": 1, "project_summaries": 2, "day_summaries": 0, "extracted_memories": 1, "secret_reviews": 1,
    }  # fmt: skip

    asked = len(outside.asked)
    again = ask_everything(database, _settings(outside, llm_purposes=[*PURPOSES[:2], *PURPOSES[3:]]), told)
    assert len(outside.asked) == asked
    assert sum(outcome.asked for outcome in again.values()) == 0
    assert _calls(database).count("activity_titles") == 3


def test_a_model_that_means_harm_changes_no_word(outside: StandIn, database: Engine, settings: Settings) -> None:
    told = store_day(database)
    before = words(database)
    for model, answers in HOSTILE.items():
        outside.answers = answers

        found = ask_everything(database, _settings(outside, llm_model=model), told)

        assert words(database) == before, model
        judged = {purpose: outcome for purpose, outcome in found.items() if purpose != "secret_reviews"}
        assert {purpose for purpose, outcome in judged.items() if outcome.kept or not outcome.asked} == set(), model
        assert all(outcome.reason for outcome in judged.values()), model
    calls = _calls(database)
    assert "evil" not in calls
    assert SECRET not in calls


def test_screens_that_order_a_model_about_gain_nothing_even_from_one_that_obeys(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    # Of what an order says itself, the screen may be quoted; what stands elsewhere or nowhere it brings in nowhere.
    orders = {name: obeyed for name, (screen, obeyed) in CORPUS.items() if obeyed.rstrip(".") not in screen}
    screens = [screen.replace("|", " ").replace(" / ", " ") for screen, _ in CORPUS.values()]
    told = store_day(database, " / ".join([*screens, ON_SCREEN]))
    before = words(database)
    for name, obeyed in orders.items():
        outside.answers = lambda asked, obeyed=obeyed: said(asked, obeyed)

        ask_everything(database, _settings(outside, llm_model=name), told)

        assert words(database) == before, name
    assert len(outside.asked) == sum("<<" in one["messages"][1]["content"] for one in outside.asked)


def test_an_endpoint_that_hangs_is_left_alone_after_two_failures(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    outside.seconds_per_byte = 0.05
    store_day(database)

    outcome = title_day(database, _settings(outside, llm_seconds=0.2), LAPTOP, CODE)

    assert outcome is not None
    assert (outcome.asked, dict(outcome.reasons)) == (2, {"timeout": 2, "not_asked": 1})


def test_each_purpose_has_a_switch_a_model_and_tokens_of_its_own(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    told = store_day(database)
    own = {"activity_titles": {"model": "large"}, "project_summaries": {"daily_tokens": 10}}

    found = ask_everything(
        database, _settings(outside, llm_purposes=["activity_titles", "project_summaries"], llm_for=own), told
    )

    assert found["project_summaries"].reason == "over_budget"
    assert {*found} == {"activity_titles", "project_summaries"}
    assert {one["model"] for one in outside.asked} == {"large"}


def test_what_the_owner_wrote_or_moved_is_not_asked_about(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    outside.answers = _honest
    told = store_day(database)
    with database.begin() as connection:
        projects.rename(connection, id_of("Barn"), "My barn", "owner")
    lock(database, told.activities[0].id)

    ask_everything(database, _settings(outside), told)

    found = words(database)
    assert ("My barn", "owner") in found["projects"]
    assert {source for _, source in found["titles"]} == {"auto"}


def test_a_title_stays_while_the_screens_still_say_it() -> None:
    now = day()
    titled = [replace(now.activities[0], title="Offer for the roof of the barn", title_source="llm")]

    assert with_titles(titled, now.activities, now)[0].title == "Offer for the roof of the barn"

    other = day("The gutter of the shed is clean again.")
    kept = [replace(one, title="Gutters", sentences=()) for one in other.activities]
    titled = [replace(titled[0], title="Roof of the barn costs 9,000 EUR")]
    assert with_titles(titled, kept, replace(other, activities=tuple(kept)))[0].title == "Gutters"


def test_what_a_project_is_told_of_goes_with_what_said_it(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    outside.answers = _honest
    told = store_day(database)
    ask_everything(database, _settings(outside), told)
    gone = [replace(one, title="Notes", sentences=()) for one in told.activities]
    with database.begin() as connection:
        activities.replace_day(connection, DeploymentDay("laptop", DAY), gone, CODE)

    outside.status = 500
    ask_everything(database, _settings(outside), told)

    with database.connect() as connection:
        assert sentences.read(connection, "project_id", id_of("Barn")) == ()


def test_of_a_finding_a_model_sees_the_mark_and_no_word_of_it(
    outside: StandIn, database: Engine, settings: Settings
) -> None:
    outside.answers = lambda asked: said(asked, "", kind="no_secret")
    told = store_day(database, f"My token is {SECRET} / {ON_SCREEN}")
    before = words(database)

    found = ask_everything(database, _settings(outside, llm_purposes=["secret_reviews"]), told)

    assert found["secret_reviews"].kept == 1
    asked = json.dumps(outside.asked)
    assert "[REDACTED:token]" in asked
    assert SECRET not in asked
    assert words(database) == before
