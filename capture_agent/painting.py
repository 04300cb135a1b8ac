"""What is done to a grab before anything else looks at it: excluded windows are filled.

grab of a monitor, rectangles of the whole screen ─► the same pixels, those rectangles in one grey
"""

import math
from collections.abc import Sequence

from capture_agent.desktop import Monitor, Pixels
from capture_agent.protocol import Rect
from capture_agent.screens.geometry import overlap
from capture_agent.screens.pixels import copied

_PAINT = 96  # grey: neither the black of a broken grab nor the white of a page


def painted(pixels: Pixels, monitor: Monitor, hidden: Sequence[Rect]) -> Pixels:
    """The grab with rectangles of the whole screen filled; itself where none lies on the monitor."""
    left, top, width, height = monitor.rect
    parts = [part for rect in hidden if (part := overlap(rect, (left, top, width, height)))]
    if not parts:
        return pixels
    # Where the windowing system scales, a pixel of the grab is less than one of its own coordinates.
    across, down = pixels.shape[1] / width, pixels.shape[0] / height
    filled = copied(pixels)
    for x, y, w, h in parts:
        rows = slice(math.floor((y - top) * down), math.ceil((y - top + h) * down))
        filled[rows, math.floor((x - left) * across) : math.ceil((x - left + w) * across)] = _PAINT
    return filled


def is_uniform(pixels: Pixels) -> bool:
    """Whether all of the image is one colour: no screen that somebody looks at is."""
    first = pixels[0, 0]
    return bool((pixels[::37, ::41] == first).all() and (pixels == first).all())
