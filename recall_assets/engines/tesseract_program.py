"""Reads words with the tesseract program of the system, for the languages that are installed there.

    dark on white ─► 2x ─► file in memory ─► tesseract (sparse text) ─► table of words, boxes halved again

Slower than `tesserocr`, which holds the same engine in process, but with any language: `apt-get install
tesseract-ocr-deu`. Its files lie in a private folder in memory; where there is none it does not start.
"""

from datetime import timedelta
from typing import Any

import pytesseract  # type: ignore[import-untyped]

from recall_assets.engines.memory_folder import MemoryFolder
from recall_assets.engines.ocr import Picture
from recall_assets.engines.regions import read_regions
from recall_assets.engines.tesseract import RESOLUTION, SMALLEST_SIDE, doubled, halved
from recall_assets.errors import EngineError
from recall_assets.records import Box, Word

_CONFIG = f"--oem 1 --psm 11 --dpi {RESOLUTION} -c tessedit_do_invert=0"
_PATIENCE = timedelta(seconds=100)


class TesseractProgram:
    """The tesseract program, by pytesseract; an `OcrEngine`."""

    name = "pytesseract"

    def __init__(self, languages: str = "eng", *, folder: MemoryFolder | None = None) -> None:
        """Raises EngineError where the program, a language or a folder in memory is missing."""
        try:
            self.version = str(pytesseract.get_tesseract_version())
            installed = set(pytesseract.get_languages())
        except (pytesseract.TesseractNotFoundError, SystemExit):
            raise EngineError(
                "The tesseract program is not installed.",
                "On Debian and Ubuntu: apt-get install tesseract-ocr. Or choose another ocr_engine.",
            ) from None
        missing = [language for language in languages.split("+") if language not in installed]
        if missing:
            raise EngineError(
                f"Tesseract has no data for the language {', '.join(missing)}; it has {', '.join(sorted(installed))}.",
                f"On Debian and Ubuntu: apt-get install {' '.join(f'tesseract-ocr-{name}' for name in missing)}",
            )
        self.language = languages
        self._folder = folder or MemoryFolder()

    def read(self, picture: Picture) -> list[Word]:
        """See `OcrEngine.read`; boxes are clipped to the image."""
        height, width = picture.clean.shape
        if min(height, width) < SMALLEST_SIDE:
            return []
        with self._folder.as_temporary_folder():
            try:
                table: dict[str, list[Any]] = pytesseract.image_to_data(
                    doubled(picture.clean),
                    lang=self.language,
                    config=_CONFIG,
                    output_type=pytesseract.Output.DICT,
                    timeout=_PATIENCE.total_seconds(),
                )
            except (RuntimeError, OSError) as error:  # its messages may quote a file
                raise EngineError(f"The tesseract program failed: {type(error).__name__}.") from None
        return list(_words(table, width, height))

    def read_lines(self, picture: Picture, lines: list[Box]) -> list[Word]:
        """See `OcrEngine.read_lines`."""
        return read_regions(self.read, picture, lines)


def _words(table: dict[str, list[Any]], width: int, height: int) -> list[Word]:
    words, numbers = list[Word](), dict[tuple[int, ...], int]()
    columns = ("text", "conf", "left", "top", "width", "height", "block_num", "par_num", "line_num")
    for text, sure, left, top, wide, high, *line in zip(*(table[name] for name in columns), strict=True):
        if str(text).strip() and float(sure) >= 0:
            number = numbers.setdefault(tuple(line), len(numbers))
            box = halved((left, top, left + wide, top + high), width, height)
            words.append(Word(str(text).strip(), box, float(sure) / 100, number))
    return words
