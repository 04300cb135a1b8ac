"""Another engine is chosen: what the old one has read stays until a backfill reads it again, and shows as stale.

a b  by tesserocr ─► cascade chosen ─► c by it; a b stale ─► backfill, killed at b ─► backfill: all by cascade
"""

import multiprocessing
import os
import signal
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine, select, update

from recall_assets.cli.materialize import backfill, materialize_days
from recall_assets.settings import Settings
from recall_assets.stages.secrets import DETECTOR_VERSION
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
    return {name: read[item_id(name)] for name in ("a", "b", "c") if item_id(name) in read}


def read_again_until_killed(database_url: str, home_path: str) -> None:
    """A run that reads again what another version has read, and dies when the first frame was stored."""
    from recall_assets.intake import partition
    from recall_assets.settings import load_settings
    from recall_assets.store.database import connect
    from tests.integration.landed_screens import CODE

    partition.BATCH = 1
    settings = load_settings(home_path=Path(home_path), database_url=database_url)

    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        assert total == 2
        seen.append(done)
        if seen.count(1) == 2:  # the first time its rows are still to be written
            os.kill(os.getpid(), signal.SIGKILL)

    where = connect(database_url), settings.home, settings, PARTITION, CODE
    partition.read_partition(*where, recompute=False, other_versions=True, progress=progress)


def test_a_backfill_of_text_reads_again_what_another_engine_has_read_also_after_it_was_killed(
    database: Engine, database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(database, settings)
    machine.land(
        Shot("a", draw(page("Quarterly report", "Password: Ember58Tinder31"))), Shot("b", draw(page("Notes")), 30)
    )
    monkeypatch.setenv("RECALL_OCR_ENGINE", "tesserocr")
    with opened_graph(settings, database):
        old = definitions().resolve_asset_graph().get(dg.AssetKey("ocr_text")).code_version
        assert not materialize_days(settings, database, DAY, DAY).failed
    found = machine.secrets()

    monkeypatch.setenv("RECALL_OCR_ENGINE", "cascade")
    machine.land(Shot("c", draw(page("Nothing to hide")), 60))
    with opened_graph(settings, database) as instance:
        assert definitions().resolve_asset_graph().get(dg.AssetKey("ocr_text")).code_version != old
        assert not materialize_days(settings, database, DAY, DAY).failed
        assert engines(database) == {"a": "tesserocr", "b": "tesserocr", "c": "cascade"}
        check = dg.AssetCheckKey(dg.AssetKey("ocr_text"), "read_as_chosen")
        (found_otherwise,) = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
        assert found_otherwise.status.value == "FAILED"
        with database.begin() as connection:
            connection.execute(update(ocr_text).values(detector_version="recall-0"))
            runs = set(connection.scalars(select(activities.c.run_id)))

        arguments = (database_url, str(settings.home.path))
        process = multiprocessing.get_context("spawn").Process(target=read_again_until_killed, args=arguments)
        process.start()
        process.join(timeout=400)
        assert process.exitcode == -signal.SIGKILL
        assert engines(database) == {"a": "cascade", "b": "tesserocr", "c": "cascade"}

        backfill(str(NOON.date()), str(NOON.date()), stage="ocr_text")
    assert engines(database) == {"a": "cascade", "b": "cascade", "c": "cascade"}
    assert "[REDACTED:password]" in machine.row("a")["text"]
    assert machine.secrets() == found
    assert {machine.row(name)["detector_version"] for name in ("a", "b")} == {DETECTOR_VERSION}
    with database.connect() as connection:
        again = set(connection.scalars(select(activities.c.run_id)))
    assert again
    assert not again & runs
