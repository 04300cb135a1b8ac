"""The default engine: what is cheap finds the lines of text and reads plain words, what is exact reads the others.

    screen ─► dark on white ─► lines ─► (those that are new: the caller knows) ─┬─► plain words of long lines ─► words
                                                                                └─► all else ─► recogniser ─► words

    line     tw-migrate up --retries 5            places of characters from the recogniser, gaps from the pixels:
    ink      ██████████ ██ █████████ █            a word's box is the ink between two gaps
    words    [tw-migrate][up][--retries][5]

A picture that the recogniser takes for a letter or two is left out: it is not sure of them.
"""

import re

import numpy as np
import numpy.typing as npt

from recall_assets.engines.confusions import settle
from recall_assets.engines.contrast import Grey
from recall_assets.engines.line_recogniser import HEIGHT, LineRecogniser, Recognised, model_version
from recall_assets.engines.ocr import Picture, Pixels
from recall_assets.engines.plain_words import LANGUAGE, PlainWords
from recall_assets.engines.tesseract import tesseract_version
from recall_assets.engines.text_lines import INK_BELOW, find_lines
from recall_assets.records import Box, Word

Columns = npt.NDArray[np.bool_]

# White around a line, in its heights and at least in pixels.
MARGIN_IN_HEIGHTS, MARGIN_AT_LEAST = 0.2, 2
# A line longer than this in the recogniser's pixels is cut at white and read in pieces.
LONGEST = 3200
# An icon, a check box or the edge of a window reads as one or two signs of which the recogniser is not sure.
SIGN_LETTERS, SIGN_CONFIDENCE = 2, 0.6
# What it is less sure of than this on average is no text.
TEXT_CONFIDENCE = 0.3
_WORD = re.compile(r"\S+")


class Cascade:
    """Finds lines by their ink; tesseract reads plain words, PP-OCR's recogniser all others; an `OcrEngine`."""

    name = "cascade"

    def __init__(self, languages: str = "eng") -> None:
        """Raises EngineError where the weights are missing, or a language is unknown."""
        self.language = languages
        self.version = f"{model_version()}+{tesseract_version()}"
        self._recogniser = LineRecogniser(languages)
        # It knows one language, and reads another's letters as the nearest of its own.
        self._plain = PlainWords() if languages == LANGUAGE else None

    def read(self, picture: Picture) -> list[Word]:
        """See `OcrEngine.read`."""
        return self.read_lines(picture, find_lines(picture.clean))

    def read_lines(self, picture: Picture, lines: list[Box]) -> list[Word]:
        """See `OcrEngine.read_lines`."""
        pixels, clean = picture.pixels, picture.clean
        words, pieces = list[Word](), list[tuple[int, Box]]()
        for number, line in enumerate(lines):
            plain, doubtful = self._plain.read(clean, line, number) if self._plain else ([], [line])
            words += plain
            pieces += [(number, piece) for part in doubtful for piece in _pieces(clean, part)]
        read = self._recogniser.read([_with_margin(pixels, clean, piece) for _, piece in pieces])
        for (number, piece), found in zip(pieces, read, strict=True):
            words += _words(clean, piece, found, number)
        return words


def _pieces(clean: Grey, line: Box) -> list[Box]:
    """The line, cut at its widest gaps where it is longer than the recogniser takes."""
    line = _inked(_ink(clean, line), line, line.x, line.x + line.width)
    longest = LONGEST * line.height // HEIGHT
    if line.width <= longest:
        return [line]
    middle = line.x + line.width // 2
    gaps = [(line.x + a, line.x + b) for a, b in _gaps(_ink(clean, line))]
    near = [(b - a, (a + b) // 2) for a, b in gaps if abs((a + b) // 2 - middle) < line.width // 4]
    cut = max(near)[1] if near else middle
    left = line._replace(width=cut - line.x)
    return [*_pieces(clean, left), *_pieces(clean, line._replace(x=cut, width=line.x + line.width - cut))]


def _with_margin(pixels: Pixels, clean: Grey, line: Box) -> Pixels:
    """The line with white around it; letters of its neighbours in the margin are covered by what lies before them."""
    margin = _margin(line)
    left, right = max(0, line.x - margin), line.x + line.width + margin
    rows = slice(max(0, line.y - margin), line.y + line.height + margin)
    ink = _ink(clean, line._replace(x=left, width=right - left))
    start, stop = line.x - left, line.x - left + line.width
    before, behind = np.flatnonzero(ink[:start]), np.flatnonzero(ink[stop:])
    if not before.size and not behind.size:
        return pixels[rows, left:right]
    part = pixels[rows, left:right].copy()
    if before.size:
        last = int(before[-1]) + 1
        part[:, :last] = part[:, last : last + 1] if last < start else np.median(part, axis=(0, 1))
    if behind.size:
        first = stop + int(behind[0])
        part[:, first:] = part[:, first - 1 : first] if first > stop else np.median(part, axis=(0, 1))
    return part


def _margin(line: Box) -> int:
    return max(MARGIN_AT_LEAST, round(MARGIN_IN_HEIGHTS * line.height))


def _words(clean: Grey, line: Box, found: Recognised, number: int) -> list[Word]:
    """The words of a line, each with the box of its ink."""
    text, sure = found.text, found.confidence
    if not text.strip() or sure.mean() < TEXT_CONFIDENCE:
        return []
    if len(text.strip()) <= SIGN_LETTERS and sure.min() < SIGN_CONFIDENCE:
        return []
    margin = _margin(line)
    left = max(0, line.x - margin)
    right = min(clean.shape[1], line.x + line.width + margin)
    places = left + found.places * (right - left)
    ink = _ink(clean, line)
    words, start = list[Word](), line.x
    spans = [match.span() for match in _WORD.finditer(text)]
    for (first, end), following in zip(spans, [*spans[1:], None], strict=True):
        stop = line.x + line.width
        if following is not None:
            stop = _cut(ink, line, (float(places[end - 1]) + float(places[following[0]])) / 2)
        box = _inked(ink, line, start, stop)
        words.append(Word(settle(text[first:end]), box, float(sure[first:end].mean()), number))
        start = stop
    return words


def _ink(clean: Grey, line: Box) -> Columns:
    """Which columns of a line have ink, bool[line.width]."""
    part = clean[line.y : line.y + line.height, line.x : line.x + line.width]
    return np.asarray((part < INK_BELOW).any(axis=0), np.bool_)


def _gaps(ink: Columns) -> list[tuple[int, int]]:
    """(start, end) of the stretches without ink inside a line."""
    edges = np.flatnonzero(np.diff(np.concatenate(([1], ink.astype(np.int8), [1]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if a > 0 and b < len(ink)]


def _cut(ink: Columns, line: Box, place: float) -> int:
    """The middle of the white nearest to where the recogniser saw a blank; that place itself where there is none."""
    at = place - line.x
    best, distance = round(at), 0.75 * line.height
    widest = 0
    for start, end in _gaps(ink):
        apart = max(start - at, at - end, 0.0)
        if apart < distance or (apart == distance and end - start > widest):
            best, distance, widest = (start + end) // 2, apart, end - start
    return line.x + min(max(best, 0), line.width)


def _inked(ink: Columns, line: Box, start: int, stop: int) -> Box:
    inked = np.flatnonzero(ink[start - line.x : stop - line.x])
    if not inked.size:
        return line._replace(x=min(start, line.x + line.width - 1), width=max(1, stop - start))
    return line._replace(x=start + int(inked[0]), width=int(inked[-1] - inked[0]) + 1)
