"""Words are found in any form, and names by their parts as well as whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.search.words import stem, tokens


def terms(text: str) -> list[str]:
    return [token.term for token in tokens(text)]


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("change changes changed changing Changes", "chang"),
        ("invoice invoices invoiced", "invoic"),
        ("query queries Query", "queri"),
        ("plan plans planned planning", "plan"),
        ("box boxes", "box"),
        ("Café cafe CAFÉ", "caf"),
    ],
)
def test_forms_of_a_word_are_one(words: str, one: str) -> None:
    assert {term.removesuffix("e") for term in terms(words)} == {one}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("LED-412", ["led", "412", "led412"]),
        ("RateLimiter", ["rate", "limiter", "ratelimiter"]),
        ("round_half_up", ["round", "half", "up", "roundhalfup"]),
        ("mail.example.test", ["mail", "exampl", "test", "mailexampletest"]),
        ("customer's", ["customer"]),
    ],
)
def test_a_name_is_found_by_its_parts_and_whole(name: str, parts: list[str]) -> None:
    assert [term.removesuffix("e") for term in terms(name)] == [stem(part).removesuffix("e") for part in parts]


def test_words_that_tell_nothing_are_in_no_text() -> None:
    assert terms("What is the name of it?") == ["nam"]


def test_long_runs_are_no_words() -> None:
    assert terms("a" * 41) == []


@given(st.text(max_size=80))
def test_every_word_stands_where_it_says_in_any_text(text: str) -> None:
    for token in tokens(text):
        assert token.term
        assert 0 <= token.start < token.end <= len(text)


@given(st.text(alphabet="abcdefgilnsyu", min_size=1, max_size=12))
def test_a_word_that_was_cut_is_found_by_itself(word: str) -> None:
    assert terms(word) == terms(word.upper())
