"""Windows: what user32 and dwmapi tell of the windows and mss grabs of the pixels.

    EnumWindows, topmost first ─► title, process, extended frame bounds, cloaked?, layered?, asks not to be captured?
    EnumDisplayMonitors ─► monitors        GetLastInputInfo ─► idle        OpenInputDesktop ─► locked

The process is made aware of each monitor's scale first, so that every coordinate is a physical pixel. Written against
the documented functions; it was not run on Windows where this was written (see docs/agent.md).

Source: https://learn.microsoft.com/windows/win32/api/winuser, .../api/dwmapi
"""

import ctypes
import platform
import time
from collections.abc import Iterator
from ctypes import wintypes
from datetime import timedelta
from pathlib import PureWindowsPath
from typing import Any

import mss
from mss.exception import ScreenShotError

from capture_agent.desktop import Desktop, Monitor, Pixels, ScreensError, Window
from capture_agent.protocol import Rect
from capture_agent.screens.browsers import BrowserWindows
from capture_agent.screens.lock import is_locker
from capture_agent.screens.pixels import rgb
from capture_agent.screens.stack import Stacked, visible

_PER_MONITOR_AWARE_V2 = -4
_GWL_EXSTYLE = -20
_SHINES_THROUGH = 0x80000 | 0x20 | 0x200000  # WS_EX_LAYERED, WS_EX_TRANSPARENT, WS_EX_NOREDIRECTIONBITMAP
_DWMWA_EXTENDED_FRAME_BOUNDS, _DWMWA_CLOAKED = 9, 14
_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_DESKTOP_READOBJECTS, _UOI_NAME = 0x1, 2
_TEXT = 1024
_TICKS = 1 << 32  # GetTickCount starts again after 49.7 days
_POLL_SECONDS = 0.1


class _LastInput(ctypes.Structure):
    _fields_ = (("size", wintypes.UINT), ("tick", wintypes.DWORD))


class WindowsScreens:
    """The screens of the interactive session of this process."""

    name = "Windows"

    def __init__(self) -> None:
        """Takes the monitors' physical coordinates for this process.

        Raises:
            ScreensError: this is not Windows.
        """
        if platform.system() != "Windows":
            raise ScreensError(f"Screens of Windows can be captured on Windows only; this is {platform.system()}.")
        self._user32, self._dwmapi, self._kernel32 = _library("user32"), _library("dwmapi"), _library("kernel32")
        _declare(self._user32, self._kernel32)
        self._user32.SetProcessDpiAwarenessContext(ctypes.c_void_p(_PER_MONITOR_AWARE_V2))
        self._browsers = BrowserWindows()
        self._active: int = self._foreground()

    def monitors(self) -> list[Monitor]:
        rects: list[Rect] = []
        taking = _callback(
            wintypes.BOOL, wintypes.HMONITOR, wintypes.HDC, ctypes.POINTER(wintypes.RECT), wintypes.LPARAM
        )

        def take(_monitor: int, _context: int, rect: Any, _parameter: int) -> bool:
            rects.append(rect_of(rect.contents))
            return True

        self._user32.EnumDisplayMonitors(None, None, taking(take), 0)
        return [Monitor(index, rect) for index, rect in enumerate(sorted(set(rects)))]

    def desktop(self) -> Desktop:
        self._active = self._foreground()
        stack = [*self._stack()]
        locker = any(is_locker(stacked.window.app, "") for stacked in stack if stacked.window.active)
        monitors = [monitor.rect for monitor in self.monitors()]
        return Desktop(tuple(visible(stack, monitors)), self._idle(), locked=locker or self._other_desktop())

    def grab(self, monitor: Monitor) -> Pixels:
        if monitor.rect not in [one.rect for one in self.monitors()]:
            raise ScreensError(f"Monitor {monitor.index} is gone or has another size now; ask for the monitors again.")
        x, y, width, height = monitor.rect
        try:
            # Opened for each grab: mss keeps a context of the display, which a change of mode spoils.
            with mss.MSS() as grabber:
                return rgb(grabber.grab((x, y, x + width, y + height)))
        except ScreenShotError as refusal:
            raise ScreensError(
                f"Windows did not give the screen's pixels, as while a password prompt or the lock is shown: {refusal}"
            ) from refusal

    def wait(self, limit: timedelta) -> bool:
        until = time.monotonic() + limit.total_seconds()
        # Asking costs microseconds; the event for it would need a message loop in this thread.
        while (foreground := self._foreground()) == self._active:
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, _POLL_SECONDS))
        self._active = foreground
        return True

    def close(self) -> None:
        """Nothing is held open."""

    def _foreground(self) -> int:
        return self._user32.GetForegroundWindow() or 0

    def _stack(self) -> Iterator[Stacked]:
        handles: list[int] = []
        taking = _callback(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)

        def take(handle: int, _parameter: int) -> bool:
            handles.append(handle)
            return True

        self._user32.EnumWindows(taking(take), 0)
        self._browsers.keep_only(set(handles))
        for handle in handles:
            if self._is_shown(handle):
                yield self._stacked(handle)

    def _is_shown(self, handle: int) -> bool:
        if not self._user32.IsWindowVisible(handle) or self._user32.IsIconic(handle):
            return False
        cloaked = wintypes.DWORD()  # on another virtual desktop, or a suspended app of the store
        self._dwmapi.DwmGetWindowAttribute(handle, _DWMWA_CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
        return not cloaked.value

    def _stacked(self, handle: int) -> Stacked:
        pid = wintypes.DWORD()
        self._user32.GetWindowThreadProcessId(handle, ctypes.byref(pid))
        app = self._program(pid.value)
        page = self._browsers.page(handle, app, pid.value, self._title(handle))
        affinity = wintypes.DWORD()  # set by programs that do not want to be captured
        self._user32.GetWindowDisplayAffinity(handle, ctypes.byref(affinity))
        window = Window(
            app=app,
            title=page.title,
            rect=self._bounds(handle),
            active=handle == self._active,
            pid=pid.value or None,
            url=page.url,
            private=page.private or bool(affinity.value),
        )
        return Stacked(window, opaque=not self._user32.GetWindowLongPtrW(handle, _GWL_EXSTYLE) & _SHINES_THROUGH)

    def _bounds(self, handle: int) -> Rect:
        """The rectangle with its frame, without the invisible border that GetWindowRect adds."""
        rect = wintypes.RECT()
        size = ctypes.sizeof(rect)
        if self._dwmapi.DwmGetWindowAttribute(handle, _DWMWA_EXTENDED_FRAME_BOUNDS, ctypes.byref(rect), size):
            self._user32.GetWindowRect(handle, ctypes.byref(rect))
        return rect_of(rect)

    def _title(self, handle: int) -> str:
        text = ctypes.create_unicode_buffer(_TEXT)
        self._user32.GetWindowTextW(handle, text, _TEXT)
        return text.value

    def _program(self, pid: int) -> str:
        process = self._kernel32.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, False, pid)
        if not process:
            return ""
        path, length = ctypes.create_unicode_buffer(_TEXT), wintypes.DWORD(_TEXT)
        self._kernel32.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(length))
        self._kernel32.CloseHandle(process)
        return program_name(path.value)

    def _idle(self) -> timedelta | None:
        last = _LastInput(ctypes.sizeof(_LastInput), 0)
        if not self._user32.GetLastInputInfo(ctypes.byref(last)):
            return None
        return idle_of(self._kernel32.GetTickCount(), last.tick)

    def _other_desktop(self) -> bool:
        """Whether input goes to another desktop than the user's: the lock, a login, a prompt for rights."""
        desktop = self._user32.OpenInputDesktop(0, False, _DESKTOP_READOBJECTS)
        if not desktop:
            return True
        name = ctypes.create_unicode_buffer(_TEXT)
        self._user32.GetUserObjectInformationW(desktop, _UOI_NAME, name, ctypes.sizeof(name), None)
        self._user32.CloseDesktop(desktop)
        return name.value.lower() != "default"


