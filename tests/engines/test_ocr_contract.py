"""What every engine that reads pixels must do, on drawn screens."""

import numpy as np
import pytest

from recall_assets.engines.choice import make_engine
from recall_assets.engines.ocr import OcrEngine, Picture
from recall_assets.engines.text_lines import find_lines
from recall_assets.errors import EngineError
from recall_assets.settings import OCR_ENGINES
from recall_assets.stages.ocr_text import arrange
from recall_assets.stages.secrets.pixels import GROWTH_AT_LEAST
from tests.drawn_screens import BLUE, NIGHT, WHITE, Line, draw, page

# The program of the system is a Debian package; the rest comes with our packages.
NAMES = [pytest.param(name, marks=[pytest.mark.system] * (name == "pytesseract")) for name in OCR_ENGINES]


@pytest.fixture(scope="module", params=NAMES)
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    return make_engine(request.param, "eng")


def texts(engine: OcrEngine, *lines: Line, paper: tuple[int, int, int] = WHITE) -> str:
    return " ".join(word.text for word in arrange(engine.read(Picture.of(draw(lines, paper=paper)))))


def test_it_says_what_it_is(engine: OcrEngine) -> None:
    assert engine.name in OCR_ENGINES
    assert engine.version[0].isdigit()
    assert engine.language == "eng"


def test_it_reads_dark_text_on_white(engine: OcrEngine) -> None:
    assert texts(engine, *page("The export failed again")) == "The export failed again"


def test_it_reads_light_text_on_a_dark_theme(engine: OcrEngine) -> None:
    assert texts(engine, *page("The export failed again", ink=WHITE), paper=NIGHT) == "The export failed again"


def test_it_reads_white_text_on_a_coloured_button_of_a_white_page(engine: OcrEngine) -> None:
    button = Line("Add comment", 60, 300, WHITE, panel=BLUE)
    assert "Add comment" in texts(engine, *page("The export failed again"), button)


def test_it_reads_the_lines_that_it_is_asked_for_and_no_others(engine: OcrEngine) -> None:
    picture = Picture.of(draw(page("The export failed", "by one cent", "in October")))
    first, _, third = sorted(find_lines(picture.clean), key=lambda line: line.y)
    read = arrange(engine.read_lines(picture, [first, third]))
    assert [word.text for word in read] == ["The", "export", "failed", "in", "October"]


def test_boxes_grown_as_for_redaction_hold_all_ink(engine: OcrEngine) -> None:
    pixels = draw(page("Invoice total"))
    outside = pixels.min(axis=2)
    for word in engine.read(Picture.of(pixels)):
        box = word.box
        grown = GROWTH_AT_LEAST
        outside[box.y - grown : box.y + box.height + grown, box.x - grown : box.x + box.width + grown] = 255
        assert 0 <= word.confidence <= 1
    assert outside.min() == 255


def test_an_empty_screen_has_no_words(engine: OcrEngine) -> None:
    assert engine.read(Picture.of(draw([]))) == []
    assert engine.read_lines(Picture.of(draw([])), []) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 200, 3), (200, 3, 3), (7, 7, 3)])
def test_tiny_images_have_no_words(engine: OcrEngine, shape: tuple[int, int, int]) -> None:
    assert engine.read(Picture.of(np.zeros(shape, np.uint8))) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_language_is_named_when_the_engine_starts(name: str) -> None:
    with pytest.raises(EngineError, match="language tlh"):
        make_engine(name, "eng+tlh")


def test_an_unknown_engine_is_told_with_those_that_there_are() -> None:
    with pytest.raises(EngineError, match="cascade, rapidocr, tesserocr, pytesseract"):
        make_engine("easyocr", "eng")
