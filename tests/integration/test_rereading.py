"""Stored images are read again: what was not covered whole raises an alarm, and the remedy that it names covers it."""

import dagster as dg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from recall_assets.cli.doctor import examine
from recall_assets.cli.materialize import materialize_days
from recall_assets.defs.checks import RECALL
from recall_assets.intake.worker import lines_around
from recall_assets.records import Box
from recall_assets.settings import Settings
from recall_assets.store import frame_files, rereading
from tests.drawn_screens import draw, page
from tests.graph import opened_graph
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import item_id
from tests.stored_images import text_of

SECRET = "Harbor92Kestrel47"
LOGIN = page("Account settings", f"Password: {SECRET}", "Save changes")
NOTES = page("Notes of the day", "nothing to hide in this long list", "of words that everybody may read here")


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Machine:
    return Machine(database, settings)


def test_images_with_a_finding_are_read_again_around_it_and_others_by_lot(machine: Machine) -> None:
    machine.land(Shot("a", draw(LOGIN)), Shot("b", draw(NOTES), 10))
    assert machine.read().reread == 1
    assert machine.row("a")["reread_hits"] == 0
    assert machine.row("b")["reread_hits"] is None
    machine.settings = machine.settings.model_copy(update={"reread_every": 1})
    report = machine.read(recompute=True)
    assert (report.reread, report.showing) == (2, 0)


def test_what_is_left_in_an_image_is_an_error_with_a_remedy_that_works(
    machine: Machine, settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_REREAD_EVERY", "1")
    day, shown = PARTITION.day, draw([*NOTES, *page(f"Password: {SECRET}", y=300)])
    with opened_graph(settings, database, day) as instance:
        machine.land(Shot("a", draw(NOTES)))
        machine.read()
        # Reading what is new goes wrong: the screen before is said to have shown the line, without such a text.
        frame_files.write(settings.home, item_id("a"), PARTITION, shown)
        machine.land(Shot("b", shown, 10))
        assert not materialize_days(settings, database, day, day).failed
        assert last_check(instance) == ("FAILED", dg.AssetCheckSeverity.ERROR)
        assert last_check(instance, "ocr_text", "reading_loses_nothing") == ("FAILED", dg.AssetCheckSeverity.WARN)
        assert SECRET in text_of(machine.image("b"))
        frame_files.write(settings.home, item_id("a"), PARTITION, draw(NOTES))
        command = f"recall backfill --stage secrets --from {day} --to {day}"
        assert ("images", command) in [(check.name, check.remedy) for check in examine(settings)]

        assert not materialize_days(settings, database, day, day, stage="secrets").failed
        assert last_check(instance)[0] == "SUCCEEDED"
    assert SECRET not in text_of(machine.image("b"))
    assert "[REDACTED:password]" in machine.row("b")["text"]
    assert ("screen", "password") in machine.secrets()
    with database.connect() as connection:
        share, _ = rereading.recall(connection, PARTITION.deployment_id) or (0.0, 0)
    assert share >= RECALL


def last_check(
    instance: dg.DagsterInstance, asset: str = "secrets", check: str = "nothing_is_left_in_images"
) -> tuple[str, dg.AssetCheckSeverity]:
    key = dg.AssetCheckKey(dg.AssetKey(asset), check)
    (found,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    assert found.event is not None
    assert found.event.dagster_event is not None
    return found.status.value, found.event.dagster_event.asset_check_evaluation_data.severity


boxes = st.builds(Box, st.integers(0, 700), st.integers(0, 470), st.integers(1, 90), st.integers(1, 60))


@given(st.lists(st.tuples(st.just("token"), st.lists(boxes, min_size=1, max_size=3)), min_size=1, max_size=4))
def test_bands_are_disjoint_and_hold_each_fill_with_its_neighbours(filled: list[tuple[str, list[Box]]]) -> None:
    bands = lines_around(filled, width=800, height=480)
    rows = np.zeros(480, int)
    for band in bands:
        rows[band.y : band.y + band.height] += 1
    assert rows.max() == 1
    for _, found in filled:
        for box in found:
            assert rows[max(0, box.y - box.height) : min(480, box.y + 3 * box.height)].all()
