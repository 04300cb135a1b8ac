"""What every engine that reads pixels offers; tests/engines/test_ocr_contract.py holds each engine to it.

    pixels uint8[h, w, 3] ─► read ─► words with boxes in the same pixels, in no promised order
      + lines of interest ─► read_lines ─► the words of these lines alone: what was read before is left out

`Picture.of` makes what engines share once: the pixels dark on white.
"""

from dataclasses import dataclass, field
from typing import Protocol, Self

import cv2
import numpy as np
import numpy.typing as npt

from recall_assets.engines.contrast import Grey, dark_on_white
from recall_assets.records import Box, Word

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """A screen as captured, uint8[h, w, 3], and dark on white, uint8[h, w]."""

    pixels: Pixels = field(repr=False)
    clean: Grey = field(repr=False)

    @classmethod
    def of(cls, pixels: Pixels) -> Self:
        """The picture of these pixels."""
        return cls(pixels, dark_on_white(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)))

    def part(self, box: Box) -> "Picture":
        """What lies in a box; shares memory."""
        rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
        return Picture(self.pixels[rows, columns], self.clean[rows, columns])


class OcrEngine(Protocol):
    """Reads the words of an image; one object serves one process, one image at a time."""

    @property
    def name(self) -> str:
        """The engine's name, as settings and rows have it."""

    @property
    def version(self) -> str:
        """The version of the program or weights behind it."""

    @property
    def language(self) -> str:
        """The languages it reads, `eng` or `eng+deu`."""

    def read(self, picture: Picture) -> list[Word]:
        """The words of an image, none where it shows no text; `line` is the engine's own numbering.

        Raises:
            EngineError: the engine failed.
        """

    def read_lines(self, picture: Picture, lines: list[Box]) -> list[Word]:
        """The words whose middle lies in one of these boxes, which hold a line or a part of one each.

        Raises:
            EngineError: the engine failed.
        """
