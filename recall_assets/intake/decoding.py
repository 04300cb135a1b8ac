"""Decodes captured images, whatever a sender calls an image: pixels or a code, never more memory than allowed.

    bytes ─► header: WebP, PNG or JPEG, and not too many pixels ─► pixels of the first picture ─► rgb

Only worker processes call this: they have a memory limit, a time limit, and nobody minds if they die.
"""

import io
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image

from recall_assets.errors import UnreadableImageError

Pixels = npt.NDArray[np.uint8]


def decode(image: bytes, *, max_pixels: int) -> Pixels:
    """The pixels alone, uint8[h, w, 3]; of several pictures the first, of 16 bits the upper eight.

    Raises:
        UnreadableImageError: its problem is the code `too_large` or `undecodable`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            opened = Image.open(io.BytesIO(image), formats=["WEBP", "PNG", "JPEG"])
            if opened.width * opened.height > max_pixels:
                raise UnreadableImageError("too_large")
            if opened.mode.startswith("I;16"):
                grey = (np.asarray(opened) >> 8).astype(np.uint8)
                return np.repeat(grey[..., None], 3, axis=2)
            return np.array(opened.convert("RGB"))
    except (UnreadableImageError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableImageError("too_large") from None
    except Exception:
        # Decoders raise whatever they like on broken files; their messages may quote content.
        raise UnreadableImageError("undecodable") from None
