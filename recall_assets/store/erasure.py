"""Makes PostgreSQL let go of what rows held before they were changed or deleted.

    changed rows ─► old versions stay in tables, indexes, statistics, write-ahead log
                 ─► tables written anew ─ statistics written anew ─ log switched, checkpoint ─► their bytes are gone

Needed where what was stored turned out to be a secret, or is to be forgotten. What a disk keeps of deleted files, and
backups, are beyond a database.
"""

from collections.abc import Callable

from sqlalchemy import DDL, Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from recall_assets.store import settings
from recall_assets.store.tables import metadata

Progress = Callable[[str, int, int], None]
_DUE = "erasure_due"
# Indexes of vectors are built many times as fast where they fit into it.
_MEMORY, _USUAL_MEMORY = text("set maintenance_work_mem = '512MB'"), text("reset maintenance_work_mem")
_REWRITE = DDL("vacuum (full, analyze) %(fullname)s")  # type: ignore[no-untyped-call]
# Only a server's owner may do these: an external server keeps old statistics and log until it lets go by itself.
_OF_THE_SERVER = ("vacuum full pg_catalog.pg_statistic", "select pg_switch_wal()", "checkpoint")


def order(connection: Connection) -> None:
    """From now on an erasure is due."""
    settings.write(connection, _DUE, True)


def is_due(connection: Connection) -> bool:
    """Whether rows were changed that must leave no trace."""
    return settings.read(connection, _DUE) is not None


def erase(engine: Engine, progress: Progress = lambda _what, _done, _total: None) -> bool:
    """Writes every table anew without old versions; whether the server's statistics and log could follow.

    Each table is locked while it is written; a kill in between leaves the erasure due.

    Args:
        progress: called with the table that is written now, how many are done, and how many there are.
    """
    tables = metadata.sorted_tables
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_MEMORY)
        for place, table in enumerate(tables):
            progress(f"writing {table.name} anew", place, len(tables))
            connection.execute(_REWRITE.against(table))
        connection.execute(_USUAL_MEMORY)
        try:
            for statement in _OF_THE_SERVER:
                connection.execute(text(statement))
        except ProgrammingError:  # not the server's owner
            whole = False
        else:
            whole = True
    with engine.begin() as connection:
        settings.delete(connection, _DUE)
    return whole
