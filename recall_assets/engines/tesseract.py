"""Reads words with tesseract, in process, at twice the screen's size.

    dark on white ─► 2x ─► tesseract (sparse text) ─► words, boxes halved again

Each of the three steps was worth words when it was left out: one polarity for the whole frame, the screen's own size,
and page segmentation 3 in place of 11 all read less. `make bench` prints what this reads now, and at which cost.
`OMP_THREAD_LIMIT` must be 1 in the process that reads: parallelism is by processes.
"""

import sys
from pathlib import Path

import numpy as np
import tesserocr  # type: ignore[import-untyped]
from PIL import Image

from recall_assets.engines.contrast import Grey
from recall_assets.engines.ocr import Picture
from recall_assets.engines.regions import read_regions
from recall_assets.errors import EngineError
from recall_assets.records import Box, Word

UPSCALING = 2
# Screens have about 96 dots per inch. Tesseract scales by it: 600 destroyed reading when tried.
RESOLUTION = 96 * UPSCALING
# An image smaller than a letter holds no text, and tesseract fails on some of them.
SMALLEST_SIDE = 6
# White around the image: letters that touch its edge are read badly.
MARGIN = 8

tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)  # it writes to stderr about empty boxes


def language_data() -> Path:
    """Where the language data of this environment lie."""
    return Path(sys.prefix) / "share" / "tessdata"


def tesseract_version() -> str:
    """The release of the library, `5.5.1`."""
    return str(tesserocr.tesseract_version().split()[1])


class Tesseract:
    """Tesseract's LSTM engine ; an `OcrEngine`."""

    name = "tesserocr"

    def __init__(self, language: str = "eng", *, data: Path | None = None) -> None:
        """Raises EngineError where the language data are missing."""
        data = data or language_data()
        missing = [name for name in language.split("+") if not (data / f"{name}.traineddata").is_file()]
        if missing:
            raise EngineError(
                f"Tesseract has no data for the language {', '.join(missing)} in {data}.",
                "Set ocr_engine to pytesseract, which uses the languages of the system's tesseract; "
                "for eng install the packages again: make setup",
            )
        self.language = language
        self.version = tesseract_version()
        try:
            self._api = tesserocr.PyTessBaseAPI(
                path=str(data), lang=language, psm=tesserocr.PSM.SPARSE_TEXT, oem=tesserocr.OEM.LSTM_ONLY
            )
        except RuntimeError:
            raise EngineError(f"Tesseract cannot use the language data in {data}.", "make setup") from None
        # Every line is dark on white already; a second attempt at each doubtful line with colours inverted only costs.
        self._api.SetVariable("tessedit_do_invert", "0")
        self._api.SetVariable("debug_file", "/dev/null")

    def read(self, picture: Picture) -> list[Word]:
        """See `OcrEngine.read`; boxes are clipped to the image."""
        height, width = picture.clean.shape
        if min(height, width) < SMALLEST_SIDE:
            return []
        self._api.SetImage(doubled(picture.clean))
        self._api.SetSourceResolution(RESOLUTION)
        try:
            if not self._api.Recognize():
                raise EngineError("Tesseract failed on an image.")
            return self._words(width, height)
        finally:
            self._api.Clear()

    def read_lines(self, picture: Picture, lines: list[Box]) -> list[Word]:
        """See `OcrEngine.read_lines`."""
        return read_regions(self.read, picture, lines)

    def _words(self, width: int, height: int) -> list[Word]:
        words: list[Word] = []
        line = -1
        level = tesserocr.RIL.WORD
        for item in tesserocr.iterate_level(self._api.GetIterator(), level):
            line += item.IsAtBeginningOf(tesserocr.RIL.TEXTLINE)
            if item.Empty(level):
                continue
            text = (item.GetUTF8Text(level) or "").strip()
            found = item.BoundingBox(level)
            if text and found:
                box = halved(found, width, height)
                words.append(Word(text, box, item.Confidence(level) / 100, max(line, 0)))
        return words


def doubled(clean: Grey) -> Image.Image:
    """What tesseract is given: twice as large, with white around it."""
    image = Image.fromarray(np.pad(clean, MARGIN, constant_values=255))
    return image.resize((image.width * UPSCALING, image.height * UPSCALING), Image.Resampling.BICUBIC)


def halved(found: tuple[int, int, int, int], width: int, height: int) -> Box:
    """The box (left, top, right, bottom) of a doubled image in an image of width x height pixels."""
    left, top, right, bottom = found
    x = min(max(0, left // UPSCALING - MARGIN), width - 1)
    y = min(max(0, top // UPSCALING - MARGIN), height - 1)
    right = min(max(x + 1, -(-right // UPSCALING) - MARGIN), width)
    bottom = min(max(y + 1, -(-bottom // UPSCALING) - MARGIN), height)
    return Box(x, y, right - x, bottom - y)
