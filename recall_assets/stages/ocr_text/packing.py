"""Word boxes as the column `ocr_text.layout` holds them: one short list a line.

    {"v": 1, "size": [width, height], "lines": [[["word", x, y, w, h, percent], ...], ...]}

A redacted place is the word `[REDACTED:kind]` with the filled box. The version lets later readers tell forms apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from recall_assets.errors import InputError
from recall_assets.records import Box, Word

VERSION = 1


def pack_layout(words: Sequence[Word], *, width: int, height: int) -> dict[str, Any]:
    """The layout of arranged words on an image of width x height pixels."""
    lines: dict[int, list[list[object]]] = {}
    for word in words:
        lines.setdefault(word.line, []).append([word.text, *word.box, round(word.confidence * 100)])
    return {"v": VERSION, "size": [width, height], "lines": list(lines.values())}


def unpack_layout(layout: Mapping[str, Any]) -> list[Word]:
    """The words of a layout, lines numbered from 0.

    Raises:
        InputError: a layout of another version.
    """
    if layout.get("v") != VERSION:
        raise InputError("A stored layout has a form that this release does not know.", "Upgrade Recall.")
    return [
        Word(text, Box(x, y, width, height), percent / 100, number)
        for number, line in enumerate(layout["lines"])
        for text, x, y, width, height, percent in line
    ]
