"""An activity is titled by what its windows were about."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.sentences.titles import LONGEST_TITLE, title_of
from tests.stages.day_summaries.drawn_days import screen

START = datetime(2026, 3, 4, 9, tzinfo=UTC)


def _title(*titles: str, app: str = "browser", seconds: float = 60) -> str:
    return title_of(
        [
            screen(str(number), "", START + timedelta(minutes=number), seconds, title=title, app=app)
            for number, title in enumerate(titles)
        ]
    )


@pytest.mark.parametrize(
    ("title", "app", "expected"),
    [
        ("SHOP-412 Total differs by one cent - Tracker - Browser", "browser", "SHOP-412 Total differs by one cent"),
        ("*grant-proposal.odt - LibreOffice Writer", "libreoffice-writer", "grant-proposal.odt"),
        ("● chapter4.tex — Some Editor", "someeditor", "chapter4.tex"),
        ("cart.py + (~/src/shop) - VIM", "xterm", "cart.py"),
        ("lena@desk: ~/src/shop", "xterm", "shop"),
        ("(3) Inbox - Post Office - Browser", "browser", "Inbox (Post Office)"),
        ("budget.pdf - 3/12 (88 dpi)", "mupdf", "budget.pdf"),
        ("Some Chat | #roof | The Parish", "Some Chat", "#roof (The Parish)"),
        ("Okoye v. Hall - Motion to dismiss.docx - Word", "winword", "Okoye v. Hall - Motion to dismiss.docx"),
        ("Posteingang - lena@roof.test - Post", "post", "Posteingang"),
        ("", "browser", ""),
    ],
)
def test_programs_marks_and_pages_are_left_out(title: str, app: str, expected: str) -> None:
    assert _title(title, app=app) == expected


def test_the_subject_that_was_looked_at_longest_wins() -> None:
    assert _title("Roof repair offer", "Roof repair offer", "Garden party list") == "Roof repair offer"


def test_two_subjects_share_a_title_where_neither_fills_the_time() -> None:
    assert _title("Roof offer one", "Garden party list", "Choir on Sunday") == "Choir on Sunday, Garden party list"


def test_a_second_subject_that_adds_no_word_is_left_out() -> None:
    assert _title("#roof - Chat", "roof", "Choir on Sunday") == "Choir on Sunday, #roof (Chat)"


def test_without_a_title_the_address_names_the_site() -> None:
    assert title_of([screen("a", "", START, url="https://roof.test/offers/3")]) == "roof.test"
    assert title_of([screen("a", "", START)]) == ""


@given(st.lists(st.text(max_size=200), max_size=5))
def test_no_title_is_longer_than_a_line(titles: list[str]) -> None:
    assert len(_title(*titles)) <= LONGEST_TITLE


def test_a_long_title_is_cut_at_a_word() -> None:
    title = _title("The long history of ladders and of roofs in towns and villages " * 3)
    assert title.endswith("…")
    assert len(title) <= LONGEST_TITLE
