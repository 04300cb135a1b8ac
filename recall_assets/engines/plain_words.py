"""Reads the plain English words of a long line with tesseract, which is quick, and says nothing of all others.

    line       The export of lock_timeout failed 3 times.
    ink        ███ ██████ ██ ████████████ ██████ █ ██████
    tesseract  The export of lock timeout failed 3 times.
    trusted    The export of              failed   times.     words of its dictionary, of which it is sure,
    doubtful                 ▔▔▔▔▔▔▔▔▔▔▔▔        ▔            and whose ink begins and ends where it says

Tesseract is sure of some words that are wrong: it drops underscores and dots, and takes `ls` for `Is`. Ink that no word
accounts for makes its neighbours doubtful, and short words count only where no letter of theirs looks like another.
What is drawn at random is no word of the dictionary.
"""

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import tesserocr  # type: ignore[import-untyped]

from recall_assets.engines.contrast import Grey
from recall_assets.engines.tesseract import MARGIN as WHITE
from recall_assets.engines.tesseract import RESOLUTION, UPSCALING, doubled, language_data
from recall_assets.engines.text_lines import INK_BELOW
from recall_assets.errors import EngineError
from recall_assets.records import Box, Word

Columns = npt.NDArray[np.bool_]

LANGUAGE = "eng"
# Shorter lines hold few plain words, and the exact recogniser is not much slower on them.
LONG_IN_HEIGHTS = 12
CONFIDENCE = 0.9
# White narrower than this, in heights of the line, may lie inside a word; beside ink that is doubtful also wider white:
# before an underscore, fonts of fixed width leave as much as others between two words.
BLANK_IN_HEIGHTS, BLANK_BEFORE_DOUBTFUL = 0.18, 0.3
# Tesseract's boxes end this near to their ink, in pixels.
NEAR = 3
# Ink without white for longer than this is no word of a dictionary: a hash, an address, a path.
LONGEST_WORD_IN_HEIGHTS = 12
# If more of a line than this is doubtful, all of it is.
DOUBTFUL_SHARE = 0.7
_PLAIN = re.compile(r"(?:[A-Z]?[a-z]{3,}|[A-Z]{4,}|[A-HJ-Z]?[a-km-z]{2,3}|a)(?:['’][a-z]{1,2})?[.,;:!?]?")


class PlainWords:
    """Tesseract on single lines, its words taken only where they are plain."""

    def __init__(self) -> None:
        """Raises EngineError where the language data are missing."""
        data = language_data()
        try:
            self._api = tesserocr.PyTessBaseAPI(
                path=str(data), lang=LANGUAGE, psm=tesserocr.PSM.SINGLE_LINE, oem=tesserocr.OEM.LSTM_ONLY
            )
        except RuntimeError:
            raise EngineError(f"Tesseract cannot use the language data in {data}.", "make setup") from None
        self._api.SetVariable("tessedit_do_invert", "0")
        self._api.SetVariable("debug_file", "/dev/null")

    def read(self, clean: Grey, line: Box, number: int) -> tuple[list[Word], list[Box]]:
        """The plain words of a line on an image uint8[h, w] that is dark on white, and its parts that are doubtful.

        Args:
            number: of the line, for its words.
        """
        if line.width < LONG_IN_HEIGHTS * line.height:
            return [], [line]
        part = clean[line.y : line.y + line.height, line.x : line.x + line.width]
        ink = np.asarray((part < INK_BELOW).any(axis=0), np.bool_)
        blank, wide = (math.ceil(share * line.height) for share in (BLANK_IN_HEIGHTS, BLANK_BEFORE_DOUBTFUL))
        if _share_of_longest(_stretches(ink, wide), LONGEST_WORD_IN_HEIGHTS * line.height) > DOUBTFUL_SHARE:
            return [], [line]
        stretches = _stretches(ink, blank)
        words = [
            Word(text, line._replace(x=line.x + start, width=end - start), sure, number)
            for text, sure, left, right in self._sure_of(part)
            for start, end in _between_blanks(stretches, left, right)
        ]
        words = _apart(ink, line, words, wide)
        doubtful = _doubtful(ink, line, words)
        if sum(box.width for box in doubtful) > DOUBTFUL_SHARE * line.width:
            return [], [line]
        return words, doubtful

    def _sure_of(self, part: Grey) -> Iterator[tuple[str, float, float, float]]:
        """Text, confidence, first and last column of each plain word."""
        self._api.SetImage(doubled(part))
        self._api.SetSourceResolution(RESOLUTION)
        try:
            if not self._api.Recognize():
                return
            level = tesserocr.RIL.WORD
            for item in tesserocr.iterate_level(self._api.GetIterator(), level):
                if item.Empty(level) or not item.WordIsFromDictionary():
                    continue
                text, sure = (item.GetUTF8Text(level) or "").strip(), item.Confidence(level) / 100
                if sure >= CONFIDENCE and _PLAIN.fullmatch(text):
                    left, _, right, _ = item.BoundingBox(level)
                    yield text, sure, left / UPSCALING - WHITE, right / UPSCALING - WHITE
        finally:
            self._api.Clear()


def _stretches(ink: Columns, blank: int) -> tuple[list[int], list[int]]:
    """Where stretches of ink begin, and where they end, that white of at least `blank` columns parts."""
    inked = np.flatnonzero(ink)
    parted = np.flatnonzero(np.diff(inked) > blank)
    if not inked.size:
        return [], []
    starts, ends = inked[np.concatenate(([0], parted + 1))], inked[np.concatenate((parted, [-1]))] + 1
    return starts.tolist(), ends.tolist()


def _share_of_longest(stretches: tuple[list[int], list[int]], longer_than: int) -> float:
    lengths = [end - start for start, end in zip(*stretches, strict=True)]
    return sum(length for length in lengths if length > longer_than) / max(1, sum(lengths))


def _between_blanks(stretches: tuple[list[int], list[int]], left: float, right: float) -> list[tuple[int, int]]:
    """First column and end of the ink from `left` to `right`, if there is white on both sides of it."""
    starts, ends = stretches
    if not starts:
        return []
    start, end = min(starts, key=lambda x: abs(x - left)), min(ends, key=lambda x: abs(x - right))
    return [(start, end)] if abs(start - left) <= NEAR and abs(end - right) <= NEAR and start < end else []


def _apart(ink: Columns, line: Box, words: Sequence[Word], blank: int) -> list[Word]:
    """The words that have at least `blank` columns of white between themselves and ink of no word."""
    others = ink.copy()
    for word in words:
        others[word.box.x - line.x : word.box.x - line.x + word.box.width] = False
    spans = [(max(0, word.box.x - line.x - blank), word.box.x - line.x + word.box.width + blank) for word in words]
    return [word for word, (start, end) in zip(words, spans, strict=True) if not others[start:end].any()]


def _doubtful(ink: Columns, line: Box, words: Sequence[Word]) -> list[Box]:
    """The stretches between the words that have ink."""
    found, reached = list[Box](), 0
    for start, end in [*((w.box.x - line.x, w.box.x - line.x + w.box.width) for w in words), (line.width, line.width)]:
        if ink[reached:start].any():
            found.append(line._replace(x=line.x + reached, width=start - reached))
        reached = max(reached, end)
    return found
