"""The lived days are made once; every test has a copy of database and images."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import connect
from tests.conftest import cloned_database
from tests.forgetting.lived import live


@pytest.fixture(scope="module")
def lived_once(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Name of a database in which the days were lived, and the folder of their images."""
    home_path = tmp_path_factory.mktemp("lived")
    with cloned_database(server_url) as url:
        engine = connect(url)
        live(engine, load_settings(home_path=home_path, database_url=url))
        engine.dispose()
        yield make_url(url).database or "", home_path / "frames"


@pytest.fixture
def database_url(server_url: str, lived_once: tuple[str, Path]) -> Iterator[str]:
    """The address of a copy."""
    with cloned_database(server_url, lived_once[0]) as url:
        yield url


@pytest.fixture
def lived(database: Engine, settings: Settings, lived_once: tuple[str, Path]) -> Engine:
    """The days, in a database and a home of their own."""
    shutil.copytree(lived_once[1], settings.home.frames, dirs_exist_ok=True)
    return database
