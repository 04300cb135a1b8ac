"""Reads another program's PostgreSQL database, in one snapshot that cannot write.

    DSN ─► repeatable read, read only ─┬─► tables_of   names, columns, rows; views are named, not read
                                       ├─► values_of   which values some columns take, and how often
                                       ├─► rows_of     every row of a table, in order, a few hundred in memory
                                       └─► rows_with   the rows that belong to some others

Names of tables and columns come from the database itself and are quoted; nothing of a row is logged.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, Connection, TableClause, column, create_engine, func, make_url, select, table
from sqlalchemy.exc import ArgumentError, DBAPIError

from recall_assets.errors import InputError

Row = Mapping[str, Any]

_ROWS_IN_MEMORY = 500
# Of another program's index only: what they hold is made anew from the text.
_UNREAD_TYPES = frozenset({"vector", "halfvec", "tsvector"})


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table of another database; `columns` are names with PostgreSQL's names of their types."""

    schema: str
    name: str
    columns: Mapping[str, str]
    rows: int

    @property
    def clause(self) -> TableClause:
        """It, as a statement names it, with the columns that are read."""
        readable: list[ColumnClause[Any]] = [
            column(name) for name, type_ in self.columns.items() if type_ not in _UNREAD_TYPES
        ]
        return table(self.name, *readable, schema=self.schema)

    @property
    def unread(self) -> tuple[str, ...]:
        """The columns that no row comes with."""
        return tuple(name for name, type_ in self.columns.items() if type_ in _UNREAD_TYPES)


@contextmanager
def snapshot(dsn: str) -> Iterator[Connection]:
    """A connection that sees one moment of the database and cannot write to it.

    Raises:
        InputError: the address is none, or the server cannot be reached.
    """
    try:
        url = make_url(dsn)
        if url.get_backend_name() not in {"postgresql", "postgres"}:
            raise ArgumentError
    except ArgumentError:
        raise InputError(
            "--dsn is no address of a PostgreSQL database.", "Write postgresql://user@host/name."
        ) from None
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), hide_parameters=True, isolation_level="REPEATABLE READ"
    )
    try:
        with engine.connect() as connection:
            yield connection.execution_options(postgresql_readonly=True)
    except DBAPIError as error:
        if not error.connection_invalidated and getattr(error.orig, "sqlstate", None) is not None:
            raise
        reason = str(error.orig).partition("\n")[0]
        raise InputError(f"The source database cannot be read: {reason}", "Check --dsn.") from error
    finally:
        engine.dispose()


def tables_of(connection: Connection, schema: str) -> tuple[list[ForeignTable], list[str]]:
    """The tables of a schema with their rows counted, and the names of its views, both by name."""
    about = table("columns", *map(column, _ABOUT_COLUMNS), schema="information_schema")
    kinds = table(
        "tables", column("table_name"), column("table_type"), column("table_schema"), schema="information_schema"
    )
    named = select(kinds.c.table_name, kinds.c.table_type).where(kinds.c.table_schema == schema)
    types = {row.table_name: row.table_type for row in connection.execute(named)}
    columns: dict[str, dict[str, str]] = {name: {} for name in sorted(types)}
    ordered = select(about).where(about.c.table_schema == schema).order_by(about.c.ordinal_position)
    for row in connection.execute(ordered):
        columns.setdefault(row.table_name, {})[row.column_name] = row.udt_name
    tables = [
        ForeignTable(schema, name, found, _count(connection, schema, name))
        for name, found in columns.items()
        if types.get(name) == "BASE TABLE"
    ]
    return tables, [name for name, type_ in types.items() if type_ == "VIEW"]


_ABOUT_COLUMNS = ("table_schema", "table_name", "column_name", "ordinal_position", "udt_name")


def values_of(connection: Connection, of: ForeignTable, columns: Sequence[str]) -> list[tuple[tuple[Any, ...], int]]:
    """Each combination of values that these columns take, with how many rows take it."""
    clause = of.clause
    wanted = [clause.c[name] for name in columns]
    rows = connection.execute(select(*wanted, func.count()).group_by(*wanted))
    return [(tuple(row[:-1]), row[-1]) for row in rows]


def rows_of(connection: Connection, of: ForeignTable, order_by: Sequence[str] = ()) -> Iterator[Row]:
    """Every row of the table, ordered by the columns that it has of those named."""
    clause = of.clause
    ordered = select(clause).order_by(*(clause.c[name] for name in order_by if name in clause.c))
    found = connection.execute(ordered, execution_options={"yield_per": _ROWS_IN_MEMORY})
    for row in found:
        yield row._asdict()


def rows_with(connection: Connection, of: ForeignTable, name: str, values: Collection[object]) -> list[Row]:
    """The rows whose column holds one of the values, by id; values that the column's type cannot hold are left out."""
    fitting = [fitted for value in values if (fitted := _fit(value, of.columns[name])) is not None]
    if not fitting:
        return []
    clause = of.clause
    found = select(clause).where(clause.c[name].in_(fitting))
    if "id" in clause.c:
        found = found.order_by(clause.c.id)
    return [row._asdict() for row in connection.execute(found)]


def _fit(value: object, type_: str) -> object:
    """The value as a column of this type compares it: foreign keys may have another type than what they point at."""
    with suppress(ValueError):
        if type_ == "uuid":
            return UUID(str(value))
        if type_ in {"int2", "int4", "int8", "numeric"}:
            return int(str(value))
        return str(value)
    return None


def _count(connection: Connection, schema: str, name: str) -> int:
    return int(connection.execute(select(func.count()).select_from(table(name, schema=schema))).scalar_one())
