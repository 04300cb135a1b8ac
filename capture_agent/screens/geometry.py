"""What of a window can be seen: rectangles less the rectangles above them.

    ┌────────┐          ┌────────┐
    │ below ┌┼───┐      │   1    │
    │       ││top│  ->  ├───────┐┘
    └───────┼┘   │      │   2   │      parts of `below` that no opaque window covers
            └────┘      └───────┘

Pure; rectangles are (x, y, width, height) in physical pixels. Where a system counts in points, `pixels_of` places them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from capture_agent.protocol import Rect

Points = tuple[float, float, float, float]  # x, y, width, height


@dataclass(frozen=True, slots=True)
class Display:
    """A display: where it is in points, and how many pixels a point is there."""

    points: Points
    scale: float = 1.0


def overlap(one: Rect, other: Rect) -> Rect | None:
    """What both cover, or None."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right = min(one[0] + one[2], other[0] + other[2])
    bottom = min(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def visible_parts(rect: Rect, covers: Iterable[Rect]) -> list[Rect]:
    """`rect` without the `covers`, as rectangles that do not overlap; empty when it is hidden."""
    parts = [rect] if rect[2] > 0 and rect[3] > 0 else []
    for cover in covers:
        if not parts:
            break
        parts = [left for part in parts for left in _without(part, cover)]
    return parts


def pixels_of(displays: Iterable[Display]) -> dict[Display, Rect]:
    """Where each display lies in physical pixels: none overlaps another, whatever their scales."""
    told = {*displays}
    largest = max((display.scale for display in told), default=1.0)
    return {
        one: (
            round(one.points[0] * largest),
            round(one.points[1] * largest),
            round(one.points[2] * one.scale),
            round(one.points[3] * one.scale),
        )
        for one in told
    }


def _without(rect: Rect, cover: Rect) -> list[Rect]:
    hidden = overlap(rect, cover)
    if hidden is None:
        return [rect]
    x, y, width, height = rect
    left, top, covered_width, covered_height = hidden
    right, bottom = left + covered_width, top + covered_height
    around = [
        (x, y, width, top - y),
        (x, bottom, width, y + height - bottom),
        (x, top, left - x, covered_height),
        (right, top, x + width - right, covered_height),
    ]
    return [part for part in around if part[2] > 0 and part[3] > 0]
