"""Secrets that are planted to be searched for: invented when a test runs, each of another kind, drawn or told.

    Canary    kind, lines as a screen shows them, value      github   "git remote add o https://..."   gh.._kT4v...
    pieces    what no file may hold of it                    the value; its halves; its lines, its groups

`screens` are drawn, `told` stand in titles, addresses and windows. The same seed gives the same values.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import ImageFont

from recall_assets.records import Box
from tests.drawn_screens import Line, draw
from tests.stages.secrets.drawn import Drawer, in_fours

# Capitals of which no engine makes letters of another shape.
_KEY_LETTERS = "ACDEFGHJKLMNPQRTUVWXY347"
SIZE = 20
MARGIN, LEADING = 40, 36


@dataclass(frozen=True)
class Canary:
    """One secret: lines that show it, and its parts, each of which stands on one line."""

    kind: str
    lines: tuple[str, ...]
    parts: tuple[str, ...]
    context: str = ""  # what must stand before a part that is too short to be searched for alone

    @property
    def pieces(self) -> tuple[str, ...]:
        """What nothing that is stored may hold."""
        found = [self.context + part for part in self.parts]
        for part in self.parts:
            found += [part.replace(" ", ""), part.replace("-", "")] if part[0].isdigit() and not self.context else []
            if len(part) >= 24 and " " not in part:
                found += [part[: len(part) // 2], part[len(part) // 2 :]]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class CanaryScreen:
    """A screen with some canaries on it."""

    canaries: tuple[Canary, ...]
    pixels: npt.NDArray[np.uint8]
    boxes: tuple[Box, ...]  # of the letters of each part


def on_screens(seed: int, each: int = 4) -> list[CanaryScreen]:
    """Every kind, `each` to a screen, with harmless lines around."""
    canaries = list(every_kind(Drawer(seed)))
    return [_screen(canaries[n : n + each]) for n in range(0, len(canaries), each)]


def every_kind(drawer: Drawer) -> Iterator[Canary]:
    """One of each, shown as programs show it."""
    yield from _tokens(drawer)
    yield from _labelled(drawer)
    yield from _numbers(drawer)
    yield from _phrases(drawer)


def _tokens(drawer: Drawer) -> Iterator[Canary]:
    formats = (
        ("github", "gh" + "p_", 40, "gh auth login --with-token {}"),
        ("gitlab", "glp" + "at-", 26, "Your new access token: {}"),
        ("stripe", "sk_" + "live_", 32, "STRIPE_SECRET_KEY={}"),
        ("npm", "np" + "m_", 40, "//registry.test/:_authToken={}"),
        ("huggingface", "h" + "f_", 37, "HF_TOKEN={}"),
        ("docker", "dckr_" + "pat_", 36, "docker login -u mara -p {}"),
        ("bearer", "", 40, "Authorization: Bearer {}"),
        ("access_token", "", 36, "https://id.test/cb?access_token={}"),
    )
    for kind, prefix, length, shown in formats:
        value = prefix + drawer.token("", length - len(prefix))
        yield _shown(kind, shown, value)
    aws = "AK" + "IA" + drawer.characters(_KEY_LETTERS, 16)
    yield _shown("aws", "aws_access_key_id = {}", aws)


def _labelled(drawer: Drawer) -> Iterator[Canary]:
    for kind, shown in (
        ("form", "Password: {}"),
        ("chat", "the guest wifi password is {} until friday"),
        ("environment", "DB_PASSWORD={}"),
        ("command", "mysql -u root -p'{}' shop"),
        ("url_credentials", "postgresql://app:{}@db.test:5432/shop"),
    ):
        yield _shown(kind, shown, _password(drawer))


def _numbers(drawer: Drawer) -> Iterator[Canary]:
    yield _shown("card", "Card number {}", in_fours(drawer.card()))
    yield _shown("iban", "IBAN {}", in_fours(drawer.iban("DE", 22)))
    ssn = f"{drawer.characters('345', 3)}-{drawer.characters('678', 2)}-{drawer.characters('1234', 4)}"
    yield _shown("national_id", "Social security number {}", ssn)
    code = drawer.characters("12345679", 6)
    yield Canary("one_time_code", (f"Your verification code is {code}.",), (code,), context="code is ")


def _phrases(drawer: Drawer) -> Iterator[Canary]:
    words = drawer.seed_phrase().split()
    halves = (" ".join(words[:6]), " ".join(words[6:]))
    yield Canary("seed_phrase", ("Recovery phrase", *halves), halves)
    codes = tuple(f"{drawer.hexadecimal(6)}-{drawer.hexadecimal(6)}" for _ in "1234")
    yield Canary("backup_codes", ("Backup codes", *codes), codes)
    body = tuple(drawer.token("", 48) for _ in "123")
    frame = "-----{} RSA " + "PRIVATE" + " KEY-----"
    yield Canary("private_key", (frame.format("BEGIN"), *body, frame.format("END")), body)
    yield _shown("totp_seed", "Setup key: {}", drawer.characters("ACDEFGHJKLMNPQRTUVWXY347", 32))


def told(seed: int) -> dict[str, Canary]:
    """Canaries for what a sender tells of a screen: by the place in which each stands."""
    drawer = Drawer(seed + 10_000)
    reset, basic = drawer.token("", 36), _password(drawer)
    return {
        "title": _shown("title", "Token {} - Notes", "gh" + "p_" + drawer.token("", 36)),
        "url": Canary("url", (f"https://mara:{basic}@files.test/reset?access_token={reset}&lang=en",), (basic, reset)),
        "window_title": _shown("window", "mysql -u root -p'{}' - Terminal", _password(drawer)),
        "window_url": _shown("window_url", "https://id.test/reset-password/{}", drawer.token("", 40)),
    }


def _password(drawer: Drawer) -> str:
    """A capital, letters of a random word, a sign, digits: long enough to be searched for."""
    letters = drawer.characters("abcdefhkmnprstuvwxyz", 9)
    return f"{letters[:8].title()}#{drawer.characters('234679', 4)}"


def _shown(kind: str, shown: str, value: str) -> Canary:
    return Canary(kind, (shown.format(value),), (value,))


def _screen(canaries: list[Canary]) -> CanaryScreen:
    font = ImageFont.load_default(SIZE)
    lines, boxes = [Line("Settings of this account", MARGIN, MARGIN)], []
    y = MARGIN + 2 * LEADING
    for canary in canaries:
        for text in canary.lines:
            lines.append(Line(text, MARGIN, y))
            for part in (part for part in canary.parts if part in text):
                left = MARGIN + font.getlength(text[: text.index(part)])
                _, top, right, bottom = font.getbbox(part)
                boxes.append(Box(round(left), y + round(top), round(right), round(bottom - top)))
            y += LEADING
        y += LEADING
    lines.append(Line("Nothing below is a secret", MARGIN, y))
    width = 2 * MARGIN + max(round(font.getlength(line.text)) for line in lines)
    return CanaryScreen(
        tuple(canaries), draw(lines, width=max(800, width), height=y + 3 * LEADING, size=SIZE), tuple(boxes)
    )
