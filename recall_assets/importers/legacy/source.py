"""The predecessor's database, opened to be read: its tables, whose its rows are, and what each row becomes.

snapshot ─► tables known, missing, unknown; views are passed over
         ─► names: every user, device, organisation, deployment that owns rows
         ─► outcomes: projects, activities, frames, their sentences, day summaries, secrets, chats, memories, archive
                      (what others rest on comes first)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from recall_assets.importers.drafts import Item, Outcome
from recall_assets.importers.legacy import captured, hierarchy, memories, sealed, talk
from recall_assets.importers.legacy.catalogue import OWNER_COLUMNS, TABLES, Fate, Owner, known_as
from recall_assets.importers.legacy.context import Context, owner_of
from recall_assets.importers.legacy.owner_map import Name, Named
from recall_assets.intake.imported import ClearValue
from recall_assets.store import foreign
from recall_assets.store.foreign import ForeignTable, Row

_FRAMES_AT_ONCE = 200
_NAIVE = "timestamp"  # PostgreSQL's name of the type without a zone


@dataclass(frozen=True, slots=True)
class Source:
    """The database and what is in it; `tables` by the names of the catalogue."""

    connection: Connection
    tables: dict[str, ForeignTable]
    views: list[str]
    unknown: list[ForeignTable]

    @property
    def missing(self) -> list[str]:
        """Tables of the catalogue that this database does not have."""
        return [table.name for table in TABLES if table.name not in self.tables]

    @property
    def rows(self) -> int:
        """How many rows there are to look at."""
        return sum(table.rows for table in self.tables.values())

    @property
    def naive_columns(self) -> list[str]:
        """Columns of times without a zone, in tables with rows."""
        return [
            f"{table.name}.{name}"
            for table in self.tables.values()
            if table.rows
            for name, type_ in table.columns.items()
            if type_ == _NAIVE
        ]


def open_source(connection: Connection, schema: str) -> Source:
    """What the schema holds of the predecessor's tables."""
    tables, views = foreign.tables_of(connection, schema)
    known = {found.name: table for table in tables if (found := known_as(table.name))}
    return Source(connection, known, views, [table for table in tables if known_as(table.name) is None])


def names_in(source: Source) -> dict[Name, Named]:
    """Everybody whom a row belongs to, and of those tables whose rows must belong to somebody, nobody too."""
    names: dict[Name, Named] = {}
    for table in TABLES:
        found = source.tables.get(table.name)
        if found is None or table.fate is Fate.END or table.name == "users":
            continue
        columns = [column for column in OWNER_COLUMNS.values() if column in found.columns]
        values = foreign.values_of(source.connection, found, columns) if columns else [((), found.rows)]
        for combination, rows in values:
            name = owner_of(dict(zip(columns, combination, strict=True)))
            if rows and (name.owner is not Owner.NONE or table.is_owned):
                named = names.setdefault(name, Named())
                named.rows += rows
                named.tables.add(table.name)
    return names


def users_of(source: Source) -> list[Row]:
    """The predecessor's users; none where the table is missing."""
    table = source.tables.get("users")
    return [] if table is None else list(foreign.rows_of(source.connection, table, ("id",)))


def kept_values(source: Source) -> Iterator[ClearValue]:
    """Every value that some table keeps as a secret."""
    for table in TABLES:
        for row in _rows(source, table.name) if table.fate is not Fate.END else ():
            if table.name in {"secrets", "knowledge_vault"}:
                if value := sealed.value_of(row):
                    yield value
            elif table.fate is Fate.ARCHIVE:
                yield from sealed.values_in(table.name, row)


def outcomes(source: Source, context: Context) -> Iterator[Item]:
    """What every row becomes, in an order in which each can be written: what others rest on comes first."""
    if "secrets" in source.tables:
        asked = foreign.values_of(source.connection, source.tables["secrets"], ["frame_id"])
        context.asked_frames = frozenset(str(values[0]) for values, _ in asked)
    yield from _each(source, context, "projects", hierarchy.project)
    yield from _each(source, context, "activities", hierarchy.activity, ("start_at", "id"))
    yield from _frames(source, context)
    yield from _each(source, context, "activities", hierarchy.activity_summary, again=True)
    yield from _each(source, context, "projects", hierarchy.project_summary, again=True)
    yield from _day_summaries(source, context)
    yield from _each(source, context, "secrets", sealed.secret)
    yield from _messages(source, context)
    for table, translate in memories.TRANSLATIONS.items():
        yield from _each(source, context, table, translate, ("created_at", "id"))
    yield from _each(source, context, "steps", talk.step)
    for archived in (table for table in TABLES if table.fate is Fate.ARCHIVE):
        for row in _rows(source, archived.name):
            yield Item(archived.name, [*sealed.archive(archived.name, row, _legacy_id(row), context)])


def _rows(source: Source, table: str, order: Sequence[str] = ("id",)) -> Iterator[Row]:
    if table in source.tables:
        yield from foreign.rows_of(source.connection, source.tables[table], order)


def _each(
    source: Source,
    context: Context,
    table: str,
    translate: Callable[[Row, Context], Iterator[Outcome]],
    order: Sequence[str] = ("id",),
    *,
    again: bool = False,
) -> Iterator[Item]:
    for row in _rows(source, table, order):
        yield Item(table, [*translate(row, context)], is_row=not again)


def _frames(source: Source, context: Context) -> Iterator[Item]:
    def belonging(table: str, frame_ids: Sequence[object]) -> list[Row]:
        found = source.tables.get(table)
        return [] if found is None else foreign.rows_with(source.connection, found, "frame_id", frame_ids)

    batch: list[Row] = []
    for row in _rows(source, "frames", captured.ORDER):
        batch.append(row)
        if len(batch) == _FRAMES_AT_ONCE:
            yield from (Item("frames", made) for made in captured.translate(batch, belonging, context))
            batch.clear()
    yield from (Item("frames", made) for made in captured.translate(batch, belonging, context))


def _day_summaries(source: Source, context: Context) -> Iterator[Item]:
    """The newest of each machine and day first."""
    rows = [dict(row) for row in _rows(source, "day_summaries")]
    rows.sort(key=lambda row: str(row["id"]))
    rows.sort(key=lambda row: str(row.get("updated_at") or row.get("created_at") or ""), reverse=True)
    seen: set[tuple[str | None, date]] = set()
    for row in rows:
        yield Item("day_summaries", [*hierarchy.day_summary(row, seen, context)])


def _messages(source: Source, context: Context) -> Iterator[Item]:
    agents = {str(row["id"]): str(row.get("name") or "") for row in _rows(source, "agents")}
    begun: set[object] = set()
    for row in _rows(source, "messages", talk.ORDER):
        yield Item("messages", [*talk.message(row, agents, begun, context)])


def _legacy_id(row: Row) -> str:
    """The row's id; in a table that joins two others, both of theirs."""
    if row.get("id") is not None:
        return str(row["id"])
    return "/".join(str(value) for value in _plain_values(row))


def _plain_values(row: Row) -> list[Any]:
    return [value for _, value in sorted(row.items()) if isinstance(value, str | int)]
