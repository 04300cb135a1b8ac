"""DAGSTER_HOME, and what a process must know to work with the same Dagster as all others.

dagster.yaml of the checkout ─► $RECALL_HOME/dagster/dagster.yaml
RECALL_HOME, DAGSTER_HOME, RECALL_DATABASE_URL, RECALL_DAGSTER_DATABASE_URL ─► environment of whoever runs assets
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

import recall_assets
from recall_assets.engines.postgres import Database
from recall_assets.settings import Home

INSTANCE_FILE = Path(recall_assets.__file__).parents[1] / "dagster.yaml"


def dagster_environment(home: Home, database: Database) -> dict[str, str]:
    """The variables that Dagster's processes need; DAGSTER_HOME holds its `dagster.yaml` afterwards."""
    target = home.dagster / "dagster.yaml"
    wanted = INSTANCE_FILE.read_text()
    if not target.exists() or target.read_text() != wanted:
        part = target.with_suffix(".part")
        part.write_text(wanted)
        part.replace(target)
    return {
        "RECALL_HOME": str(home.path),
        "DAGSTER_HOME": str(home.dagster),
        "RECALL_DATABASE_URL": database.url,
        "RECALL_DAGSTER_DATABASE_URL": database.dagster_url,
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }


@contextmanager
def opened_dagster(home: Home, database: Database) -> Iterator[dg.DagsterInstance]:
    """The instance that `recall up` and the UI use; this process's environment names it for as long as the block."""
    environment = dagster_environment(home, database)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
            # Connections are kept: without a pool each event opens one, a third of the time of a run of cheap assets.
            instance.optimize_for_webserver(statement_timeout=0, pool_recycle=3600, max_overflow=20)
            yield instance
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
