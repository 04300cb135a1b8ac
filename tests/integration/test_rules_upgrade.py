"""After an upgrade of the detector: what older rules had stored in clear is found, sealed away and erased."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine, delete, select, text, update

from recall_assets.cli.doctor import examine
from recall_assets.cli.materialize import backfill, materialize_days
from recall_assets.settings import Settings
from recall_assets.store import frame_files, tables
from tests.drawn_screens import draw, page
from tests.graph import definitions, opened_graph
from tests.indexed import make_findable
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import NOON, item_id
from tests.integration.test_intake_secrets import files_with

MISSED = "Quarry58Tinder31"
LOGIN = page("Account settings", f"Password: {MISSED}", "Save changes")
DAY = str(PARTITION.day)


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Iterator[Machine]:
    """A day that older rules have passed: the value stands in text, title, summary, search index and image."""
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(LOGIN), title="Account settings"), Shot("b", draw(page("Nothing to hide")), 60))
    machine.read()
    with opened_graph(settings, database):
        materialize_days(machine.settings, database, PARTITION.day, PARTITION.day)
        with database.begin() as connection:
            connection.execute(delete(tables.secrets))
            of_frame = tables.ocr_text.c.frame_id == item_id("a")
            layout = connection.execute(select(tables.ocr_text.c.layout).where(of_frame)).scalar_one()
            missed = json.loads(json.dumps(layout).replace("[REDACTED:password]", MISSED))
            values = {"layout": missed, "text": f"Account settings\nPassword: {MISSED}", "detector_version": "recall-0"}
            connection.execute(update(tables.ocr_text).where(of_frame).values(values))
            title = update(tables.frames).where(tables.frames.c.id == item_id("a"))
            connection.execute(title.values(window_title=f"Password: {MISSED}"))
            connection.execute(update(tables.summary_sentences).values(text=f"Password: {MISSED}"))
        make_findable(database, PARTITION.day, PARTITION.deployment_id)
        frame_files.write(settings.home, item_id("a"), PARTITION, draw(LOGIN))
        yield machine


def data_directory(database: Engine) -> Path:
    with database.connect() as connection:
        return Path(connection.execute(text("show data_directory")).scalar_one())


def test_a_backfill_of_secrets_finds_it_erases_it_and_says_on_which_days_it_lay_in_clear(
    machine: Machine, database: Engine, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("checkpoint"))
    assert files_with(MISSED, data_directory(database))  # what is looked for below
    assert files_with(MISSED.lower(), data_directory(database))  # as a word of the search
    rules = next(check for check in examine(settings) if check.name == "rules")
    assert rules.remedy == f"recall backfill --stage secrets --from {DAY} --to {DAY}"

    backfill(str(NOON.date()), str(NOON.date()), stage="secrets")

    told = capsys.readouterr().err
    assert f"{DAY}  2" in told
    assert MISSED not in told
    assert sorted(machine.secrets()) == [("screen", "password"), ("window_title", "password")]
    assert files_with(MISSED, data_directory(database), settings.home.path) == []
    assert files_with(MISSED.lower(), data_directory(database), settings.home.path) == []
    assert next(check for check in examine(settings) if check.name == "rules").remedy == ""


def test_an_erasure_that_is_due_is_done_at_night(machine: Machine, database: Engine, settings: Settings) -> None:
    machine.scan()
    materialize_days(machine.settings, database, PARTITION.day, PARTITION.day, stage="activities")
    with opened_graph(settings, database) as instance:
        job = definitions().resolve_job_def("erase_old_versions")
        assert job.execute_in_process(instance=instance).success
    assert files_with(MISSED, data_directory(database)) == []
    assert isinstance(instance, dg.DagsterInstance)
