"""What every engine that reads pixels must do, on drawn screens."""

import numpy as np
import pytest

from recall_assets.engines.ocr import OcrEngine
from recall_assets.engines.tesseract import Tesseract
from recall_assets.errors import EngineError
from recall_assets.stages.secrets.pixels import GROWTH_AT_LEAST
from tests.drawn_screens import BLUE, NIGHT, WHITE, Line, draw, page


@pytest.fixture(scope="module", params=[Tesseract])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    made: OcrEngine = request.param()
    return made


def texts(engine: OcrEngine, *lines: Line, paper: tuple[int, int, int] = WHITE) -> str:
    return " ".join(word.text for word in engine.read(draw(lines, paper=paper)))


def test_it_says_what_it_is(engine: OcrEngine) -> None:
    assert engine.name
    assert engine.version[0].isdigit()
    assert engine.language == "eng"


def test_it_reads_dark_text_on_white(engine: OcrEngine) -> None:
    assert texts(engine, *page("The export failed again")) == "The export failed again"


def test_it_reads_light_text_on_a_dark_theme(engine: OcrEngine) -> None:
    assert texts(engine, *page("The export failed again", ink=WHITE), paper=NIGHT) == "The export failed again"


def test_it_reads_white_text_on_a_coloured_button_of_a_white_page(engine: OcrEngine) -> None:
    button = Line("Add comment", 60, 300, WHITE, panel=BLUE)
    assert "Add comment" in texts(engine, *page("The export failed again"), button)


def test_boxes_grown_as_for_redaction_hold_all_ink(engine: OcrEngine) -> None:
    pixels = draw(page("Invoice total"))
    outside = pixels.min(axis=2)
    for word in engine.read(pixels):
        box = word.box
        grown = GROWTH_AT_LEAST
        outside[box.y - grown : box.y + box.height + grown, box.x - grown : box.x + box.width + grown] = 255
        assert 0 <= word.confidence <= 1
    assert outside.min() == 255


def test_an_empty_screen_has_no_words(engine: OcrEngine) -> None:
    assert engine.read(draw([])) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 200, 3), (200, 3, 3), (7, 7, 3)])
def test_tiny_images_have_no_words(engine: OcrEngine, shape: tuple[int, int, int]) -> None:
    assert engine.read(np.zeros(shape, np.uint8)) == []


def test_missing_language_data_are_named() -> None:
    with pytest.raises(EngineError, match="no data for the language tlh"):
        Tesseract("tlh")
