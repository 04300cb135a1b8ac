"""A desktop drawn second by second, as somebody types, scrolls and goes between windows; every word is known.

editor    a text grows by some letters a second
terminal  lines come at the foot and move the others up
reader    a long page scrolls by three lines a second
─ the three take turns, so that windows come back as they were left; a clock ticks in the corner
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tests.generated_words import FILLERS, NOUNS

WIDTH, HEIGHT = 1920, 1080
TURN_SECONDS = 20
LETTERS_A_SECOND = 5


@dataclass(frozen=True)
class Screen:
    """One second of the desktop."""

    app: str
    pixels: npt.NDArray[np.uint8]
    text: str
    distinct: bool


@dataclass
class _Desk:
    """What stands in the three windows."""

    pick: Random
    typed: str = ""
    coming: str = ""
    terminal: list[str] = field(default_factory=list)
    page: list[str] = field(default_factory=list)
    scrolled: int = 0


def stream(seconds: int = 180, seed: int = 7) -> Iterator[Screen]:
    """The desktop at each second; the same seed gives the same pixels."""
    desk = _Desk(Random(seed))
    desk.page = [_sentence(desk.pick, 12) for _ in range(400)]
    before: npt.NDArray[np.uint8] | None = None
    for second in range(seconds):
        app = ("editor", "terminal", "reader")[second // TURN_SECONDS % 3]
        still = second % 5 == 4  # a person stops now and then
        if not still:
            _go_on(desk, app)
        lines = {"editor": _wrapped(desk), "terminal": desk.terminal[-50:], "reader": desk.page[desk.scrolled :][:46]}
        pixels = _draw(app, lines[app], minute=second // 60)
        distinct = before is None or not np.array_equal(before, pixels)
        before = pixels
        yield Screen(app, pixels, "\n".join(lines[app]), distinct)


def _go_on(desk: _Desk, app: str) -> None:
    if app == "editor":
        if len(desk.coming) < LETTERS_A_SECOND:
            desk.coming += _sentence(desk.pick, 10) + " "
        desk.typed, desk.coming = desk.typed + desk.coming[:LETTERS_A_SECOND], desk.coming[LETTERS_A_SECOND:]
    elif app == "terminal":
        commit = f"{desk.pick.getrandbits(28):07x}"
        desk.terminal += [f"$ git show {commit}", f"commit {desk.pick.getrandbits(160):040x}"][
            : desk.pick.randint(1, 2)
        ]
    else:
        desk.scrolled += 3


def _sentence(pick: Random, length: int) -> str:
    return " ".join(pick.choice(FILLERS if n % 2 else NOUNS) for n in range(length)).capitalize() + "."


def _wrapped(desk: _Desk) -> list[str]:
    lines = [""]
    for word in desk.typed.split(" "):
        if len(lines[-1]) + len(word) > 90:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _draw(app: str, lines: list[str], *, minute: int) -> npt.NDArray[np.uint8]:
    dark = app == "terminal"
    image = Image.new("RGB", (WIDTH, HEIGHT), (28, 30, 36) if dark else (250, 250, 248))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(16)
    pen.rectangle((0, HEIGHT - 36, WIDTH, HEIGHT), fill=(60, 64, 72))
    pen.text((WIDTH - 90, HEIGHT - 28), f"14:{minute:02}", fill=(240, 240, 240), font=font)
    for number, line in enumerate(lines):
        pen.text((60, 40 + 21 * number), line, fill=(220, 220, 210) if dark else (20, 20, 20), font=font)
    return np.array(image)
