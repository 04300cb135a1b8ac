"""Reads words with PP-OCR whole: its own detector and recogniser, by the package `rapidocr`; exact and slow.

    rgb ─► detector: regions of text ─► recogniser ─► words with boxes

Models come with the wheel; there is no classifier of angles, since screens stand upright, and no network.
"""

from importlib.metadata import version
from typing import Any

from recall_assets.engines.alphabets import alphabet
from recall_assets.engines.ocr import Picture
from recall_assets.engines.regions import read_regions
from recall_assets.errors import EngineError
from recall_assets.records import Box, Word

# The detector sees shapes of at least a letter; smaller images make it fail.
_SMALLEST_SIDE = 8
_LONGEST_SIDE = 4096
_SETTINGS = {
    "Global.use_cls": False,
    "Global.return_word_box": True,
    "Global.log_level": "critical",
    "Global.max_side_len": _LONGEST_SIDE,
    "Det.limit_type": "max",  # else a region of a few lines is blown up to 736 px
    "Det.limit_side_len": _LONGEST_SIDE,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class RapidOcr:
    """PP-OCR's detector and recogniser; an `OcrEngine`."""

    name = "rapidocr"

    def __init__(self, languages: str = "eng") -> None:
        """Raises EngineError where the package does not work here, or a language is unknown."""
        alphabet(languages)  # only to refuse what the weights do not know; the package itself cannot be restricted
        try:
            from rapidocr import RapidOCR  # loads OpenCV and more: 1.3 s

            self._engine: Any = RapidOCR(params=_SETTINGS)
        except Exception as error:  # whatever the package raises
            raise EngineError(f"rapidocr cannot start: {type(error).__name__}.", "make setup") from None
        self.language = languages
        self.version = version("rapidocr")

    def read(self, picture: Picture) -> list[Word]:
        """See `OcrEngine.read`; boxes are clipped to the image."""
        height, width = picture.pixels.shape[:2]
        if min(height, width) < _SMALLEST_SIDE:
            return []
        try:
            lines = self._engine(picture.pixels[..., ::-1]).word_results or ()
        except Exception as error:
            raise EngineError(f"rapidocr failed on an image: {type(error).__name__}.") from None
        return [
            Word(text.strip(), _box(corners, width, height), float(sure), number)
            for number, line in enumerate(lines)
            for text, sure, corners in (line if line and line[0] else ())
            if text.strip() and corners is not None
        ]

    def read_lines(self, picture: Picture, lines: list[Box]) -> list[Word]:
        """See `OcrEngine.read_lines`."""
        return read_regions(self.read, picture, lines)


def _box(corners: Any, width: int, height: int) -> Box:
    xs, ys = [int(x) for x, _ in corners], [int(y) for _, y in corners]
    left, top = min(max(0, min(xs)), width - 1), min(max(0, min(ys)), height - 1)
    right, bottom = min(max(max(xs), left + 1), width), min(max(max(ys), top + 1), height)
    return Box(left, top, right - left, bottom - top)
