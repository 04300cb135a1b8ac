"""What can be known of Windows and macOS without them: their modules load, refuse clearly here, and place rightly."""

from ctypes import wintypes
from datetime import timedelta
from typing import Any

import pytest

from capture_agent.desktop import ScreensError, Window
from capture_agent.screens import open_screens
from capture_agent.screens.browsers import BrowserWindows
from capture_agent.screens.geometry import Display, pixels_of
from capture_agent.screens.macos import MacScreens, active_of, stack_of
from capture_agent.screens.stack import Stacked, visible
from capture_agent.screens.windows import WindowsScreens, idle_of, program_name, rect_of

RETINA, EXTERNAL = Display((0, 0, 1440, 900), 2.0), Display((1440, 0, 1920, 1080), 1.0)


@pytest.mark.parametrize("platform", [WindowsScreens, MacScreens])
def test_another_platform_refuses_and_names_this_one(platform: type[WindowsScreens] | type[MacScreens]) -> None:
    with pytest.raises(ScreensError, match="this is Linux"):
        platform()


def test_no_display_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ScreensError, match="DISPLAY is not set"):
        open_screens()


def test_an_x_server_inside_wayland_is_not_taken_for_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(ScreensError, match="Wayland"):
        open_screens()


def test_windows_beneath_an_opaque_one_are_left_out() -> None:
    def stacked(title: str, width: int, *, opaque: bool = True) -> Stacked:
        return Stacked(Window("app", title, (0, 0, width, 100)), opaque)

    stack = [stacked("glass", 500, opaque=False), stacked("top", 200), stacked("hidden", 150), stacked("wide", 300)]
    assert [window.title for window in visible(stack, [(0, 0, 400, 400)])] == ["glass", "top", "wide"]
    assert [window.title for window in visible(stack, [(0, 0, 200, 400)])] == ["glass", "top"]


def test_program_names_are_file_names_in_lower_case() -> None:
    assert program_name(r"C:\Program Files\Google\Chrome\Application\Chrome.exe") == "chrome"


def test_a_rect_ends_before_its_right_and_bottom() -> None:
    assert rect_of(wintypes.RECT(-10, 5, 90, 25)) == (-10, 5, 100, 20)


def test_idle_time_survives_the_clock_of_32_bits() -> None:
    assert idle_of(500, 2**32 - 500) == timedelta(seconds=1)


def test_displays_of_different_scale_do_not_overlap() -> None:
    assert pixels_of([RETINA, EXTERNAL]) == {RETINA: (0, 0, 2880, 1800), EXTERNAL: (2880, 0, 1920, 1080)}


def _told(number: int, x: float, width: float, **more: Any) -> dict[str, Any]:
    bounds = {"X": x, "Y": 10, "Width": width, "Height": 300}
    names = {"kCGWindowOwnerName": "Mail", "kCGWindowName": f"window {number}", "kCGWindowOwnerPID": 9}
    return {"kCGWindowNumber": number, "kCGWindowLayer": 0, "kCGWindowBounds": bounds, **names, **more}


def test_a_window_is_placed_on_every_display_that_shows_it() -> None:
    told = [_told(1, 1340, 200), _told(2, 100, 50)]
    stack = [*stack_of(told, [RETINA, EXTERNAL], 1, BrowserWindows())]
    rects = {(stacked.window.title, stacked.window.rect) for stacked in stack}
    assert rects == {
        ("window 1", (2680, 20, 400, 600)),
        ("window 1", (2780, 10, 200, 300)),
        ("window 2", (200, 20, 100, 600)),
    }


def test_a_window_that_shares_nothing_is_private() -> None:
    (stacked,) = stack_of([_told(1, 0, 50, kCGWindowSharingState=0)], [RETINA], None, BrowserWindows())
    assert stacked.window.private


def test_the_frontmost_ordinary_window_is_active() -> None:
    assert active_of([_told(1, 0, 50, kCGWindowLayer=25), _told(2, 0, 50), _told(3, 0, 50)]) == 2
