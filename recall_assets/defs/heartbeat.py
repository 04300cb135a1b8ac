"""Whether the process that executes a run on another machine still does.

    worker   ├─ run ─ tag recall/alive = run id@time of the database ─ each 10 s ─┤ kill -9, power cut, cable
    home     each 30 s: a started run whose tag is older than 60 s ─► failed, and tried again by whoever is there

The 60 s are `celery_silent_seconds`; a worker says six times in them that it lives.

The time is the database's own, so that no two clocks are compared. The tag names its run, since a run that is tried
again takes over the tags of the former one.
"""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import dagster as dg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from recall_assets.store.database import now_at

ALIVE_TAG = "recall/alive"
BEATS = 6


@contextmanager
def beating(instance: dg.DagsterInstance, run_id: str, engine: Engine, silent_for: timedelta) -> Iterator[None]:
    """Says of the run that it is being executed, from now on and as long as the block, often within `silent_for`."""
    ends = threading.Event()

    def beat() -> None:
        instance.add_run_tags(run_id, {ALIVE_TAG: f"{run_id}@{now_at(engine).isoformat()}"})

    def go_on() -> None:
        while not ends.wait((silent_for / BEATS).total_seconds()):
            with contextlib.suppress(SQLAlchemyError):  # the database is away also for whoever would bury the run
                beat()

    beat()
    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def bury_silent_runs(instance: dg.DagsterInstance, engine: Engine, silent_for: timedelta) -> int:
    """How many runs had begun to beat and have not for so long; they are failed now, and their places in pools free."""
    now = now_at(engine)
    executing = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    silent = [
        run for run in instance.get_runs(executing) if (at := last_beat(run)) is not None and now - at > silent_for
    ]
    for run in silent:
        instance.report_run_failed(run, "The worker that executed this run is not heard of any more.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(silent)


def last_beat(run: dg.DagsterRun) -> datetime | None:
    """When the run was last said to be executed; None where it was not, or only the run that it repeats."""
    run_id, _, at = run.tags.get(ALIVE_TAG, "").partition("@")
    return datetime.fromisoformat(at) if run_id == run.run_id else None
