"""What every engine that reads pixels offers; tests/engines/test_ocr_contract.py holds each engine to it.

pixels uint8[h, w, 3] ─► OcrEngine.read ─► words with boxes in the same pixels, in no promised order
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from recall_assets.records import Word

Pixels = npt.NDArray[np.uint8]


class OcrEngine(Protocol):
    """Reads the words of an image; one object serves one process, one image at a time."""

    @property
    def name(self) -> str:
        """The engine's name, as rows keep it."""

    @property
    def version(self) -> str:
        """The version of the program behind it."""

    @property
    def language(self) -> str:
        """The language data in use."""

    def read(self, pixels: Pixels) -> list[Word]:
        """The words of an image uint8[h, w, 3], none where it shows no text; `line` is the engine's own numbering.

        Raises:
            EngineError: the engine failed.
        """
