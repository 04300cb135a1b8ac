"""The sensor that ends orders to forget: those that were interrupted, and the bytes of those that are done.

    order ─► rows gone ─► days made again (defs.edited) ─► nothing runs any more ─► erase_old_versions
      └ killed in between: after a while it is ended here

What a run had read before the order may be written once more until that run ends; so the files are written anew when
nothing runs, or at night whatever runs.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from recall_assets.defs.automation import LOOK_EVERY_SECONDS
from recall_assets.defs.maintenance import erase_old_versions
from recall_assets.defs.resources import Recall
from recall_assets.defs.under_way import UNFINISHED
from recall_assets.store.forgetting import rules

# A page or a command that carries out an order needs seconds, at half a million frames some minutes.
INTERRUPTED_AFTER = timedelta(minutes=30)


@dg.sensor(
    job=erase_old_versions,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends orders to forget that were interrupted, and has the database's files written anew after others.",
)
def forgotten(context: dg.SensorEvaluationContext, recall: Recall) -> dg.RunRequest | dg.SkipReason:
    """One look at the orders."""
    with recall.transaction() as connection:
        orders = rules.orders(connection)
    before = datetime.now(UTC) - INTERRUPTED_AFTER
    due = [one.id for one in orders if (one.at < before if one.finished_at is None else one.erased_at is None)]
    if not due:
        return dg.SkipReason("Nothing waits to be erased.")
    if context.instance.get_runs_count(UNFINISHED):
        return dg.SkipReason("Runs are under way; the files are written anew after them.")
    return dg.RunRequest(run_key=f"forgotten/{max(due)}/{len(due)}")
