"""The real asset graph for tests: definitions read anew, an instance on PostgreSQL, days that were read already."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import dagster as dg
from sqlalchemy import Connection, Engine, insert, make_url
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.cli.dagster_home import opened_dagster
from recall_assets.engines.postgres import Database
from recall_assets.records import Frame, Status
from recall_assets.settings import Settings
from recall_assets.store import settings as stored_settings
from recall_assets.store.database import dagster_database
from recall_assets.store.frames import windows_as_json
from recall_assets.store.tables import deployments, frames, ocr_text
from tests.conftest import copy_database, exists, make_template

_TEMPLATE = "dagster_template"
_OF_FRAMES = ("id", "deployment_id", "captured_at", "seen_until", "utc_offset", "day", "monitor", "app_name")
_READ = ("window_title", "url", "idle_seconds", "locked", "trigger", "same_as")


@contextmanager
def opened_graph(settings: Settings, database: Engine, start: date = date(2026, 3, 1)) -> Iterator[dg.DagsterInstance]:
    """An instance of its own for this home and database, whose days begin at `start`."""
    address = Database.at(make_url(database.url.render_as_string(hide_password=False)))
    _give_dagster_its_database(settings, address)
    with database.begin() as connection:
        stored_settings.lower_partitions_start(connection, start)
    with opened_dagster(settings, address) as instance:
        forget_definitions()
        yield instance
    forget_definitions()


def _give_dagster_its_database(settings: Settings, address: Database) -> None:
    """One with Dagster's tables, which take seconds to make."""
    name = dagster_database(make_url(address.url).database or "")
    if exists(address.url, name):  # opened before
        return

    def fill(url: str) -> None:
        with opened_dagster(settings, Database(address.url, _for_dagster(url))) as instance:
            assert instance.get_runs_count() == 0  # it has its tables

    make_template(address.url, _TEMPLATE, fill)
    copy_database(address.url, _TEMPLATE, name)


def _for_dagster(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def forget_definitions() -> None:
    """The next import of the definitions reads the first day of the partitions again, as a code server does."""
    kept = (
        "recall_assets.defs",
        "recall_assets.definitions",
        "recall_assets.partitions",
        "recall_assets.cli.graph_runs",
    )
    for name in [name for name in sys.modules if name.startswith(kept)]:
        module = sys.modules.pop(name)
        package, _, attribute = name.rpartition(".")
        if getattr(sys.modules.get(package), attribute, None) is module:
            delattr(sys.modules[package], attribute)


def definitions() -> dg.Definitions:
    """The real definitions, as they read the database now."""
    from recall_assets.definitions import defs

    return defs


def land_read(connection: Connection, days: Sequence[Frame]) -> None:
    """These frames as rows whose text has been read."""
    for deployment in sorted({frame.deployment_id for frame in days}):
        row = upsert(deployments).values(id=deployment, name=deployment, timezone="UTC")
        connection.execute(row.on_conflict_do_nothing())
    connection.execute(
        insert(frames),
        [
            {name: getattr(frame, name) for name in (*_OF_FRAMES, *_READ)}
            | {"windows": windows_as_json(frame.windows), "ocr_status": Status.DONE}
            for frame in days
        ],
    )
    text = {"layout": [], "engine": "drawn", "language": "eng", "detector_version": "0", "code_version_read": "0"}
    connection.execute(
        insert(ocr_text),
        [
            {"frame_id": frame.id, "text": frame.text, "new_text": frame.new_text, "code_version": "0"} | text
            for frame in days
        ],
    )
