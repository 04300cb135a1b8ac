"""A connection to PostgreSQL, and the proof that server and schema are ones that this code can work with.

    connect ─► check_server ─► check_schema ─► store functions
               15+, vector,     the revision that this code was written for;
               pg_trgm          else SchemaError: run `recall migrate`
    migrate:   advisory lock ─► dump, if there is something to lose ─► Alembic upgrade, one transaction

Store functions take a connection and never commit; the caller owns the transaction.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

import migrations
from recall_assets.errors import DatabaseError, SchemaError
from recall_assets.store.dump import dump
from recall_assets.store.search import SESSION
from recall_assets.store.tables import SCHEMA, deployments

OLDEST_SERVER = 15
OLDEST_VECTOR = (0, 7)
# Any number that no other program of this database takes as an advisory lock.
_MIGRATION_LOCK = 0x5245_4341_4C4C
# At INFO it tells of itself at each look at the revision, in the log of every process.
logging.getLogger("alembic").setLevel(logging.WARNING)


def connect(url: str) -> Engine:
    """An engine on psycopg 3 whose sessions run in UTC and whose errors carry neither parameters nor rows.

    Args:
        url: with the scheme `postgresql+psycopg`.
    """
    options = [make_url(url).query.get("options", ""), "-c timezone=UTC"]
    options += [f"-c {name}={value}" for name, value in SESSION.items()]
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,  # the server may have been restarted between two uses
        connect_args={"options": " ".join(map(str, options)), "application_name": "recall"},
    )
    event.listen(engine, "handle_error", _leave_rows_out)
    return engine


def _leave_rows_out(context: ExceptionContext) -> None:
    """Takes out of an error what the server quotes: details show the failing row, messages of bad data the value."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and error.sqlstate is not None:
        quotes_value = error.sqlstate.startswith("22")
        error.args = (f"SQLSTATE {error.sqlstate}" if quotes_value else error.diag.message_primary,)
        if wrapped is not None:
            wrapped.args = (f"({type(error).__module__}.{type(error).__qualname__}) {error}",)


def check_server(engine: Engine) -> None:
    """Nothing, if the server is reachable, PostgreSQL 15+, and has pgvector 0.7+ and pg_trgm.

    Raises:
        DatabaseError: with the remedy.
    """
    with _connected(engine) as connection:
        version = int((connection.dialect.server_version_info or (0,))[0])
        if version < OLDEST_SERVER:
            raise DatabaseError(
                f"PostgreSQL {version} is too old.", f"Recall needs PostgreSQL {OLDEST_SERVER} or newer."
            )
        _check_extension(connection, "vector", OLDEST_VECTOR, "postgresql-<version>-pgvector")
        _check_extension(connection, "pg_trgm", (1, 0), "postgresql-contrib")


def check_schema(engine: Engine) -> None:
    """Nothing, if the schema is the one that this code was written for.

    Raises:
        SchemaError: it is missing, older or newer; names the command.
    """
    with _connected(engine) as connection:
        found = _revision(connection)
    if found == _head():
        return
    if found is None:
        raise SchemaError("The database has no tables of Recall yet.", "Run `recall migrate`.")
    if found in _known_revisions():
        raise SchemaError(f"The database's schema is older ({found}) than this Recall.", "Run `recall migrate`.")
    raise SchemaError(f"The database's schema ({found}) is newer than this Recall.", "Install the newer Recall again.")


def is_empty(engine: Engine) -> bool:
    """Whether no revision of Recall's schema was ever installed here."""
    with _connected(engine) as connection:
        return _revision(connection) is None


def revision(engine: Engine) -> str | None:
    """The revision of Recall's schema here; None where there is none."""
    with _connected(engine) as connection:
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
    with _connected(engine) as connection, _migration_lock(connection):
        _create_dagster_database(engine, connection)
        found = _revision(connection)
        connection.commit()
        if found == _head():
            return
        if found is not None and found not in _known_revisions():
            raise SchemaError(f"The schema ({found}) is newer than this Recall.", "Install the newer Recall again.")
        if found is not None and dump_folder is not None and _holds_data(connection):
            dump(engine.url, SCHEMA, dump_folder, label=found)
        try:
            with connection.begin():
                config = _alembic_config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except DBAPIError as error:
            raise DatabaseError(
                f"The migration failed and was undone: {_first_line(error)}",
                f"The role needs CREATE on database {engine.url.database}. Extensions that it may not create, an "
                "administrator does, there: create extension vector; create extension pg_trgm",
            ) from error


def dagster_database(name: str) -> str:
    """The name of the database beside `name` in which Dagster keeps its runs and events."""
    return f"{name}_dagster"


@contextmanager
def hold(engine: Engine, name: str) -> Iterator[None]:
    """Waits until nobody else holds this name, and holds it; a process that dies lets go of it."""
    lock = func.hashtextextended(name, 0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock(lock)))
        try:
            yield
        finally:  # the connection goes back to the pool, and its session lives on with all its locks
            connection.execute(select(func.pg_advisory_unlock(lock)))


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise DatabaseError(
            f"PostgreSQL cannot be reached: {_first_line(error)}",
            "Check RECALL_DATABASE_URL and that the server runs, or unset it to use the embedded server.",
        ) from error
    with connection:
        yield connection


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0]


def _check_extension(connection: Connection, name: str, oldest: tuple[int, ...], package: str) -> None:
    found = connection.scalar(
        text("select coalesce(installed_version, default_version) from pg_available_extensions where name = :name"),
        {"name": name},
    )
    wanted = ".".join(map(str, oldest))
    if found is None:
        raise DatabaseError(
            f"The server lacks the extension {name}.", f"Install {name} {wanted}+ there, e.g. package {package}."
        )
    if tuple(int(part) for part in found.split(".")[:2]) < oldest:
        raise DatabaseError(
            f"The extension {name} is {found}; Recall needs {wanted} or newer.",
            f"Upgrade {package} on the server, then run `alter extension {name} update`.",
        )


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


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic_config())


def _head() -> str | None:
    return _scripts().get_current_head()


def _known_revisions() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _revision(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    return context.get_current_revision()
