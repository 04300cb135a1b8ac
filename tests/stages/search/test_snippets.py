"""A snippet is a stretch of the text, and its highlights are the words that were asked for."""

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.search.snippets import LENGTH, snippet
from recall_assets.stages.search.words import tokens

SAID = ("total", "totals", "invoice", "the", "cent", "LED-412", "rounding", "half", "up", "now")
WORDS = st.lists(st.sampled_from(SAID), max_size=120)


def test_the_stretch_with_most_of_what_was_asked_is_shown() -> None:
    text = "total " + "filler " * 60 + "the invoice total differs by a cent " + "filler " * 60
    shown = snippet(text, {"invoic", "total", "cent"})
    assert "invoice total differs by a cent" in shown.text
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")


def test_a_short_text_is_shown_whole_with_blanks_joined() -> None:
    shown = snippet("round\n once  on the total", {"total"})
    assert shown == ("round once on the total", ((18, 23),))


@given(WORDS, st.sets(st.sampled_from(["total", "invoic", "led412", "round", "half"])))
def test_highlights_are_words_that_were_asked_for_in_order_and_apart(words: list[str], asked: set[str]) -> None:
    shown = snippet(" ".join(words), asked)
    assert len(shown.text) <= LENGTH + 2
    last = -1
    for start, end in shown.highlights:
        assert last < start < end <= len(shown.text)
        assert asked & {token.term for token in tokens(shown.text[start:end])}
        last = end
