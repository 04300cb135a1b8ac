"""Words are put into the order in which a person reads them."""

import random

from hypothesis import given

from recall_assets.records import Box, Word
from recall_assets.stages.ocr_text import arrange
from tests.stages.ocr_text.drawn_words import column, word, words


def lines(arranged: list[Word]) -> list[str]:
    """The lines as text."""
    numbers = sorted({w.line for w in arranged})
    return [" ".join(w.text for w in arranged if w.line == number) for number in numbers]


def test_words_of_a_line_stand_from_left_to_right() -> None:
    assert lines(arrange([word("again", 200, 2), word("failed", 100, 0), word("export", 20, 1)])) == [
        "export failed again"
    ]


def test_a_side_bar_is_read_before_the_text_beside_it() -> None:
    side = column(0, "Inbox", "Sent", "Drafts", step=40)
    text = column(200, "Hello Ada,", "the export failed", "again last night", "at half past", "eleven", y=7, step=24)
    assert lines(arrange(side + text)) == [
        "Inbox",
        "Sent",
        "Drafts",
        "Hello Ada,",
        "the export failed",
        "again last night",
        "at half past",
        "eleven",
    ]


def test_a_form_keeps_each_value_beside_its_label() -> None:
    form = column(0, "Name", "Password") + column(300, "Ada", "hunter2")
    assert lines(arrange(form)) == ["Name Ada", "Password hunter2"]


def test_no_line_runs_from_one_window_into_another() -> None:
    behind, above = Box(0, 0, 400, 200), Box(200, 0, 200, 200)
    both = column(20, "left text", "goes on") + column(210, "shell prompt", "output")
    assert lines(arrange(both, [above, behind])) == ["shell prompt", "output", "left text", "goes on"]


@given(words())
def test_no_word_is_lost_or_invented(some: list[Word]) -> None:
    key = sorted((w.text, w.box) for w in some)
    assert sorted((w.text, w.box) for w in arrange(some)) == key


@given(words())
def test_arranging_twice_changes_nothing(some: list[Word]) -> None:
    once = arrange(some)
    assert arrange(once) == once


@given(words())
def test_the_order_in_which_words_come_does_not_matter(some: list[Word]) -> None:
    shuffled = random.Random(1).sample(some, len(some))
    assert arrange(shuffled) == arrange(some)


@given(words())
def test_lines_are_numbered_from_zero_without_gaps(some: list[Word]) -> None:
    numbers = [w.line for w in arrange(some)]
    assert sorted(set(numbers)) == list(range(len(set(numbers))))
    assert numbers == sorted(numbers)
