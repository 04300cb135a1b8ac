"""A backup holds everything at one moment but the landing and its keys, and an empty home becomes what it was."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url, select, text, update

from recall_assets.errors import DatabaseError
from recall_assets.keyring import found_vault
from recall_assets.records import Status
from recall_assets.sealer import check_chains
from recall_assets.settings import Settings
from recall_assets.store import backup
from recall_assets.store.database import connect
from recall_assets.store.tables import SCHEMA, deployments, frames, metadata
from tests.cli.conftest import Recall, recall
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import Machine, Shot
from tests.vault.vaults import key_material, make_slot

__all__ = ["recall"]

LOGIN = page("Account settings", "Password: Quarry58Tinder31", "Save changes")
REPORT = {"version": "1", "at": "2026-03-02T10:00:00Z", "state": "capturing", "since": "2026-03-02T09:00:00Z"}


@pytest.fixture
def empty(server_url: str, settings: Settings) -> Iterator[str]:
    """The address of a database without any table; the home's own server has databases beside it too."""
    url = make_url(server_url).set(drivername="postgresql", database="postgres")
    administration = url.render_as_string(hide_password=False)
    name = f"empty_{uuid.uuid4().hex}"
    with psycopg.connect(administration, autocommit=True) as client:
        client.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        ours = str(make_url(settings.database_url or "").database)
        client.execute(sql.SQL("create database {}").format(sql.Identifier(f"{ours}_dagster")))
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(administration, autocommit=True) as client:
        for database in (name, f"{name}_dagster"):
            client.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def told(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table but what a restore must change."""
    changed = {"landing_ref", "content_tag", "landing_key", "tsv"}
    with engine.connect() as connection:
        return {
            name.removeprefix(f"{SCHEMA}."): sorted(
                str({k: v for k, v in row.items() if k not in changed})
                for row in connection.execute(select(table)).mappings()
            )
            for name, table in metadata.tables.items()
        }


def test_what_was_backed_up_stands_again_in_an_empty_home(
    database: Engine,
    settings: Settings,
    recall: Recall,
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found_vault(database, settings.home, make_slot(key_material()), datetime.now(UTC))
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(LOGIN), title="Account settings"), Shot("b", b"no image", 60))
    with database.begin() as connection:
        spooled = REPORT | {"spooled_items": 12}
        connection.execute(update(deployments).values(reported=spooled))
    folder = tmp_path / "backup"
    ran = recall("backup", str(folder))
    assert (ran.code, ran.err) == (0, "")
    assert "laptop held 12 items in its spool" in ran.out
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name.split("/")[0] for name in held} == {"manifest.json", "recall.dump", "dagster.dump", "frames", "keys"}
    assert {name for name in held if name.startswith("keys/")} == {"keys/identity", "keys/vault/pins.json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["unread_frames"] == 0  # one was read, one could not be and is in the vault
    before = told(database)

    monkeypatch.setenv("RECALL_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("RECALL_DATABASE_URL", empty)
    ran = recall("restore", str(folder))
    assert (ran.code, ran.err) == (0, "")
    restored = connect(empty)
    assert told(restored) == before
    with restored.connect() as connection:
        assert check_chains(connection).holds
        images = [ref for ref in connection.scalars(select(frames.c.image_ref)) if ref]
        assert connection.scalars(select(frames.c.landing_ref)).all() == [None, None]
    restored.dispose()
    assert [(tmp_path / "other" / "frames" / ref).read_bytes() for ref in images] == [
        (settings.home.frames / ref).read_bytes() for ref in images
    ]
    again = recall("restore", str(folder))
    assert (again.code, "is not empty" in again.err) == (1, True)


@pytest.mark.usefixtures("empty")
def test_what_waits_is_counted_and_a_damaged_backup_is_refused(
    database: Engine, settings: Settings, recall: Recall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Machine(database, settings).land(Shot("a", draw(LOGIN)))
    folder = tmp_path / "backup"
    ran = recall("backup", "--leave-pending", str(folder))
    assert "Not in the backup: 1 frames and stretches of sound that waited, sealed, in the landing." in ran.out
    assert recall("backup", str(folder)).err.startswith(f"recall: {folder} is not empty.")
    with database.connect() as connection:
        assert connection.scalars(select(frames.c.ocr_status)).all() == [Status.PENDING]
    with (folder / "recall.dump").open("ab") as dump:
        dump.write(b"x")
    monkeypatch.setenv("RECALL_HOME", str(tmp_path / "other"))
    refused = recall("restore", str(folder))
    assert (refused.code, refused.err.splitlines()[0]) == (1, "recall: The backup is damaged: recall.dump.")
    assert not (tmp_path / "other" / "keys").exists()


def test_a_database_with_extensions_in_another_schema_is_refused_with_the_remedy(empty: str, tmp_path: Path) -> None:
    engine = connect(empty)
    with engine.begin() as connection:
        connection.execute(text("create schema extras"))
        connection.execute(text("create extension vector schema extras"))
    with pytest.raises(DatabaseError, match="vector in extras") as refused:
        backup.restore(engine, tmp_path / "recall.dump", tmp_path / "dagster.dump")
    assert "alter extension vector set schema public" in refused.value.remedy
    engine.dispose()
