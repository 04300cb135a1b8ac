"""What is typed into the search is taken apart as a person means it; today is a Thursday."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.errors import InputError
from recall_assets.stages.search.days import DaySpan
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