def rect_of(rect: wintypes.RECT) -> Rect:
    """A RECT, whose right and bottom are exclusive, as x, y, width, height."""
    return rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top


def program_name(path: str) -> str:
    """`C:\\Program Files\\App\\App.exe` as `app`."""
    return PureWindowsPath(path).stem.lower()


def idle_of(now_tick: int, last_tick: int) -> timedelta:
    """The time between two values of a clock of milliseconds in 32 bits."""
    return timedelta(milliseconds=(now_tick - last_tick) % _TICKS)


def _library(name: str) -> Any:
    return getattr(ctypes, "WinDLL")(name, use_last_error=True)  # noqa: B009 - exists on Windows only


def _callback(*types: Any) -> Any:
    return getattr(ctypes, "WINFUNCTYPE")(*types)  # noqa: B009 - exists on Windows only


def _declare(user32: Any, kernel32: Any) -> None:
    """Handles are as wide as pointers; without this ctypes cuts them to 32 bits."""
    for library, names in (
        (user32, ("GetForegroundWindow", "OpenInputDesktop")),
        (kernel32, ("OpenProcess",)),
    ):
        for name in names:
            getattr(library, name).restype = wintypes.HANDLE
    handle = wintypes.HANDLE
    for name in ("IsWindowVisible", "IsIconic", "CloseDesktop"):
        getattr(user32, name).argtypes = [handle]
    kernel32.CloseHandle.argtypes = [handle]
    kernel32.GetTickCount.restype = wintypes.DWORD
    kernel32.QueryFullProcessImageNameW.argtypes = [handle, wintypes.DWORD, wintypes.LPWSTR, wintypes.LPDWORD]
    user32.SetProcessDpiAwarenessContext.argtypes = [ctypes.c_void_p]
    user32.GetWindowThreadProcessId.argtypes = [handle, wintypes.LPDWORD]
    user32.GetWindowTextW.argtypes = [handle, wintypes.LPWSTR, ctypes.c_int]
    user32.GetWindowRect.argtypes = [handle, ctypes.POINTER(wintypes.RECT)]
    user32.GetWindowDisplayAffinity.argtypes = [handle, wintypes.LPDWORD]
    user32.GetWindowLongPtrW.argtypes, user32.GetWindowLongPtrW.restype = [handle, ctypes.c_int], ctypes.c_ssize_t
    user32.GetUserObjectInformationW.argtypes = [
        handle,
        ctypes.c_int,
        ctypes.c_void_p,
        wintypes.DWORD,
        wintypes.LPDWORD,
    ]
