"""Rectangles in pixels, and those of them that are better looked at together.

a ▭  ▭ b     joined: one box where the way between them costs less than a start
            ▭ c      stays alone
"""

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels of the image it belongs to; x and y are its top left corner."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def around(cls, boxes: "Iterable[Box]") -> "Box":
        """The smallest one that holds these, of which there is at least one."""
        boxes = list(boxes)
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
        return cls(left, top, right - left, bottom - top)

    @property
    def area(self) -> int:
        """In square pixels."""
        return self.width * self.height

    def touches(self, other: "Box") -> bool:
        """Whether the two share a pixel."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def joined_boxes(boxes: Iterable[Box], start: int) -> list[Box]:
    """The boxes, sorted, with those made one that touch, or that are cheaper to look at together.

    Args:
        start: what beginning with another box costs, as so many pixels more to look at.
    """
    done: list[Box] = []
    waiting = sorted(boxes, reverse=True)
    while waiting:
        box = waiting.pop()
        partner = next((other for other in done if box.touches(other) or _is_cheaper(box, other, start)), None)
        if partner is None:
            done.append(box)
        else:
            done.remove(partner)
            waiting.append(Box.around([box, partner]))
    return sorted(done)


def _is_cheaper(box: Box, other: Box, start: int) -> bool:
    return Box.around([box, other]).area <= box.area + other.area + start
