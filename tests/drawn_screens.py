"""Screens drawn with Pillow's own font, so that tests know each word and need no font of the system."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
NIGHT: Colour = (30, 32, 40)
BLUE: Colour = (30, 90, 200)


@dataclass(frozen=True)
class Line:
    """A line of text whose letters begin at (x, y), on a panel of another colour where it has one."""

    text: str
    x: int
    y: int
    ink: Colour = BLACK
    panel: Colour | None = None


def draw(
    lines: Sequence[Line], *, width: int = 800, height: int = 480, paper: Colour = WHITE, size: int = 16
) -> npt.NDArray[np.uint8]:
    """The screen as uint8[h, w, 3]."""
    image = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size)
    for line in lines:
        if line.panel:
            left, top, right, bottom = pen.textbbox((line.x, line.y), line.text, font)
            pen.rectangle((left - 20, top - 14, right + 20, bottom + 14), fill=line.panel)
        pen.text((line.x, line.y), line.text, fill=line.ink, font=font)
    return np.array(image)


def page(*texts: str, x: int = 40, y: int = 40, ink: Colour = BLACK) -> list[Line]:
    """The texts one under the other."""
    return [Line(text, x, y + 30 * number, ink) for number, text in enumerate(texts)]


def webp(pixels: npt.NDArray[np.uint8]) -> bytes:
    """The screen as an agent encodes it."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, quality=50, method=1)
    return file.getvalue()
