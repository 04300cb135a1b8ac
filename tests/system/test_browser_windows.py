"""What the agent sees of Debian's Chromium: the page's address by the extension, and which windows are private."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import capture_agent.browser_extension
from capture_agent.desktop import Window
from capture_agent.screens.x11 import X11Screens
from tests.system.x_server import XScreen, desktop, eventually

pytestmark = pytest.mark.system

PAGES = {"inbox.html": "Inbox", "bank.html": "Bank"}
EXTENSION = Path(capture_agent.browser_extension.__path__[0])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a small site."""
    folder = tmp_path / "site"
    folder.mkdir()
    for name, title in PAGES.items():
        (folder / name).write_text(f"<title>{title}</title><h1>{title}</h1>")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[XScreen]:
    with desktop(tmp_path, "1600x900") as made:
        yield made


class Chromium:
    """One profile; every call after the first opens a window of the same process."""

    def __init__(self, screen: XScreen, *arguments: str) -> None:
        profile = Path(screen.tell("sh", "-c", "echo $HOME").strip()) / "profile"
        # As root, which CI is, Chromium runs without its sandbox only.
        program = shutil.which("chromium") or "chromium"
        self._command = [
            program,
            "--no-sandbox",
            "--no-first-run",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            *arguments,
        ]
        self._screen = screen

    def open(self, *arguments: str) -> None:
        self._screen.run(*self._command, "--new-window", *arguments)


def _window(screens: X11Screens, title: str) -> Window:
    def found() -> Window | None:
        return next((one for one in screens.desktop().windows if one.title.startswith(title)), None)

    return eventually(found, f"a window {title!r}")


def test_with_the_extension_pages_have_addresses_and_private_windows_are_known(screen: XScreen, site: str) -> None:
    screens = X11Screens(screen.address, locked=lambda: False)
    browser = Chromium(screen, f"--load-extension={EXTENSION}")
    browser.open(f"{site}/inbox.html?folder=1")
    _window(screens, "Inbox")
    inbox = eventually(lambda: next((w for w in screens.desktop().windows if w.url), None), "an address")
    assert (inbox.title, inbox.url) == ("Inbox - Chromium", f"{site}/inbox.html?folder=1")
    assert (inbox.app, inbox.private) == ("chromium", False)
    browser.open("--incognito", f"{site}/bank.html")
    assert _window(screens, "Bank").private
    screens.close()


def test_without_it_an_empty_private_tab_makes_its_window_private_for_good(screen: XScreen, site: str) -> None:
    screens = X11Screens(screen.address, locked=lambda: False)
    browser = Chromium(screen)
    browser.open(f"{site}/inbox.html")
    assert not _window(screens, "Inbox").private
    screen.tell("xdotool", "key", "ctrl+shift+n")
    assert _window(screens, "New Incognito").private
    screen.tell("xdotool", "type", f"{site}/bank.html\n")
    assert _window(screens, "Bank").private
    screens.close()
