"""What can still be seen in a stored image: by geometry, by the letters of known values, by the detector.

drawn screen ─► pipeline ─► stored image ─┬► uncovered   is every drawn value under one colour?
                                          └► text_of ─┬► values_in   does an engine read any of them?
                                                      └► kinds_in    does the detector find anything?
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from recall_assets.engines.ocr import Picture
from recall_assets.engines.tesseract import Tesseract
from recall_assets.stages.ocr_text import arrange
from recall_assets.stages.secrets import detect, join_words
from recall_assets.stages.secrets.pixels import FILL_COLOUR
from tests.canaries import Canary, CanaryScreen

Pixels = npt.NDArray[np.uint8]


def uncovered(image: Pixels, screen: CanaryScreen) -> list[str]:
    """The parts of canaries whose letters are not all under the fill."""
    parts = [part for canary in screen.canaries for part in canary.parts]
    filled = (image == FILL_COLOUR).all(axis=2)
    return [
        part
        for part, (x, y, width, height) in zip(parts, screen.boxes, strict=True)
        if not filled[y : y + height, x : x + width].all()
    ]


def text_of(image: Pixels) -> str:
    """What the engine reads in the image."""
    return join_words(arrange(_engine().read(Picture.of(image)))).text


def values_in(text: str, canaries: Sequence[Canary]) -> list[str]:
    """The parts whose letters and digits stand in the text, whatever stands between them."""
    return [part for canary in canaries for part in canary.parts if _packed(part) in _packed(text)]


def kinds_in(text: str) -> list[str]:
    """The kinds that the detector finds in the text."""
    return [finding.kind for finding in detect(text)]


@cache
def _engine() -> Tesseract:
    return Tesseract()


def _packed(text: str) -> str:
    return re.sub(r"\W", "", text)
