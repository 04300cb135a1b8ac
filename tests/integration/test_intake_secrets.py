"""What the detector finds is at rest nowhere in clear: not on a disk of ours, not in a stored image."""

import base64
import os
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, delete, func, select, update

from recall_assets.engines.ocr import Picture
from recall_assets.engines.tesseract import Tesseract
from recall_assets.settings import Settings
from recall_assets.stages.secrets.pixels import FILL_COLOUR
from recall_assets.store import frame_files, tables
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import item_id, landed_files

# Invented. The drawn one is legible, so that a search for its letters would find it if it were stored.
DRAWN = "Harbor92Kestrel47"
IN_TITLE = "ghp_kT4vXw7RnY3hKp9dMf2cWq8eHj6tUaNx5ErV"
IN_URL = "eyhXkT4vXw7RnY3hKp9dMf2cWq8eHj6tUaNx"
LOGIN = page("Account settings", f"Password: {DRAWN}", "Save changes")


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Machine:
    return Machine(database, settings)


def stored_words(machine: Machine) -> str:
    """All that an engine reads in the stored images."""
    engine = Tesseract()
    images = [row["image_ref"] for row in machine.rows().values()]
    pixels = (frame_files.read_pixels(machine.settings.home, ref) for ref in images)
    return " ".join(word.text for image in pixels for word in engine.read(Picture.of(image)))


def forms(secret: str) -> list[bytes]:
    """The ways in which a value may lie in a file."""
    raw = secret.encode()
    return [raw, secret.encode("utf-16-le"), base64.b64encode(raw)[:-4], raw.hex().encode()]


def files_with(secret: str, *folders: Path) -> list[str]:
    """Files below the folders that hold the secret in any form."""
    paths = [Path(where, name) for folder in folders for where, _, names in os.walk(folder) for name in names]
    assert paths
    return [str(path) for path in paths if any(form in _content(path) for form in forms(secret))]


def _content(path: Path) -> bytes:
    """A file's bytes; none of a socket, nor of a file that a server of the tests beside this one has just removed."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:
        return b""


def test_canaries_on_screen_in_title_and_url_lie_in_no_file(machine: Machine, service_folder: Path) -> None:
    machine.land(
        Shot("a", draw(LOGIN)),
        Shot("b", draw(page("Tokens of this account")), 10, title=f"token {IN_TITLE}"),
        Shot("c", draw(page("Choose a new one")), 20, url=f"https://id.test/reset?access_token={IN_URL}"),
    )
    assert machine.read().read == 3
    with machine.database.connect() as connection:
        connection.execute(select(func.pg_switch_wal()))
    assert {place for place, _ in machine.secrets()} >= {"screen", "window_title", "url"}
    for secret in (DRAWN, IN_TITLE, IN_URL):
        assert files_with(secret, machine.settings.home.path, service_folder) == []
    assert DRAWN not in stored_words(machine)
    assert "Account" in stored_words(machine)


def test_the_engine_would_have_read_the_drawn_canary() -> None:
    assert DRAWN in [word.text for word in Tesseract().read(Picture.of(draw(LOGIN)))]


def test_text_titles_and_urls_say_what_was_taken_out(machine: Machine) -> None:
    machine.land(Shot("a", draw(LOGIN), title=f"token {IN_TITLE}"))
    machine.read()
    row = machine.row("a")
    assert "[REDACTED:password]" in row["text"]
    assert row["text"].splitlines()[0] == "Account settings"
    assert row["window_title"].startswith("token [REDACTED:")
    assert "[REDACTED:" in row["windows"][0]["title"]


def test_until_there_is_a_vault_the_original_stays_sealed_and_the_senders_tag_goes(machine: Machine) -> None:
    machine.land(Shot("a", draw(LOGIN)), Shot("b", draw(page("Nothing to hide")), 10))
    machine.read()
    assert machine.row("a")["content_tag"] is None
    assert landed_files(machine.settings.home) == [machine.row("a")["landing_ref"]]
    assert machine.row("b")["content_tag"] is not None


def test_a_value_found_once_is_masked_where_its_window_shows_it_without_a_label(machine: Machine) -> None:
    machine.land(Shot("a", draw(page("Copied", DRAWN, "to the clipboard"))), Shot("b", draw(LOGIN), 10))
    machine.read()
    assert DRAWN not in machine.row("a")["text"]
    assert DRAWN not in stored_words(machine)


def test_what_looks_like_a_value_beside_a_label_and_is_no_word_is_covered_and_kept(machine: Machine) -> None:
    screen = draw(page("Account settings", "Password:", "Save changes"))
    rows, columns = slice(74, 88), np.flatnonzero(np.random.default_rng(1).integers(0, 2, 160)) + 140
    screen[rows, columns] = 0
    machine.land(Shot("a", screen))
    machine.read()
    assert machine.secrets() == [("screen", "password")]
    assert (machine.image("a")[rows, 140:300] == FILL_COLOUR).all()
    assert "[REDACTED:password]" in machine.row("a")["text"]
    before = machine.rows(but=["attempts"])
    machine.read(recompute=True)
    assert machine.rows(but=["attempts"]) == before
    assert machine.secrets() == [("screen", "password")]


def test_reading_again_adds_no_row_and_changes_no_text(machine: Machine) -> None:
    machine.land(Shot("a", draw(LOGIN)), Shot("b", draw(page("Nothing to hide")), 10))
    machine.read()
    before, found = machine.rows(but=["attempts"]), machine.secrets()
    machine.read(recompute=True)
    assert machine.rows(but=["attempts"]) == before
    assert machine.secrets() == found


def test_an_image_that_only_shows_a_filled_box_keeps_its_mark_when_it_is_read_again(machine: Machine) -> None:
    machine.land(Shot("a", draw(LOGIN)))
    machine.read()
    with machine.database.begin() as connection:  # as when the vault has taken the original
        connection.execute(update(tables.frames).values(landing_ref=None))
    for name in landed_files(machine.settings.home):
        (machine.settings.home.landing / name).unlink()
    found = machine.secrets()
    assert machine.read(recompute=True).read == 1
    assert "[REDACTED:password]" in machine.row("a")["text"]
    assert machine.secrets() == found


def test_a_secret_that_old_rules_missed_leaves_text_and_image_when_it_is_scanned_again(machine: Machine) -> None:
    machine.land(Shot("a", draw(LOGIN)), Shot("b", draw(page("Nothing to hide")), 10))
    machine.read()
    with machine.database.begin() as connection:  # as older rules would have left it: the value stands in the text
        connection.execute(delete(tables.secrets))
        row = connection.execute(select(tables.ocr_text).where(tables.ocr_text.c.frame_id == item_id("a"))).one()
        lines = [
            [[DRAWN if "REDACTED" in word[0] else word[0], *word[1:]] for word in line] for line in row.layout["lines"]
        ]
        connection.execute(
            update(tables.ocr_text)
            .where(tables.ocr_text.c.frame_id == item_id("a"))
            .values(layout=row.layout | {"lines": lines}, text=f"Account settings\nPassword: {DRAWN}")
        )
    frame_files.write(machine.settings.home, item_id("a"), PARTITION, draw(LOGIN))
    report = machine.scan()
    assert (report.scanned, report.changed) == (2, 1)
    assert DRAWN not in machine.row("a")["text"]
    assert DRAWN not in stored_words(machine)
    assert machine.secrets() == [("screen", "password")]
    assert machine.scan().changed == 0
