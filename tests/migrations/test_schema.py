"""The migrated database and the described tables are one schema."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import DateTime, Engine, inspect
from sqlalchemy.sql.sqltypes import Time

from recall_assets.store.database import connect
from recall_assets.store.tables import SCHEMA, arrivals, metadata


def _is_next_arrival(difference: Any) -> bool:
    """Whether it is the default that Alembic compares by drawing two numbers, which never are equal."""
    return (
        isinstance(difference, list)
        and [d[0] for d in difference] == ["modify_default"]
        and difference[0][3] == "arrival"
    )


def test_every_upgrade_ends_at_the_described_tables(database: Engine) -> None:
    options = {
        "version_table_schema": SCHEMA,
        "include_schemas": True,
        "compare_type": True,
        "compare_server_default": True,
    }
    # The role is named as the schema is; without this, PostgreSQL would take the schema for the default one.
    public = database.url.update_query_dict({"options": "-c search_path=public"})
    engine = connect(public.render_as_string(hide_password=False))
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert [difference for difference in found if not _is_next_arrival(difference)] == []


def test_arrivals_are_numbered_by_the_described_sequence(database: Engine) -> None:
    counted = [table for table in metadata.sorted_tables if "arrival" in table.columns]
    for table in counted:
        columns = inspect(database).get_columns(table.name, schema=SCHEMA)
        (default,) = (column["default"] for column in columns if column["name"] == "arrival")
        assert "nextval" in str(default)
        assert str(arrivals.name) in str(default)


def test_check_constraints_are_the_described_ones(database: Engine) -> None:
    described = {str(c.name) for t in metadata.tables.values() for c in t.constraints if str(c.name).startswith("ck_")}
    query = "select conname from pg_constraint where contype = 'c' and connamespace = 'recall'::regnamespace"
    with database.connect() as connection:
        assert set(connection.exec_driver_sql(query).scalars()) == described


def test_every_time_carries_its_zone() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    zoned = {str(column): column.type.timezone for column in columns if isinstance(column.type, DateTime | Time)}
    assert len(zoned) > 20
    assert [name for name, timezone in zoned.items() if not timezone] == []
