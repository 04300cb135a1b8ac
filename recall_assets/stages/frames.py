"""What can be said of a frame from its pixels alone.

    image ─► grey ─► 32 x 32 (area mean) ─► DCT-II ─► 8 x 8 lowest frequencies ─► 64 signs against the median

Pure: no file, no clock. Only redacted pixels come here, since a hash of unredacted ones would tell of a secret.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

SIDE = 32
KEPT = 8


def phash64(pixels: npt.NDArray[np.uint8]) -> int:
    """Perceptual hash of an image uint8[h, w, 3], as a signed 64-bit integer (PostgreSQL bigint).

    Bit `63 - (8 v + u)` is set where the DCT coefficient of vertical frequency v and horizontal frequency u is above
    the median of the 64 (the constant term takes part but is left out of the median). Near images differ in few bits.

    Source: the DCT variant in C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions (2010).
    """
    grey = np.asarray(Image.fromarray(pixels).convert("L"), np.float64)
    small = _area_mean(_area_mean(grey).T).T
    basis = np.cos(np.pi * (2 * np.arange(SIDE) + 1) * np.arange(KEPT)[:, None] / (2 * SIDE))
    coefficients = (basis @ small @ basis.T).ravel()
    # A flat image has only rounding left here; rounding it off keeps the hash the same on every machine.
    coefficients = np.round(coefficients, 6)
    bits = coefficients > np.median(coefficients[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def _area_mean(image: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rows averaged into 32 bands of equal height; a row that two bands share counts for each by its part."""
    edges = np.linspace(0.0, image.shape[0], SIDE + 1)
    sums = np.vstack([np.zeros((1, image.shape[1])), np.cumsum(image, axis=0)])
    whole = np.minimum(edges.astype(np.intp), image.shape[0] - 1)
    at_edges = sums[whole] + image[whole] * (edges - whole)[:, None]
    return np.asarray(np.diff(at_edges, axis=0) / (image.shape[0] / SIDE))
