"""From a stack of windows to those of which something can be seen.

    topmost ─ A (opaque) ─ B (translucent) ─ C ─ bottom      C is left out where A and nothing else covers it

Pure; each windowing system makes the stack, this decides once for all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from capture_agent.desktop import Window
from capture_agent.protocol import Rect
from capture_agent.screens.geometry import overlap, visible_parts


@dataclass(frozen=True, slots=True)
class Stacked:
    """A window in its place of the stack; nothing shines through an opaque one."""

    window: Window
    opaque: bool = True


def visible(stack: Iterable[Stacked], monitors: Iterable[Rect]) -> Iterator[Window]:
    """The windows of which a pixel is on a monitor and under no opaque window.

    Args:
        stack: topmost first.
    """
    places = [*monitors]
    covers: list[Rect] = []
    for stacked in stack:
        rect = stacked.window.rect
        on_screen = [part for place in places if (part := overlap(rect, place))]
        if any(visible_parts(part, covers) for part in on_screen):
            yield replace(stacked.window, translucent=not stacked.opaque)
        if stacked.opaque:
            covers.append(rect)
