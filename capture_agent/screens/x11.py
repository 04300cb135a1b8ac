"""X11: what python-xlib tells of the windows and mss grabs of the pixels.

    display ─┬─ python-xlib: monitors, window stack, titles, idle time, events of the active window
             └─ mss: pixels of one monitor by shared memory, 2.5 ms

One thread opens an `X11Screens` and uses it: both connections belong to that thread. Pixels are physical whatever the
scale that applications draw with. A server that goes away ends the object; open another one.
"""

import contextlib
import io
import os
import select
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import mss
from mss.exception import ScreenShotError
from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import xinerama

from capture_agent.desktop import Desktop, Monitor, Pixels, ScreensError, Window
from capture_agent.protocol import Rect
from capture_agent.screens.browsers import BrowserWindows, Page
from capture_agent.screens.geometry import overlap
from capture_agent.screens.lock import SessionLock, is_locker
from capture_agent.screens.pixels import rgb
from capture_agent.screens.stack import Stacked, visible
from capture_agent.screens.x11_windows import Shown, X11Windows

# Without a window manager that announces the active window it is asked for, this often.
_POLL = timedelta(milliseconds=250)
_PRIVATE_SWITCHES = frozenset({b"--incognito", b"-incognito", b"--inprivate", b"--private-window", b"-private-window"})


class X11Screens:
    """The screens of one X display."""

    name = "X11"

    def __init__(self, display: str | None = None, locked: Callable[[], bool] | None = None) -> None:
        """Connects.

        Args:
            display: its address such as ":0"; the environment's DISPLAY without one.
            locked: whether the session is locked, beside what the X server shows; logind is asked if not given.

        Raises:
            ScreensError: there is no such display, or it does not let us in.
        """
        self._address = display or os.environ.get("DISPLAY", "")
        self._display = _connected(self._address)
        self._session_locked = locked or SessionLock()
        self._root = self._display.screen().root
        self._windows = X11Windows(self._display)
        self._browsers = BrowserWindows()
        self._grabber: mss.MSS | None = None
        self._saver = self._display.has_extension("MIT-SCREEN-SAVER")
        # RandR's monitors, too, come through Xinerama: also those that `xrandr --setmonitor` makes.
        self._xinerama = self._display.has_extension("XINERAMA")
        self._active: int | None = None
        with self._connection():
            self._active = self._windows.active()

    def monitors(self) -> list[Monitor]:
        with self._connection():
            self._take_events()
            return [Monitor(index, rect) for index, rect in enumerate(self._monitor_rects())]

    def desktop(self) -> Desktop:
        with self._connection():
            self._take_events()
            shown = self._windows.shown()
            self._active = self._windows.active()
            return Desktop(
                windows=tuple(visible(self._stack(shown), self._monitor_rects())),
                idle=self._idle(),
                locked=self._saver_runs() or _shows_locker(shown, self._whole()) or self._session_locked(),
            )

    def grab(self, monitor: Monitor) -> Pixels:
        x, y, width, height = monitor.rect
        with self._connection():
            self._take_events()
            if overlap(monitor.rect, self._whole()) != monitor.rect:
                raise ScreensError(
                    f"Monitor {monitor.index} is gone or has another size now; ask for the monitors again."
                )
            try:
                self._grabber = self._grabber or mss.MSS(display=self._address)
                return rgb(self._grabber.grab((x, y, x + width, y + height)))
            except ScreenShotError as refusal:
                self._drop_grabber()
                raise ScreensError(
                    f"The X server {self._address} did not give the screen's pixels: {refusal}"
                ) from refusal

    def wait(self, limit: timedelta) -> bool:
        until = time.monotonic() + limit.total_seconds()
        with self._connection():
            polled = not self._windows.announces_focus()
            while True:
                self._take_events()
                active = self._windows.active()
                if active != self._active:
                    self._active = active
                    return True
                left = until - time.monotonic()
                if left <= 0:
                    return False
                select.select([self._display], [], [], min(left, _POLL.total_seconds()) if polled else left)

    def close(self) -> None:
        self._drop_grabber()
        with contextlib.suppress(error.ConnectionClosedError, OSError):
            self._display.close()

    # ── the connection ──────────────────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _connection(self) -> Iterator[None]:
        try:
            yield
        except (error.ConnectionClosedError, OSError, AssertionError) as lost:
            raise ScreensError(
                f"The X server {self._address} closed the connection: the session ended or the server was restarted. "
                "Capture goes on when it is back."
            ) from lost

    def _take_events(self) -> None:
        """Hands the waiting events on; a changed size of the whole screen needs a new grabber."""
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.ConfigureNotify and event.window.id == self._root.id:
                self._drop_grabber()
            self._windows.notice(event)

    def _drop_grabber(self) -> None:
        if self._grabber is not None:
            self._grabber.close()
            self._grabber = None

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def _whole(self) -> Rect:
        box = self._root.get_geometry()
        return 0, 0, box.width, box.height

    def _monitor_rects(self) -> list[Rect]:
        whole = self._whole()
        if not self._xinerama:
            return [whole]
        told = [(one.x, one.y, one.width, one.height) for one in xinerama.query_screens(self._root).screens]
        inside = {part for rect in told if (part := overlap(rect, whole))}
        # A monitor that mirrors another, or a part of it, shows nothing of its own.
        own = [rect for rect in inside if not any(overlap(rect, other) == rect for other in inside - {rect})]
        return sorted(own) or [whole]

    def _stack(self, shown: list[Shown]) -> Iterator[Stacked]:
        pages = self._pages(shown)
        for window in shown:
            page = pages[window.place.client]
            yield Stacked(
                Window(
                    app=_app(window),
                    title=page.title,
                    rect=window.rect,
                    active=window.place.client == self._active,
                    pid=window.properties.pid,
                    url=page.url,
                    private=page.private,
                ),
                opaque=window.opaque,
            )

    def _pages(self, shown: list[Shown]) -> dict[int, Page]:
        """What each client shows; a menu or tooltip without a title shows what its owner does."""
        self._browsers.keep_only(self._windows.known())
        pages = {
            window.place.client: self._page(window)
            for window in shown
            if not window.place.popup or window.properties.title
        }
        for window in shown:
            if window.place.client not in pages:
                pages[window.place.client] = pages.get(self._owner(window, shown) or 0, Page(""))
        return pages

    def _owner(self, popup: Shown, shown: list[Shown]) -> int | None:
        if popup.properties.owner:
            return popup.properties.owner
        app = _app(popup)
        kin = [one.place.client for one in shown if not one.place.popup and _app(one) == app]
        return self._active if self._active in kin else next(iter(kin), None)

    def _page(self, window: Shown) -> Page:
        pid = window.properties.pid
        return self._browsers.page(
            window.place.client, _app(window), pid, window.properties.title, started_private=_started_private(pid)
        )

    def _idle(self) -> timedelta | None:
        if not self._saver:
            return None
        return timedelta(milliseconds=self._root.screensaver_query_info().idle)

    def _saver_runs(self) -> bool:
        return bool(self._saver and self._root.screensaver_query_info().state == 1)


