"""Boxes cover every word of a finding, and filling leaves nothing under them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Box, Finding, Word
from recall_assets.stages.secrets import JoinedText, boxes_to_fill, fill, join_words

WIDTH, HEIGHT = 640, 200

lines = st.lists(
    st.lists(st.text("abcXYZ09#", min_size=1, max_size=12), min_size=1, max_size=5), min_size=1, max_size=5
)


def _words(drawn: list[list[str]]) -> list[Word]:
    """Words of 8 px a letter on lines 36 px apart."""
    words = []
    for number, line in enumerate(drawn):
        x = 11
        for text in line:
            words.append(Word(text, Box(x, 13 + 36 * number, 8 * len(text), 15), 0.9, number))
            x += 8 * len(text) + 9
    return words


def _found(joined: JoinedText, value: str, kind: str = "token") -> Finding:
    start = joined.text.index(value)
    return Finding(start, start + len(value), kind, "test", 0.9)


def _covers(boxes: list[Box], word: Box) -> bool:
    return any(
        box.x <= word.x
        and box.y <= word.y
        and box.x + box.width >= word.x + word.width
        and box.y + box.height >= word.y + word.height
        for box in boxes
    )


@given(lines)
def test_a_span_finds_the_words_it_touches(drawn: list[list[str]]) -> None:
    joined = join_words(_words(drawn))
    for index, (start, end) in enumerate(zip(joined.starts, joined.ends, strict=True)):
        assert joined.text[start:end] == joined.words[index].text
        assert list(joined.words_of(start, end)) == [index]
    assert list(joined.words_of(0, len(joined.text))) == list(range(len(joined.words)))


@given(lines, st.data())
def test_boxes_cover_every_word_of_a_finding_with_its_margin(drawn: list[list[str]], data: st.DataObject) -> None:
    joined = join_words(_words(drawn))
    start = data.draw(st.integers(0, len(joined.text) - 1))
    end = data.draw(st.integers(start + 1, len(joined.text)))
    boxes = boxes_to_fill(joined, [Finding(start, end, "token", "test", 0.9)], width=WIDTH, height=HEIGHT)
    for index in joined.words_of(start, end):
        word = joined.words[index].box
        assert _covers(boxes, Box(word.x - 4, word.y - 4, word.width + 8, word.height + 8))
    for box in boxes:
        assert box.x % 8 == 0
        assert 0 <= box.x <= box.x + box.width <= WIDTH
        assert 0 <= box.y <= box.y + box.height <= HEIGHT


def test_the_line_below_a_secret_stays_readable_on_a_screen_of_narrow_lines() -> None:
    joined = join_words([Word("token", Box(8, 136, 80, 14), 1.0, 0), Word("below", Box(8, 152, 80, 14), 1.0, 1)])
    (box,) = boxes_to_fill(joined, [_found(joined, "token", "token")], width=WIDTH, height=HEIGHT)
    assert box.y + box.height <= 152 + 14 // 2


@given(st.integers(5, 25), st.integers(5, 25))
def test_the_box_of_a_password_does_not_tell_its_length(one: int, other: int) -> None:
    widths = set()
    for length in (one, other):
        joined = join_words(_words([["Password:", "x" * length]]))
        (box,) = boxes_to_fill(joined, [_found(joined, "x" * length, "password")], width=WIDTH, height=HEIGHT)
        widths.add(box.width)
    assert len(widths) == 1


def test_the_box_of_a_password_ends_before_the_next_word() -> None:
    words = _words([["Password:", "hunter22"]])
    save = Word("Save", Box(260, 13, 32, 15), 0.9, 0)
    joined = join_words([*words, save])
    (box,) = boxes_to_fill(joined, [_found(joined, "hunter22", "password")], width=WIDTH, height=HEIGHT)
    assert box.x + box.width <= 260


def test_small_print_has_a_margin_of_four_pixels() -> None:
    joined = join_words([Word("abc123", Box(99, 100, 36, 8), 0.9, 0)])
    boxes = boxes_to_fill(joined, [_found(joined, "abc123")], width=WIDTH, height=HEIGHT)
    assert boxes == [Box(88, 96, 56, 16)]


def test_a_word_without_a_box_blacks_out_its_line() -> None:
    words = [*_words([["token", "abc123"]]), Word("def456", Box(0, 0, 0, 0), 0.2, 0)]
    joined = join_words(words)
    boxes = boxes_to_fill(joined, [_found(joined, "def456")], width=WIDTH, height=HEIGHT)
    assert _covers(boxes, words[0].box)
    assert _covers(boxes, words[1].box)


def test_a_line_without_any_box_blacks_out_the_image() -> None:
    joined = join_words([Word("abc123", Box(0, 0, 0, 0), 0.2, 0)])
    assert boxes_to_fill(joined, [_found(joined, "abc123")], width=WIDTH, height=HEIGHT) == [Box(0, 0, WIDTH, HEIGHT)]


def test_a_line_without_any_box_blacks_out_the_window_of_its_neighbours() -> None:
    left, right = Box(0, 0, 320, HEIGHT), Box(320, 0, 320, HEIGHT)
    words = [Word("Key", Box(20, 20, 40, 15), 0.9, 0), Word("abc123", Box(0, 0, 0, 0), 0.2, 1)]
    joined = join_words(words)
    finding = [_found(joined, "abc123")]
    assert boxes_to_fill(joined, finding, width=WIDTH, height=HEIGHT, areas=[left, right]) == [left]
    other = join_words([*words, Word("Mail", Box(400, 20, 40, 15), 0.9, 2)])
    assert boxes_to_fill(other, finding, width=WIDTH, height=HEIGHT, areas=[left, right]) == [Box(0, 0, WIDTH, HEIGHT)]


@given(st.lists(st.builds(Box, *(st.integers(-10, 50) for _ in range(2)), *(st.integers(0, 60) for _ in range(2)))))
def test_filling_leaves_one_colour_under_the_boxes_and_the_rest_as_it_was(boxes: list[Box]) -> None:
    image = np.random.default_rng(0).integers(0, 255, (40, 48, 3), dtype=np.uint8)
    before = image.copy()
    filled = fill(image, boxes)
    under = np.zeros((40, 48), dtype=bool)
    for box in boxes:
        under[max(0, box.y) : max(0, box.y + box.height), max(0, box.x) : max(0, box.x + box.width)] = True
    assert (filled[under] == (24, 24, 24)).all()
    assert (filled[~under] == before[~under]).all()
    assert (image == before).all()
