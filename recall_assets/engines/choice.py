"""Which engine reads: by name and languages, made in the process that will use it.

    cascade      finds lines by their ink, reads them exactly (default)      rapidocr     detector and recogniser whole
    tesserocr    tesseract in process, English                               pytesseract  the program of the system

Only what is chosen is loaded.
"""

from importlib import import_module
from importlib.metadata import version

from recall_assets.engines.ocr import OcrEngine
from recall_assets.errors import EngineError

# Module, class, and the package whose release decides what is read.
_CLASSES: dict[str, tuple[str, str, str]] = {
    "cascade": ("cascade", "Cascade", "rapidocr"),
    "rapidocr": ("rapidocr", "RapidOcr", "rapidocr"),
    "tesserocr": ("tesseract", "Tesseract", "tesserocr"),
    "pytesseract": ("tesseract_program", "TesseractProgram", "pytesseract"),
}


def make_engine(name: str, languages: str) -> OcrEngine:
    """The engine of this name for languages such as `eng` or `eng+deu`.

    Raises:
        EngineError: there is no such engine, it is not installed here, or it lacks a language; says what to do.
    """
    if name not in _CLASSES:
        raise EngineError(f"There is no reading engine {name}.", f"Set ocr_engine to one of {', '.join(_CLASSES)}.")
    module, made, _ = _CLASSES[name]
    engine: OcrEngine = getattr(import_module(f"{__package__}.{module}"), made)(languages)
    return engine


def reading_version(name: str, languages: str) -> str:
    """What must be equal for two readings of a screen to be equal; loads nothing."""
    return f"{name}-{version(_CLASSES[name][2])}-{languages}"
