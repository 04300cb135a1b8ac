"""Words as boxes, for rules that look at geometry alone."""

from hypothesis import strategies as st

from recall_assets.records import Box, Word

LETTER = 8
HEIGHT = 16


def word(text: str, x: int, y: int) -> Word:
    """A word of this text in a font of fixed width whose letters begin at (x, y)."""
    return Word(text, Box(x, y, LETTER * len(text), HEIGHT), 0.9, 0)


def column(x: int, *texts: str, y: int = 0, step: int = 24) -> list[Word]:
    """Lines of words at x, one under the other."""
    words = []
    for number, line in enumerate(texts):
        at = x
        for text in line.split():
            words.append(word(text, at, y + number * step))
            at += LETTER * (len(text) + 1)
    return words


def boxes(width: int = 320, height: int = 240) -> st.SearchStrategy[Box]:
    """Boxes inside an image of width x height pixels."""
    return st.builds(
        Box,
        st.integers(0, width - 48),
        st.integers(0, height - 24),
        st.integers(4, 48),
        st.integers(6, 24),
    )


def words() -> st.SearchStrategy[list[Word]]:
    """Words anywhere on a screen of 320 x 240 pixels."""
    return st.lists(st.builds(Word, st.text("abc", min_size=1, max_size=4), boxes(), st.just(0.9), st.just(0)))
