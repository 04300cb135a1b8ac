"""Text of any colours on any colours becomes dark on white."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recall_assets.engines.contrast import SOLID, TILE, dark_on_white

GREYS = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=70))


@given(GREYS)
def test_the_shape_stays(grey: npt.NDArray[np.uint8]) -> None:
    assert dark_on_white(grey).shape == grey.shape


@given(st.integers(0, 255))
def test_a_flat_screen_is_white(shade: int) -> None:
    assert (dark_on_white(np.full((3 * TILE, 5 * TILE), shade, np.uint8)) == 255).all()


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255), (90, 250)])
def test_a_stroke_is_dark_and_its_paper_white(paper: int, ink: int) -> None:
    screen = np.full((96, 96), paper, np.uint8)
    screen[40:52, 48:50] = ink
    result = dark_on_white(screen)
    assert result[44, 48] < 80
    assert result[10, 10] == 255


def test_an_area_thicker_than_any_stroke_is_taken_out() -> None:
    screen = np.full((96, 96), 255, np.uint8)
    screen[40 : 40 + 2 * SOLID, 40 : 40 + 2 * SOLID] = 0
    assert dark_on_white(screen)[40 + SOLID, 40 + SOLID] == 255
