"""DAGSTER_HOME, and what a process must know to work with the same Dagster as all others.

dagster.yaml of the checkout ──────────────────────────────────┬► $RECALL_HOME/dagster/dagster.yaml
celery_broker set? launcher, queues and their limits instead ──┘
RECALL_HOME, DAGSTER_HOME, RECALL_DATABASE_URL, RECALL_DAGSTER_DATABASE_URL ─► environment of whoever runs assets
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_shared.yaml_utils import load_yaml_from_path

import recall_assets
from recall_assets.defs.queues import OCR_QUEUE, limits
from recall_assets.engines.postgres import Database
from recall_assets.errors import SettingsError
from recall_assets.settings import Settings

INSTANCE_FILE = Path(recall_assets.__file__).parents[1] / "dagster.yaml"
BROKER_VARIABLE = "RECALL_CELERY_BROKER"
# A run that was handed out waits in the broker while its machine is off; then it is failed, and requested again.
_STARTS_WITHIN_SECONDS = 3600


def dagster_environment(settings: Settings, database: Database) -> dict[str, str]:
    """The variables that Dagster's processes need; DAGSTER_HOME holds its `dagster.yaml` afterwards.

    Raises:
        SettingsError: a broker is set, and what speaks with it is not installed.
    """
    home = settings.home
    target = home.dagster / "dagster.yaml"
    wanted = instance_text(settings)
    if not target.exists() or target.read_text() != wanted:
        part = target.with_suffix(".part")
        part.write_text(wanted)
        part.replace(target)
    environment = {
        "RECALL_HOME": str(home.path),
        "DAGSTER_HOME": str(home.dagster),
        "RECALL_DATABASE_URL": database.url,
        "RECALL_DAGSTER_DATABASE_URL": database.dagster_url,
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    if settings.celery_broker is not None:
        environment[BROKER_VARIABLE] = settings.celery_broker.get_secret_value()
    return environment


def instance_text(settings: Settings) -> str:
    """What `dagster.yaml` holds: the checkout's own, or, where runs are executed by workers, that with their part.

    Raises:
        SettingsError: as `dagster_environment`.
    """
    if settings.celery_broker is None:
        return INSTANCE_FILE.read_text()
    if find_spec("dagster_celery") is None:
        raise SettingsError(
            "celery_broker is set, and dagster-celery is not installed.",
            "pip install --require-hashes -r requirements/celery.txt",
        )
    config: Any = load_yaml_from_path(str(INSTANCE_FILE))
    runs = settings.celery_ocr_runs + settings.celery_model_runs
    config["run_coordinator"] = {
        "module": "recall_assets.defs.queues",
        "class": "RunsByQueue",
        "config": config["run_coordinator"]["config"]
        | {
            "max_concurrent_runs": runs,
            "tag_concurrency_limits": limits(settings.celery_ocr_runs, settings.celery_model_runs),
        },
    }
    del config["concurrency"]["runs"]
    config["run_launcher"] = {
        "module": "dagster_celery.launcher",
        "class": "CeleryRunLauncher",
        "config": {
            "broker": {"env": BROKER_VARIABLE},
            "backend": {"env": BROKER_VARIABLE},
            "default_queue": OCR_QUEUE,
            "config_source": {"result_expires": 7 * 24 * 3600},
        },
    }
    config["run_monitoring"]["start_timeout_seconds"] = _STARTS_WITHIN_SECONDS
    return json.dumps(config, indent=2)  # which is YAML


@contextmanager
def opened_dagster(settings: Settings, database: Database) -> Iterator[dg.DagsterInstance]:
    """The instance that `recall up` and the UI use; this process's environment names it for as long as the block."""
    environment = dagster_environment(settings, database)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with dg.DagsterInstance.from_config(str(settings.home.dagster)) as instance:
            # Connections are kept: without a pool each event opens one, a third of the time of a run of cheap assets.
            instance.optimize_for_webserver(statement_timeout=0, pool_recycle=3600, max_overflow=20)
            yield instance
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
