"""What the agent sees of Debian's Chromium: the page's address by the extension, and which windows are private."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import capture_agent.browser_extension
from capture_agent.desktop import Window
from capture_agent.screens.x11 import X11Screens
from tests.system.chromium import Chromium, site
from tests.system.x_server import XScreen, desktop, eventually

pytestmark = pytest.mark.system

PAGES = {"inbox.html": "<title>Inbox</title>", "bank.html": "<title>Bank</title>"}
EXTENSION = Path(capture_agent.browser_extension.__path__[0])


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A small site."""
    with site(tmp_path / "site", PAGES) as served:
        yield served


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[XScreen]:
    with desktop(tmp_path, "1600x900") as made:
        yield made


def _window(screens: X11Screens, title: str) -> Window:
    def found() -> Window | None:
        return next((one for one in screens.desktop().windows if one.title.startswith(title)), None)

    return eventually(found, f"a window {title!r}")


def test_with_the_extension_pages_have_addresses_and_private_windows_are_known(
    screen: XScreen, address: str, tmp_path: Path
) -> None:
    screens = X11Screens(screen.address, locked=lambda: False)
    browser = Chromium(screen, tmp_path / "profile", f"--load-extension={EXTENSION}")
    browser.open(f"{address}/inbox.html?folder=1")
    _window(screens, "Inbox")
    inbox = eventually(lambda: next((w for w in screens.desktop().windows if w.url), None), "an address")
    assert (inbox.title, inbox.url) == ("Inbox - Chromium", f"{address}/inbox.html?folder=1")
    assert (inbox.app, inbox.private) == ("chromium", False)
    browser.open("--incognito", f"{address}/bank.html")
    assert _window(screens, "Bank").private
    screens.close()


def test_without_it_an_empty_private_tab_makes_its_window_private_for_good(
    screen: XScreen, address: str, tmp_path: Path
) -> None:
    screens = X11Screens(screen.address, locked=lambda: False)
    browser = Chromium(screen, tmp_path / "profile")
    browser.open(f"{address}/inbox.html")
    assert not _window(screens, "Inbox").private
    screen.tell("xdotool", "key", "ctrl+shift+n")
    assert _window(screens, "New Incognito").private
    screen.tell("xdotool", "type", f"{address}/bank.html\n")
    assert _window(screens, "Bank").private
    screens.close()
