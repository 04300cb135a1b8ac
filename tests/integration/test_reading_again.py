"""Another engine is chosen: what the old one has read stays until a backfill reads it again, and shows as stale."""

import dagster as dg
import pytest
from sqlalchemy import Engine, select

from recall_assets.cli.materialize import backfill, materialize_days
from recall_assets.settings import Settings
from recall_assets.store.tables import activities, ocr_text
from tests.drawn_screens import draw, page
from tests.graph import definitions, opened_graph
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import NOON, item_id

DAY = PARTITION.day


def engines(database: Engine) -> dict[str, str]:
    """Which engine has read each shot, by its name."""
    with database.connect() as connection:
        read = {row.frame_id: row.engine.split()[0] for row in connection.execute(select(ocr_text))}
    return {name: read[item_id(name)] for name in ("a", "b") if item_id(name) in read}


def test_a_backfill_of_text_reads_again_what_another_engine_has_read_and_nothing_else_does(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(page("Quarterly report", "Password: Ember58Tinder31"))))
    monkeypatch.setenv("RECALL_OCR_ENGINE", "tesserocr")
    with opened_graph(settings, database):
        old = definitions().resolve_asset_graph().get(dg.AssetKey("ocr_text")).code_version
        assert not materialize_days(settings, database, DAY, DAY).failed
    found = machine.secrets()

    monkeypatch.setenv("RECALL_OCR_ENGINE", "cascade")
    machine.land(Shot("b", draw(page("Nothing to hide")), 60))
    with opened_graph(settings, database):
        assert definitions().resolve_asset_graph().get(dg.AssetKey("ocr_text")).code_version != old
        assert not materialize_days(settings, database, DAY, DAY).failed
        assert engines(database) == {"a": "tesserocr", "b": "cascade"}

        backfill(NOON, NOON, stage="ocr_text")
    assert engines(database) == {"a": "cascade", "b": "cascade"}
    assert "[REDACTED:password]" in machine.row("a")["text"]
    assert machine.secrets() == found
    with database.connect() as connection:
        assert connection.scalars(select(activities.c.id)).all()
