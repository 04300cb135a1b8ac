"""A scan of a whole day: what a later batch of frames teaches is taken out of the earlier ones, too."""

import json

import pytest
from sqlalchemy import Engine, select, update

from recall_assets.intake import rescan
from recall_assets.settings import Settings
from recall_assets.store import frame_files
from recall_assets.store.tables import ocr_text
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import item_id
from tests.stored_images import text_of

VALUE = "Quarry58Tinder31"


def test_a_value_that_the_last_batch_finds_leaves_the_first(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescan, "BATCH", 1)
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(page("copied", VALUE))), Shot("b", draw(page("Password: hidden", "Save"))))
    machine.read()
    assert VALUE in machine.row("a")["text"]
    pass_in_clear(database, machine, "b")
    assert machine.scan().changed == 2
    assert [VALUE in machine.row(name)["text"] for name in ("a", "b")] == [False, False]
    assert VALUE not in text_of(machine.image("a"))


def pass_in_clear(database: Engine, machine: Machine, name: str) -> None:
    """As if older rules had passed the value beside its label."""
    of_frame = ocr_text.c.frame_id == item_id(name)
    with database.begin() as connection:
        layout = json.dumps(connection.execute(select(ocr_text.c.layout).where(of_frame)).scalar_one())
        layout = layout.replace("[REDACTED:password]", VALUE).replace("hidden", VALUE)
        connection.execute(update(ocr_text).where(of_frame).values(layout=json.loads(layout)))
    frame_files.write(machine.settings.home, item_id(name), PARTITION, draw(page(f"Password: {VALUE}", "Save")))
