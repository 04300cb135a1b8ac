"""Lines of text that were read before, known again by their pixels wherever they stand.

    before   $ git status        now   On branch main         scrolled: the same pixels elsewhere
             On branch main            $ git comm             typed: the same pixels up to a column
    known by content             On branch main
    known up to a column         $ git │comm                  only what lies right of it is read

Pixels are compared dark on white and with a little patience, since cameras of screens encode with loss. A line over
which something was filled never matches: it has no ink left there. Pure; lives in the memory of one process.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from recall_assets.records import Box, Word
from recall_assets.stages.ocr_text.regions import ReadLine, Screen

Grey = npt.NDArray[np.uint8]

# Two encodings of the same ink differed by up to 40 of 255; other letters differ by more than half of the ink.
PATIENCE, PATIENCE_OF_INK = 48, 0.25
# Where more of a line than this changed, it is read whole.
WHOLE_FROM_SHARE = 0.7
# A changed column this near to a word, in line heights, may belong to it.
NEAR_IN_HEIGHTS = 0.6
# Some 10,000 lines; a day shows fewer.
BYTES_KEPT = 48 * 2**20


@dataclass(frozen=True, slots=True)
class Unread:
    """A line of which at least a part, `span`, must be read; `kept` are its words beside that part."""

    line: Box
    span: Box
    kept: tuple[Word, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Known:
    pixels: Grey = field(repr=False)
    words: tuple[Word, ...] = field(repr=False)  # boxes from the line's corner


class KnownLines:
    """What was read, by content; forgets what was not seen for longest."""

    def __init__(self, bytes_kept: int = BYTES_KEPT) -> None:
        self._lines: OrderedDict[tuple[int, int], list[_Known]] = OrderedDict()
        self._bytes = 0
        self._bytes_kept = bytes_kept

    def recall(self, clean: Grey, lines: Iterable[Box]) -> tuple[list[ReadLine], list[Box]]:
        """Those of the lines on a screen uint8[h, w] that are known, with their words, and the others."""
        known, unknown = list[ReadLine](), list[Box]()
        for line in lines:
            found = self._find(_part(clean, line))
            if found is None:
                unknown.append(line)
            else:
                known.append(ReadLine(line, tuple(_moved(word, line.x, line.y) for word in found.words)))
        return known, unknown

    def learn(self, clean: Grey, line: ReadLine) -> None:
        """Keeps what a line on this screen says."""
        pixels = _part(clean, line.box).copy()
        key = line.box.width, line.box.height
        self._lines.setdefault(key, []).append(
            _Known(pixels, tuple(_moved(word, -line.box.x, -line.box.y) for word in line.words))
        )
        self._lines.move_to_end(key)
        self._bytes += pixels.size
        while self._bytes > self._bytes_kept:
            _, oldest = self._lines.popitem(last=False)
            self._bytes -= sum(one.pixels.size for one in oldest)

    def _find(self, pixels: Grey) -> _Known | None:
        key = pixels.shape[1], pixels.shape[0]
        patience = _patience(pixels)
        for known in reversed(self._lines.get(key, ())):
            if _difference(known.pixels, pixels).max() <= patience:
                self._lines.move_to_end(key)
                return known
        return None


def unread_part(clean: Grey, line: Box, earlier: Sequence[Screen]) -> Unread:
    """What of a line must be read, where one of the screens shows most of it at the same place."""
    whole = Unread(line, line, ())
    best, fewest = whole, WHOLE_FROM_SHARE * line.width
    pixels = _part(clean, line)
    patience = _patience(pixels)
    for screen in earlier:
        if screen.clean.shape != clean.shape:
            continue
        changed = np.flatnonzero((_difference(_part(screen.clean, line), pixels) > patience).any(axis=0))
        if not changed.size:
            continue  # the same ink was not one line there
        start, end = line.x + int(changed[0]), line.x + int(changed[-1]) + 1
        found = _beside(line, screen, start, end)
        if found.kept and found.span.width < fewest:
            best, fewest = found, found.span.width
    return best


def _beside(line: Box, screen: Screen, start: int, end: int) -> Unread:
    """The line without the words that stand well before column `start` or well behind column `end`."""
    near = max(2, round(NEAR_IN_HEIGHTS * line.height))
    middle = line.y + line.height / 2
    words = [
        word
        for other in screen.lines
        if abs(other.box.y + other.box.height / 2 - middle) <= 0.25 * line.height
        for word in other.words
        if line.x <= word.box.x and word.box.x + word.box.width <= line.x + line.width
    ]
    before = [word for word in words if word.box.x + word.box.width + near <= start]
    behind = [word for word in words if word.box.x - near >= end]
    left = max((word.box.x + word.box.width for word in before), default=line.x)
    right = min((word.box.x for word in behind), default=line.x + line.width)
    return Unread(line, line._replace(x=left, width=right - left), (*before, *behind))


def lines_of(boxes: Sequence[Box], words: Iterable[Word]) -> list[ReadLine]:
    """Each line with the words whose middle lies in it."""
    if not boxes:
        return []
    found: list[list[Word]] = [[] for _ in boxes]
    edges = np.array(boxes)
    left, top, right, bottom = edges[:, 0], edges[:, 1], edges[:, 0] + edges[:, 2], edges[:, 1] + edges[:, 3]
    for word in words:
        x, y = word.box.x + word.box.width / 2, word.box.y + word.box.height / 2
        holds = np.flatnonzero((left <= x) & (x <= right) & (top <= y) & (y <= bottom))
        if holds.size:
            found[int(holds[0])].append(word)
    return [ReadLine(box, tuple(words_)) for box, words_ in zip(boxes, found, strict=True)]


def _part(image: Grey, box: Box) -> Grey:
    return image[box.y : box.y + box.height, box.x : box.x + box.width]


def _difference(one: Grey, other: Grey) -> Grey:
    return np.asarray(np.maximum(one, other) - np.minimum(one, other), np.uint8)


def _patience(pixels: Grey) -> int:
    """How much two encodings of the same ink may differ: less where the ink is faint."""
    return min(PATIENCE, round(PATIENCE_OF_INK * (255 - int(pixels.min()))))


def _moved(word: Word, by_x: int, by_y: int) -> Word:
    return replace(word, box=word.box._replace(x=word.box.x + by_x, y=word.box.y + by_y))
