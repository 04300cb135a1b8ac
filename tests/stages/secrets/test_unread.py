"""What looks like a value beside a password's label is covered although no engine read it; pictures are not."""

import numpy as np
import pytest

from recall_assets.records import Box, Finding, Word
from recall_assets.stages.secrets import join_words
from recall_assets.stages.secrets.unread import unread_beside_labels
from tests.drawn_screens import Line, draw

VALUE = "qY7#mT2wLz9"


def word(text: str, x: int, y: int, line: int, confidence: float = 0.95) -> Word:
    return Word(text, Box(x, y + 4, 9 * len(text), 14), confidence, line)


def found(lines: list[Line], words: list[Word], findings: list[Finding] | None = None) -> list[Box]:
    return unread_beside_labels(draw(lines), join_words(words), findings or [])


def covers(boxes: list[Box], x: int, y: int) -> bool:
    return any(box.x <= x < box.x + box.width and box.y <= y < box.y + box.height for box in boxes)


def test_a_value_that_was_not_read_is_found_right_of_its_label() -> None:
    boxes = found([Line("Password:", 40, 40), Line(VALUE, 140, 40)], [word("Password:", 40, 40, 0)])
    assert covers(boxes, 145, 52)
    assert covers(boxes, 225, 52)


def test_and_below_a_label_that_stands_alone() -> None:
    boxes = found([Line("Master password", 40, 40), Line(VALUE, 44, 68)], [word("Password", 40, 40, 0)])
    assert covers(boxes, 60, 78)


def test_a_word_that_was_read_badly_counts_as_not_read() -> None:
    lines = [Line("Password:", 40, 40), Line(VALUE, 140, 40)]
    label, guess = word("Password:", 40, 40, 0), word("gY/#rnTZw", 140, 40, 0, 0.2)
    assert covers(found(lines, [label, guess]), 145, 52)


def test_what_was_read_well_or_found_already_needs_no_guess() -> None:
    lines = [Line("Password:", 40, 40), Line(VALUE, 140, 40)]
    words = [word("Password:", 40, 40, 0), word(VALUE, 140, 40, 0)]
    assert found(lines, words) == []
    unsure = [words[0], word(VALUE, 140, 40, 0, 0.2)]
    assert found(lines, unsure, [Finding(10, 20, "password", "test", 0.9)]) == []


@pytest.mark.parametrize("label", ["Username:", "Forgot password?", "Reset password", "Title"])
def test_beside_other_words_nothing_is_covered(label: str) -> None:
    words, x = [], 40
    for part in label.split():
        words.append(word(part, x, 40, 0))
        x += 9 * len(part) + 5
    assert found([Line(label, 40, 40), Line(VALUE, 240, 40)], words) == []


def test_dots_icons_borders_and_photos_are_no_values() -> None:
    screen = draw([Line("Password:", 40, 40)])
    words = join_words([word("Password:", 40, 40, 0)])
    dots, icon, border, photo = (screen.copy() for _ in range(4))
    for n in range(10):
        dots[50:55, 140 + 9 * n : 145 + 9 * n] = 0
    icon[46:58, 180:194:3] = 0
    border[38:66, 134] = border[38:66, 330] = 0
    border[38, 134:330] = border[66, 134:330] = 0
    photo[20:90, 140:330] = np.random.default_rng(1).integers(0, 255, (70, 190, 3), dtype=np.uint8)
    for pixels in (dots, icon, border, photo):
        assert unread_beside_labels(pixels, words, []) == []


def test_a_value_in_a_field_with_a_border_is_found() -> None:
    screen = draw([Line("Password:", 40, 40), Line(VALUE, 146, 40)])
    screen[34:66, 138] = screen[34:66, 330] = screen[34, 138:330] = screen[66, 138:330] = 90
    boxes = unread_beside_labels(screen, join_words([word("Password:", 40, 40, 0)]), [])
    assert covers(boxes, 150, 52)
