"""What a backup takes from the database, and what a restored database must be told.

snapshot: one moment ─┬─ pg_dump reads it        after a restore: what lay in the landing is gone with its key,
                      ├─ images that it names    so nothing waits for it; agents are taken as holding no key
                      └─ rows of each table
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, func, make_url, select, text, update

from recall_assets.errors import DatabaseError
from recall_assets.records import GivenUp, Status
from recall_assets.store.database import dagster_database
from recall_assets.store.dump import read_dump, write_dump
from recall_assets.store.schema import revision
from recall_assets.store.tables import SCHEMA, audio_segments, deployments, frames, metadata, secrets, tokens

_WAIT = (Status.PENDING, Status.ERROR)
# With the schema that they lie in: columns and indexes name their types by it.
_EXTENSIONS = ("--extension=vector", "--extension=pg_trgm")


@dataclass(frozen=True, slots=True)
class Moment:
    """The database at one moment: its revision, rows by table, images by reference with their digests."""

    revision: str
    rows: dict[str, int]
    images: dict[str, bytes | None]
    unread_frames: int
    unheard_sound: int
    waiting_for_vault: int
    reported: dict[str, dict[str, object]]  # what each live machine's agent said last


@contextmanager
def moment(engine: Engine, file: Path) -> Iterator[Moment]:
    """The database at one moment, dumped into `file`; held as long as the block.

    Raises:
        DatabaseError: pg_dump failed.
    """
    found = revision(engine)
    assert found is not None  # who asks has checked the schema
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(text("select pg_export_snapshot()")).scalar_one()
        if reason := write_dump(engine.url, file, f"--schema={SCHEMA}", *_EXTENSIONS, f"--snapshot={snapshot}"):
            raise DatabaseError(f"The database could not be dumped: {reason}", "Is the folder's disk full?")
        yield _looked_at(connection, found)


def _looked_at(connection: Connection, revision_: str) -> Moment:
    named = select(frames.c.image_ref, frames.c.image_sha256).where(frames.c.image_ref.is_not(None))
    said = select(deployments.c.id, deployments.c.reported).where(
        deployments.c.revoked_at.is_(None), deployments.c.reported.is_not(None)
    )
    unsealed = select(func.count()).select_from(secrets).where(secrets.c.sealed.is_(None))
    return Moment(
        revision_,
        count_rows(connection),
        {row.image_ref: row.image_sha256 for row in connection.execute(named)},
        _left(connection, "frames"),
        _left(connection, "audio_segments"),
        connection.execute(unsealed).scalar_one(),
        {row.id: row.reported for row in connection.execute(said)},
    )


def _left(connection: Connection, name: str) -> int:
    table = metadata.tables[f"{SCHEMA}.{name}"]
    status = table.c.ocr_status if name == "frames" else table.c.transcript_status
    left = select(func.count()).select_from(table).where(table.c.landing_ref.is_not(None), status.in_(_WAIT))
    return connection.execute(left).scalar_one()


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def dump_dagster(engine: Engine, file: Path) -> None:
    """Dagster's database beside ours, with its runs and events.

    Raises:
        DatabaseError: pg_dump failed.
    """
    url = engine.url.set(database=dagster_database(engine.url.database or ""))
    if reason := write_dump(url, file):
        raise DatabaseError(f"Dagster's database could not be dumped: {reason}", "Is the folder's disk full?")


def restore(engine: Engine, dump: Path, dagster_dump: Path) -> None:
    """Both databases as they were dumped, into a server that has neither of their tables.

    Raises:
        DatabaseError: pg_restore failed; what it had begun is undone. Or an extension lies where no dump looks for it.
    """
    _check_extensions(engine)
    name = dagster_database(engine.url.database or "")
    server = make_url(engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as client:
        if not client.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            client.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    for file, url in ((dump, engine.url), (dagster_dump, engine.url.set(database=name))):
        if reason := read_dump(url, file):
            raise DatabaseError(
                f"{file.name} could not be restored: {reason}", "Empty RECALL_HOME and the database, then try again."
            )


def _check_extensions(engine: Engine) -> None:
    """A dump names types and operators with their schema, which is `public` where Recall made them."""
    found = text(
        "select extname, nspname from pg_extension join pg_namespace n on n.oid = extnamespace "
        "where extname in ('vector', 'pg_trgm') and nspname <> 'public' order by extname desc"
    )
    with engine.connect() as connection:
        elsewhere = connection.execute(found).all()
    if elsewhere:
        lying = ", ".join(f"{name} in {schema}" for name, schema in elsewhere)
        remedy = "; ".join(f"alter extension {name} set schema public" for name, _ in elsewhere)
        raise DatabaseError(
            f"Extensions lie outside of the schema public: {lying}.", f"Let an administrator run there: {remedy}"
        )


def leave_landing(connection: Connection) -> int:
    """Nothing waits for an envelope any more, since their keys are in no backup; how much was lost with them."""
    lost = 0
    for table, status in ((frames, "ocr_status"), (audio_segments, "transcript_status")):
        gone = {status: Status.SKIPPED, "error": GivenUp.LOST.value}
        unread = update(table).where(table.c.landing_ref.is_not(None), table.c[status].in_(_WAIT))
        lost += connection.execute(unread.values(gone)).rowcount
        connection.execute(
            update(table).values(landing_ref=None, content_tag=None).where(table.c.landing_ref.is_not(None))
        )
    connection.execute(update(tokens).values(landing_key=None))
    return lost
