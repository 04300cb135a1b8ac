"""After an upgrade of the detector: what older rules had let an import write leaves every place, and is sealed."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import ARRAY, Engine, Text, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.cli.doctor import examine
from recall_assets.cli.materialize import backfill
from recall_assets.intake.imported_again import rescan_imports
from recall_assets.keyring import found_vault
from recall_assets.records import Slot
from recall_assets.settings import Settings
from recall_assets.store import secrets, tables
from tests.graph import opened_graph
from tests.imports.conftest import Import
from tests.imports.legacy_databases import change
from tests.imports.test_legacy import rows
from tests.indexed import make_findable
from tests.integration.test_intake_secrets import files_with
from tests.vault.vaults import key_material, make_slot, unlocked, value

MISSED = "Quarry58Tinder31"
# What stands in the source where the value is to stand; no rule takes it for a secret.
PLACE = "hidden"
DAY = date(2025, 3, 3)

_SPREAD = """
update ocr_text set text = 'Password: hidden' where id = 5;
update ocr_text set text = 'copied hidden over' where id = 11;
update frames set window_title = 'Reset of hidden' where window_title = 'Annex 12';
update activities set summary = 'Changed hidden for travel.';
update projects set name = 'Move away from hidden';
update messages set text = 'I still use hidden there.' where id = 'message-3';
update semantic_memory set details = 'Known as hidden.';
update procedural_memory set steps = '["Open the form", "Sign with hidden"]';
update block set value = 'Likes hidden.' where id = 'block-2';
update tools set source_code = 'login(hidden)';
"""
_PLACES = {
    "frames",
    "ocr_text",
    "activities",
    "projects",
    "messages",
    "memories",
    "procedural_memory",
    "core_memory",
    "legacy_archive",
}


@pytest.fixture
def key() -> tuple[Slot, bytes]:
    """The owner's key."""
    material = key_material()
    return make_slot(material), material


@pytest.fixture
def vault(database: Engine, settings: Settings, key: tuple[Slot, bytes]) -> None:
    """There is a vault that the owner's key opens."""
    found_vault(database, settings.home, key[0], datetime.now().astimezone())


@pytest.fixture
def imported_in_clear(import_: Import, organisation: str, database: Engine) -> None:
    """An import by rules that knew nothing of the value."""
    change(organisation, _SPREAD)
    assert import_().code == 0
    with database.begin() as connection:
        for table in tables.metadata.sorted_tables:
            for column in table.c:
                if not isinstance(column.type, Text | JSONB | ARRAY) or column.computed:
                    continue
                said = cast(column, Text)
                new = cast(func.replace(said, PLACE, MISSED), column.type)
                connection.execute(update(table).where(said.contains(PLACE)).values({column.name: new}))
        for scanned in (tables.imports, tables.ocr_text, tables.messages):
            connection.execute(update(scanned).values(detector_version="recall-0"))


def holding(database: Engine) -> set[str]:
    """The tables that hold the value in clear."""
    return {name.partition(".")[2] for name, found in rows(database).items() if MISSED in str(found)}


def rules(settings: Settings) -> str:
    """What doctor says of them."""
    (checked,) = (check for check in examine(settings) if check.name == "rules")
    return f"{checked.found}: {checked.remedy}"


def test_a_backfill_of_secrets_takes_it_out_of_imports_and_of_what_was_made_of_them(
    imported_in_clear: None,
    key: tuple[Slot, bytes],
    database: Engine,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with opened_graph(settings, database, DAY):
        make_findable(database, DAY, "laptop")
        assert holding(database) >= _PLACES | {"summary_sentences", "passages"}
        assert rules(settings) == (
            "1 day and 1 import hold text that only older rules have scanned: "
            f"recall backfill --stage secrets --from {DAY} --to {DAY}"
        )
        somewhere_else = "2025-03-01"
        capsys.readouterr()
        backfill(somewhere_else, somewhere_else, stage="secrets")
        told = capsys.readouterr()
    assert "1 secrets lay in clear in what was imported" in told.err
    assert MISSED not in told.err + told.out
    assert holding(database) == set()
    with database.connect() as connection:
        directory = Path(connection.execute(text("show data_directory")).scalar_one())
        found = secrets.read(connection, connection.scalars(select(tables.secrets.c.id)).all())
        opened = {value(one, unlocked(connection, *key)): one for one in found}
        assert (opened[MISSED].kind, opened[MISSED].place) == ("password", "imported")
        text_of = select(tables.ocr_text.c.text).where(tables.ocr_text.c.frame_id == opened[MISSED].frame_id)
        assert connection.scalar(text_of) == "Password: [REDACTED:password]"
    assert files_with(MISSED, directory, settings.home.path) == []
    assert rules(settings) == "every stored text was scanned with today's: "


def test_its_days_arrive_again_and_a_second_scan_changes_nothing(
    imported_in_clear: None, database: Engine, settings: Settings
) -> None:
    highest = select(func.max(tables.frames.c.arrival))
    with database.connect() as connection:
        before = connection.execute(highest).scalar_one()
    scanned = rescan_imports(database, settings.home, None)
    assert [partition.partition_key for partition in scanned.partitions] == ["2025-03-03|laptop", "2025-03-03|work-pc"]
    with database.connect() as connection:
        assert connection.scalar(highest) == before + 2

    assert rescan_imports(database, settings.home, None).imports == 0
    there = rows(database)
    with database.begin() as connection:
        connection.execute(update(tables.imports).values(detector_version=None))
    scanned = rescan_imports(database, settings.home, None)
    assert (scanned.imports, scanned.changed, scanned.secrets, scanned.partitions) == (1, 0, 0, ())
    assert rows(database) == there
