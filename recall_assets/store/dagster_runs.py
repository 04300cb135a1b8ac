"""Whether Dagster still has a run that rows of ours name: old ones go, see `defs.pruning`."""

from uuid import UUID

from sqlalchemy import Engine, NullPool, column, create_engine, select, table
from sqlalchemy.exc import ProgrammingError

from recall_assets.store.database import dagster_database

_RUNS = table("runs", column("run_id"))


def is_kept(engine: Engine, run_id: UUID) -> bool:
    """Whether the run is there; no, where Dagster has no tables yet."""
    dagster = create_engine(engine.url.set(database=dagster_database(engine.url.database or "")), poolclass=NullPool)
    with dagster.connect() as connection:
        try:
            return bool(connection.scalar(select(select(_RUNS).where(_RUNS.c.run_id == str(run_id)).exists())))
        except ProgrammingError:
            return False
