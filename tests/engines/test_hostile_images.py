"""Images that were made to hurt, or by programs that do what they like: pixels or a code, nothing else."""

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from recall_assets.engines.choice import make_engine
from recall_assets.engines.ocr import OcrEngine, Picture
from recall_assets.errors import UnreadableImageError
from recall_assets.intake.decoding import decode
from tests.drawn_screens import draw, page

MAX_PIXELS = 1_000_000
LETTER = Image.fromarray(draw(page("The export failed again")))


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG whose header says so, whatever follows."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checked

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


BOMB = png(900, 900, zlib.compress(bytes(50_000_000), 9))  # 50 kB that unpack to far more than it says
HURTING = {
    "empty": (b"", "undecodable"),
    "no image": (b"MZ" + bytes(500), "undecodable"),
    "another form": (encoded(LETTER, "GIF"), "undecodable"),
    "a TIFF called webp": (encoded(LETTER, "TIFF"), "undecodable"),
    "cut off WebP": (encoded(LETTER, "WEBP")[:300], "undecodable"),
    "cut off PNG": (encoded(LETTER, "PNG")[:300], "undecodable"),
    "cut off JPEG": (encoded(LETTER, "JPEG")[:500], "undecodable"),
    "no pixels": (png(0, 10), "undecodable"),
    "says it is huge": (png(60_000, 60_000), "too_large"),
    "is a little too large": (encoded(Image.new("1", (1001, 1000)), "PNG"), "too_large"),
    "no body": (png(10, 10), "undecodable"),
}


@pytest.mark.parametrize("name", HURTING)
def test_what_cannot_be_used_is_a_code_without_its_content(name: str) -> None:
    image, code = HURTING[name]
    with pytest.raises(UnreadableImageError) as raised:
        decode(image, max_pixels=MAX_PIXELS)
    assert raised.value.problem == code
    assert raised.value.__cause__ is None


def test_a_body_larger_than_the_header_says_costs_no_more_than_the_header_says() -> None:
    assert decode(BOMB, max_pixels=MAX_PIXELS).shape == (900, 900, 3)


@pytest.mark.parametrize(
    "image",
    [
        encoded(LETTER, "PNG"),
        encoded(LETTER.convert("P"), "PNG"),
        encoded(LETTER.convert("1"), "PNG"),
        encoded(LETTER.convert("LA"), "PNG"),
        encoded(Image.fromarray(np.asarray(LETTER.convert("L")).astype(np.uint16) * 257), "PNG"),
        encoded(LETTER.convert("CMYK"), "JPEG", quality=95),
        encoded(LETTER, "WEBP", save_all=True, append_images=[Image.new("RGB", LETTER.size)] * 3, lossless=True),
    ],
    ids=["rgb", "palette", "one bit", "grey with alpha", "16 bit", "cmyk", "animated"],
)
def test_unusual_forms_are_read_like_any_other(image: bytes) -> None:
    pixels = decode(image, max_pixels=MAX_PIXELS)
    assert pixels.dtype == np.uint8
    assert [word.text for word in _engine().read(Picture.of(pixels))] == ["The", "export", "failed", "again"]


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (2, 2)])
def test_the_smallest_images_have_no_words(size: tuple[int, int]) -> None:
    pixels = decode(encoded(Image.new("RGB", size), "PNG"), max_pixels=MAX_PIXELS)
    assert _engine().read(Picture.of(pixels)) == []


@cache
def _engine() -> OcrEngine:
    return make_engine("cascade", "eng")
