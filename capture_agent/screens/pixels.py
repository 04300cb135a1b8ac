"""From what mss grabs to the pixels that the agent works on, without a copy.

    mss: rows of B G R and a byte of chance ─► [height, width, 3] RGB, a view of the same bytes
                                                 └─► words: the pixels as uint32[height, width], chance included

The fourth byte is undefined under X and may change by itself, so no comparison may end with it. A copy of three planes
would take 2.3 ms for 1920x1080, more than the grab, and most looks at a screen need none.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from capture_agent.desktop import Pixels

# Of a pixel's four bytes those that are colours.
COLOURS = np.array([255, 255, 255, 0], np.uint8).view(np.uint32)[0]

if TYPE_CHECKING:
    from mss.screenshot import ScreenShot


def rgb(shot: "ScreenShot") -> Pixels:
    """The pixels of a screenshot, [height, width, 3]."""
    return from_bgrx(shot.raw, *shot.size)


def from_bgrx(raw: bytes | bytearray, width: int, height: int) -> Pixels:
    """The pixels of rows of four bytes each: blue, green, red, and one that means nothing; `raw` must not change."""
    return _view(np.frombuffer(raw, np.uint8), width, height)


def words(pixels: Pixels) -> npt.NDArray[np.uint32] | None:
    """The four bytes of each pixel, [height, width]; None where it has three."""
    height, width = pixels.shape[:2]
    whole = pixels.base
    if pixels.strides != (4 * width, 4, -1) or whole is None or whole.nbytes != 4 * width * height:
        return None
    return whole.view(np.uint32).reshape(height, width)


def copied(pixels: Pixels) -> Pixels:
    """A copy that may be written to, of as many bytes a pixel."""
    whole = words(pixels)
    if whole is None:
        return pixels.copy()
    return _view(whole.copy().view(np.uint8), pixels.shape[1], pixels.shape[0])


def _view(whole: npt.NDArray[np.uint8], width: int, height: int) -> Pixels:
    return whole.reshape(height, width, 4)[..., 2::-1]
