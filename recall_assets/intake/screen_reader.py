"""Reads screens one after the other, and of each only what none before it showed.

    pixels ─► plan_reading ─► regions that differ ─► lines ─► known by content ──────────────────┐
                                                         └─► new, or new from a column on ─► engine ─► words
One object serves one worker process. Screens in clear live in its memory and nowhere else.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from recall_assets.engines.contrast import Grey
from recall_assets.engines.ocr import OcrEngine, Picture, Pixels
from recall_assets.engines.text_lines import find_lines
from recall_assets.records import Box, Word
from recall_assets.stages.ocr_text import (
    KnownLines,
    ReadingPlan,
    ReadLine,
    Screen,
    Unread,
    digest_tiles,
    lines_of,
    plan_reading,
    unread_part,
)

# People go back and forth between a few windows; more screens only make the comparison longer.
SCREENS_KEPT = 8
# What lies around a region tells its background; as much as `dark_on_white` looks at.
AROUND = 32


@dataclass(frozen=True, slots=True)
class ScreenRead:
    """The words of a screen, in no order; `same_as` names the earlier screen that has exactly these pixels."""

    words: tuple[Word, ...] = field(repr=False)
    same_as: UUID | None = None


class ScreenReader:
    """Reads screens with an engine, and remembers them."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self._known = KnownLines()
        self._screens: deque[tuple[UUID, Screen]] = deque(maxlen=SCREENS_KEPT)

    @property
    def engine(self) -> OcrEngine:
        return self._engine

    def turn_to_another_monitor(self) -> None:
        """Forgets screens as wholes; the lines that stood on them stay known."""
        self._screens.clear()

    def remember(self, screen_id: UUID, pixels: Pixels, words: Sequence[Word]) -> None:
        """Takes over what was read of a screen before; words that are not to be known again are left out of it."""
        clean = Picture.of(pixels).clean
        lines = lines_of(find_lines(clean), words)
        self._keep(screen_id, Screen(lines, digest_tiles(pixels), clean), [line for line in lines if line.words])

    def read(self, screen_id: UUID, pixels: Pixels) -> ScreenRead:
        """The words of a screen uint8[h, w, 3].

        Raises:
            EngineError: the engine failed; nothing was remembered.
        """
        height, width = pixels.shape[:2]
        digests = digest_tiles(pixels)
        earlier = [screen for _, screen in self._screens]
        plan = plan_reading(digests, earlier, width=width, height=height)
        if plan.identical and plan.base is not None:
            return ScreenRead(_words(plan.known), self._screens[plan.base][0])
        clean, boxes = self._look(pixels, plan)
        known, unknown = self._known.recall(clean, boxes)
        fresh = self._read_lines(Picture(pixels, clean), [unread_part(clean, line, earlier) for line in unknown])
        lines = [*plan.known, *known, *fresh]
        self._keep(screen_id, Screen(lines, digests, clean), fresh)
        return ScreenRead(_words(lines))

    def _look(self, pixels: Pixels, plan: ReadingPlan) -> tuple[Grey, list[Box]]:
        """The screen dark on white, and the lines in the regions of the plan."""
        height, width = pixels.shape[:2]
        clean = np.empty((height, width), np.uint8) if plan.base is None else self._screens[plan.base][1].clean.copy()
        boxes: list[Box] = []
        for x, y, wide, high in plan.regions:
            left, top = max(0, x - AROUND), max(0, y - AROUND)
            around = Picture.of(pixels[top : y + high + AROUND, left : x + wide + AROUND]).clean
            clean[y : y + high, x : x + wide] = around[y - top : y - top + high, x - left : x - left + wide]
            boxes += [
                line._replace(x=line.x + x, y=line.y + y) for line in find_lines(clean[y : y + high, x : x + wide])
            ]
        return clean, boxes

    def _read_lines(self, picture: Picture, unread: Sequence[Unread]) -> list[ReadLine]:
        if not unread:
            return []
        spans = [one.span for one in unread]
        read = lines_of(spans, self._engine.read_lines(picture, spans))
        return [ReadLine(one.line, (*one.kept, *part.words)) for one, part in zip(unread, read, strict=True)]

    def _keep(self, screen_id: UUID, screen: Screen, fresh: Sequence[ReadLine]) -> None:
        for line in fresh:
            self._known.learn(screen.clean, line)
        self._screens.append((screen_id, screen))


def _words(lines: Sequence[ReadLine]) -> tuple[Word, ...]:
    return tuple(word for line in lines for word in line.words)
