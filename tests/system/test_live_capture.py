"""A few minutes of work with real programs, the real agent and the real server: what is on the frames stored there.

person ─► programs ─► X screen ─┬─► Witness: what truly changed ───────────────────────────────┐
                                └─► agent process ─► server process ─► frames, opened, read ───┴─► figures
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from capture_agent.desktop import Pixels
from capture_agent.protocol import Rect
from recall_assets.engines.ocr import Picture
from recall_assets.engines.rapidocr import RapidOcr
from recall_assets.settings import Settings
from tests.system.chromium import site
from tests.system.ground_truth import Witness
from tests.system.live_agent import StoredFrame, capturing, stored
from tests.system.person import Person, site_pages
from tests.system.x_server import desktop

pytestmark = [pytest.mark.system, pytest.mark.alone]

ONE, TWO = [(0, 0, 1024, 768)], [(0, 0, 1024, 768), (1024, 0, 1024, 768)]
# Colours and words that only what must not be seen has.
KEEPASS, INCOGNITO = (0xD7, 0x03, 0x8B), (0x0B, 0xC7, 0x1D)
PASSWORDS, DIAGNOSIS = "marmalade octopus", "pumpkin violin"
_LOSS = 8


@pytest.mark.parametrize("monitors", [ONE, TWO], ids=["one monitor", "two monitors"])
def test_what_happens_is_on_stored_frames_and_what_is_excluded_or_private_is_on_none(
    monitors: list[Rect], settings: Settings, database: Engine, tmp_path: Path
) -> None:
    pages = site_pages() | {"diagnosis.html": _private_page()}
    with desktop(tmp_path, f"{1024 * len(monitors)}x768") as screen, site(tmp_path / "site", pages) as address:
        if len(monitors) == 2:
            screen.tell("xrandr", "--setmonitor", "left", "1024/270x768/200+0+0", "screen")
            screen.tell("xrandr", "--setmonitor", "right", "1024/270x768/200+1024+0", "none")
        witness = Witness(screen.address, monitors)
        person = Person(screen, witness, tmp_path, monitors)
        person.settles_in(address)
        with capturing(screen.address, tmp_path / "agent", settings, database):
            person.works()
            hidden = datetime.now(UTC)
            with person.glances_at("Passwords.kdbx", *_password_manager()):
                seen = [witness.grab()]
                person.writes("Rent is due on Friday.")
            with person.glances_at("Diagnosis", *person.browser.command("--incognito", f"{address}/diagnosis.html")):
                seen.append(witness.grab())
                person.writes("Call the clinic on Monday.")
            person.rests(seconds=12)
    frames = stored(database, settings.home)
    figures = witness.figures(frames)
    print(figures)
    assert {frame.monitor for frame in frames} == set(range(len(monitors)))
    assert figures.found >= 0.99, figures
    assert len(figures.superfluous) <= 0.05 * figures.frames, figures
    _assert_nothing_hidden_is_in(frames, [frame for frame in frames if frame.at >= hidden], seen)


def _assert_nothing_hidden_is_in(
    frames: Sequence[StoredFrame], later: Sequence[StoredFrame], seen: Sequence[Sequence[Pixels]]
) -> None:
    """By colour in every frame, by reading in those that were kept while it was there; on the screen both show."""
    engine = RapidOcr()
    read = " ".join(_read(engine, frame.pixels) for frame in later)
    for colour, words, screen in zip((KEEPASS, INCOGNITO), (PASSWORDS, DIAGNOSIS), seen, strict=True):
        assert any(_shows(colour, monitor) for monitor in screen)
        assert words in _read(engine, screen[-1])
        assert not any(_shows(colour, frame.pixels) for frame in frames)
        assert not any(word in read for word in words.split())
    named = " ".join(frame.metadata.model_dump_json() for frame in frames).lower()
    assert not [word for word in ("kdbx", "keepass", "diagnosis") if word in named]


def _password_manager() -> list[str]:
    fill = ["-bg", _hex(KEEPASS), "-fg", "white", "-fa", "Monospace", "-fs", "18"]
    named = ["-class", "KeePassXC", "-T", "Passwords.kdbx - KeePassXC"]
    return ["xterm", *named, *fill, "-e", f"echo '{PASSWORDS}'; sleep 600"]


def _private_page() -> str:
    style = f"html {{ background: {_hex(INCOGNITO)}; font: 28px sans-serif }}"
    return f"<title>Diagnosis</title><style>{style}</style>{DIAGNOSIS}"


def _hex(colour: tuple[int, int, int]) -> str:
    return "#" + bytes(colour).hex()


def _shows(colour: tuple[int, int, int], pixels: Pixels) -> bool:
    apart = np.abs(pixels.astype(np.int16) - colour).max(axis=2)
    return bool((apart <= _LOSS).sum() > 100)


def _read(engine: RapidOcr, pixels: Pixels) -> str:
    words = engine.read(Picture.of(np.ascontiguousarray(pixels)))
    return " ".join(word.text for word in words).lower()
