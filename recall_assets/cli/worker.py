"""`recall worker`: executes runs for the Recall of another machine, or of this one.

    settings: database_url, celery_broker, frames_url, as the home server has them
    keys/, landing/: the home server's own, mounted here           (for the queue `ocr`)
                 │
    broker ─► recall worker ─► a process of its own for each run, one at a time ─► database, bucket

It keeps nothing: when it is killed, its run is failed after a minute or two, and executed by another worker.
"""

import os
from enum import StrEnum
from typing import Annotated, Any

import typer

from recall_assets.cli.dagster_home import dagster_environment
from recall_assets.defs.queues import MODEL_QUEUE, OCR_QUEUE
from recall_assets.engines.choice import check_engine
from recall_assets.engines.postgres import Database
from recall_assets.engines.processes import close_to_others
from recall_assets.errors import SettingsError
from recall_assets.settings import Settings, load_settings
from recall_assets.store import frame_files
from recall_assets.store.database import check_server, connect
from recall_assets.store.schema import check_schema
from recall_assets.vault.landing_keys import known_key_ids

_ANSWER_SECONDS = 2.0


class Queue(StrEnum):
    """What a worker may work on."""

    OCR = OCR_QUEUE
    MODELS = MODEL_QUEUE


def worker(
    queue: Annotated[list[Queue] | None, typer.Option(help="What to work on; may be said twice [both].")] = None,
) -> None:
    """Execute runs that the home server hands out, one at a time, until Ctrl-C.

    This machine needs the home server's `database_url`, `celery_broker` and `frames_url`, and for the queue `ocr` its
    folders keys/ and landing/ mounted into RECALL_HOME: see docs/operations.md.
    """
    queues = queue or [*Queue]
    settings = load_settings()
    database = check(settings, queues)
    close_to_others()
    os.environ.update(dagster_environment(settings, database))
    print(f"Works on {' and '.join(queues)}, for {settings.home.path}. Ctrl+C stops it after its run.", flush=True)
    app(settings).worker_main(
        [
            *("worker", "--queues", ",".join(queues), "--hostname", f"recall-{'-'.join(queues)}-{os.getpid()}@%h"),
            *("--concurrency", "1", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"),
        ]
    )


def check(settings: Settings, queues: list[Queue]) -> Database:
    """The database, if everything that these queues need is here.

    Raises:
        SettingsError: a setting or a mounted folder is missing; says which.
        DatabaseError, EngineError: the database, the bucket or the engine that reads cannot be used.
    """
    database = Database.of(settings)
    if database is None or settings.celery_broker is None:
        raise SettingsError(
            "A worker needs database_url and celery_broker.", "Set them as on the home server; see docs/operations.md."
        )
    engine = connect(database.url)
    try:
        check_server(engine)
        check_schema(engine)
    finally:
        engine.dispose()
    frame_files.check_reachable(settings.home)
    if Queue.OCR in queues:
        check_engine(settings.reading)
        if not known_key_ids(settings.home):
            raise SettingsError(
                f"{settings.home.keys} holds no key of the landing.",
                "Mount keys/ and landing/ of the home server there; see docs/operations.md.",
            )
    return database


def app(settings: Settings) -> Any:  # a celery.Celery, which has no types
    """The Celery application of this Recall: what hands runs out, and what executes them."""
    from dagster_celery.make_app import make_app
    from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

    assert settings.celery_broker is not None
    broker = settings.celery_broker.get_secret_value()
    made = make_app({"broker": broker, "backend": broker})  # type: ignore[no-untyped-call]
    made.conf.update(
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        worker_disable_prefetch=True,  # a run waits in the broker, not at a machine that may go away
        worker_max_tasks_per_child=1,  # definitions are read anew: days of the partitions may change
        worker_prefetch_multiplier=1,
    )
    create_execute_job_task(made)
    create_resume_job_task(made)
    return made


def working(settings: Settings) -> dict[str, int]:
    """How many workers answer, by queue; raises what the broker's client raises where it is away."""
    answers = app(settings).control.inspect(timeout=_ANSWER_SECONDS).active_queues() or {}
    named = [queue["name"] for queues in answers.values() for queue in queues]
    return {queue: named.count(queue) for queue in Queue}
