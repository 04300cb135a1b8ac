"""A grab is looked at where it lies: the byte of chance in each pixel is seen by nobody."""

import io

import numpy as np
import pytest
from PIL import Image

from capture_agent.desktop import Monitor, Pixels
from capture_agent.painting import painted
from capture_agent.screens.pixels import copied, from_bgrx, words
from capture_agent.sealing import encode
from capture_agent.tiles import changed_tiles

WIDTH, HEIGHT = 50, 40
COLOURS = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)


def grabbed(colours: Pixels, chance: int) -> Pixels:
    """What a windowing system gives, with its fourth bytes drawn by this seed."""
    raw = np.random.default_rng(chance).integers(0, 255, (*colours.shape[:2], 4), np.uint8)
    raw[..., 2::-1] = colours
    return from_bgrx(bytearray(raw.tobytes()), colours.shape[1], colours.shape[0])


@pytest.mark.parametrize("width", [WIDTH, WIDTH - 1])
def test_only_colours_differ(width: int) -> None:
    colours = COLOURS[:, :width]
    grab = grabbed(colours, 1)
    assert words(grab) is not None
    assert np.array_equal(grab, colours)
    assert changed_tiles(grab, grabbed(colours, 2)) is None
    other = colours.copy()
    other[20, 33, 1] ^= 1
    for one in (grabbed(other, 3), other):  # as it is grabbed, and as three bytes a pixel
        tiles = changed_tiles(grab, one)
        assert tiles is not None
        assert np.argwhere(tiles).tolist() == [[2, 4]]


def test_a_copy_is_painted_and_the_grab_is_not() -> None:
    grab = grabbed(COLOURS, 1)
    filled = painted(grab, Monitor(0, (0, 0, WIDTH, HEIGHT)), [(8, 0, 8, 8)])
    assert np.array_equal(grab, COLOURS)
    tiles = changed_tiles(grab, filled)
    assert tiles is not None
    assert np.argwhere(tiles).tolist() == [[0, 1]]
    assert words(filled) is not None
    assert words(copied(COLOURS)) is None


def test_it_is_encoded_as_its_colours() -> None:
    image = Image.open(io.BytesIO(encode(grabbed(COLOURS, 1))))
    assert np.array_equal(np.array(image.convert("RGB")), COLOURS)
