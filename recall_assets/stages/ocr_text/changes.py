"""Which parts of a frame have to be read, given an earlier frame whose words are known.

    earlier  │ File  Edit           │        now  │ File  Edit           │
             │ total  41.20         │             │ total  97.35         │
    tiles that differ                             │        ▒▒▒▒▒         │
    grown to the run of words it touches          │ ▒▒▒▒▒▒▒▒▒▒▒▒         │   read again, as one crop
    words elsewhere stay                          │ File  Edit           │

The earlier frame is known by its *redacted* pixels: a filled box never equals what the screen shows, so what stood
under it is read again. A crop ends in the blank between runs of words, so no word is cut. Reading is the engine's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recall_assets.records import Box, Word

TILE = 8
# Changes nearer than this are read as one crop: characters of a line, lines of a paragraph.
NEAR_TILES_ACROSS = 6
NEAR_TILES_DOWN = 2
# Words nearer than this many line heights stand in one run; an engine reads a run better than a lone word.
RUN_GAP_IN_LINE_HEIGHTS = 1.5
MARGIN = 6
# Beyond this share of the image, one reading of the whole costs less than its parts.
WHOLE_FROM_SHARE = 0.6

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Remembered:
    """An earlier frame: pixels uint8[h, w, 3] as they were stored, and the words that were read from it."""

    pixels: Pixels
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """What is left to read of a frame, and which words stay as they are; no region: nothing changed."""

    regions: tuple[Box, ...]
    kept: tuple[Word, ...]


class Memory:
    """The last few frames of a monitor; the one that is nearest to a new frame says what need not be read."""

    def __init__(self, size: int = 6) -> None:
        self._size = size
        self._frames: list[Remembered] = []

    def remember(self, frame: Remembered) -> None:
        """Puts a frame in front; the oldest one is forgotten."""
        self._frames.insert(0, frame)
        del self._frames[self._size :]

    def unread(self, pixels: Pixels) -> Unread:
        """What is left to read of `pixels` by the nearest remembered frame of the same size."""
        candidates = [frame for frame in self._frames if frame.pixels.shape == pixels.shape]
        if not candidates:
            return whole(pixels)
        masks = [changed_tiles(frame.pixels, pixels) for frame in candidates]
        nearest = min(range(len(masks)), key=lambda index: np.count_nonzero(masks[index]))
        return _unread(masks[nearest], candidates[nearest].words, pixels)


def whole(pixels: Pixels) -> Unread:
    """All of a frame, as one region."""
    height, width = pixels.shape[:2]
    return Unread((Box(0, 0, width, height),), ())


def unread_against(earlier: Remembered, pixels: Pixels) -> Unread:
    """What is left to read of `pixels`, which must have the size of the earlier frame."""
    return _unread(changed_tiles(earlier.pixels, pixels), earlier.words, pixels)


def place(words: Sequence[Word], region: Box) -> list[Word]:
    """Words read from the crop of `region`, on the frame; those of the margin that others hold are the caller's."""
    return [
        replace(word, box=Box(word.box.x + region.x, word.box.y + region.y, word.box.width, word.box.height))
        for word in words
    ]


def changed_tiles(before: Pixels, after: Pixels) -> Mask:
    """bool[ceil(h / TILE), ceil(w / TILE)]: whether any pixel of the tile differs."""
    height, width = after.shape[:2]
    across = -(-width // TILE)
    differs = np.zeros((height, across * TILE, 3), np.uint8)
    np.bitwise_xor(before, after, out=differs[:, :width])
    # A tile's row is 24 bytes, three machine words: ten times as fast as looking at each pixel.
    rows = np.bitwise_or.reduce(differs.reshape(height, -1).view(np.uint64).reshape(height, across, 3), axis=2)
    return np.asarray(np.bitwise_or.reduceat(rows, np.arange(0, height, TILE), axis=0) != 0)


def _unread(tiles: Mask, words: Sequence[Word], pixels: Pixels) -> Unread:
    if not tiles.any():
        return Unread((), tuple(words))
    height, width = pixels.shape[:2]
    runs = _runs(words)
    regions = [_clipped(_in_pixels(box), width, height) for box in _boxes_of(tiles)]
    regions = _grown(regions, [_union([word.box for word in run]) for run in runs], width, height)
    if sum(region.width * region.height for region in regions) > WHOLE_FROM_SHARE * width * height:
        return whole(pixels)
    kept = [word for word in words if not any(_meet(word.box, region) for region in regions)]
    return Unread(tuple(regions), tuple(kept))


def _grown(regions: list[Box], runs: Sequence[Box], width: int, height: int) -> list[Box]:
    """Regions that cut no run of words and do not meet one another: each grows until that is so."""
    left = list(runs)
    while True:
        merged = _merged(regions)
        touched = [run for run in left if any(_meet(run, region) for region in merged)]
        if not touched and len(merged) == len(regions):
            return merged
        left = [run for run in left if run not in touched]
        regions = [_clipped(_padded(run, MARGIN), width, height) for run in touched] + merged


def _merged(boxes: Sequence[Box]) -> list[Box]:
    """Boxes of which no two meet: those that do become their common rectangle."""
    merged: list[Box] = []
    for box in boxes:
        while True:
            met = [other for other in merged if _meet(box, other)]
            if not met:
                break
            merged = [other for other in merged if other not in met]
            box = _union([box, *met])
        merged.append(box)
    return merged


def _boxes_of(tiles: Mask) -> list[Box]:
    """Rectangles, in tiles, that cover the set tiles: cut at empty rows and columns wider than `NEAR_TILES_*`."""
    found: list[Box] = []
    waiting = [Box(0, 0, tiles.shape[1], tiles.shape[0])]
    while waiting:
        x, y, width, height = waiting.pop()
        part = tiles[y : y + height, x : x + width]
        down = _stretches(part.any(axis=1), NEAR_TILES_DOWN)
        across = _stretches(part.any(axis=0), NEAR_TILES_ACROSS)
        pieces = [Box(x + left, y + top, right - left, bottom - top) for top, bottom in down for left, right in across]
        if len(pieces) == 1 and pieces[0] == (x, y, width, height):
            found.append(pieces[0])
        else:  # a piece at the crossing of two stretches may be empty, or fall apart further
            waiting += [p for p in pieces if tiles[p.y : p.y + p.height, p.x : p.x + p.width].any()]
    return found


def _stretches(set_: Mask, near: int) -> list[tuple[int, int]]:
    """[start, end) of each stretch of set places, over gaps of up to `near` places."""
    places = np.flatnonzero(set_)
    breaks = np.flatnonzero(np.diff(places) > near + 1)
    starts = [places[0], *places[breaks + 1]]
    ends = [*places[breaks], places[-1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Words of a line with no wide gap between them; `words` are in reading order."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _continues(runs[-1][-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _continues(left: Word, right: Word) -> bool:
    gap = right.box.x - (left.box.x + left.box.width)
    return left.line == right.line and gap <= RUN_GAP_IN_LINE_HEIGHTS * max(left.box.height, right.box.height)


def _in_pixels(box: Box) -> Box:
    return _padded(Box(box.x * TILE, box.y * TILE, box.width * TILE, box.height * TILE), MARGIN)


def _padded(box: Box, by: int) -> Box:
    return Box(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def _clipped(box: Box, width: int, height: int) -> Box:
    left, top = max(0, box.x), max(0, box.y)
    right, bottom = min(width, box.x + box.width), min(height, box.y + box.height)
    return Box(left, top, max(0, right - left), max(0, bottom - top))


def _union(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _meet(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
