"""The screens of this machine, by whatever draws them.

    platform ─┬─ Linux ─ session ─┬─ X11      x11
              │                    └─ Wayland  wayland
              ├─ Darwin   macos
              └─ Windows  windows

One file per windowing system; what they share without touching any of them: `geometry`, `browsers`, `pixels`.
"""

import os
import platform

from capture_agent.desktop import Screens, ScreensError


def open_screens(*, without_windows: bool = False) -> Screens:
    """The screens of the session that this process belongs to. The thread that opens them uses them.

    Args:
        without_windows: also where nothing tells which windows are shown, so that nothing can be excluded.

    Raises:
        ScreensError: there is nothing to capture, or it is not allowed; the message says what to do.
    """
    system = platform.system()
    if system == "Windows":
        from capture_agent.screens.windows import WindowsScreens

        return WindowsScreens()
    if system == "Darwin":
        from capture_agent.screens.macos import MacScreens

        return MacScreens()
    return _of_linux(without_windows=without_windows)


def _of_linux(*, without_windows: bool) -> Screens:
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        # An X server that runs inside Wayland shows X programs at best and black at worst, so DISPLAY does not count.
        if not without_windows:
            raise ScreensError(
                "This is a Wayland session: it does not tell which windows are shown, so excluded and private windows "
                'would be captured. Log in with an X11 session ("on Xorg"), or set [capture] wayland = "everything".'
            )
        from capture_agent.screens.wayland import WaylandScreens

        return WaylandScreens()
    from capture_agent.screens.x11 import X11Screens

    return X11Screens()
