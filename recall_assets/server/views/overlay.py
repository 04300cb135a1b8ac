"""The words of a frame as they lie on its picture: text to select, places that were blacked out, what was looked for.

layout ─► lines of words ─► Glyph    drawn transparent over the picture, as wide as it stands there
                          ─► Hidden   `[REDACTED:kind]`: a label on the filled box
                          ─► hit      of what was looked for
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from recall_assets.errors import InputError
from recall_assets.records import Box, Word
from recall_assets.stages.ocr_text.packing import unpack_layout

_HIDDEN = re.compile(r"\[REDACTED:(?P<kind>[a-z_0-9]+)\]")
_ALIKE = re.compile(r"[^\W_]+")
_FEW = 6  # so many words may stand anywhere; more are looked for as a passage
_OF_A_LINE = 0.6


@dataclass(frozen=True, slots=True)
class Glyph:
    """A word on the picture; `hit`: it was looked for."""

    text: str
    box: Box
    hit: bool


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over a picture of that size."""

    width: int
    height: int
    lines: tuple[tuple[Glyph, ...], ...]
    hidden: tuple[tuple[str, Box], ...]  # kind and place


def overlay_of(layout: Mapping[str, Any] | None, sought: str = "", places: Collection[Box] = ()) -> Overlay | None:
    """The overlay of a stored layout; None where a frame has none that this release can read.

    Args:
        sought: words to be marked; of many words the lines that hold most of them.
        places: boxes of words to be marked, as a search found them; no others are then.
    """
    if not layout:
        return None
    try:
        words = unpack_layout(layout)
    except InputError:
        return None
    width, height = layout["size"]
    terms = frozenset(_terms(sought))
    lines, hidden = [], []
    for _, group in groupby(words, key=lambda word: word.line):
        line = list(group)
        marked = [word.box in places for word in line] if places else _marked(line, terms)
        lines.append(tuple(Glyph(word.text, word.box, hit) for word, hit in zip(line, marked, strict=True)))
        for word in line:
            if found := _HIDDEN.search(word.text):
                hidden.append((found["kind"], word.box))
    return Overlay(width, height, tuple(lines), tuple(hidden))


def _marked(line: Sequence[Word], terms: Collection[str]) -> list[bool]:
    own = [_terms(word.text) for word in line]
    found = [any(word in terms for word in words) for words in own]
    told = sum(bool(words) for words in own)
    if len(terms) > _FEW and (told < 2 or sum(found) < _OF_A_LINE * told):
        return [False] * len(line)
    return found


def _terms(text: str) -> list[str]:
    return _ALIKE.findall(text.casefold())
