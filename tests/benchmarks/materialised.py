"""The sample recording, imported and materialised, for benchmarks that ask what became of it.

    sample/ ─► import ─► materialise both days ─► rows;  ground truth unpacked beside them

`KEEP=DIR` keeps the home there, as of the benchmark `recording`: what was read is not read again.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from recall_assets.cli.importing import import_recording
from recall_assets.cli.materialize import materialize_days
from recall_assets.engines.postgres import running_postgres
from recall_assets.importers.recorded_days import find_recording
from recall_assets.settings import load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth


class MaterialisedSample(NamedTuple):
    """The rows, the folder with the ground truth, and the days in order, each once."""

    connection: Connection
    truth: Path
    days: list[date]


@contextmanager
def materialised_sample() -> Iterator[MaterialisedSample]:
    """The sample with every asset of its days made."""
    with ExitStack() as stack:
        kept = os.environ.get("KEEP")
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-"))).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ["RECALL_HOME"] = str(folder / "home")
        os.environ["RECALL_SERVICE_FOLDER"] = str(folder / "service")
        settings = load_settings()
        found = find_recording(SAMPLE)
        days = sorted({date.fromisoformat(day.folder.name) for day in found.days})
        database = stack.enter_context(running_postgres(settings))
        engine = connect(database.url)
        stack.callback(engine.dispose)
        migrate(engine, dump_folder=None)
        import_recording(settings, engine, found)
        made = materialize_days(settings, engine, days[0], days[-1])
        assert not made.failed, made.failed
        connection = stack.enter_context(engine.connect())
        yield MaterialisedSample(connection, unpack_ground_truth(folder / "truth"), days)
