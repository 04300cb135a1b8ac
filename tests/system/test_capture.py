"""The agent on a real desktop with two monitors: what it keeps, and that nothing excluded or private is in any frame.

Windows that must not be seen are filled with a colour of their own; frames are lossless, so one pixel of it tells.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import capture_agent.browser_extension
from capture_agent.agent import Agent, Rules, SystemClock
from capture_agent.config import Capture, Config, Exclude
from capture_agent.desktop import Pixels
from capture_agent.exclusions import exclusions
from capture_agent.protocol import FrameMetadata
from capture_agent.screens.x11 import X11Screens
from capture_agent.sealing import Identity
from capture_agent.spool import Spool
from tests.agent.drawn_desktop import KEY
from tests.agent.opened import opened
from tests.system.chromium import Chromium, site
from tests.system.x_server import XScreen, desktop, eventually

pytestmark = pytest.mark.system

EXCLUDED, PRIVATE, OPEN = (0xD7, 0x03, 0x8B), (0x0B, 0xC7, 0x1D), (0x05, 0x63, 0xC1)
CONFIG = Config(capture=Capture(every_seconds=0.3), exclude=Exclude(titles=("salary",)))
EXTENSION = Path(capture_agent.browser_extension.__path__[0])


def _hex(colour: tuple[int, int, int]) -> str:
    return "#" + bytes(colour).hex()


def _page(title: str, colour: tuple[int, int, int]) -> str:
    return f"<title>{title}</title><style>html {{ background: {_hex(colour)} }}</style><h1>{title}</h1>"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[XScreen]:
    with desktop(tmp_path, "1600x800") as made:
        made.tell("xrandr", "--setmonitor", "left", "800/200x800/200+0+0", "screen")
        made.tell("xrandr", "--setmonitor", "right", "800/200x800/200+800+0", "none")
        yield made


class Capturing:
    """A running agent and what it has kept so far."""

    def __init__(self, agent: Agent, spool: Spool) -> None:
        self.agent, self._spool = agent, spool

    def frames(self) -> list[tuple[FrameMetadata, Pixels]]:
        """Metadata and pixels of every frame, in time order."""
        items = [self._spool.read(item) for item in self._spool.waiting()]
        return [opened(item) for item in items if item is not None and item.envelope]

    def shows(self, colour: tuple[int, int, int]) -> bool:
        """Whether any frame has a pixel of this colour."""
        return any((pixels == np.array(colour, np.uint8)).all(axis=2).any() for _, pixels in self.frames())

    def looks(self, number: int) -> None:
        """Returns after so many further looks."""
        for _ in range(number):
            before = self.agent.condition.looked_at
            eventually(lambda before=before: self.agent.condition.looked_at != before, "a look")  # type: ignore[misc]


@contextmanager
def capturing(screen: XScreen, folder: Path) -> Iterator[Capturing]:
    """An agent that captures this screen."""
    spool = Spool(folder / "spool", 500_000_000)
    rules = Rules(CONFIG, exclusions(CONFIG.exclude, None))
    agent = Agent(
        lambda: X11Screens(screen.address, locked=lambda: False),
        spool,
        Identity("laptop", bytes(32)),
        lambda: KEY,
        lambda: rules,
        SystemClock(),
    )
    stop = threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    try:
        yield Capturing(agent, spool)
    finally:
        stop.set()
        thread.join()


def _xterm(screen: XScreen, title: str, place: str, colour: tuple[int, int, int]) -> None:
    fill = ["-bg", _hex(colour), "-fg", _hex(colour)]
    screen.run("xterm", "-T", title, "-geometry", place, *fill, "-e", "sleep 600")
    screen.window(title)


def test_an_excluded_window_is_in_no_frame_wherever_it_moves(screen: XScreen, tmp_path: Path) -> None:
    with capturing(screen, tmp_path) as capture:
        _xterm(screen, "notes", "60x20+100+100", OPEN)
        _xterm(screen, "salary 2026", "60x20+300+200", EXCLUDED)
        screen.activate("notes")
        capture.looks(3)
        for x, y in [(600, 100), (750, 300), (1000, 350), (400, 50), (120, 120)]:
            screen.tell("xdotool", "windowmove", screen.window("salary"), str(x), str(y))
            screen.activate("notes" if x % 200 else "salary")
            capture.looks(2)
        screen.activate("notes")
        eventually(lambda: capture.shows(OPEN), "the other window on a frame")
        assert not capture.shows(EXCLUDED)
        assert not any("salary" in (metadata.title or "") for metadata, _ in capture.frames())
        assert {metadata.monitor_rect for metadata, _ in capture.frames()} == {(0, 0, 800, 800), (800, 0, 800, 800)}


def test_a_private_browser_window_is_in_no_frame(screen: XScreen, tmp_path: Path) -> None:
    pages = {"open.html": _page("Open", OPEN), "private.html": _page("Private", PRIVATE)}
    with site(tmp_path / "site", pages) as address, capturing(screen, tmp_path) as capture:
        browser = Chromium(screen, tmp_path / "profile", f"--load-extension={EXTENSION}", "--window-size=600,500")
        browser.open(f"{address}/open.html")
        eventually(lambda: capture.shows(OPEN), "the open page on a frame")
        browser.open("--incognito", f"{address}/private.html")
        screen.window("Private")
        capture.looks(4)
        screen.tell("xdotool", "windowmove", screen.window("Private"), "700", "100")
        capture.looks(4)
        urls = {metadata.url for metadata, _ in capture.frames()}
        assert f"{address}/open.html" in urls
        assert not capture.shows(PRIVATE)
        assert not any("Private" in (metadata.title or "") for metadata, _ in capture.frames())


def test_another_active_window_is_on_a_frame_at_once_and_a_notification_too(screen: XScreen, tmp_path: Path) -> None:
    _xterm(screen, "first", "40x10+50+50", OPEN)
    _xterm(screen, "second", "40x10+50+400", OPEN)
    screen.activate("first")
    with capturing(screen, tmp_path) as capture:
        capture.looks(2)
        screen.activate("second")
        of_focus = eventually(
            lambda: next((metadata for metadata, _ in capture.frames() if metadata.trigger == "focus"), None), "a frame"
        )
        assert of_focus.title == "second"
        assert of_focus.idle_seconds is not None
        assert timedelta(seconds=of_focus.idle_seconds) < timedelta(minutes=1)
        screen.run("dbus-run-session", "--", "sh", "-c", "dunst & sleep 1; notify-send -t 15000 Standup; sleep 600")
        eventually(
            lambda: any(one.app == "dunst" for metadata, _ in capture.frames() for one in metadata.windows),
            "the notification on a frame",
        )
