"""Which engine reads: by name and languages, made in the process that will use it.

    cascade      each line by what reads it exactly (default)     rapidocr     detector and recogniser whole
    tesserocr    tesseract in process, English                    pytesseract  the program of the system

Only what is chosen is loaded.
"""

from importlib import import_module
from importlib.metadata import version

from recall_assets.engines.alphabets import alphabet
from recall_assets.engines.ocr import OcrEngine
from recall_assets.errors import EngineError
from recall_assets.records import ReadingChoice

# Raised when our own rules change what is read: how lines are found, known again, and read by whom.
RULES = 7

# Module, class, and the packages whose releases decide what is read.
_CLASSES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "cascade": ("cascade", "Cascade", ("rapidocr", "tesserocr")),
    "rapidocr": ("rapidocr", "RapidOcr", ("rapidocr",)),
    "tesserocr": ("tesseract", "Tesseract", ("tesserocr",)),
    "pytesseract": ("tesseract_program", "TesseractProgram", ("pytesseract",)),
}


def check_engine(choice: ReadingChoice) -> None:
    """Nothing, if screens can be read so; loads no weights of the default engine.

    Raises:
        EngineError: as `make_engine`.
    """
    if choice.engine in ("cascade", "rapidocr"):
        alphabet(choice.languages)
    else:
        make_engine(choice.engine, choice.languages)


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


def reading_version(choice: ReadingChoice) -> str:
    """What must be equal for two readings of a screen to be equal; loads nothing."""
    releases = "+".join(map(version, _CLASSES[choice.engine][2]))
    return f"{RULES} {choice.engine}-{releases}-{choice.languages}"
