"""What the agent sees of a real X11 desktop: windows, who is active, monitors, idle time, locks, notifications."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from capture_agent.desktop import Monitor, Screens, ScreensError, Window
from capture_agent.screens.x11 import X11Screens
from tests.screens.contract import keeps_the_contract
from tests.system.x_server import XScreen, desktop, eventually, x_server

pytestmark = pytest.mark.system

NEVER = timedelta(seconds=20)


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XScreen]:
    with desktop(tmp_path_factory.mktemp("home"), "1600x900") as made:
        yield made


@pytest.fixture
def screens(screen: XScreen) -> Iterator[X11Screens]:
    opened = X11Screens(screen.address, locked=lambda: False)
    yield opened
    opened.close()


def _xterm(screen: XScreen, title: str, place: str = "60x10+50+50", *more: str) -> None:
    screen.run("xterm", "-T", title, "-geometry", place, *more, "-e", "sleep 600")
    screen.window(title)


def _shown(screens: Screens, title: str) -> Window | None:
    return next((window for window in screens.desktop().windows if window.title == title), None)


def test_it_keeps_the_contract(screen: XScreen, screens: X11Screens) -> None:
    _xterm(screen, "contract")
    keeps_the_contract(screens)


def test_the_active_window_is_told_with_its_program_and_its_frame(screen: XScreen, screens: X11Screens) -> None:
    _xterm(screen, "first", "60x10+50+50")
    _xterm(screen, "second", "60x10+700+50")
    _settle(screens)
    screen.activate("first")
    first = eventually(lambda: screens.desktop().active, "an active window")
    assert (first.title, first.app, bool(first.pid)) == ("first", "xterm", True)
    assert _framed(screen, "first") == first.rect


def _framed(screen: XScreen, title: str) -> tuple[int, int, int, int]:
    """Where the window is, by other programs than the agent."""
    told = screen.tell("xwininfo", "-id", screen.window(title)).splitlines()
    box = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in told)}
    extents = screen.tell("xprop", "-id", screen.window(title), "-notype", "_NET_FRAME_EXTENTS")
    left, right, top, bottom = (int(number) for number in extents.partition("=")[2].split(","))
    x, y, width, height = (
        int(box[key]) for key in ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
    )
    return x - left, y - top, width + left + right, height + top + bottom


def test_another_active_window_ends_the_wait_at_once(screen: XScreen, screens: X11Screens) -> None:
    _xterm(screen, "here", "60x10+50+300")
    _xterm(screen, "there", "60x10+700+300")
    _settle(screens)
    screen.activate("here")
    _settle(screens)
    threading.Timer(0.3, screen.activate, ["there"]).start()
    began = time.monotonic()
    assert screens.wait(NEVER)
    assert time.monotonic() - began < 5
    _settle(screens)
    active = screens.desktop().active
    assert active is not None
    assert active.title == "there"


def _settle(screens: Screens) -> None:
    """Returns when the window manager has given the keyboard to whom it wants: a new window takes it a little late."""
    eventually(lambda: not screens.wait(timedelta(milliseconds=500)), "the focus to settle")


def test_a_window_below_others_is_left_out_and_so_is_a_minimised_one(screen: XScreen, screens: X11Screens) -> None:
    _xterm(screen, "below", "20x5+800+600")
    eventually(lambda: _shown(screens, "below"), "the window")
    _xterm(screen, "above", "60x20+700+500")
    screen.activate("above")
    eventually(lambda: _shown(screens, "below") is None, "the window to be hidden")
    screen.tell("xdotool", "windowminimize", "--sync", screen.window("above"))
    eventually(lambda: _shown(screens, "below"), "the window to come back")
    assert _shown(screens, "above") is None


def test_a_title_is_read_as_it_changes(screen: XScreen, screens: X11Screens) -> None:
    screen.run("xterm", "-T", "plain", "-e", r"sleep 1; printf '\033]2;Grüße – 日本\007'; sleep 600")
    eventually(lambda: _shown(screens, "plain"), "the first title")
    eventually(lambda: _shown(screens, "Grüße – 日本"), "the second title")


def test_windows_that_vanish_while_they_are_asked_for_are_left_out(screen: XScreen, screens: X11Screens) -> None:
    for number in range(12):
        screen.run("xterm", "-T", f"brief {number}", "-e", "true")
    until = time.monotonic() + 3
    while time.monotonic() < until:
        screens.desktop()
    assert not any(window.title.startswith("brief") for window in screens.desktop().windows)


def test_a_notification_is_a_window(screen: XScreen, screens: X11Screens) -> None:
    notify = "dunst & sleep 1; notify-send -t 15000 'Standup in five minutes'; sleep 600"
    running = screen.run("dbus-run-session", "--", "sh", "-c", notify)
    told = eventually(lambda: _by_app(screens, "dunst"), "the notification")
    assert told.rect[2] > 0
    assert not told.active
    screen.end(running)


def _by_app(screens: Screens, app: str) -> Window | None:
    return next((window for window in screens.desktop().windows if window.app == app), None)


def test_idle_time_ends_with_a_key(screen: XScreen, screens: X11Screens) -> None:
    eventually(lambda: (screens.desktop().idle or timedelta()) > timedelta(seconds=1), "idle time")
    screen.tell("xdotool", "key", "shift")
    idle = screens.desktop().idle
    assert idle is not None
    assert idle < timedelta(seconds=1)


def test_a_locker_locks(screen: XScreen, screens: X11Screens) -> None:
    assert not screens.desktop().locked
    locker = screen.run("i3lock", "--nofork")
    eventually(lambda: screens.desktop().locked, "the lock")
    screen.end(locker)
    eventually(lambda: not screens.desktop().locked, "the end of the lock")


def test_a_running_screen_saver_counts_as_a_lock(screen: XScreen, screens: X11Screens) -> None:
    screen.tell("xset", "s", "activate")
    eventually(lambda: screens.desktop().locked, "the saver")
    screen.tell("xset", "s", "reset")
    eventually(lambda: not screens.desktop().locked, "its end")


def test_what_the_session_says_of_its_lock_counts(screen: XScreen) -> None:
    screens = X11Screens(screen.address, locked=lambda: True)
    assert screens.desktop().locked
    screens.close()


def test_monitors_come_go_and_change_their_size(screen: XScreen, screens: X11Screens) -> None:
    assert [monitor.rect for monitor in screens.monitors()] == [(0, 0, 1600, 900)]
    screen.tell("xrandr", "--setmonitor", "right", "800/200x900/200+800+0", "none")
    screen.tell("xrandr", "--setmonitor", "left", "800/200x900/200+0+0", "screen")
    left, right = Monitor(0, (0, 0, 800, 900)), Monitor(1, (800, 0, 800, 900))
    assert screens.monitors() == [left, right]
    whole = screens.grab(Monitor(0, (0, 0, 1600, 900)))
    assert np.array_equal(np.hstack([screens.grab(left), screens.grab(right)]), whole)
    screen.tell("xrandr", "--delmonitor", "right")
    screen.tell("xrandr", "--delmonitor", "left")
    assert [monitor.rect for monitor in screens.monitors()] == [(0, 0, 1600, 900)]


def test_another_resolution_is_grabbed_whole(screen: XScreen, screens: X11Screens) -> None:
    before = screens.monitors()[0]
    screens.grab(before)
    screen.tell("xrandr", "--newmode", "smaller", "60", "1280", "1300", "1320", "1400", "720", "730", "740", "750")
    screen.tell("xrandr", "--addmode", "screen", "smaller")
    screen.tell("xrandr", "--output", "screen", "--mode", "smaller")
    now = eventually(lambda: next((one for one in screens.monitors() if one != before), None), "another size")
    assert screens.grab(now).shape[:2] == (now.rect[3], now.rect[2])
    with pytest.raises(ScreensError, match="ask for the monitors again"):
        screens.grab(before)
    screen.tell("xrandr", "--output", "screen", "--mode", "1600x900")
    eventually(lambda: screens.monitors() == [before], "the first size")
    assert screens.grab(before).shape == (900, 1600, 3)


def test_without_a_window_manager_windows_and_focus_are_still_told(tmp_path: Path) -> None:
    with desktop(tmp_path, "800x600", window_manager=None) as screen:
        screens = X11Screens(screen.address, locked=lambda: False)
        _xterm(screen, "alone")
        assert eventually(lambda: _shown(screens, "alone"), "the window").app == "xterm"
        screen.tell("xdotool", "mousemove", "100", "100")
        assert screens.wait(NEVER)
        assert eventually(lambda: screens.desktop().active, "focus").title == "alone"
        screens.close()


def test_a_server_that_ends_is_told_with_what_happens_next() -> None:
    with x_server("640x480") as address:
        screens = X11Screens(address, locked=lambda: False)
    for ask in (screens.monitors, screens.desktop, lambda: screens.wait(NEVER)):
        with pytest.raises(ScreensError, match="Capture goes on when it is back"):
            ask()
    screens.close()
    with pytest.raises(ScreensError, match="No X server answers"):
        X11Screens(address)


def test_a_server_that_refuses_this_user_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked_up = tmp_path / "authority"
    (tmp_path / "mine").touch()
    _authorise(locked_up)
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "mine"))
    with (
        x_server("640x480", "-auth", str(locked_up)) as address,
        pytest.raises(ScreensError, match="xhost"),
    ):
        X11Screens(address)


def _authorise(file: Path) -> None:
    """An authority file with one cookie for every display."""
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", bytes(16))
    file.write_bytes((0xFFFF).to_bytes(2, "big") + b"".join(len(one).to_bytes(2, "big") + one for one in fields))
