"""`migrate`: once, twice, by two at once, over older data, and what is refused."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, text

import migrations
from recall_assets.errors import DatabaseError, SchemaError
from recall_assets.settings import postgres_binaries
from recall_assets.store.database import connect
from recall_assets.store.schema import check_schema, migrate

CHECKOUT = Path(__file__).parents[2]

_LATER = """
from alembic import op

revision = "9999"
down_revision = "0001"


def upgrade() -> None:
    op.execute("create table recall.later (id bigint primary key)")
"""


@pytest.fixture
def empty(database: Engine) -> Engine:
    """A database without any table."""
    with database.begin() as connection:
        connection.execute(text("drop schema recall cascade"))
    return database


@pytest.fixture
def later_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This code's migrations, and one more after them."""
    folder = copytree(Path(migrations.__file__).parent, tmp_path / "migrations")
    head = max(file.stem[:4] for file in (folder / "versions").glob("0*.py"))
    (folder / "versions" / "9999_later.py").write_text(_LATER.replace("0001", head))
    monkeypatch.setattr(migrations, "__file__", str(folder / "__init__.py"))


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _revision(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("select version_num from recall.alembic_version")))


def test_each_script_is_named_after_its_revision() -> None:
    scripts = list(ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions())
    assert [Path(script.path).name[:4] for script in scripts] == [script.revision for script in scripts]


def test_an_empty_database_is_refused_with_the_command_and_then_migrated(empty: Engine) -> None:
    with pytest.raises(SchemaError, match="recall migrate"):
        check_schema(empty)
    migrate(empty, dump_folder=None)
    check_schema(empty)


def test_a_second_migration_changes_and_dumps_nothing(database: Engine, tmp_path: Path) -> None:
    before = _revision(database)
    migrate(database, dump_folder=tmp_path / "dumps")
    assert _revision(database) == before
    assert not (tmp_path / "dumps").exists()


def test_two_processes_that_migrate_at_once_both_succeed(empty: Engine) -> None:
    url = empty.url.render_as_string(hide_password=False)
    code = "from recall_assets.store import database, schema; "
    code += f"schema.migrate(database.connect({url!r}), dump_folder=None)"
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    check_schema(empty)


def test_an_older_schema_is_refused_with_the_command(database: Engine, later_revision: None) -> None:
    with pytest.raises(SchemaError, match=r"older \(\d+\).*\n.*recall migrate"):
        check_schema(database)


def test_older_data_is_dumped_for_the_owner_alone_before_it_changes(
    database: Engine, later_revision: None, tmp_path: Path
) -> None:
    with database.begin() as connection:
        connection.execute(text("insert into recall.deployments (id, name, timezone) values ('kept', 'K', 'UTC')"))
    migrate(database, dump_folder=tmp_path / "dumps")
    assert _revision(database) == "9999"
    (dump,) = (tmp_path / "dumps").iterdir()
    assert dump.stat().st_mode & 0o777 == 0o600
    program = postgres_binaries() / "bin" / "pg_restore"
    told = subprocess.run([program, "--data-only", "--table=deployments", "-f", "-", dump], capture_output=True)
    assert b"kept" in told.stdout


def test_a_failed_dump_leaves_schema_and_folder_as_they_were(
    database: Engine, later_revision: None, tmp_path: Path
) -> None:
    with database.begin() as connection:
        connection.execute(text("insert into recall.deployments (id, name, timezone) values ('kept', 'K', 'UTC')"))
        connection.execute(text("create table recall.t (v int); alter table recall.t add check (v > 0)"))
    locked = tmp_path / "dumps"
    locked.write_text("not a folder")
    with pytest.raises(DatabaseError, match="no-dump"):
        migrate(database, dump_folder=locked)
    assert _revision(database) != "9999"


def test_a_failed_upgrade_changes_nothing(database: Engine, later_revision: None) -> None:
    with database.begin() as connection:
        connection.execute(text("create table recall.later (v int)"))
    with pytest.raises(DatabaseError, match="was undone"):
        migrate(database, dump_folder=None)
    assert _revision(database) != "9999"


def test_a_newer_schema_is_neither_used_nor_migrated(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("update recall.alembic_version set version_num = 'f00d'"))
    with pytest.raises(SchemaError, match="newer"):
        check_schema(database)
    with pytest.raises(SchemaError, match="newer"):
        migrate(database, dump_folder=None)


def test_dagsters_database_is_made_beside_it(database: Engine) -> None:
    migrate(database, dump_folder=None)
    engine = connect(_address(database.url.set(database=f"{database.url.database}_dagster")))
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
    engine.dispose()


def test_a_role_that_may_not_create_it_is_told_what_to_ask_for(database: Engine) -> None:
    role = f"weak_{database.url.database}"
    with database.begin() as connection:
        connection.execute(text(f"create role {role} login password 'weak'"))
        connection.execute(text(f"grant all on schema recall to {role}"))
    weak = connect(_address(database.url.set(username=role, password="weak")))
    with pytest.raises(DatabaseError, match=f"create database {database.url.database}_dagster owner {role}"):
        migrate(weak, dump_folder=None)
    weak.dispose()
    with database.begin() as connection:
        connection.execute(text(f"drop owned by {role}; drop role {role}"))
