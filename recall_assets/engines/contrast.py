"""Makes every text on a screen dark on white, whatever colours and themes stand side by side on it.

    screen       |white on blue| black on white |white on black|
    background   |blue         | white          |black         |   median of 16 px tiles, then of 3 x 3 tiles
    difference   |ink          | ink            |ink           |   |pixel - background|
    solid areas  edges of buttons and bars, thicker than any stroke, are taken out
    result       dark on white everywhere

One polarity for a whole frame loses white text on buttons; 16 px tiles without the last step lose words at edges.
What the text says is the engine's matter.
"""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

TILE = 16
# Strokes of a 40 px heading are 6 px wide; what holds a 7 px square everywhere is an area, not text.
SOLID = 7
# Light grey on white is still text: differences grow by this factor, up to black.
GAIN = 1.3


def dark_on_white(grey: Grey) -> Grey:
    """Text of any polarity as dark strokes on white, uint8[h, w] of the same shape."""
    background = _background(grey)
    difference = np.maximum(grey, background) - np.minimum(grey, background)
    ink = (np.minimum(difference, int(255 / GAIN)) * GAIN).astype(np.uint8)
    held = cv2.erode(ink, _square(SOLID), borderType=cv2.BORDER_CONSTANT, borderValue=255)
    solid = cv2.dilate(held, _square(SOLID + 2), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    result: Grey = 255 - (ink - np.minimum(solid, ink))
    return result


def _background(grey: Grey) -> Grey:
    height, width = grey.shape
    rows, columns = -(-height // TILE), -(-width // TILE)
    padded = np.pad(grey, ((0, rows * TILE - height), (0, columns * TILE - width)), mode="edge")
    tiles = padded.reshape(rows, TILE, columns, TILE).transpose(0, 2, 1, 3).reshape(rows, columns, TILE * TILE)
    medians = _median(tiles[:, :, ::3])  # a third of the pixels tells the median as well
    edged = np.pad(medians, 1, mode="edge")
    around = np.stack([edged[y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=-1)
    full: Grey = _median(around).repeat(TILE, axis=0).repeat(TILE, axis=1)[:height, :width]
    return full


def _median(values: Grey) -> Grey:
    middle = values.shape[-1] // 2
    return np.asarray(np.partition(values, middle, axis=-1)[..., middle], np.uint8)


def _square(side: int) -> Grey:
    return np.ones((side, side), np.uint8)
