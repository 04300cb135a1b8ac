"""What a desktop shows at one moment, whatever windowing system draws it.

    screens ─► Monitor, Desktop(windows, topmost first; active; idle; locked), pixels ─► policy ─► changes ─► seal

Coordinates are physical pixels of the whole screen, origin top left; monitors may lie left of it or above. Nouns only:
who asks the windowing system is `screens`, who decides what may be kept is `policy`.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

from capture_agent.protocol import Rect

Pixels = npt.NDArray[np.uint8]  # [height, width, 3], RGB


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor; `index` counts from 0 and names it in the protocol."""

    index: int
    rect: Rect


@dataclass(frozen=True, slots=True)
class Window:
    """A visible window. `rect` includes its frame, but no shadow; what lies below a translucent one may be seen.

    `private` is what its application says of itself, where it does.
    """

    app: str = field(repr=False)
    title: str = field(repr=False)
    rect: Rect
    active: bool = False
    pid: int | None = None
    url: str | None = field(default=None, repr=False)
    private: bool = False
    translucent: bool = False


@dataclass(frozen=True, slots=True)
class Desktop:
    """Every visible window of all monitors, topmost first; `idle` is None where the platform does not tell it."""

    windows: tuple[Window, ...] = ()
    idle: timedelta | None = None
    locked: bool = False

    @property
    def active(self) -> Window | None:
        """The window that has the keyboard."""
        return next((window for window in self.windows if window.active), None)


class ScreensError(Exception):
    """The screens cannot be captured; the message says why and what to do."""


class Screens(Protocol):
    """One windowing system. Monitors come and go between calls."""

    name: str

    def monitors(self) -> list[Monitor]:
        """The monitors as they are now, from left to right, then from top to bottom."""
        ...

    def desktop(self) -> Desktop:
        """The windows, who is active, and whether somebody is there."""
        ...

    def grab(self, monitor: Monitor) -> Pixels:
        """The monitor's pixels without the pointer.

        Raises:
            ScreensError: the monitor is gone, or the system refuses.
        """
        ...

    def wait(self, limit: timedelta) -> bool:
        """Returns True as soon as another window becomes active, False after `limit`."""
        ...

    def close(self) -> None:
        """Lets go of the windowing system."""
        ...
