"""macOS: what Quartz tells of the windows and mss grabs of the pixels.

    CGWindowListCopyWindowInfo, topmost first ─► owner, title, bounds, alpha, layer, sharing
    CGGetActiveDisplayList ─► displays in points, each with its own scale ─► physical pixels
    CGEventSource ─► idle        CGSessionCopyCurrentDictionary ─► locked

Quartz places everything in points; a display's scale says how many pixels a point is. Written against the documented
functions; it was not run on a Mac where this was written (see docs/agent.md). Titles and pixels need the permission
"Screen & System Audio Recording", which only the owner can give.

Source: https://developer.apple.com/documentation/coregraphics/quartz_window_services
"""

import platform
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import mss
import mss.darwin
from mss.exception import ScreenShotError

from capture_agent.desktop import Desktop, Monitor, Pixels, ScreensError, Window
from capture_agent.protocol import Rect
from capture_agent.screens.browsers import BrowserWindows
from capture_agent.screens.geometry import Display, Points, pixels_of
from capture_agent.screens.lock import is_locker
from capture_agent.screens.pixels import rgb
from capture_agent.screens.stack import Stacked, visible

_MOST_DISPLAYS = 32
_ANY_INPUT = 0xFFFFFFFF  # kCGAnyInputEventType
_NORMAL_LAYER = 0
_SHARES_NOTHING = 0  # kCGWindowSharingNone: the window asks not to be captured
_POLL_SECONDS = 0.1


class MacScreens:
    """The displays of the session of this process."""

    name = "macOS"

    def __init__(self) -> None:
        """Asks for the permission to record the screen.

        Raises:
            ScreensError: this is no Mac, Quartz is not installed, or the permission is not given.
        """
        if platform.system() != "Darwin":
            raise ScreensError(f"Screens of a Mac can be captured on a Mac only; this is {platform.system()}.")
        self._quartz = _quartz()
        if not self._quartz.CGPreflightScreenCaptureAccess():
            self._quartz.CGRequestScreenCaptureAccess()
            raise ScreensError(
                "This program may not record the screen. Allow it in System Settings > Privacy & Security > "
                "Screen & System Audio Recording, then start the agent again."
            )
        mss.darwin.IMAGE_OPTIONS = 0  # physical pixels instead of points
        self._browsers = BrowserWindows()
        self._active: int | None = active_of(self._told_windows())

    def monitors(self) -> list[Monitor]:
        return [Monitor(index, rect) for index, rect in enumerate(sorted(pixels_of(self._displays()).values()))]

    def desktop(self) -> Desktop:
        told = self._told_windows()
        self._active = active_of(told)
        displays = self._displays()
        stack = [*stack_of(told, displays, self._active, self._browsers)]
        session = self._quartz.CGSessionCopyCurrentDictionary() or {}
        locked = bool(session.get("CGSSessionScreenIsLocked")) or any(is_locker(one.window.app, "") for one in stack)
        source = self._quartz.kCGEventSourceStateHIDSystemState
        idle = self._quartz.CGEventSourceSecondsSinceLastEventType(source, _ANY_INPUT)
        return Desktop(tuple(visible(stack, pixels_of(displays).values())), timedelta(seconds=idle), locked)

    def grab(self, monitor: Monitor) -> Pixels:
        display = next((one for one, rect in pixels_of(self._displays()).items() if rect == monitor.rect), None)
        if display is None:
            raise ScreensError(f"Monitor {monitor.index} is gone or has another size now; ask for the monitors again.")
        x, y, width, height = (round(number) for number in display.points)
        try:
            with mss.MSS() as grabber:
                return rgb(grabber.grab((x, y, x + width, y + height)))
        except ScreenShotError as refusal:
            raise ScreensError(f"macOS did not give the screen's pixels: {refusal}") from refusal

    def wait(self, limit: timedelta) -> bool:
        until = time.monotonic() + limit.total_seconds()
        while (active := active_of(self._told_windows())) == self._active:
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, _POLL_SECONDS))
        self._active = active
        return True

    def close(self) -> None:
        """Nothing is held open."""

    def _told_windows(self) -> list[Mapping[str, Any]]:
        which = self._quartz.kCGWindowListOptionOnScreenOnly | self._quartz.kCGWindowListExcludeDesktopElements
        return [*(self._quartz.CGWindowListCopyWindowInfo(which, self._quartz.kCGNullWindowID) or ())]

    def _displays(self) -> list[Display]:
        failed, ids, count = self._quartz.CGGetActiveDisplayList(_MOST_DISPLAYS, None, None)
        if failed or not count:
            raise ScreensError("No display is switched on. Capture goes on when one is.")
        return [self._display(one) for one in ids[:count]]

    def _display(self, id_: int) -> Display:
        box = self._quartz.CGDisplayBounds(id_)
        mode = self._quartz.CGDisplayCopyDisplayMode(id_)
        wide, points = self._quartz.CGDisplayModeGetPixelWidth(mode), self._quartz.CGDisplayModeGetWidth(mode)
        place = (box.origin.x, box.origin.y, box.size.width, box.size.height)
        return Display(place, wide / points if points else 1.0)


def rects_on(displays: Iterable[Display], points: Points) -> Iterator[Rect]:
    """Where a window lies in physical pixels, once for each display that shows a part of it."""
    x, y, width, height = points
    for display, (left, top, _wide, _high) in pixels_of(displays).items():
        from_x, from_y = display.points[0], display.points[1]
        to_x, to_y = from_x + display.points[2], from_y + display.points[3]
        if x < to_x and x + width > from_x and y < to_y and y + height > from_y:
            scale = display.scale
            yield (
                left + round((x - from_x) * scale),
                top + round((y - from_y) * scale),
                round(width * scale),
                round(height * scale),
            )


def active_of(told: Iterable[Mapping[str, Any]]) -> int | None:
    """The number of the frontmost ordinary window, which has the keyboard."""
    return next((one["kCGWindowNumber"] for one in told if one.get("kCGWindowLayer") == _NORMAL_LAYER), None)


def stack_of(
    told: Sequence[Mapping[str, Any]], displays: list[Display], active: int | None, browsers: BrowserWindows
) -> Iterator[Stacked]:
    """The windows that Quartz told, topmost first; one that lies on two displays comes twice, once for each."""
    browsers.keep_only({one["kCGWindowNumber"] for one in told})
    for one in told:
        number, pid, app = (
            one["kCGWindowNumber"],
            one.get("kCGWindowOwnerPID"),
            one.get("kCGWindowOwnerName", "").lower(),
        )
        page = browsers.page(number, app, pid, one.get("kCGWindowName") or "")
        box, alpha = one["kCGWindowBounds"], one.get("kCGWindowAlpha", 1)
        if not alpha:
            continue
        for rect in rects_on(displays, (box["X"], box["Y"], box["Width"], box["Height"])):
            window = Window(
                app=app,
                title=page.title,
                rect=rect,
                active=number == active,
                pid=pid,
                url=page.url,
                private=page.private or one.get("kCGWindowSharingState") == _SHARES_NOTHING,
            )
            # Panels and menus of higher layers have round corners and shadows; only ordinary windows hide for sure.
            yield Stacked(window, opaque=alpha == 1 and one.get("kCGWindowLayer") == _NORMAL_LAYER)


def _quartz() -> Any:
    try:
        import Quartz
    except ImportError as missing:
        raise ScreensError("Quartz is not installed: Recall's extra agent brings it on a Mac.") from missing
    return Quartz
