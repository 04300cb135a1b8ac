"""Which engine reads: by name and languages, made in the process that will use it.

    cascade      finds lines by their ink, reads them exactly (default)      rapidocr     detector and recogniser whole
    tesserocr    tesseract in process, English                               pytesseract  the program of the system

Only what is chosen is loaded.
"""

from importlib import import_module

from recall_assets.engines.ocr import OcrEngine
from recall_assets.errors import EngineError
from recall_assets.settings import OCR_ENGINES

_CLASSES = {
    "cascade": ("cascade", "Cascade"),
    "rapidocr": ("rapidocr", "RapidOcr"),
    "tesserocr": ("tesseract", "Tesseract"),
    "pytesseract": ("tesseract_program", "TesseractProgram"),
}
assert set(_CLASSES) == set(OCR_ENGINES)


def make_engine(name: str, languages: str) -> OcrEngine:
    """The engine of this name for languages such as `eng` or `eng+deu`.

    Raises:
        EngineError: there is no such engine, it is not installed here, or it lacks a language; says what to do.
    """
    if name not in _CLASSES:
        raise EngineError(f"There is no reading engine {name}.", f"Set ocr_engine to one of {', '.join(_CLASSES)}.")
    module, made = _CLASSES[name]
    engine: OcrEngine = getattr(import_module(f"{__package__}.{module}"), made)(languages)
    return engine
