"""A connection to PostgreSQL, and the proof that the server is one that this code can work with.

    connect ─► check_server ─► schema.check_schema ─► store functions
               15+, vector, pg_trgm

Store functions take a connection and never commit; the caller owns the transaction.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from sqlalchemy import (
    ARRAY,
    Connection,
    Engine,
    ExceptionContext,
    Text,
    create_engine,
    event,
    func,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError

from recall_assets.errors import DatabaseError
from recall_assets.store.search import SESSION

OLDEST_SERVER = 15
OLDEST_VECTOR = (0, 7)


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
    with connected(engine) as connection:
        version = int((connection.dialect.server_version_info or (0,))[0])
        if version < OLDEST_SERVER:
            raise DatabaseError(
                f"PostgreSQL {version} is too old.", f"Recall needs PostgreSQL {OLDEST_SERVER} or newer."
            )
        _check_extension(connection, "vector", OLDEST_VECTOR, "postgresql-<version>-pgvector")
        _check_extension(connection, "pg_trgm", (1, 0), "postgresql-contrib")


def dagster_database(name: str) -> str:
    """The name of the database beside `name` in which Dagster keeps its runs and events."""
    return f"{name}_dagster"


def now_at(engine: Engine) -> datetime:
    """The time of the database's own clock, by which those of many machines can be compared."""
    with engine.connect() as connection:
        now: datetime = connection.execute(select(func.now())).scalar_one()
    return now


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
def hold_free(engine: Engine, names: Collection[str]) -> Iterator[set[str]]:
    """Holds those of the names that nobody else holds, and waits for none; a process that dies lets go of them."""
    name = func.unnest(literal([*names], ARRAY(Text))).column_valued("name")
    lock = func.hashtextextended(name, 0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        rows = connection.execute(select(name, func.pg_try_advisory_lock(lock))).all()
        held = {row[0] for row in rows if row[1]}
        try:
            yield held
        finally:  # as above
            own = name.in_(held)
            connection.execute(select(func.pg_advisory_unlock(lock)).where(own))


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection.

    Raises:
        DatabaseError: the server cannot be reached.
    """
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise DatabaseError(
            f"PostgreSQL cannot be reached: {first_line(error)}",
            "Check RECALL_DATABASE_URL and that the server runs, or unset it to use the embedded server.",
        ) from error
    with connection:
        yield connection


def first_line(error: DBAPIError) -> str:
    """What the server said, without the statement and what follows it."""
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
