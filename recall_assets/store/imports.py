"""Imports from other systems: what each wrote, and how it is taken back.

    begin ─► insert, batch by batch ─► recall.<target> + imported_rows ─► finish
             └ rows that are there already are left as they are; what was written is read back and compared
    undo: everything that an import wrote, and what was made of its frames alone

Ids are the importer's (uuid5 of where a row came from), so a second import finds its rows again.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Uuid,
    and_,
    cast,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.errors import AlreadyRunningError, RecallError
from recall_assets.store.tables import imported_rows, imports, metadata

_LOCK = 0x5245_494D_5054

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row that an import writes, with rows of other tables that end with it; texts are redacted."""

    target: str
    values: Values = field(repr=False)
    satellites: tuple[tuple[str, Values], ...] = field(default=(), repr=False)

    @property
    def id(self) -> Any:
        """Its key in its table."""
        return self.values["id"]

    @property
    def key(self) -> UUID:
        """Its id, as a UUID also where its table counts rows by numbers (imported ones below zero)."""
        return self.id if isinstance(self.id, UUID) else UUID(int=-self.id)


@dataclass(frozen=True, slots=True)
class Import:
    """One import; undone or unfinished where it says so."""

    id: UUID
    source: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    rows: int


@dataclass(slots=True)
class Written:
    """What became of the rows of a batch: new, known from an earlier import, or in the way of a row of ours."""

    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    taken: list[ImportedRow] = field(default_factory=list)


