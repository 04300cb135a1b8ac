"""Cells of a line come apart, wrapped text comes together, crumbs go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.sentences.lines import cells_of, head_of, pieces_of


def _texts(screen: str) -> set[str]:
    return {piece.text for piece in pieces_of(screen)}


def test_a_column_beside_a_text_is_not_part_of_its_sentences() -> None:
    screen = (
        "Entwürfe  Die Lieferung der zwölf Leitern ist auf die zweite Woche\nSpam  im Mai verschoben. Bitte Amir sagen!"
    )
    assert _texts(screen) == {
        "Entwürfe",
        "Spam",
        "Die Lieferung der zwölf Leitern ist auf die zweite Woche im Mai verschoben.",
        "Bitte Amir sagen!",
    }


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("SHOP-12  Total differs by one cent  In progress  2 hours ago", 3),
        ("#873  Ladders fell", 1),
        ("Edge oil 250 ml  18.90 EUR", 1),
        ("Due  €48,600", 1),
        ("18.90 EUR  24.50 EUR  31.00 EUR", 3),
        ("Name | Price | Unit", 3),
        ("│ Name │ Price │", 2),
        ("cat roof.txt | sort", 1),
        ("", 0),
    ],
)
def test_names_and_values_stay_with_what_they_belong_to(line: str, cells: int) -> None:
    assert len(cells_of(line)) == cells


def test_rows_of_a_table_are_not_joined() -> None:
    rows = "SHOP-12  The total of every order differs by one cent in May\nSHOP-13  The ladders for the attic  are late"
    assert "SHOP-12 The total of every order differs by one cent in May" in _texts(rows)


@pytest.mark.parametrize(
    ("line", "spoken"),
    [
        ("| come at noon, he said.", "I come at noon, he said."),
        ("Yes. | want to see the roof first.", "Yes. I want to see the roof first."),
        ("It is late, so | called Amir. Thanks", "It is late, so I called Amir. Thanks"),
        ("cat roof.txt | sort -u", "cat roof.txt | sort -u"),
        ("Angebote | Termine", "Angebote | Termine"),
    ],
)
def test_a_lone_bar_in_running_text_is_the_pronoun(line: str, spoken: str) -> None:
    assert cells_of(line) == [spoken]


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("5ed3015 Round the total", "Round the total"),
        ("24 hours after detection]", "24 hours after detection"),
        ("the roof (of 1904)", "the roof (of 1904)"),
        ("2026 report on roofs", "2026 report on roofs"),
        ("facade of the house", "facade of the house"),
    ],
)
def test_hashes_and_brackets_without_a_partner_are_crumbs(line: str, clean: str) -> None:
    assert cells_of(line) == [clean]


def test_the_head_of_a_wrapped_sentence_is_what_stands_on_its_first_line() -> None:
    (first, second) = pieces_of("The roof is dry. The delivery of ladders moved to the second\nweek of May.")
    assert head_of(second.text, second.lines) == "The delivery of ladders moved to the second"
    assert head_of(first.text, first.lines) == ""


@given(st.text(st.characters(codec="utf-8", exclude_characters="|"), max_size=200))
def test_every_letter_comes_from_the_screen(screen: str) -> None:
    for piece in pieces_of(screen):
        assert set(filter(str.isalnum, piece.text)) <= set(screen)
        assert set(piece.lines) <= set(screen.splitlines())
