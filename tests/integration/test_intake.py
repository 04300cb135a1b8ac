"""Landed frames become text, images and rows; what cannot be read costs itself alone."""

import multiprocessing
import os
import signal
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from recall_assets.forgetting import forget
from recall_assets.records import ForgetCriteria, Status
from recall_assets.settings import Settings
from recall_assets.store import frame_files
from tests.drawn_screens import draw, page, webp
from tests.integration.landed_screens import Machine, Shot
from tests.integration.sending import NOON, item_id, landed_files

LATER = NOON + timedelta(days=1)
LETTER = page("Hello Ada,", "the nightly export failed again", "could you look at the rounding")
LONGER = [*LETTER, *page("before the next run starts", y=200)]


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Machine:
    return Machine(database, settings)


def test_a_frame_becomes_text_a_stored_image_and_no_envelope(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER), url="https://mail.test/inbox"))
    assert machine.read().read == 1
    row = machine.row("a")
    assert row["text"].splitlines() == [line.text for line in LETTER]
    assert row["new_text"] == row["text"]
    assert (row["window_title"], row["url"], row["app_name"]) == ("Notes", "https://mail.test/inbox", "editor")
    assert row["windows"][0]["title"] == "Notes"
    assert (row["ocr_status"], row["landing_ref"]) == (Status.DONE, None)
    assert landed_files(machine.settings.home) == []
    stored = frame_files.read_pixels(machine.settings.home, row["image_ref"])
    assert (stored == draw(LETTER)).all()


def test_only_what_is_new_in_a_window_is_its_new_text(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER)), Shot("b", draw(LONGER), 10), Shot("c", draw(LETTER), 20, title="Other"))
    machine.read()
    assert machine.row("b")["new_text"] == "before the next run starts"
    assert machine.row("c")["new_text"] == machine.row("c")["text"]


def test_incremental_reading_gives_what_full_reading_gives(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER)), Shot("b", draw(LONGER), 10), Shot("alone", draw(LONGER), 10, monitor=1))
    machine.read()
    assert machine.row("b")["text"] == machine.row("alone")["text"]


def test_an_identical_frame_shares_text_and_image(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER)), Shot("b", draw(LETTER), 10))
    assert machine.read().identical == 1
    first, second = machine.row("a"), machine.row("b")
    assert second["same_as"] == first["id"]
    assert (second["image_ref"], second["text"]) == (first["image_ref"], first["text"])
    assert second["new_text"] == ""


def test_a_frame_that_arrives_late_is_read_on_top_of_the_one_before_it(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER)), Shot("c", draw(LETTER), 20))
    machine.read()
    before = machine.rows()
    machine.land(Shot("b", draw(LONGER), 10))
    assert machine.read().read == 1
    assert machine.row("b")["new_text"] == "before the next run starts"
    after = machine.rows()
    assert {name: after[name] for name in before} == before


def test_a_second_run_reads_nothing_and_recompute_leaves_the_same_rows(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER)), Shot("b", draw(LONGER), 10), Shot("c", draw(LONGER), 20))
    machine.read()
    before = machine.rows()
    assert machine.read().read == 0
    assert machine.read(recompute=True).read == 3  # from the stored images: the envelopes are gone
    assert machine.rows() == before


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"GIF89a nothing of ours", "undecodable"),
        (webp(draw(LETTER))[:400], "undecodable"),
        (webp(np.zeros((3000, 3000, 3), np.uint8)), "too_large"),
    ],
)
def test_a_frame_that_cannot_be_read_gets_status_2_and_the_others_are_read(
    database: Engine, settings: Settings, image: bytes, reason: str
) -> None:
    machine = Machine(database, settings.model_copy(update={"max_image_pixels": 4_000_000}))
    machine.land(Shot("a", draw(LETTER)), Shot("bad", image, 10), Shot("c", draw(LETTER), 20))
    report = machine.read()
    assert (report.read, report.failed) == (2, 1)
    row = machine.row("bad")
    assert (row["ocr_status"], row["error"], row["attempts"]) == (Status.ERROR, reason, 1)
    assert row["image_ref"] is None
    assert landed_files(settings.home) == [row["landing_ref"]]


def test_a_damaged_envelope_gets_status_2(machine: Machine) -> None:
    machine.land(Shot("a", draw(LETTER)))
    path = machine.settings.home.landing / landed_files(machine.settings.home)[0]
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert machine.read().failed == 1
    assert machine.row("a")["error"] == "envelope"


def test_what_the_owner_ordered_forgotten_is_dropped_after_opening(machine: Machine) -> None:
    forget(machine.database, machine.settings.home, ForgetCriteria(LATER, text="Nightly export"))
    machine.land(Shot("a", draw(LETTER)), Shot("b", draw(page("Something else")), 10))
    assert machine.read().forgotten == 1
    assert str(item_id("a")) not in machine.rows()
    assert machine.send(Shot("a", draw(LETTER))) == ["forgotten"]  # its sender never heard the answer
    assert machine.row("b")["ocr_status"] == Status.DONE
    assert landed_files(machine.settings.home) == []


def _read_until_killed(database_url: str, home_path: str) -> None:
    """A run whose process dies after its first image was stored and before any row was."""
    from datetime import UTC, datetime

    from recall_assets.intake import partition
    from recall_assets.settings import load_settings
    from recall_assets.store.database import connect
    from tests.integration.landed_screens import CODE, PARTITION

    assert datetime.now(UTC)
    settings = load_settings(home_path=Path(home_path), database_url=database_url)

    def progress(done: int, total: int) -> None:
        if list(settings.home.frames.rglob("*.webp")):
            os.kill(os.getpid(), signal.SIGKILL)

    engine = connect(database_url)
    partition.read_partition(engine, settings.home, settings, PARTITION, CODE, recompute=False, progress=progress)


def test_a_run_that_is_killed_loses_nothing_and_leaves_nothing_twice(machine: Machine, database_url: str) -> None:
    shots = [Shot(str(n), draw(page(f"Line number {n} of the list")), n) for n in range(6)]
    machine.land(*shots)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_read_until_killed, args=(database_url, str(machine.settings.home.path)))
    process.start()
    process.join(timeout=400)
    assert process.exitcode == -signal.SIGKILL
    assert {row["ocr_status"] for row in machine.rows().values()} == {Status.PENDING}
    assert len(landed_files(machine.settings.home)) == 6
    assert machine.read().read == 6
    assert len(list(machine.settings.home.frames.rglob("*.webp"))) == 6
    assert landed_files(machine.settings.home) == []
