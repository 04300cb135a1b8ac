"""A monitor that a test draws on, one look a second, and what the rules keep of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from capture_agent.changes import Look, MonitorChanges
from capture_agent.desktop import Pixels

START = datetime(2026, 11, 9, 12, 0, 10, tzinfo=UTC)
Box = tuple[int, int, int, int]  # x, y, width, height


@dataclass
class Watched:
    """A grey monitor of 640 x 400; `look` grabs it once, `look(n)` n times a second apart."""

    idle: timedelta | None = timedelta()
    pixels: Pixels = field(default_factory=lambda: np.full((400, 640, 3), 200, np.uint8))
    at: datetime = START
    changes: MonitorChanges = field(default_factory=lambda: MonitorChanges(timedelta(minutes=5)))
    kept: list[Look] = field(default_factory=list)
    triggers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.look()
        assert len(self.kept) == 1

    def draw(self, box: Box, shade: int) -> None:
        x, y, w, h = box
        self.pixels[y : y + h, x : x + w] = shade

    def look(self, times: int = 1, before: Callable[[int], None] = lambda _: None, focused: bool = False) -> int:
        """How many frames were kept in `times` looks; `before` draws ahead of each."""
        kept = len(self.kept)
        for number in range(times):
            before(number)
            for keep in self.changes.consider(Look(self.at, self.pixels.copy(), self.idle, focused)):
                self.changes.kept(keep.look)
                self.kept.append(keep.look)
                self.triggers.append(keep.trigger)
            self.at += timedelta(seconds=1)
        return len(self.kept) - kept
