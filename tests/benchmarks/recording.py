"""The whole way on the sample recording: import, materialise, export, and what its own scorer says of the result.

    sample/ ─► import ─► materialise both days ─► export ─► score_recording.py against the packed ground truth

Prints the scorer's figures (word recall, boundary F1, project V, facts, secrets), and where the time went. `KEEP=DIR`
keeps the home and the export there, and finds what was read before when it runs again.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from recall_assets.cli.importing import import_recording
from recall_assets.cli.materialize import materialize_days
from recall_assets.engines.postgres import running_postgres
from recall_assets.importers.recorded_days import find_recording
from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import connect
from recall_assets.store.export import export_days
from recall_assets.store.schema import migrate
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

SCORER = Path(__file__).with_name("score_recording.py")


def main() -> None:
    """Prints the figures."""
    with ExitStack() as stack:
        kept = os.environ.get("KEEP")
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-"))).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ["RECALL_HOME"] = str(folder / "home")
        os.environ["RECALL_SERVICE_FOLDER"] = str(folder / "service")
        export = folder / "export.json"
        _make(load_settings(), export)
        subprocess.run([sys.executable, SCORER, export, unpack_ground_truth(folder / "truth")], check=True)


def _make(settings: Settings, export: Path) -> None:
    found = find_recording(SAMPLE)
    days = sorted(date.fromisoformat(day.folder.name) for day in found.days)
    with running_postgres(settings) as database:
        engine = connect(database.url)
        migrate(engine, dump_folder=None)
        began = time.monotonic()
        import_recording(settings, engine, found)
        imported = time.monotonic()
        made = materialize_days(settings, engine, days[0], days[-1])
        assert not made.failed, made.failed
        materialised = time.monotonic()
        with engine.connect() as connection:
            export.write_text(json.dumps(export_days(connection, days[0], days[-1])), "utf-8")
        engine.dispose()
    frames = sum(one.frames for one in made.partitions)
    print(f"import {imported - began:.1f} s, materialise {materialised - imported:.1f} s for {frames} frames")


if __name__ == "__main__":
    main()