class UnverifiedError(RecallError):
    """What was read back is not what was written; the batch is undone."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Refuses a second import or undo at the same time; a process that dies lets go.

    Raises:
        AlreadyRunningError: there is one.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(_LOCK))):
            raise AlreadyRunningError("Another import runs.", "Wait for its end.")
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(_LOCK)))


def unfinished(connection: Connection, source: str) -> UUID | None:
    """The import of this source that was interrupted, if there is one."""
    open_ = and_(imports.c.source == source, imports.c.finished_at.is_(None), imports.c.undone_at.is_(None))
    return connection.scalar(select(imports.c.id).where(open_).order_by(imports.c.started_at.desc()).limit(1))


def begin(
    connection: Connection,
    import_id: UUID,
    source: str,
    fingerprint: str,
    map_: Mapping[str, Any],
    detector_version: str,
) -> None:
    """Writes down that an import began, and with which rules; one that goes on keeps those that it began with."""
    values = {"id": import_id, "source": source, "source_fingerprint": fingerprint, "map": dict(map_)}
    values["detector_version"] = detector_version
    connection.execute(upsert(imports).values(values).on_conflict_do_nothing())


def finish(connection: Connection, import_id: UUID, report: Mapping[str, Any]) -> None:
    """Writes down that an import ended, and how."""
    ended = update(imports).where(imports.c.id == import_id)
    connection.execute(ended.values(finished_at=func.now(), report=dict(report)))


def read_all(connection: Connection) -> list[Import]:
    """Every import, oldest first, with how many rows of it are here."""
    rows = select(func.count()).where(imported_rows.c.import_id == imports.c.id).scalar_subquery()
    columns = (imports.c.id, imports.c.source, imports.c.started_at, imports.c.finished_at, imports.c.undone_at)
    return [Import(*row) for row in connection.execute(select(*columns, rows).order_by(imports.c.started_at))]


def known(connection: Connection, rows: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], bytes]:
    """Those of these (key, target) that an import wrote, with the digest of what it wrote."""
    c = imported_rows.c
    found = connection.execute(select(c.id, c.target, c.digest).where(tuple_(c.id, c.target).in_(list(rows))))
    return {(row.id, row.target): row.digest for row in found}


def insert(connection: Connection, import_id: UUID, rows: Sequence[ImportedRow]) -> Written:
    """Writes those rows that no import has written yet, all columns named alike in a target, and reads them back.

    Raises:
        UnverifiedError: a row did not become what it was to be.
    """
    written = Written()
    before = known(connection, [(row.key, row.target) for row in rows])
    by_target: defaultdict[str, dict[Any, ImportedRow]] = defaultdict(dict)
    for row in rows:
        if (row.key, row.target) in before:
            written.known[row.target] += 1
        else:
            by_target[row.target][row.id] = row
    for target, new in by_target.items():
        table = _table(target)
        returned = upsert(table).on_conflict_do_nothing().returning(table.c.id)
        inserted = set(connection.execute(returned, [dict(row.values) for row in new.values()]).scalars())
        written.taken += [row for id_, row in new.items() if id_ not in inserted]
        ours = [row for id_, row in new.items() if id_ in inserted]
        _insert_satellites(connection, ours)
        note(connection, import_id, ours)
        written.new[target] += len(ours)
    return written


def _insert_satellites(connection: Connection, rows: Sequence[ImportedRow]) -> None:
    by_table: defaultdict[str, list[Values]] = defaultdict(list)
    for row in rows:
        for name, values in row.satellites:
            by_table[name].append(values)
    for name, satellites in by_table.items():
        connection.execute(_table(name).insert(), [dict(values) for values in satellites])


def note(connection: Connection, import_id: UUID, rows: Sequence[ImportedRow], *, stored: bool = True) -> None:
    """Notes each row with its digest, once what is stored was compared with what was to be.

    Args:
        stored: False for rows whose place another row has: there is nothing to compare.

    Raises:
        UnverifiedError: a row is not there as it was written.
    """
    by_target: defaultdict[str, list[ImportedRow]] = defaultdict(list)
    for row in rows:
        by_target[row.target].append(row)
    for target, some in by_target.items():
        there = _stored(connection, target, some) if stored else {row.id: digest(row.values) for row in some}
        if any(there.get(row.id) != digest(row.values) for row in some):
            raise UnverifiedError(
                f"A row of {target} is not in the database as it was written; its batch was undone.",
                "Run the import again; if this returns, report it.",
            )
    notes = [
        {"id": row.key, "target": row.target, "import_id": import_id, "digest": digest(row.values)} for row in rows
    ]
    if notes:
        connection.execute(imported_rows.insert(), notes)


def _stored(connection: Connection, target: str, rows: Sequence[ImportedRow]) -> dict[Any, bytes]:
    table = _table(target)
    columns = [table.c[name] for name in rows[0].values]
    found = connection.execute(select(*columns).where(table.c.id.in_([row.id for row in rows])))
    return {row.id: digest(row._asdict()) for row in found}


def digest(values: Values) -> bytes:
    """SHA-256 of a row's values, the same for what was to be written and for what PostgreSQL gives back."""
    canonical = json.dumps({str(name): _plain(value) for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def count(connection: Connection, import_id: UUID) -> Counter[str]:
    """How many rows of an import are here, by the table that they are in; each is looked up there."""
    c = imported_rows.c
    targets = connection.scalars(select(c.target).where(c.import_id == import_id).distinct()).all()
    there = {
        target: select(func.count()).select_from(_table(target)).where(of_import(import_id, target))
        for target in targets
    }
    return Counter({target: connection.execute(query).scalar_one() for target, query in there.items()})


def noted(connection: Connection, import_id: UUID) -> Counter[str]:
    """How many rows were noted as an import's, by the table that they are of."""
    c = imported_rows.c
    rows = connection.execute(select(c.target, func.count()).where(c.import_id == import_id).group_by(c.target))
    return Counter({row[0]: row[1] for row in rows})


def of_import(import_id: UUID, target: str) -> ColumnElement[bool]:
    """Whether a row of `target` is one that this import wrote."""
    table, c = _table(target), imported_rows.c
    key = cast(func.lpad(func.to_hex(-table.c.id), 32, "0"), Uuid) if _is_numbered(table) else table.c.id
    return key.in_(select(c.id).where(c.import_id == import_id, c.target == target))


def _is_numbered(table: Table) -> bool:
    return isinstance(table.c.id.type, BigInteger)


def _table(name: str) -> Table:
    return metadata.tables[f"{metadata.schema}.{name}"]
