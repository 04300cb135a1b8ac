"""Somebody who works with a few programs: types, scrolls, turns pages, is told things, and rests.

first monitor: mousepad, xterm          last monitor: mupdf, Chromium          dunst: popups
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import capture_agent.browser_extension
from capture_agent.protocol import Rect
from tests.system.chromium import Chromium
from tests.system.ground_truth import RETURN, Witness
from tests.system.x_server import XScreen, eventually

_EXTENSION = Path(capture_agent.browser_extension.__path__[0])
_SENTENCES = ("The tide gauge was read at noon.", "Ask Jonas for the partition.", "Buy tiles for the kitchen.")
_COMMANDS = ("seq 1 30", "ls -l /usr/lib")
_PAPER = (480, 620)


class Person:
    """What is done on a screen; the witness sees it. `monitors` from left to right."""

    def __init__(self, screen: XScreen, witness: Witness, folder: Path, monitors: list[Rect]) -> None:
        self._screen, self._witness, self._folder = screen, witness, folder
        self._right = monitors[-1][0]
        self._bus = f"DBUS_SESSION_BUS_ADDRESS=unix:path={folder / 'bus'}"
        self.free = (self._right or 510, 20, 480, 330)  # where nothing is, or the shell

    def settles_in(self, address: str) -> None:
        """Opens every program; `address` is that of a site with pages 1.html, 2.html and so on."""
        self._screen.run("dbus-daemon", "--session", "--nofork", f"--address=unix:path={self._folder / 'bus'}")
        eventually((self._folder / "bus").exists, "the session's bus")
        self._screen.run("env", self._bus, "dunst")
        (self._folder / "notes.txt").write_text("")
        self.opens("notes", (0, 20, 500, 330), "mousepad", "--disable-server", str(self._folder / "notes.txt"))
        shell = ("env", "PS1=$ ", "bash", "--norc", "--noprofile", "-i")
        self.opens("shell", (510, 20, 500, 330), "xterm", "-T", "shell", "-e", *shell)
        self.opens("report", (self._right, 400, 480, 340), "mupdf", str(_report(self._folder / "report.pdf")))
        self.browser = Chromium(self._screen, self._folder / "profile", f"--load-extension={_EXTENSION}")
        self.browser.open(f"{address}/1.html")
        self.places("Page 1", (self._right + 500, 400, 510, 350))

    def works(self) -> None:
        """A little of everything."""
        self.goes_to("notes")
        for sentence in _SENTENCES:
            self.writes(sentence)
        self.goes_to("shell")
        for command in _COMMANDS:
            self._does("typing", self.types, command)
            self._does("scroll", self.presses, "Return")
        self.goes_to("Page")
        for _ in range(4):
            self._does("scroll", self.presses, "Page_Down")
        for _ in range(3):
            self._does("page", self.presses, "n")
        self.goes_to("report")
        for _ in range(3):
            self._does("page", self.presses, "period")
        for news in ("Standup in five minutes", "The build is green"):
            self._does("popup", self._is_told, news)
            self._does("popup closed", self._screen.tell, "env", self._bus, "dunstctl", "close-all")

    def rests(self, seconds: float) -> None:
        """Nothing happens but a blinking caret, and that the pointer moves."""
        self.goes_to("notes")
        self._does("mouse", self._screen.tell, "xdotool", "mousemove", "300", "250", stands=seconds)

    def writes(self, sentence: str) -> None:
        """Types a line into the editor, which has the keyboard."""
        self._does("typing", self.types, sentence)
        self._does("typed", self.presses, "Return", stands=0)

    def goes_to(self, title: str, kind: str = "window") -> None:
        """Gives a window the keyboard."""
        self._does(kind, self._screen.activate, title, stands=1)

    @contextmanager
    def glances_at(self, title: str, *command: str) -> Iterator[None]:
        """Has another window open for a while, at first with the keyboard, then beside the editor."""
        self._screen.run(*command)
        self._does("window", self.places, title, self.free)
        self.goes_to("notes", RETURN)
        yield
        self.goes_to(title)
        self._does(RETURN, self.presses, "alt+F4")

    def opens(self, title: str, rect: Rect, *command: str) -> None:
        self._screen.run(*command)
        self.places(title, rect)

    def places(self, title: str, rect: Rect) -> None:
        x, y, width, height = map(str, rect)
        window = self._screen.window(title)
        self._screen.tell("xdotool", "windowsize", window, width, height, "windowmove", window, x, y)

    def types(self, text: str) -> None:
        self._screen.tell("xdotool", "type", "--delay", "60", text)

    def presses(self, key: str) -> None:
        self._screen.tell("xdotool", "key", key)

    def _is_told(self, news: str) -> None:
        self._screen.tell("env", self._bus, "notify-send", "-t", "0", news)

    def _does(self, kind: str, act: Callable[..., object], *words: object, stands: float = 2.5) -> None:
        self._witness.does(kind, partial(act, *words), stands)


def site_pages(number: int = 6) -> dict[str, str]:
    """Long pages, each a key away from the next."""
    turn = "<script>onkeydown = e => {{ if (e.key == 'n') location = '{}.html' }}</script>"
    return {
        f"{n}.html": f"<title>Page {n}</title>{turn.format(n + 1)}<h1>Page {n}</h1>"
        + "".join(f"<p>Line {line} of page {n}: {line * n * 7919 % 9973} gauges answered.</p>" for line in range(60))
        for n in range(1, number + 1)
    }


def _report(path: Path) -> Path:
    """A document of a few pages."""
    pages = [Image.new("RGB", _PAPER, "white") for _ in range(6)]
    for number, page in enumerate(pages, 1):
        pen = ImageDraw.Draw(page)
        for line in range(12):
            text = f"Page {number}, row {line}: {number * (line + 3) * 7919 % 9973}"
            pen.text((30, 30 + 40 * line), text, "black", ImageFont.load_default(20))
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=72)
    return path
