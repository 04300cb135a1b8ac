"""Where a screen must be looked at, given what was read of earlier ones.

    earlier    | File  Edit        |      now      | File  Edit        |
               | the quick fox     |               | the quick foxes   |
    tiles      . . . . . . . . . .        changed  . . . . . # # . . .
    region     [ the quick foxes ]        widened to whole lines, so that none is cut
    known        File  Edit               lines that no region touches

A line of a redacted place never counts as known: its tiles were filled, so they never match. Pure geometry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from recall_assets.records import Box, Word, joined_boxes
from recall_assets.stages.ocr_text.tiles import TILE, Digests

# Looking at regions one by one costs more than at all at once when they cover most of the screen.
WHOLE_FROM_SHARE = 0.65
# A region costs about as much to start as this many pixels cost to look at.
REGION_COST_PIXELS = 12_000
# Letters reach a little out of the boxes that engines give them; 4 px were seen.
SLACK = 4
# A line this many heights beside a region may be one with what is new there.
LINE_GAP_IN_HEIGHTS = 1.5


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of text where it stands, and its words; a picture that holds none is a line too."""

    box: Box
    words: tuple[Word, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen that was read: its lines, the digests of its pixels, and these dark on white, uint8[h, w]."""

    lines: Sequence[ReadLine] = field(repr=False)
    digests: Digests = field(repr=False)
    clean: npt.NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Where to look, in disjoint boxes, and what is known already; `identical` when every pixel is that of the base."""

    regions: tuple[Box, ...]
    known: tuple[ReadLine, ...] = field(repr=False)
    base: int | None = None  # index of the earlier screen that this rests on
    identical: bool = False


def plan_reading(digests: Digests, earlier: Sequence[Screen], *, width: int, height: int) -> ReadingPlan:
    """How to read a screen of width x height pixels; rests on the earlier screen that most tiles are equal to."""
    everything = ReadingPlan((Box(0, 0, width, height),), ())
    comparable = [(i, screen.digests != digests) for i, screen in enumerate(earlier)
                  if screen.digests.shape == digests.shape]  # fmt: skip
    if not comparable:
        return everything
    base, changed = min(comparable, key=lambda item: int(item[1].sum()))
    if not changed.any():
        return ReadingPlan((), tuple(earlier[base].lines), base, identical=True)
    lines = earlier[base].lines
    regions = _widen(
        joined_boxes(_components(changed), REGION_COST_PIXELS), [line.box for line in lines], width, height
    )
    if sum(region.area for region in regions) > WHOLE_FROM_SHARE * width * height:
        return everything
    known = tuple(line for line in lines if not any(_grown(line.box).touches(region) for region in regions))
    return ReadingPlan(tuple(regions), known, base)


def _components(changed: npt.NDArray[np.bool_]) -> list[Box]:
    """Boxes in pixels around the groups of changed tiles, with one tile around each."""
    boxes: list[Box] = []
    for row, tiles in enumerate(changed):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], tiles.astype(np.int8), [0]))))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            boxes.append(Box((start - 1) * TILE, (row - 1) * TILE, (end - start + 2) * TILE, 3 * TILE))
    return boxes


def _widen(regions: list[Box], lines: Sequence[Box], width: int, height: int) -> list[Box]:
    """The regions grown until each line that they touch lies in them whole, on the tiles' grid, and disjoint."""
    reach = [(_reach(line), _grown(line)) for line in lines]
    while True:
        grown = []
        for region in regions:
            inside = [box for near, box in reach if near.touches(region)]
            grown.append(_snapped(Box.around([region, *inside]), width, height))
        merged = joined_boxes(grown, REGION_COST_PIXELS)
        if merged == regions:
            return merged
        regions = merged


def _reach(box: Box) -> Box:
    gap = round(LINE_GAP_IN_HEIGHTS * box.height)
    return Box(box.x - gap, box.y - SLACK, box.width + 2 * gap, box.height + 2 * SLACK)


def _grown(box: Box) -> Box:
    return Box(box.x - SLACK, box.y - SLACK, box.width + 2 * SLACK, box.height + 2 * SLACK)


def _snapped(box: Box, width: int, height: int) -> Box:
    left, top = max(0, box.x // TILE * TILE), max(0, box.y // TILE * TILE)
    right = min(width, -(-(box.x + box.width) // TILE) * TILE)
    bottom = min(height, -(-(box.y + box.height) // TILE) * TILE)
    return Box(left, top, right - left, bottom - top)
