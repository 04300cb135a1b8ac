"""What is new on a frame, and layouts that come back as they went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.errors import InputError
from recall_assets.records import Word
from recall_assets.stages.frames import phash64
from recall_assets.stages.ocr_text import arrange, new_lines, pack_layout, seen_lines, unpack_layout
from tests.drawn_screens import draw, page
from tests.stages.ocr_text.drawn_words import words


def test_only_lines_that_the_window_did_not_show_are_new() -> None:
    before = seen_lines("def cut(day):\n    return day")
    assert new_lines("def cut(day):\n    return tomorrow", before) == "    return tomorrow"


def test_a_misread_comma_makes_no_line_new() -> None:
    assert new_lines("Hello, Ada", seen_lines("Hello. Ada")) == ""


@given(st.text())
def test_a_text_has_no_new_lines_after_itself(text: str) -> None:
    assert new_lines(text, seen_lines(text)) == ""


@given(words())
def test_a_layout_comes_back_as_it_went(some: list[Word]) -> None:
    arranged = arrange(some)
    assert unpack_layout(pack_layout(arranged, width=320, height=240)) == arranged


def test_a_layout_of_another_form_is_refused() -> None:
    with pytest.raises(InputError, match="form"):
        unpack_layout({"v": 99, "lines": []})


def test_screens_that_look_alike_have_close_hashes() -> None:
    one, other = draw(page("The export failed")), draw(page("The export worked"))
    assert bin((phash64(one) ^ phash64(other)) & (2**64 - 1)).count("1") <= 8
