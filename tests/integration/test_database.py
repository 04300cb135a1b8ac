"""What a server must have, and the small facts that the database keeps."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, text
from sqlalchemy.exc import DataError, IntegrityError

from recall_assets.cli.session import opened_database
from recall_assets.errors import DatabaseError
from recall_assets.settings import Settings
from recall_assets.store import database as database_module
from recall_assets.store import settings as stored
from recall_assets.store import tables
from recall_assets.store.database import check_server, connect
from recall_assets.store.dump import dump


def test_a_good_server_is_accepted(database: Engine) -> None:
    check_server(database)


def test_a_command_opens_the_external_database(settings: Settings) -> None:
    with opened_database(settings) as engine, engine.connect() as connection:
        assert connection.scalar(text("show timezone")) == "UTC"


def test_an_absent_server_is_named_with_a_remedy() -> None:
    with pytest.raises(DatabaseError, match=r"cannot be reached[\s\S]*RECALL_DATABASE_URL"):
        check_server(connect("postgresql+psycopg://nobody:hidden@127.0.0.1:1/nothing"))


def test_an_old_server_is_refused(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "OLDEST_SERVER", 99)
    with pytest.raises(DatabaseError, match=r"PostgreSQL \d+ is too old[\s\S]*99 or newer"):
        check_server(database)


def test_an_old_extension_is_refused(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("update pg_extension set extversion = '0.6.2' where extname = 'vector'"))
    with pytest.raises(DatabaseError, match=r"vector is 0\.6\.2[\s\S]*alter extension vector update"):
        check_server(database)


@pytest.mark.parametrize("extension", ["vector", "pg_trgm"])
def test_a_missing_extension_is_refused(database: Engine, extension: str) -> None:
    # The catalogue of available extensions is a view; one that lacks the row stands before it on the path.
    with database.begin() as connection:
        view = "create view public.pg_available_extensions as select * from pg_catalog.pg_available_extensions"
        connection.execute(text(f"{view} where name <> '{extension}'"))
    url = database.url.update_query_dict({"options": "-c search_path=public,pg_catalog"})
    before = connect(url.render_as_string(hide_password=False))
    with pytest.raises(DatabaseError, match=f"lacks the extension {extension}"):
        check_server(before)
    before.dispose()


def test_errors_carry_no_parameters(database: Engine) -> None:
    with database.connect() as connection, pytest.raises(Exception, match="hidden") as raised:
        connection.execute(text("select cast(:value as bigint) / 0"), {"value": 7_777_777})
    assert "7777777" not in str(raised.value)


def test_errors_quote_no_row_and_no_value(database: Engine) -> None:
    row = {"id": "laptop", "name": "hunter2", "timezone": "UTC"}
    with pytest.raises(IntegrityError) as twice, database.begin() as connection:
        connection.execute(insert(tables.deployments), [row, row])
    with pytest.raises(DataError) as bad, database.begin() as connection:
        connection.execute(text("select cast(cast(:shown as text) as integer)"), {"shown": "hunter2"})
    for error in (twice.value, bad.value):
        assert "hunter2" not in f"{error} {error.orig}"
    assert "pk_deployments" in str(twice.value)


def test_a_kept_fact_is_replaced(database: Engine) -> None:
    with database.begin() as connection:
        assert stored.read(connection, "fact") is None
        stored.write(connection, "fact", {"a": [1, None]})
        stored.write(connection, "fact", "other")
        assert stored.read(connection, "fact") == "other"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dates(date(1990, 1, 1), date(2200, 1, 1)), min_size=1, max_size=6))
def test_the_first_day_of_partitions_is_only_ever_lowered(database: Engine, days: list[date]) -> None:
    with database.begin() as connection:
        connection.execute(delete(tables.settings))
        lowest: date | None = None
        for day in days:
            first = day.replace(day=1)
            assert stored.lower_partitions_start(connection, day) == (lowest is None or first < lowest)
            lowest = first if lowest is None else min(lowest, first)
            assert stored.partitions_start(connection) == lowest


def test_the_dump_of_a_server_that_is_away_leaves_no_file(tmp_path: Path) -> None:
    engine = connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DatabaseError, match="no-dump"):
        dump(engine.url, tables.SCHEMA, tmp_path, label="0001")
    assert list(tmp_path.iterdir()) == []
