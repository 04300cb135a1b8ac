"""Words in the order in which a person reads them, with their lines numbered.

    ┌ side ┐  ┌ main ─────────┐        cut where an empty column separates blocks whose lines do not run on,
    │ a    │  │ c  c  c       │        else between rows; a table's rows run on over its columns
    │ b    │  │ d     d    d  │
    └──────┘  └───────────────┘        a / b / c c c / d d d

A recursive cut at blank columns and rows (XY-cut); words whose middles share a height make a line.
Source: Nagy, Seth, A prototype document image analysis system for technical journals (1984), for the cut.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from recall_assets.records import Word

# A blank column narrower than this many line heights is a gap between words.
COLUMN_GAP_IN_LINE_HEIGHTS = 2.0
# Blocks side by side have at least this many lines each; fewer is a label and its value.
LINES_OF_A_BLOCK = 3
# Where this share of one side's lines has a partner of the same height on the other side, the lines run on.
RUNS_ON_FROM_SHARE = 0.6
# A blank row of this many line heights separates blocks above and below.
ROW_GAP_IN_LINE_HEIGHTS = 1.6

_Line = list[Word]


def arrange(words: Sequence[Word]) -> list[Word]:
    """The words in reading order, `line` numbered from 0; words without text are dropped."""
    lines: list[_Line] = []
    for block in _blocks([word for word in words if word.text.strip()]):
        lines += _lines(block)
    return [replace(word, line=number) for number, line in enumerate(lines) for word in line]


def _blocks(words: list[Word]) -> list[list[Word]]:
    """The words by block, blocks in reading order."""
    if len(words) < 2:
        return [words] if words else []
    height = max(1.0, median(word.box.height for word in words))
    rows = _split(words, vertical=True, gap=ROW_GAP_IN_LINE_HEIGHTS * height)
    columns = _split(words, vertical=False, gap=COLUMN_GAP_IN_LINE_HEIGHTS * height)
    if len(columns) > 1 and not _run_on(columns):
        return [block for column in columns for block in _blocks(column)]
    if len(rows) > 1:
        return [block for row in rows for block in _blocks(row)]
    return [words]


def _split(words: Sequence[Word], *, vertical: bool, gap: float) -> list[list[Word]]:
    """Groups with more than `gap` pixels of blank between them, from top to bottom or from left to right."""

    def span(word: Word) -> tuple[int, int]:
        box = word.box
        return (box.y, box.y + box.height) if vertical else (box.x, box.x + box.width)

    groups: list[list[Word]] = []
    reached = 0.0
    for word in sorted(words, key=span):
        start, end = span(word)
        if groups and start - reached <= gap:
            groups[-1].append(word)
            reached = max(reached, end)
        else:
            groups.append([word])
            reached = end
    return groups


def _run_on(columns: Sequence[list[Word]]) -> bool:
    """Whether the columns are cells of a table or labels and values: their lines stand at the same heights."""
    by_column = [_lines(column) for column in columns]
    if min(map(len, by_column)) < LINES_OF_A_BLOCK:
        return True
    for left, right in pairwise(by_column):
        few, many = sorted((left, right), key=len)
        partners = sum(any(_same_height(line[0], other[0]) for other in many) for line in few)
        if partners < RUNS_ON_FROM_SHARE * len(few):
            return False
    return True


def _lines(words: Sequence[Word]) -> list[_Line]:
    """Lines from top to bottom, each from left to right."""
    lines: list[_Line] = []
    for word in sorted(words, key=lambda word: word.box.y + word.box.height / 2):
        if lines and _same_height(lines[-1][-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box.x) for line in lines]


def _same_height(one: Word, other: Word) -> bool:
    apart = abs(one.box.y + one.box.height / 2 - other.box.y - other.box.height / 2)
    return apart < 0.5 * max(min(one.box.height, other.box.height), 6)
