"""A home with a vault, legacy databases beside it, and the command that imports them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recall_assets.importers.legacy import run
from recall_assets.importers.legacy.owner_map import read_map
from recall_assets.importers.legacy.source import open_source
from recall_assets.keyring import found_vault
from recall_assets.settings import Home, Settings
from recall_assets.store.database import connect
from recall_assets.store.foreign import snapshot
from tests.cli.conftest import Ran, Recall, recall
from tests.conftest import cloned_database
from tests.imports.legacy_databases import legacy_database
from tests.vault.vaults import key_material, make_slot

__all__ = ["recall"]


@pytest.fixture
def vault(database: Engine, settings: Settings) -> None:
    """There is a vault."""
    found_vault(database, settings.home, make_slot(key_material()), datetime.now(UTC))


@pytest.fixture
def organisation(server_url: str) -> Iterator[str]:
    """The address of a legacy database of the first generation."""
    with legacy_database(server_url, "organisation") as dsn:
        yield dsn


MAP = """source = "old"
[deployments.laptop]
timezone = "Europe/Vienna"
[deployments.work-pc]
timezone = "UTC"
[user]
user-1 = "laptop"
user-2 = "work-pc"
[organization]
org-1 = "laptop"
"""


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    """Two users are two machines."""
    file = tmp_path / "map.toml"
    file.write_text(MAP, "utf-8")
    return file


@pytest.fixture(scope="module")
def imported(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database into which the first generation was imported once, for tests that only look at it."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "map.toml").write_text(MAP, "utf-8")
    home, owner_map = Home(folder / "home"), read_map(folder / "map.toml")
    with cloned_database(server_url) as url, legacy_database(server_url, "organisation") as dsn:
        engine = connect(url)
        found_vault(engine, home, make_slot(key_material()), datetime.now(UTC))
        with snapshot(dsn) as connection:
            source = open_source(connection, "public")
            looked = run.look(engine, home, source, owner_map, naive_zone=None, seals=True, advance=lambda _rows: None)
            run.write(engine, home, looked, owner_map, advance=lambda _rows: None)
        yield engine
        engine.dispose()


class Import:
    """`recall import legacy` over one source."""

    def __init__(self, recall: Recall, dsn: str, map_file: Path) -> None:
        self._recall, self.words = recall, ("import", "legacy", "--dsn", dsn, "--map", str(map_file))

    def __call__(self, *words: str) -> Ran:
        return self._recall(*self.words, *words)


@pytest.fixture
def import_(recall: Recall, organisation: str, map_file: Path, vault: None) -> Import:
    """Imports the first generation by the map, into a home with a vault."""
    return Import(recall, organisation, map_file)
