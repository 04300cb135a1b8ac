"""Lines of text are found on every kind of screen, each whole and alone."""

import numpy as np
import pytest

from recall_assets.engines.ocr import Picture, Pixels
from recall_assets.engines.text_lines import find_lines
from recall_assets.records import Box
from tests.drawn_screens import BLUE, NIGHT, WHITE, Colour, Line, draw, page


def lines(pixels: Pixels) -> list[Box]:
    """The lines from top to bottom, then from left to right."""
    return sorted(find_lines(Picture.of(pixels).clean), key=lambda line: (line.y // 10, line.x))


@pytest.mark.parametrize("size", [9, 12, 16, 24, 40])
@pytest.mark.parametrize(("paper", "ink"), [(WHITE, (0, 0, 0)), (NIGHT, WHITE), (WHITE, (150, 150, 150))])
def test_each_line_is_found_whole(size: int, paper: Colour, ink: Colour) -> None:
    texts = [Line("the quick brown fox jumps", 40, 40, ink), Line("over a lazy dog", 40, 160, ink)]
    first, second = lines(draw(texts, paper=paper, size=size))
    assert first.width > second.width > 5 * size
    assert abs(first.x - second.x) < size
    assert 0.5 * size <= first.height <= 1.6 * size


def test_a_ruling_between_two_cells_divides_them() -> None:
    pixels = draw([Line("400", 40, 40), Line("week", 76, 40)])
    pixels[20:200, 70:72] = 180
    assert [line.x < 70 for line in lines(pixels)] == [True, False]


def test_a_coloured_bar_beside_two_lines_does_not_make_them_one() -> None:
    pixels = draw([Line("Daily standup", 60, 41, WHITE), Line("09:30 with Jonas", 60, 61, WHITE)], paper=NIGHT)
    pixels[38:84, 50:54] = BLUE
    assert [line.height < 24 for line in lines(pixels) if line.width > 60] == [True, True]


def test_two_lines_of_small_letters_beside_a_much_higher_bar_are_two() -> None:
    pixels = draw([Line("Release 3.2.4", 60, 41, WHITE), Line("Ledgerly", 60, 59, WHITE)], size=11, paper=NIGHT)
    pixels[33:80, 52:56] = BLUE
    assert [line.height < 20 for line in lines(pixels) if line.width > 30] == [True, True]


def test_the_border_of_a_field_does_not_belong_to_what_is_typed_there() -> None:
    pixels = draw([Line("4006 1993", 52, 50)], size=14)
    pixels[36:77, 38:41], pixels[36:77, 400:403], pixels[36:39, 38:403], pixels[74:77, 38:403] = 0, 0, 0, 0
    end = 2 + int(np.flatnonzero((pixels[45:70, 45:395] < 128).all(axis=2).any(axis=0)).max()) + 45
    pixels[46:68, end] = 0  # the caret
    typed = max(lines(pixels), key=lambda line: line.width)
    assert typed.x > 45
    assert typed.height <= 22


def test_lines_of_two_windows_at_other_heights_stay_apart() -> None:
    assert len(lines(draw([Line("because the error of", 40, 40), Line("TODO this week", 210, 46)]))) == 2


def test_an_underscore_belongs_to_its_line() -> None:
    plain, marked = (lines(draw(page(text)))[0] for text in ("lock timeout", "lock_timeout"))
    assert marked.y + marked.height > plain.y + plain.height


def test_borders_and_areas_are_no_lines() -> None:
    pixels = draw([])
    pixels[50:52, 20:700] = 0
    pixels[50:400, 20:22] = 0
    pixels[200:300, 100:400] = BLUE
    assert lines(pixels) == []


def test_a_picture_of_noise_has_next_to_no_lines() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 800, 3), np.uint8)
    assert len(lines(noise)) < 60
