"""What is typed into the search is taken apart as a person means it; today is a Thursday."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.errors import InputError
from recall_assets.stages.search.days import DaySpan
from recall_assets.stages.search.hours import Hours
from recall_assets.stages.search.query import EVER, Query, parse

TODAY = date(2026, 11, 12)


def span(first: str | None, last: str | None) -> DaySpan:
    return DaySpan(first and date.fromisoformat(first), last and date.fromisoformat(last))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "text", "first", "last"),
    [
        ("what did I do on Thursday?", "what did I do ?", "2026-11-12", "2026-11-12"),
        ("last thursday rate limiter", "rate limiter", "2026-11-05", "2026-11-05"),
        ("invoices in october", "invoices", "2026-10-01", "2026-10-31"),
        ("calls in december", "calls", "2025-12-01", "2025-12-31"),
        ("since monday vat", "vat", "2026-11-09", None),
        ("before friday", "", None, "2026-11-05"),
        ("3 weeks ago", "", "2026-10-19", "2026-10-25"),
        ("meeting last 7 days", "meeting", "2026-11-06", "2026-11-12"),
        ("last week", "", "2026-11-02", "2026-11-08"),
        ("last weekend", "", "2026-11-07", "2026-11-08"),
        ("Nov 9th 2025 call", "call", "2025-11-09", "2025-11-09"),
        ("on 20 november", "", "2025-11-20", "2025-11-20"),
        ("9.11.2026", "", "2026-11-09", "2026-11-09"),
        ("the day before yesterday", "", "2026-11-10", "2026-11-10"),
        ("from monday to wednesday", "", "2026-11-09", "2026-11-11"),
        ("mail on monday and tuesday", "mail", "2026-11-09", "2026-11-10"),
        ("may I ask about march", "may I ask about march", None, None),
        ("sun microsystems sat down", "sun microsystems sat down", None, None),
        ("release 2026 notes", "release 2026 notes", None, None),
        ("the 31st of february", "the 31st of february", None, None),
    ],
)
def test_days_that_the_text_names_leave_it(typed: str, text: str, first: str | None, last: str | None) -> None:
    days = span(first, last)
    assert parse(typed, TODAY) == Query(text, days=days, days_in_text=days != EVER)


def test_filters_phrases_and_what_is_not_wanted() -> None:
    typed = 'limiter app:firefox APP:code "half up" -draft -"old one" project:"Tide Watch" on:yesterday kind:frame'
    yesterday = date(2026, 11, 11)
    assert parse(typed, TODAY) == Query(
        "limiter",
        phrases=("half up",),
        excluded=("draft", "old one"),
        apps=("firefox", "code"),
        projects=("Tide Watch",),
        kinds=("frame",),
        days=DaySpan(yesterday, yesterday),
    )


def test_after_begins_with_its_day_and_before_ends_on_the_day_before() -> None:
    assert parse("after:2026-11-02 before:2026-11-09", TODAY).days == span("2026-11-02", "2026-11-08")


@pytest.mark.parametrize("typed", ["foo:bar http://example.test/x", "well-known -", "a:b c:"])
def test_what_is_no_filter_is_text(typed: str) -> None:
    assert parse(typed, TODAY).text == typed


@pytest.mark.parametrize("typed", ["after:someday", "on:2026-02-31", "kind:dream"])
def test_a_filter_with_a_value_that_means_nothing_says_so(typed: str) -> None:
    with pytest.raises(InputError):
        parse(typed, TODAY)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_query_or_a_clear_error(typed: str) -> None:
    with suppress(InputError):
        assert isinstance(parse(typed, TODAY), Query)


def test_a_day_to_come_is_words_for_nothing_was_seen_on_it() -> None:
    assert parse("deadline 20 November 2026", TODAY) == Query("deadline 20 November 2026")


def test_days_are_words_where_the_search_says_so() -> None:
    assert parse("invoice of 3 October", TODAY, days_in_text=False) == Query("invoice of 3 October")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("what did I do yesterday afternoon", "12:00", "18:00"),
        ("what did I do in the morning of 9 november", "05:00", "12:00"),
        ("what was I doing yesterday at 3 pm?", "14:50", "15:10"),
        ("monday at 15:30", "15:20", "15:40"),
        ("mail on monday between 2 and 4 pm", "14:00", "16:00"),
        ("on tuesday from 9:00 to 10:30", "09:00", "10:30"),
        ("after:monday this morning", "05:00", "12:00"),
    ],
)
def test_a_part_of_the_day_beside_a_day_is_taken_by_the_clock(typed: str, first: str, last: str) -> None:
    hours = parse(typed, TODAY).hours
    assert hours == Hours(time.fromisoformat(first), time.fromisoformat(last))


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("invoice", ""),
        ("yesterday afternoon", "Wednesday, 11 November 2026, 12:00 – 18:00"),
        ("tonight", "Thursday, 12 November 2026, 17:30 – 24:00"),
        ("last week", "Monday, 2 November 2026 to Sunday, 8 November 2026"),
        ("since monday", "from Monday, 9 November 2026"),
        ("before:monday", "until Sunday, 8 November 2026"),
    ],
)
def test_the_time_that_was_understood_is_said_again(typed: str, when: str) -> None:
    assert parse(typed, TODAY).when == when


def test_parts_of_today_and_of_yesterday_name_their_day() -> None:
    assert parse("tonight", TODAY).days == span("2026-11-12", "2026-11-12")
    assert parse("call last night", TODAY) == Query(
        "call", days=span("2026-11-11", "2026-11-11"), days_in_text=True, hours=Hours(time(17, 30), time.max)
    )


@pytest.mark.parametrize(
    "typed", ["good morning", "meet at 15:30", "afternoon tea recipe", "10:62 on monday", "half past 3"]
)
def test_a_clock_without_a_day_or_that_shows_no_time_is_words(typed: str) -> None:
    assert parse(typed, TODAY).hours is None


@pytest.mark.parametrize(
    "typed",
    ["what did I do on monday?", "summary of monday", "what was I working on yesterday afternoon", "what did I do",
     "tell me about yesterday", "how long did I work yesterday", "on:monday", "app:firefox what was I doing"],
)  # fmt: skip
def test_a_question_after_what_was_done_seeks_no_words(typed: str) -> None:
    assert parse(typed, TODAY).words == ""


@pytest.mark.parametrize("typed", ["work", "go yesterday", "what is a report", "active directory on monday"])
def test_words_that_are_no_such_question_are_sought(typed: str) -> None:
    assert parse(typed, TODAY).words


@pytest.mark.parametrize(
    ("typed", "words", "latest", "how_long"),
    [
        ("when did I last talk to Jonas", "Jonas meeting chat", True, False),
        ("when was the last time we met with Priya?", "Priya? meeting chat", True, False),
        ("the last thing I wrote about oak", "wrote about oak", True, False),
        ("how much time did I spend on oak", "spend on oak", False, True),
        ("how long are backups of oak kept", "how long are backups of oak kept", False, False),
        ("what did I buy in the shop", "what did I buy in the shop shopping", False, False),
        ("last invoice", "last invoice", False, False),
        ("the talk about walls", "the talk about walls", False, False),
    ],
)
def test_what_a_question_is_after(typed: str, words: str, latest: bool, how_long: bool) -> None:
    asks = parse(typed, TODAY).asks
    assert (asks.words, asks.latest, asks.how_long) == (words, latest, how_long)
