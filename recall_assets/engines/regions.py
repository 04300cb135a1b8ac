"""For engines that read areas, not lines: the areas around the lines of interest, and of their words the wanted ones.

lines     ▂▂▂ ▂▂▂▂▂▂            regions   ┌──────────┐     neighbours together where that costs less,
          ▂▂▂▂▂▂                          └──────────┘     since each region costs a start
                      ▂▂▂                          ┌───┐
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from recall_assets.engines.ocr import Picture
from recall_assets.records import Box, Word, joined_boxes

# Letters at the edge of an image are read badly.
MARGIN = 8
# A region costs about as much to start as this many pixels cost to read.
START_IN_PIXELS = 12_000


def read_regions(read: Callable[[Picture], list[Word]], picture: Picture, lines: Sequence[Box]) -> list[Word]:
    """The words of these lines, read by a function that reads whole images."""
    height, width = picture.clean.shape
    words: list[Word] = []
    for number, region in enumerate(regions_around(lines, width, height)):
        for word in read(picture.part(region)):
            box = word.box._replace(x=word.box.x + region.x, y=word.box.y + region.y)
            if any(_holds_middle(line, box) for line in lines):
                words.append(replace(word, box=box, line=word.line + 10_000 * number))
    return words


def regions_around(lines: Iterable[Box], width: int, height: int) -> list[Box]:
    """Disjoint boxes around lines on an image of width x height pixels."""
    return joined_boxes((_grown(line, width, height) for line in lines), START_IN_PIXELS)


def _holds_middle(line: Box, box: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return line.x <= x <= line.x + line.width and line.y <= y <= line.y + line.height


def _grown(box: Box, width: int, height: int) -> Box:
    left, top = max(0, box.x - MARGIN), max(0, box.y - MARGIN)
    right, bottom = min(width, box.x + box.width + MARGIN), min(height, box.y + box.height + MARGIN)
    return Box(left, top, right - left, bottom - top)
