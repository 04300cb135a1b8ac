"""Digests of 16 px tiles, by which two screens are compared without keeping their pixels.

    pixels uint8[h, w, 3] ─► uint64[rows, columns]      one number a tile; the last row and column are padded

The factors are drawn for each process: digests live in its memory, are compared there and never stored.
"""

import secrets

import numpy as np
import numpy.typing as npt

Digests = npt.NDArray[np.uint64]
Pixels = npt.NDArray[np.uint8]

TILE = 16
_WORDS_IN_ROW = TILE * 3 // 8
# Odd, so that a change of any single byte changes the sum.
_FACTORS = np.array(
    [secrets.randbits(64) | 1 for _ in range(TILE * _WORDS_IN_ROW)], np.uint64
).reshape(TILE, _WORDS_IN_ROW)  # fmt: skip


def digest_tiles(pixels: Pixels) -> Digests:
    """One number for each 16 px tile of an image uint8[h, w, 3]; equal tiles have equal numbers."""
    height, width = pixels.shape[:2]
    rows, columns = -(-height // TILE), -(-width // TILE)
    padded = np.zeros((rows * TILE, columns * TILE, 3), np.uint8)
    padded[:height, :width] = pixels
    words = padded.reshape(rows, TILE, columns, TILE * 3).view(np.uint64)
    return np.asarray(np.einsum("ytxw,tw->yx", words, _FACTORS), np.uint64)
