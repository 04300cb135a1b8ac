"""Every place where the product leaves bytes, searched for values in every form in which they may lie there.

    RECALL_HOME   landing, frames, dagster (compute logs), keys, run, logs, dumps       all files below it
    PostgreSQL    the database's files, Dagster's beside it, WAL since a mark, the server's own log
                  all rows of both as text: what PostgreSQL compresses no search of bytes would find
    temporary     TMPDIR of the test, new files in shared memory, the user's cache of the token engine
    and           what commands printed, and wherever a spool or an export was written: `folders`

A stage that stores something somewhere else adds its place here, and every canary test looks there.
"""

import base64
import contextlib
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import platformdirs
import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url

from recall_assets.settings import Home
from recall_assets.store.database import dagster_database

SHARED_MEMORY = Path("/dev/shm")
_AT_ONCE = 1 << 18


def forms(value: str) -> set[bytes]:
    """The ways in which a value may lie in a file: as text, in base64 at each alignment, in hexadecimal."""
    raw = value.encode()
    found = {raw, value.encode("utf-16-le"), value.encode("utf-16-be"), raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)
        # The first and last signs hold bits of what stands beside the value.
        inner = whole[(0, 2, 3)[shift] :].rstrip(b"=")
        inner = inner[: len(inner) - (len(raw) + shift) % 3 % 2 - (1 if (len(raw) + shift) % 3 else 0)]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


class Search:
    """Looks for many values at once.

    Args:
        values: each of at least four characters.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._needles = {form: value for value in values for form in forms(value)}
        self._starts = np.zeros((2, 1 << 16), bool)  # which pairs of bytes a needle begins with, and goes on with
        for needle in self._needles:
            for pair in (0, 1):
                self._starts[pair, needle[2 * pair] << 8 | needle[2 * pair + 1]] = True
        self._by_start: dict[bytes, list[bytes]] = {}
        for needle in self._needles:
            self._by_start.setdefault(needle[:4], []).append(needle)

    def in_bytes(self, content: bytes) -> set[str]:
        """Those of the values that stand in it."""
        found: set[str] = set()
        for begin in range(0, len(content) - 3, _AT_ONCE):
            part = content[begin : begin + _AT_ONCE + 3]
            for odd in (0, 1):
                pairs = np.frombuffer(part, ">u2", (len(part) - odd) // 2, odd).astype(np.intp)
                first = np.flatnonzero(self._starts[0].take(pairs[:-1]))
                places = first[self._starts[1][pairs[first + 1]]]
                found |= self._at(content, (begin + odd + 2 * places).tolist())
        return found

    def _at(self, content: bytes, places: list[int]) -> set[str]:
        return {
            self._needles[needle]
            for at in places
            for needle in self._by_start.get(content[at : at + 4], ())
            if content.startswith(needle, at)
        }


@dataclass
class Everywhere:
    """The places of one home and one database, from the moment at which this is made."""

    home: Home
    database: Engine
    service_folder: Path
    folders: Sequence[Path] = ()
    texts: dict[str, str] = field(default_factory=dict)  # what was printed, by who printed it
    _cluster: Path = field(init=False)
    _wal: str = field(init=False)
    _shared: set[Path] = field(init=False)

    def __post_init__(self) -> None:
        with _session(self.database) as session:
            self._cluster = Path(_asked(session, "show data_directory"))
            self._wal = _asked(session, "select pg_walfile_name(pg_current_wal_lsn())")
        self._shared = set(_files(SHARED_MEMORY))

    def find(self, values: Iterable[str]) -> dict[str, set[str]]:
        """Values that lie in clear somewhere, by the place."""
        search = Search(values)
        with _session(self.database) as session:
            session.execute("checkpoint")
        pieces = (*self._pieces(), *((f"printed: {name}", text.encode()) for name, text in self.texts.items()))
        return {place: found for place, content in pieces if (found := search.in_bytes(content))}

    def _pieces(self) -> Iterator[tuple[str, bytes]]:
        cache = Path(platformdirs.user_cache_dir("kingfisher")).parent / "kingfisher"
        for path in (*self._of_postgres(), *_files(self.home.path), *_files(cache)):
            yield str(path), _content(path)
        for folder in self.folders:
            yield from ((str(path), _content(path)) for path in _files(folder))
        for path in set(_files(SHARED_MEMORY)) - self._shared:
            if not path.name.startswith("PostgreSQL."):
                yield str(path), _content(path)
        for database in (self.database.url.database, dagster_database(self.database.url.database or "")):
            yield from _rows(self.database, str(database))

    def _of_postgres(self) -> Iterator[Path]:
        """Its files, without other databases of the same server and WAL of before."""
        url = self.database.url
        with _session(self.database) as session:
            names = [url.database, dagster_database(url.database or "")]
            rows = session.execute("select oid from pg_database where datname = any(%s)", [names]).fetchall()
        oids = {str(oid) for (oid,) in rows}
        for path in _files(self._cluster):
            part = path.relative_to(self._cluster).parts
            if part[0] == "base" and part[1] not in {*oids, "pgsql_tmp"}:
                continue
            if part[0] == "pg_wal" and path.name < self._wal:
                continue
            yield path
        yield from (path for path in _files(self._cluster.parent) if path.parent == self._cluster.parent)
        yield from _files(self.service_folder.parent / "home" / "logs")  # of the server that the tests share


def _session(engine: Engine, database: str | None = None) -> psycopg.Connection:
    url = make_url(engine.url.render_as_string(hide_password=False)).set(drivername="postgresql")
    url = url.set(database=database) if database else url
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _asked(session: psycopg.Connection, question: str) -> str:
    row = session.execute(question).fetchone()
    assert row is not None
    return str(row[0])


def _rows(engine: Engine, database: str) -> Iterator[tuple[str, bytes]]:
    """Each table's rows, one text, with what Dagster deflates inflated."""
    with _session(engine) as session:
        if not session.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
            return
    of_ours = "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    with _session(engine, database) as session:
        for schema, table in session.execute(of_ours).fetchall():
            rows = session.execute(sql.SQL("select * from {}").format(sql.Identifier(schema, table))).fetchall()
            yield f"{database}: {schema}.{table}", b"\n".join(_cell(value) for row in rows for value in row)


def _cell(value: object) -> bytes:
    if isinstance(value, bytes):
        with contextlib.suppress(zlib.error):
            return zlib.decompress(value)
        return value
    return str(value).encode("utf-8", "backslashreplace")


def _files(folder: Path) -> list[Path]:
    return [Path(where, name) for where, _, names in os.walk(folder) for name in names]


def _content(path: Path) -> bytes:
    """A file's bytes; none of a socket, nor of a file that another process has just removed."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except (FileNotFoundError, PermissionError):
        return b""


def by_name(found: Mapping[str, set[str]], names: Mapping[str, str]) -> dict[str, list[str]]:
    """The same with names in place of values, as a failing test should print it."""
    return {place: sorted(names[value] for value in values) for place, values in found.items()}
