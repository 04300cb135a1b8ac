"""Dagster's own start-up, in a process that ends: `python -m recall_assets.cli.dagster_preparation`.

    its tables made or upgraded ─► runs whose process died with the host buried ─► webserver and daemon may start

Three programs that make the same tables at once would get in each other's way; `recall up` waits for this one.
"""

import dagster as dg

from recall_assets.defs.maintenance import bury_dead_runs
from recall_assets.settings import load_settings

if __name__ == "__main__":
    with dg.DagsterInstance.get() as instance:
        instance.upgrade()
        bury_dead_runs(instance, load_settings().home)
