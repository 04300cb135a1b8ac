"""The steps of docs/import.md, run as they are written, with PostgreSQL's own programs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, select

from recall_assets.settings import Settings, postgres_binaries
from recall_assets.store.tables import frames, imports
from tests.architecture.tree import ROOT
from tests.imports.legacy_databases import change

_STEP = re.compile(r"<!-- run: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)


def _all(dsn: str, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(dsn) as connection:
        return {
            table: connection.execute(sql.SQL("select * from {} order by 1").format(sql.Identifier(table))).fetchall()
            for table in tables
        }


@pytest.mark.usefixtures("vault")
def test_the_documents_steps_back_up_import_undo_and_restore(
    settings: Settings, database: Engine, organisation: str, map_file: Path, tmp_path: Path
) -> None:
    steps = dict(_STEP.findall((ROOT / "docs" / "import.md").read_text("utf-8")))
    assert list(steps) == ["backup", "import", "undo", "restore"]
    path = f"{postgres_binaries() / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    # As the document says it: the source is named by its host in the address, its socket by the environment.
    server, _, options = organisation.rpartition("?")
    parts = dict(option.split("=") for option in options.split("&"))
    environment = os.environ | {"PATH": path, "LEGACY": server, "COLUMNS": "200"}
    environment |= {"PGHOST": parts["host"].replace("%2F", "/"), "PGPORT": parts["port"]}
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copy(map_file, folder / "map.toml")
    before = _all(organisation, "frames", "messages", "secrets")

    def run(step: str, **more: str) -> str:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", steps[step]],
            cwd=folder,
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert run("backup").strip() == "3"
    assert "finished" in run("import")
    with database.connect() as connection:
        (import_id,) = connection.scalars(select(imports.c.id)).all()
        assert connection.scalars(select(frames.c.id)).all()
    run("undo", IMPORT=str(import_id))
    with database.connect() as connection:
        assert connection.scalars(select(frames.c.id)).all() == []
    change(organisation, "drop table messages, frames cascade")  # the accident that a backup is for
    run("restore")
    again = organisation.replace(server.rpartition("/")[2], "predecessor_again")
    assert _all(again, "frames", "messages", "secrets") == before
    with psycopg.connect(organisation, autocommit=True) as client:
        client.execute("drop database predecessor_again with (force)")
