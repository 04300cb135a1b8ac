"""Dagster's own start-up, in a process that ends: `python -m recall_assets.cli.dagster_preparation`.

    its tables made or upgraded ─► runs whose process died with the host buried ─► webserver and daemon may start
                                   pools: one reader of images, and one listener, for each worker machine

Three programs that make the same tables at once would get in each other's way; `recall up` waits for this one.
"""

import dagster as dg

from recall_assets.defs.maintenance import bury_dead_runs
from recall_assets.settings import load_settings

# Each has worker processes of its own, as many as its machine has cores.
READING_POOLS = ("ocr", "speech")

if __name__ == "__main__":
    with dg.DagsterInstance.get() as instance:
        instance.upgrade()
        settings = load_settings()
        bury_dead_runs(instance, settings.home)
        for pool in READING_POOLS:
            slots = settings.celery_ocr_runs if settings.celery_broker else 1
            instance.event_log_storage.set_concurrency_slots(pool, slots)
