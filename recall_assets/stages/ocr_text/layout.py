"""Where the words of a stored text stand, in the few bytes that a row per frame can afford.

    text     Password [REDACTED:password]     words: split at blanks, lines: at line breaks
             Sign in
    layout   [[y, height, x, width, confidence, x, width, confidence], [y, height, ...]]     one list a line

Pixels of the frame's image, confidence in percent. Words of a line share its top and height.
"""

from collections.abc import Sequence
from itertools import groupby

from recall_assets.records import Box, Word

Layout = list[list[int]]


def pack(words: Sequence[Word]) -> Layout:
    """The layout of words in reading order; their text is stored beside it, one line a line."""
    packed: Layout = []
    for _, line in groupby(words, key=lambda word: word.line):
        on_line = list(line)
        top = min(word.box.y for word in on_line)
        bottom = max(word.box.y + word.box.height for word in on_line)
        row = [top, bottom - top]
        for word in on_line:
            row += [word.box.x, word.box.width, round(100 * word.confidence)]
        packed.append(row)
    return packed


def unpack(text: str, layout: Layout) -> list[Word]:
    """The words that `text` and `layout` were made of; empty where the two do not belong together."""
    lines = text.split("\n") if text else []
    words: list[Word] = []
    if len(lines) != len(layout):
        return []
    for number, (line, row) in enumerate(zip(lines, layout, strict=True)):
        tokens = line.split()
        if len(row) != 2 + 3 * len(tokens):
            return []
        top, height, *rest = row
        for token, x, width, percent in zip(tokens, rest[::3], rest[1::3], rest[2::3], strict=True):
            words.append(Word(token, Box(x, top, width, height), percent / 100, number))
    return words