def _app(window: Shown) -> str:
    """The application's class in lower case, else the name of its process."""
    if window.properties.app:
        return window.properties.app.lower()
    try:
        return Path(f"/proc/{window.properties.pid}/comm").read_text("utf-8").strip()
    except OSError:
        return ""


def _started_private(pid: int | None) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return not _PRIVATE_SWITCHES.isdisjoint(words)


def _shows_locker(shown: list[Shown], whole: Rect) -> bool:
    for window in shown:
        app, title = window.properties.app, window.properties.title
        nameless = window.place.popup and not app and not title and window.opaque
        if is_locker(app, title) or (nameless and overlap(window.rect, whole) == whole):
            return True
    return False


def _connected(address: str) -> Display:
    if not address:
        raise ScreensError(
            "There is no X display to capture: DISPLAY is not set. Start the agent inside the graphical session "
            "(`recall-agent install` does), or set DISPLAY and XAUTHORITY to those of the session."
        )
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints about missing authority files
            display = Display(address)
    except error.DisplayNameError as unreadable:
        raise ScreensError(f"DISPLAY={address} is not the address of an X display; they look like :0.") from unreadable
    except (error.DisplayError, error.ConnectionClosedError, OSError) as refused:
        if any(word in str(refused).lower() for word in ("authori", "protocol specified", "permitted")):
            raise ScreensError(
                f"The X server {address} does not let this user in. Run the agent as the user of the session, with its "
                "XAUTHORITY, or let the user in from inside the session: xhost +si:localuser:$(id -un)"
            ) from refused
        raise ScreensError(
            f"No X server answers at {address}. If the session has ended, capture goes on with the next one; "
            "otherwise check DISPLAY."
        ) from refused
    display.set_error_handler(lambda *_: None)  # of requests without an answer: the window has vanished
    return display
