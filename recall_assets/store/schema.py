"""The schema of Recall's database: whether it is the one that this code was written for, and the way to it.

check_schema   the revision that this code was written for; else SchemaError: run `recall migrate`
migrate        advisory lock ─► dump, if there is something to lose ─► Alembic upgrade, one transaction
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, Text, column, func, select, table, text
from sqlalchemy.exc import DBAPIError

import migrations
from recall_assets.errors import DatabaseError, SchemaError
from recall_assets.store.database import connected, dagster_database, first_line
from recall_assets.store.dump import dump
from recall_assets.store.tables import SCHEMA, deployments

# Any number that no other program of this database takes as an advisory lock.
_MIGRATION_LOCK = 0x5245_4341_4C4C
# At INFO it tells of itself at each look at the revision, in the log of every process.
logging.getLogger("alembic").setLevel(logging.WARNING)


def check_schema(engine: Engine) -> None:
    """Nothing, if the schema is the one that this code was written for.

    Raises:
        SchemaError: it is missing, older or newer; names the command.
    """
    with connected(engine) as connection:
        found = _revision(connection)
    if found == _known_revisions()[-1]:
        return
    if found is None:
        raise SchemaError("The database has no tables of Recall yet.", "Run `recall migrate`.")
    if found in _known_revisions():
        raise SchemaError(f"The database's schema is older ({found}) than this Recall.", "Run `recall migrate`.")
    raise SchemaError(f"The database's schema ({found}) is newer than this Recall.", "Install the newer Recall again.")


def is_empty(engine: Engine) -> bool:
    """Whether no revision of Recall's schema was ever installed here."""
    with connected(engine) as connection:
        return _revision(connection) is None


def revision(engine: Engine) -> str | None:
    """The revision of Recall's schema here; None where there is none."""
    with connected(engine) as connection:
        return _revision(connection)


def migrate(engine: Engine, *, dump_folder: Path | None) -> None:
    """Brings the schema to this code's revision; processes that ask at the same time wait for one another.

    Dagster's database beside it is created too. Where an older schema holds data, it is dumped first.

    Args:
        dump_folder: where the dump goes; None: no dump (the caller has a backup).

    Raises:
        DatabaseError: the dump failed, the role may not do this, or the server refused; nothing was changed.
        SchemaError: the schema is newer than this code.
    """
    with connected(engine) as connection, _migration_lock(connection):
        _create_dagster_database(engine, connection)
        found = _revision(connection)
        connection.commit()
        if found == _known_revisions()[-1]:
            return
        if found is not None and found not in _known_revisions():
            raise SchemaError(f"The schema ({found}) is newer than this Recall.", "Install the newer Recall again.")
        if found is not None and dump_folder is not None and _holds_data(connection):
            dump(engine.url, SCHEMA, dump_folder, label=found)
        try:
            with connection.begin():
                _upgrade(connection)
        except DBAPIError as error:
            raise DatabaseError(
                f"The migration failed and was undone: {first_line(error)}",
                f"The role needs CREATE on database {engine.url.database}. Extensions that it may not create, an "
                "administrator does, there: create extension vector; create extension pg_trgm",
            ) from error


@contextmanager
def _migration_lock(connection: Connection) -> Iterator[None]:
    connection.execute(select(func.pg_advisory_lock(_MIGRATION_LOCK)))
    connection.commit()
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(_MIGRATION_LOCK)))
            connection.commit()


def _create_dagster_database(engine: Engine, connection: Connection) -> None:
    name = dagster_database(engine.url.database or "")
    if connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": name}):
        return
    connection.commit()
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own:
            driver: psycopg.Connection = own.connection.driver_connection  # type: ignore[assignment]
            driver.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise DatabaseError(
            f"Dagster's database {name} cannot be created: {error}",
            f"Let an administrator run: create database {name} owner {engine.url.username}",
        ) from error


def _holds_data(connection: Connection) -> bool:
    held = connection.scalar(select(select(deployments.c.id).exists()))
    connection.commit()
    return bool(held)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # takes longer to import than most commands take, and only this one needs it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_scripts().parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _scripts() -> Path:
    return Path(migrations.__file__).parent / "versions"


def _known_revisions() -> list[str]:
    """The revisions that this code knows, oldest first: each script's name begins with its own."""
    return sorted(script.name.partition("_")[0] for script in _scripts().glob("[0-9]*_*.py"))


def _revision(connection: Connection) -> str | None:
    installed = table("alembic_version", column("version_num", Text), schema=SCHEMA)
    if connection.scalar(select(func.to_regclass(f"{SCHEMA}.{installed.name}"))) is None:
        return None
    return connection.scalar(select(installed.c.version_num))
