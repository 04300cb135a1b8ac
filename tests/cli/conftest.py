"""Running commands in this process, against a fresh home and a database of their own."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from recall_assets.cli import main
from recall_assets.settings import Settings
from tests.indexed import make_findable
from tests.told_day import DAY, tell


class Ran(NamedTuple):
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


Recall = Callable[..., Ran]


@pytest.fixture
def recall(settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Recall:
    """Runs `recall` with the given words."""
    monkeypatch.setenv("COLUMNS", "140")

    def run(*words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0 if code is None else 1, *capsys.readouterr())

    return run


@pytest.fixture
def told(database: Engine) -> None:
    """The told day is in the database."""
    with database.begin() as connection:
        tell(connection)


@pytest.fixture
def findable(told: None, database: Engine) -> None:
    """The told day is in the database, and the search knows it."""
    make_findable(database, DAY, "laptop", "desktop")
