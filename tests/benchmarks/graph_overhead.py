"""What Dagster costs: a backfill of 2 deployments over 30 days of cheap rows, over the time inside its assets.

backfill, every asset, in one process ──────────────────── wall
  └─ transactions of the assets: read, compute, replace ── own time        ratio = wall / own time
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from tests.days import drawn
from tests.graph import land_read, opened_graph

FIRST, DAYS = date(2026, 3, 2), 30
COLUMNS = "aaaabbbbccccaaaa....bbbbaaccccbbbbaaaa" * 4 + "xxxxyyyyzzzzxxxx__yyyyzzzz" * 4


def main() -> None:
    """Prints one line."""
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ["RECALL_HOME"] = f"{folder}/home"
        settings = load_settings(home_path=Path(folder) / "home", service_folder=Path(folder) / "service")
        with running_postgres(settings, durable=False) as database:
            engine = connect(database.url)
            migrate(engine, dump_folder=None)
            with engine.begin() as connection:
                for deployment in ("laptop", "desktop"):
                    for day in range(DAYS):
                        begin = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=UTC) + timedelta(days=day)
                        land_read(connection, drawn(COLUMNS, deployment=deployment, begin=begin))
            with opened_graph(settings, engine):
                wall, own, runs = _backfill(settings, engine)
            engine.dispose()
    print(f"graph overhead: {wall / own:.2f} ({wall:.1f} s wall, {own:.1f} s inside the assets, {runs} runs)")


def _backfill(settings: Settings, engine: Engine) -> tuple[float, float, int]:
    from recall_assets.cli.materialize import materialize_days
    from recall_assets.defs.resources import Recall

    own = 0.0
    transaction = Recall.transaction

    @contextmanager
    def timed(self: Recall) -> Iterator[Connection]:
        nonlocal own
        began = time.monotonic()
        with transaction(self) as connection:
            yield connection
        own += time.monotonic() - began

    setattr(Recall, "transaction", timed)  # noqa: B010 (a method is replaced on purpose)
    began = time.monotonic()
    made = materialize_days(settings, engine, FIRST, FIRST + timedelta(days=DAYS - 1))
    wall = time.monotonic() - began
    assert not made.failed, made.failed
    return wall, own, len(made.runs)


if __name__ == "__main__":
    main()
