"""Puts words into the order in which a person reads them, by the white between blocks.

    | Mail            Hello Ada,         |       a white column between two texts whose lines do not align
    | Inbox           the export failed. |       separates blocks: left before right
    | Sent                               |
    | Name   Ada      |                          lines that align are a table or a form: read across,
    | Mail   a@b.test |                          so a label stays beside its value

Only boxes count, so the order is the same whoever read the words, in whatever pieces; arranging twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from recall_assets.records import Box, Word

# A blank is about 0.3 line heights wide, a tab stop or a column gap over 2.
COLUMN_GAP_IN_HEIGHTS = 2.0
BLOCK_GAP_IN_HEIGHTS = 0.9
# From this share of aligned lines on, two columns are one table.
ALIGNED_SHARE = 0.6


def arrange(words: Sequence[Word], areas: Sequence[Box] = ()) -> list[Word]:
    """The words in reading order, `line` numbered from 0 in that order.

    Args:
        areas: windows in pixels of the image, topmost first. A word belongs to the first that holds its middle, and
            no line runs from one window into another; what lies in no window comes last.
    """
    ordered = sorted(words, key=lambda word: (word.box.y, word.box.x, word.box.height, word.box.width, word.text))
    parts: list[list[Word]] = [[] for _ in range(len(areas) + 1)]
    for word in ordered:
        parts[next((i for i, area in enumerate(areas) if _holds(area, word)), -1)].append(word)
    lines = [line for part in parts if part for line in _blocks(part)]
    return [replace(word, line=number) for number, line in enumerate(lines) for word in line]


def _holds(area: Box, word: Word) -> bool:
    x, y = word.box.x + word.box.width / 2, word.box.y + word.box.height / 2
    return area.x <= x < area.x + area.width and area.y <= y < area.y + area.height


def _blocks(words: list[Word]) -> list[list[Word]]:
    """The lines, block by block: cut at a white column where there is one, else at the widest white row."""
    waiting, lines = [words], list[list[Word]]()
    while waiting:
        part = waiting.pop()
        cut = _column_cut(part) or _row_cut(part)
        if cut is None:
            lines.extend(_lines(part))
        else:
            waiting.extend(reversed(cut))
    return lines


def _column_cut(words: list[Word]) -> tuple[list[Word], list[Word]] | None:
    """Left and right of the widest white column, where both sides are texts of their own."""
    height = _typical_height(words)
    for gap, x in _gaps([(word.box.x, word.box.x + word.box.width) for word in words]):
        if gap < COLUMN_GAP_IN_HEIGHTS * height:
            return None
        left = [word for word in words if word.box.x < x]
        right = [word for word in words if word.box.x >= x]
        if not _aligned(_lines(left), _lines(right)):
            return left, right
    return None


def _row_cut(words: list[Word]) -> tuple[list[Word], list[Word]] | None:
    """Above and below the widest white row."""
    gap, y = max(_gaps([(word.box.y, word.box.y + word.box.height) for word in words]), default=(0, 0))
    if gap < BLOCK_GAP_IN_HEIGHTS * _typical_height(words):
        return None
    return [word for word in words if word.box.y < y], [word for word in words if word.box.y >= y]


def _gaps(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(width, end) of each stretch that no span covers, the widest first."""
    gaps: list[tuple[int, int]] = []
    reached: int | None = None
    for start, end in sorted(spans):
        if reached is not None and start > reached:
            gaps.append((start - reached, start))
        reached = end if reached is None else max(reached, end)
    return sorted(gaps, reverse=True)


def _aligned(left: list[list[Word]], right: list[list[Word]]) -> bool:
    """Whether most lines of the shorter side stand beside a line of the other at the same height."""
    shorter, longer = sorted((left, right), key=len)
    middles = sorted(_middle(line) for line in longer)
    tolerance = 0.35 * _typical_height([word for line in shorter for word in line])
    beside = sum(any(abs(_middle(line) - middle) <= tolerance for middle in middles) for line in shorter)
    return beside >= ALIGNED_SHARE * len(shorter)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """Words whose middles lie at the same height, from left to right; lines from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (2 * word.box.y + word.box.height, word.box, word.text)):
        if lines and abs(_centre(word) - _middle(lines[-1])) <= 0.5 * min(word.box.height, _height(lines[-1])):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: (word.box.x, word.box.y, word.text)) for line in lines]


def _centre(word: Word) -> float:
    return word.box.y + word.box.height / 2


def _middle(line: Sequence[Word]) -> float:
    return sum(map(_centre, line)) / len(line)


def _height(line: Sequence[Word]) -> float:
    return sum(word.box.height for word in line) / len(line)


def _typical_height(words: Sequence[Word]) -> int:
    heights = sorted(word.box.height for word in words)
    return heights[len(heights) // 2] if heights else 0
