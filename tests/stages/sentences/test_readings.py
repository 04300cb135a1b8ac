"""Of several readings of one sentence the most frequent counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.sentences.readings import best_readings, spliced

SEEN = "Lena ordered 12 ladders from the shop in town"


@pytest.mark.parametrize(
    "slip",
    [
        "Lena ordeled 12 ladders from the shop in town",
        "Lema ordered 12 ladders from the shop in town",
        "Lena ordered 12 ladders fromthe shop in tovn",
        "na ordered 12 ladders from the shop in town",
        "Lena ordered 12 ladders from the sh",
        "Lena ordered 12 ladders from the shop in town Cancel",
    ],
)
def test_a_slip_or_a_cut_is_read_as_what_was_read_more_often(slip: str) -> None:
    assert best_readings({SEEN: 5, slip: 2}) == {SEEN: SEEN, slip: SEEN}


@pytest.mark.parametrize(
    "other",
    [
        "Lena ordered 13 ladders from the shop in town",
        "Lena ordered 12 chairs from the carpenter next door",
        "Amir",
    ],
)
def test_other_figures_or_other_words_make_another_sentence(other: str) -> None:
    assert best_readings({SEEN: 5, other: 2})[other] == other


def test_lines_of_two_windows_that_were_joined_are_told_by_how_the_first_mostly_goes_on() -> None:
    whole, joined = "It is the third time this month.", "It is the third ecting line 212."
    heads = {whole: "It is the third", joined: "It is the third"}
    assert spliced(heads, {whole: 10, joined: 3}) == {joined}
    assert spliced({}, {whole: 10, joined: 3}) == set()


def test_a_text_with_each_end_from_elsewhere_is_joined_where_both_were_seen_as_often() -> None:
    whole, other = "It is the third time this month.", "Tax law asks for another way of rounding."
    joined = "It is the third law asks for another way of rounding."
    heads = {joined: "It is the third"}

    assert spliced(heads, {whole: 3, other: 9, joined: 3}) == {joined}
    assert spliced(heads, {whole: 3, joined: 3}) == set()


@given(st.dictionaries(st.text(max_size=40), st.integers(1, 9), max_size=12))
def test_a_best_reading_is_its_own_and_no_rarer(counts: dict[str, int]) -> None:
    best = best_readings(counts)
    assert best.keys() == counts.keys()
    for text, reading in best.items():
        assert best[reading] == reading
        assert counts[reading] >= counts[text]
