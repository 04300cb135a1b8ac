"""A desktop that a test draws: monitors, windows of one shade each, a clock that it turns; the loop cannot tell."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from capture_agent.agent import Agent, Rules
from capture_agent.config import Config
from capture_agent.desktop import Desktop, Monitor, Pixels, ScreensError, Window
from capture_agent.exclusions import exclusions
from capture_agent.messages import landing_key_id
from capture_agent.protocol import SUITE_X25519_SHA256_AES256GCM as SUITE
from capture_agent.protocol import Kind, SeenHeader
from capture_agent.seal import LandingKey
from capture_agent.sealing import Identity
from capture_agent.spool import Spool
from capture_agent.upload import Outgoing

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
PRIVATE_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = PRIVATE_KEY.public_key()
KEY = LandingKey(landing_key_id(SUITE, PUBLIC_KEY.public_bytes_raw()), PUBLIC_KEY)


@dataclass
class DrawnScreens:
    """Windows are filled rectangles; `shade` of a title is its brightness, a wallpaper of two greys lies below."""

    windows: list[Window] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=lambda: [(320, 200)])
    idle: timedelta | None = timedelta()
    locked: bool = False
    broken: str | None = None
    black: bool = False
    between: list[Window] | None = None  # what the desktop becomes while the pixels are grabbed
    name = "drawn"

    def monitors(self) -> list[Monitor]:
        lefts = np.cumsum([0, *(width for width, _ in self.sizes)])
        return [Monitor(n, (int(lefts[n]), 0, *size)) for n, size in enumerate(self.sizes)]

    def desktop(self) -> Desktop:
        if self.broken:
            raise ScreensError(self.broken)
        return Desktop(tuple(self.windows), self.idle, self.locked)

    def grab(self, monitor: Monitor) -> Pixels:
        if self.between is not None:
            self.windows, self.between = self.between, None
        left, top, width, height = monitor.rect
        pixels = np.full((height, width, 3), 0 if self.black else 50, np.uint8)
        if self.black:
            return pixels
        pixels[: height // 2] = 60
        for window in reversed(self.windows):
            x, y, w, h = window.rect
            area = pixels[max(0, y - top) : max(0, y - top + h), max(0, x - left) : max(0, x - left + w)]
            area[:] = shade(window.title)
        return pixels

    def wait(self, limit: timedelta) -> bool:
        return False

    def close(self) -> None: ...


def shade(title: str) -> int:
    """The brightness in which a window of this title is drawn."""
    return 100 + sum(title.encode()) % 150


@dataclass
class TurnedClock:
    """Stands until a test turns it; `ahead` is what the wall clock is ahead of the ticks."""

    passed: float = 0.0
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed) + self.ahead

    def tick(self) -> float:
        return self.passed


@dataclass
class Desk:
    """An agent before drawn screens, with a spool of its own."""

    folder: Path
    screens: DrawnScreens = field(default_factory=DrawnScreens)
    clock: TurnedClock = field(default_factory=TurnedClock)
    config: Config = Config()  # noqa: RUF009  (frozen)
    budget: int = 50_000_000
    agent: Agent = field(init=False)
    spool: Spool = field(init=False)

    def __post_init__(self) -> None:
        self.spool = Spool(self.folder / "spool", self.budget)
        self.agent = Agent(
            lambda: self.screens,
            self.spool,
            Identity("laptop", bytes(32)),
            lambda: KEY,
            lambda: Rules(self.config, exclusions(self.config.exclude)),
            self.clock,
        )

    def look(self, times: int = 1) -> int:
        """Looks once a second; how many frames were kept."""
        kept = self.agent.condition.kept
        for _ in range(times):
            self.agent.look(self.screens)
            self.clock.passed += 1
        return self.agent.condition.kept - kept

    def items(self) -> list[Outgoing]:
        """What is on the disk, in order."""
        return [read for item in self.spool.waiting() if (read := self.spool.read(item)) is not None]

    def frames(self) -> list[Outgoing]:
        return [item for item in self.items() if item.header.kind is Kind.FRAME]

    def seen(self) -> list[SeenHeader]:
        return [item.header for item in self.items() if isinstance(item.header, SeenHeader)]
