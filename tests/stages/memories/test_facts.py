"""A fact can be understood later and alone; a new value of the same fact has the same topic."""

from datetime import timedelta

import pytest

from recall_assets.records import Concept, SourceKind
from recall_assets.stages.memories.facts import fact_topic, facts, promises_something, states_something
from tests.speech import said
from tests.stages.memories.drawn_day import MORNING, day, page

FEE = "The yearly fee is due in two instalments on 1 December and 1 June."


@pytest.mark.parametrize(
    "text",
    [
        FEE,
        "Availability is measured monthly and must reach 99.7 percent.",
        "A tide gauge is a sensor that writes the level of the water every minute.",
        "ORC-12: graft twice on the rootstock, before 20 March.",
        "Rosa: The partition attached in eleven seconds, so the window is fine.",
    ],
)
def test_statements_are_facts(text: str) -> None:
    assert states_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "Could you look at the rounding before the run at 23:30?",
        "Please give it only to visitors who signed the list at the desk.",
        "It is the third time this month that the export fails.",
        "We need it back by 20 November so that the renewal can start.",
        "The signed contract goes to the landlord today, in the morning.",
        "1 failed, 3 passed in 0.14s",
        "File  Edit  Search  View  Document  Help",
        "total = sum(line.net for line in lines if line.vat is not None)",
        "LED-391 Drop support for the 2019 file format.",
        "Setting it in the server configuration is not recommended, because it would affect all 40 sessions.",
    ],
)
def test_questions_orders_and_what_only_holds_today_are_none(text: str) -> None:
    assert not states_something(text)


def test_a_changed_value_is_the_same_topic_and_another_subject_is_not() -> None:
    assert fact_topic(FEE) == fact_topic(FEE.replace("1 December", "15 November"))
    assert fact_topic("The fee is 48,600 EUR a year.") == fact_topic("The fee is 51,000 EUR a year.")
    assert fact_topic("Question 14 asks for backups.") != fact_topic("Question 15 asks for backups.")


def test_a_fact_says_where_it_stood_and_rests_on_its_frames() -> None:
    (found,) = facts(day(page("Contract", f"{FEE}\nMenu"), page("Contract", FEE)))

    assert isinstance(found.particulars, Concept)
    assert found.particulars.name == "The yearly fee"
    assert "docs.example" in found.particulars.source
    assert [one.kind for one in found.sources] == [SourceKind.FRAME, SourceKind.FRAME, SourceKind.ACTIVITY]
    assert found.tree_path == ("Orchard",)


def test_what_was_said_is_a_fact_with_its_transcript() -> None:
    spoken = said("The landlord wants the deposit of 900 EUR before the lease starts.", MORNING + timedelta(seconds=5))
    (found,) = facts(day(page("Mail", ""), page("Mail", ""), said=[spoken]))
    assert found.sources[0].id == spoken.id


PROMISE = "We can bring the new shelves on 3 December between 8 and 12"


def test_a_dated_promise_is_a_fact_with_the_lines_above_it_which_say_whose_it_is() -> None:
    shown = page("Mail", f"Jonas\nCellar Supply  Mon\nDate for the shelves\n{PROMISE}\nRosa Quill")
    (found,) = facts(day(shown, shown))

    assert found.summary == f"{PROMISE}."
    assert found.details == "Above it stood: Cellar Supply Mon · Date for the shelves"


def test_the_same_promise_of_somebody_else_is_another_topic() -> None:
    one = page("Mail", f"Cellar Supply  Mon\nDate for the shelves\n{PROMISE}", "https://mail.example/1")
    later = PROMISE.replace("3 December", "15 December")
    other = page("Mail", f"Mill Works  Tue\nDate for the gate\n{later}", "https://mail.example/2")

    assert len({found.topic for found in facts(day(one, one, other, other))}) == 2


@pytest.mark.parametrize(
    "text",
    [
        "We bring the new shelves on Thursday and take the old ones away.",
        "Could we have the new shelves on 3 December, before the others?",
        "It took us two hours to bring the shelves up to the third floor.",
        "Between 3 December and 9 December the whole of the cellar closes.",
    ],
)
def test_without_a_date_or_with_a_question_nothing_is_promised(text: str) -> None:
    assert not promises_something(text)


def test_what_was_read_and_heard_is_told_once() -> None:
    read = "Rosa: The landlord wants the deposit of 900 EUR in eleven days, before the lease starts."
    spoken = said("The landlord wants the deposit of 900 EUR in 11 days, before the lease starts.", MORNING)
    (found,) = facts(day(page("Call", read), page("Call", read), said=[spoken]))

    assert found.summary == read
