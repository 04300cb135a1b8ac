"""Covers the pixels of a finding, so that neither value nor length can be read from the image.

    line      Password:  hunter2         Save
    word boxes           [.....]
    grown               [.......]                   by max(4 px, 35 % of the line height)
    password            [...............]           on to the next word, or to a width that says nothing
    snapped            |................|           outward to 8 px in width, clipped to the image

Not in height, which tells nothing: on screens with narrow lines it would cover half of the next line.

Filled with one solid colour: blur and pixelation can be undone. Which span is a secret is judged elsewhere.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from recall_assets.records import Box, Finding
from recall_assets.stages.secrets.joined import JoinedText

FILL_COLOUR = (24, 24, 24)
GRID = 8
GROWTH_IN_LINE_HEIGHTS = 0.35
GROWTH_AT_LEAST = 4
# Passwords: 16 line heights hold about 30 characters, so every shorter value leaves a box of the same width.
FIELD_IN_LINE_HEIGHTS = 16
# Kinds whose length is itself worth knowing to somebody who guesses.
LENGTH_TELLS = frozenset({"password", "pin", "one_time_code", "card_security_code"})

Pixels = npt.NDArray[np.uint8]


def boxes_to_fill(
    joined: JoinedText, findings: Iterable[Finding], *, width: int, height: int, areas: Sequence[Box] = ()
) -> list[Box]:
    """The rectangles that cover all findings on an image of width x height pixels, snapped to 8 px and inside it.

    A word without a box blacks out its line; a line without any box blacks out its window, or else the image.

    Args:
        areas: the windows, topmost first, in pixels of the image.
    """
    boxes: set[Box] = set()
    for finding in findings:
        touched = joined.words_of(finding.start, finding.end)
        by_line: dict[int, list[int]] = {}
        for index in touched:
            by_line.setdefault(joined.words[index].line, []).append(index)
        for indexes in by_line.values():
            to_field_end = finding.kind in LENGTH_TELLS
            box = _box_on_line(joined, indexes, to_field_end=to_field_end, width=width, height=height)
            boxes.add(box or _window_of(joined, indexes[0], areas, width, height))
    return sorted(boxes, key=lambda box: (box.y, box.x, box.height, box.width))


def fill(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """A new image uint8[h, w, 3] with every box in one solid colour; boxes may reach over the edge."""
    filled = np.array(pixels, dtype=np.uint8, copy=True, order="C")
    for box in boxes:
        top, left = max(0, box.y), max(0, box.x)
        filled[top : max(top, box.y + box.height), left : max(left, box.x + box.width)] = FILL_COLOUR
    return filled


def grown(box: Box, *, width: int, height: int) -> Box:
    """The box with its margin, snapped to 8 px and inside an image of width x height pixels."""
    growth = max(GROWTH_AT_LEAST, round(GROWTH_IN_LINE_HEIGHTS * box.height))
    right, bottom = box.x + box.width + growth, box.y + box.height + growth
    return _snapped(box.x - growth, box.y - growth, right, bottom, width, height)


def _window_of(joined: JoinedText, index: int, areas: Sequence[Box], width: int, height: int) -> Box:
    """The window in which the words read before and after stand, if that is one; else the whole image."""
    before = next((w.box for w in reversed(joined.words[:index]) if _has_area(w.box)), None)
    after = next((w.box for w in joined.words[index + 1 :] if _has_area(w.box)), None)
    neighbours = [box for box in (before, after) if box is not None]
    windows = {next((area for area in areas if _holds(area, box)), None) for box in neighbours}
    window = windows.pop() if len(windows) == 1 else None
    everything = Box(0, 0, width, height)
    if window is None:
        return everything
    return _snapped(window.x, window.y, window.x + window.width, window.y + window.height, width, height)


def _holds(area: Box, box: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return area.x <= x < area.x + area.width and area.y <= y < area.y + area.height


def _box_on_line(
    joined: JoinedText, indexes: Sequence[int], *, to_field_end: bool, width: int, height: int
) -> Box | None:
    """The box of these words of one line; None where nothing on it has one."""
    boxes = [joined.words[index].box for index in indexes]
    line = joined.line_of(indexes[0])
    line_boxes = [joined.words[index].box for index in line if _has_area(joined.words[index].box)]
    if not all(map(_has_area, boxes)):
        if not line_boxes:
            return None
        boxes, to_field_end = line_boxes, False
    left, top, right, bottom = _union(boxes)
    line_height = bottom - top
    growth = max(GROWTH_AT_LEAST, round(GROWTH_IN_LINE_HEIGHTS * line_height))
    if to_field_end:
        beyond = [box.x for box in line_boxes if box.x >= right]
        field_end = left - growth + FIELD_IN_LINE_HEIGHTS * line_height
        right = max(right, min([field_end, *(x - growth - GRID for x in beyond)]))
    return _snapped(left - growth, top - growth, right + growth, bottom + growth, width, height)


def _has_area(box: Box) -> bool:
    return box.width > 0 and box.height > 0


def _union(boxes: Sequence[Box]) -> tuple[int, int, int, int]:
    return (
        min(box.x for box in boxes),
        min(box.y for box in boxes),
        max(box.x + box.width for box in boxes),
        max(box.y + box.height for box in boxes),
    )


def _snapped(left: int, top: int, right: int, bottom: int, width: int, height: int) -> Box:
    left, right = (min(max(0, v), width) for v in (left // GRID * GRID, -(-right // GRID) * GRID))
    top, bottom = (min(max(0, v), height) for v in (top, bottom))
    return Box(left, top, max(0, right - left), max(0, bottom - top))
