"""Finds the lines of text on a screen without reading them: cheap, and the same wherever a line stands.

    dark on white   Name   | Ada L.       ink      rulings taken out: strokes longer than any letter's
                    ---------------       joined   letters and words of a line, across gaps as wide as they are high
                    Mail   | a_b@c.d      lines    [Name] [Ada L.] / [Mail] [a_b@c.d]      never across a ruling

What is small (a dash, an underscore) joins the line that it stands in. Pictures of letters only; what they say is the
recogniser's matter.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from recall_assets.engines.contrast import Grey
from recall_assets.records import Box

Mask = npt.NDArray[np.uint8]

# Darker than this is ink; light grey text on white, after `dark_on_white`, is about 150.
INK_BELOW = 215
# Letters of one word are never further apart than this; it is the blank of a 16 px font, so some words join here too.
WORD_GAP = 9
# A straight stroke longer than this is a border, a ruling or a bar, and no letter.
RULING_ACROSS, RULING_DOWN = 60, 48
# Screens have letters of 5 to 100 px; a speck is part of a line, something higher a picture.
LOWEST, HIGHEST = 5, 120
# A part this high may be several lines, if each has a share of its height between these two; a column with so much
# ink is a bar, a row with less than this share of the fullest row lies between two lines.
TALL, LOWEST_ROW_SHARE, ROW_SHARE, BAR_SHARE, VALLEY_SHARE = 24, 0.2, 0.6, 0.9, 0.12
# Words of a line stand at most this many heights apart; columns of a table further.
LINE_GAP_IN_HEIGHTS = 1.0
# No letter that is a stroke (`l`, `|`) is so many times as high as its neighbours.
STROKE_RATIO = 1.6
# A speck belongs to a line if it is at most this many heights above or below it.
SPECK_REACH_IN_HEIGHTS = 0.35
# Words of a line stand at the same height: `gap` and `TODO` share 0.7 of theirs, lines of two windows often half.
SHARED_HEIGHT = 0.65

cv2.setNumThreads(1)  # parallelism is by processes


def find_lines(clean: Grey) -> list[Box]:
    """Boxes around the lines of text of an image uint8[h, w] that is dark on white, from left to right."""
    ink = (clean < INK_BELOW).astype(np.uint8)
    down = _stretched(ink, cv2.MORPH_OPEN, 1, RULING_DOWN)
    letters = ink & ~(_stretched(ink, cv2.MORPH_OPEN, RULING_ACROSS, 1) | down)
    parts = sorted(part for box in _components(letters, ~down) for part in _taken_apart(box, letters))
    pieces = [part for part in parts if LOWEST <= part.height <= HIGHEST and part.width > 1]
    specks = [part for part in parts if part.height < LOWEST]
    return sorted(_outermost(_with_specks(_joined(pieces, down), specks)))


def _components(letters: Mask, allowed: Mask | int = 1) -> list[Box]:
    """Boxes around what hangs together when gaps inside words are closed."""
    joined = _stretched(letters, cv2.MORPH_CLOSE, WORD_GAP, 1) & allowed
    _, _, found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [Box(*row[:4]) for row in found[1:].tolist()]


def _taken_apart(box: Box, letters: Mask) -> list[Box]:
    """The lines in a high part: a bar beside them or a letter that touches the next line made them one."""
    if box.height < TALL or box.width < box.height:
        return [box]
    part = letters[box.y : box.y + box.height, box.x : box.x + box.width].copy()
    part[:, part.mean(axis=0) >= BAR_SHARE] = 0
    ink = part.sum(axis=1)
    part[ink <= VALLEY_SHARE * ink.max()] = 0
    inner = [piece for piece in _components(part) if piece.height >= LOWEST]
    height = max((piece.y + piece.height for piece in inner), default=0) - min((piece.y for piece in inner), default=0)
    rows = [piece for piece in inner if piece.height >= LOWEST_ROW_SHARE * height]
    # One line of large letters, also without stems; of small ones where what stood beside it was so much higher.
    if not _are_lines(rows, height) and box.height <= STROKE_RATIO * height:
        return [box]
    return [piece._replace(x=piece.x + box.x, y=piece.y + box.y) for piece in inner]


def _are_lines(rows: Sequence[Box], height: int) -> bool:
    """Whether these rows of ink, together so high, stand below one another."""
    if not rows or max(row.height for row in rows) > ROW_SHARE * height:
        return False
    return max(row.y for row in rows) >= min(row.y + row.height for row in rows)


def _stretched(mask: Mask, operation: int, width: int, height: int) -> Mask:
    return np.asarray(cv2.morphologyEx(mask, operation, np.ones((height, width), np.uint8)), np.uint8)


def _joined(pieces: Sequence[Box], rulings: Mask) -> list[Box]:
    """Lines made of pieces that stand beside one another; `pieces` from left to right."""
    lines: list[Box] = []
    for piece in pieces:
        for index in range(len(lines) - 1, -1, -1):
            line = lines[index]
            if _beside(line, piece) and not _divided(line, piece, rulings):
                lines[index] = Box.around((line, piece))
                break
        else:
            lines.append(piece)
    return lines


def _beside(line: Box, piece: Box) -> bool:
    lower, higher = sorted((line.height, piece.height))
    gap = piece.x - (line.x + line.width)
    if higher > STROKE_RATIO * lower and any(4 * one.width < one.height == higher for one in (line, piece)):
        return False  # the side of a field beside what stands in it
    if gap > LINE_GAP_IN_HEIGHTS * max(lower, 12 if higher < 24 else 0) or higher > max(2.6 * lower, 24):
        return False
    shared = min(line.y + line.height, piece.y + piece.height) - max(line.y, piece.y)
    return shared >= SHARED_HEIGHT * lower


def _divided(line: Box, piece: Box, rulings: Mask) -> bool:
    top, bottom = max(line.y, piece.y), min(line.y + line.height, piece.y + piece.height)
    return bool(rulings[top:bottom, line.x + line.width - 1 : piece.x + 1].any())


def _with_specks(lines: list[Box], specks: Sequence[Box]) -> list[Box]:
    """The lines grown over dots, dashes and underscores that stand in them, below them or at their ends."""
    if not lines or not specks:
        return lines
    boxes = np.array(lines)
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    height = boxes[:, 3]
    grown = list(lines)
    for speck in specks:
        beside = np.maximum(left - (speck.x + speck.width), speck.x - right)
        apart = np.maximum(top - (speck.y + speck.height), speck.y - bottom)
        near = np.flatnonzero((beside <= 0.7 * height) & (apart <= SPECK_REACH_IN_HEIGHTS * height))
        if near.size:
            nearest = int(near[np.argmin(np.maximum(apart[near], 0) + np.maximum(beside[near], 0))])
            grown[nearest] = Box.around((grown[nearest], speck))
    return grown


def _outermost(lines: list[Box]) -> list[Box]:
    """The lines without those that lie inside another: dots of large letters."""
    if not lines:
        return lines
    boxes = np.array(lines)
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    inside = (
        (left[:, None] >= left) & (top[:, None] >= top) & (right[:, None] <= right) & (bottom[:, None] <= bottom)
    )  # fmt: skip
    inside &= ~inside.T  # of equal boxes each would lie inside the other
    return [line for line, others in zip(lines, inside, strict=True) if not others.any()]
