"""The quick reader says only what is sure: plain English words with white around them; the rest is somebody else's."""

from itertools import pairwise

import pytest

from recall_assets.engines.ocr import Picture
from recall_assets.engines.plain_words import PlainWords
from recall_assets.engines.text_lines import find_lines
from recall_assets.records import Box, Word
from tests.drawn_screens import NIGHT, WHITE, Colour, draw, page


@pytest.fixture(scope="module")
def reader() -> PlainWords:
    return PlainWords()


def read(reader: PlainWords, text: str, paper: Colour = WHITE) -> tuple[list[Word], list[Box], Box]:
    """What it says of a line, what it leaves, and the line."""
    clean = Picture.of(draw(page(text, ink=WHITE if paper == NIGHT else NIGHT), paper=paper)).clean
    (line,) = find_lines(clean)
    return *reader.read(clean, line, 7), line


@pytest.mark.parametrize("paper", [WHITE, NIGHT])
def test_a_line_of_plain_words_is_read_whole(reader: PlainWords, paper: Colour) -> None:
    words, doubtful, line = read(reader, "The export failed again because the table was locked.", paper)
    assert " ".join(word.text for word in words) == "The export failed again because the table was locked."
    assert doubtful == []
    assert {(word.line, word.box.y, word.box.height) for word in words} == {(7, line.y, line.height)}
    assert words[0].box.x == line.x
    assert words[-1].box.x + words[-1].box.width == line.x + line.width
    assert all(one.box.x + one.box.width < after.box.x for one, after in pairwise(words))


@pytest.mark.parametrize("token", ["Hk38xQ2vLmR9", "lock_timeout", "2026-11-09", "ls", "Müller", "v1.2.3", "rgthwq"])
def test_what_is_no_plain_word_is_left_to_the_exact_reader(reader: PlainWords, token: str) -> None:
    words, doubtful, line = read(reader, f"The export failed again because {token} stood there before")
    plain = {"The", "export", "failed", "again", "because", "stood", "there", "before"}
    assert {word.text for word in words} <= plain
    assert len(words) >= 6
    (left,) = doubtful
    assert line.x + 0.4 * line.width < left.x + left.width / 2 < line.x + 0.8 * line.width


@pytest.mark.parametrize("text", ["too short", "commit 9f2c4be07d1a6c55e0b8a1734dd0f7a2c91b6e3f and 58d24a7709"])
def test_short_lines_and_lines_with_little_that_is_plain_are_left_whole(reader: PlainWords, text: str) -> None:
    words, doubtful, line = read(reader, text)
    assert words == []
    assert doubtful == [line]


def test_a_dot_that_no_word_accounts_for_makes_its_neighbour_doubtful(reader: PlainWords) -> None:
    clean = Picture.of(draw(page("The export failed again because the table was locked"))).clean.copy()
    (line,) = find_lines(clean)
    ends = [word.box.x + word.box.width for word in reader.read(clean, line, 0)[0]]
    clean[line.y + line.height - 3 : line.y + line.height, ends[3] + 1 : ends[3] + 4] = 0  # at "again"
    words, doubtful = reader.read(clean, line, 0)
    assert [box.x < ends[3] < box.x + box.width for box in doubtful] == [True]
    assert [word.text for word in words][:3] == ["The", "export", "failed"]
