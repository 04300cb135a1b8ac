"""Lines are known again wherever they stand; of a line that changed only the changed part is read."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Box, Word
from recall_assets.stages.ocr_text import KnownLines, ReadLine, Screen, lines_of, unread_part
from recall_assets.stages.ocr_text.known_lines import PATIENCE
from tests.stages.ocr_text.drawn_words import HEIGHT, LETTER, column

WIDTH = 400
Grey = npt.NDArray[np.uint8]


def drawn(words: list[Word], *, ink: int = 0) -> Grey:
    """Each letter as columns that only this letter has, on white."""
    image = np.full((200, WIDTH), 255, np.uint8)
    for word in words:
        for number, letter in enumerate(word.text):
            x = word.box.x + number * LETTER
            for bit in range(6):
                if ord(letter) >> bit & 1:
                    image[word.box.y : word.box.y + HEIGHT, x + bit] = ink
    return image


def line_of(words: list[Word]) -> ReadLine:
    """The words as one line."""
    right = max(word.box.x + word.box.width for word in words)
    return ReadLine(Box(words[0].box.x, words[0].box.y, right - words[0].box.x, HEIGHT), tuple(words))


def learnt(words: list[Word], **kept: int) -> KnownLines:
    known = KnownLines(**kept)
    known.learn(drawn(words), line_of(words))
    return known


def unread(before: list[Word], now: list[Word]) -> tuple[list[str], Box]:
    screen = Screen([line_of(before)], np.zeros((1, 1), np.uint64), drawn(before))
    found = unread_part(drawn(now), line_of(now).box, [screen])
    return [word.text for word in found.kept], found.span


@given(st.integers(0, 80), st.integers(0, 150))
def test_a_line_is_known_where_it_moved_to(x: int, y: int) -> None:
    moved = column(x, "git status now", y=y)
    lines, others = learnt(column(8, "git status now", y=20)).recall(drawn(moved), [line_of(moved).box])
    assert ([list(line.words) for line in lines], others) == ([moved], [])


@given(st.integers(0, 2), st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
def test_another_letter_makes_another_line(place: int, letter: str) -> None:
    before, now = "now", "now"[:place] + letter + "now"[place + 1 :]
    words = column(8, now)
    lines, _ = learnt(column(8, before)).recall(drawn(words), [line_of(words).box])
    assert bool(lines) == (before == now)


def test_a_line_that_was_encoded_with_loss_is_known() -> None:
    words = column(8, "git status")
    assert learnt(words).recall(drawn(words, ink=PATIENCE - 8), [line_of(words).box])[0]


def test_faint_ink_is_compared_with_less_patience() -> None:
    known, faint = KnownLines(), column(8, "now")
    known.learn(drawn(faint, ink=205), line_of(faint))
    other = column(8, "cow")
    assert not known.recall(drawn(other, ink=205), [line_of(other).box])[0]


def test_a_filled_line_is_not_known() -> None:
    words = column(8, "Password: hunter2")
    filled = drawn(words)
    filled[:HEIGHT, 8 + 10 * LETTER : 8 + 17 * LETTER] = 255
    assert not learnt(words).recall(filled, [line_of(words).box])[0]


def test_what_was_not_seen_for_longest_is_forgotten_first() -> None:
    first, second = column(8, "first"), column(8, "second")
    known = learnt(first, bytes_kept=line_of(second).box.width * HEIGHT)
    known.learn(drawn(second), line_of(second))
    assert not known.recall(drawn(first), [line_of(first).box])[0]
    assert known.recall(drawn(second), [line_of(second).box])[0]


def test_of_a_line_that_grows_only_the_last_word_is_read() -> None:
    kept, span = unread(column(8, "the export fai"), column(8, "the export failed"))
    assert kept == ["the", "export"]
    assert span.x >= 8 + 10 * LETTER


def test_of_a_line_that_changes_inside_the_ends_are_kept() -> None:
    kept, span = unread(column(8, "the export failed again"), column(8, "the import failed again"))
    assert kept == ["the", "failed", "again"]
    assert span.width <= len(" import ") * LETTER


def test_a_line_of_which_most_changed_is_read_whole() -> None:
    now = column(8, "to be")
    kept, span = unread(column(8, "to or"), now)
    assert (kept, span) == ([], line_of(now).box)


def test_words_belong_to_the_line_that_holds_their_middle() -> None:
    first, second = column(8, "one two"), column(8, "three", y=60)
    found = lines_of([line_of(second).box, line_of(first).box], [*first, *second, *column(8, "outside", y=120)])
    assert [[word.text for word in line.words] for line in found] == [["three"], ["one", "two"]]
