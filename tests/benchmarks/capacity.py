"""What a day of a machine costs in bytes and CPU, and what ten years of ten machines would: what breaks first.

    sample, one day of one machine ─► import ─► materialise, CPU counted run by run ─► sizes of images and tables
        per active hour ─► x 8 hours x machines x days ─► beside a limit of each resource, the nearest first

The sample holds distinct screens only, at the pace at which its person worked, so a real day is of its order, no more.
"""

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import Connection, Engine, create_engine, func, select, text

from recall_assets.cli.importing import import_recording
from recall_assets.cli.materialize import materialize_days
from recall_assets.engines.postgres import Database, running_postgres, server_state
from recall_assets.importers.recorded_days import find_recording
from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from recall_assets.store.tables import SCHEMA, frames
from tests.fixtures.recordings import SAMPLE

HOURS, DAYS_A_YEAR, YEARS, MACHINES = 8, 365, 10, 10
# A machine that is reviewed each quarter of an hour: its chain, then what follows from it.
REVIEWS_AN_HOUR, RUNS_A_REVIEW = 4, 6
IMAGES_KEPT_DAYS = 90
# What is taken as there, and what was shown: a disk of a home server, two cores at half load, what docs/search.md says.
DISK_BYTES, CPU_SECONDS_A_DAY, SEARCHED_FRAMES = 1e12, 86_400.0, 500_000
_SEARCH = ("embeddings", "passages", "search_blocks", "search_postings", "search_terms")
_TEXT = ("ocr_text", "transcripts")


@dataclass(frozen=True, slots=True)
class Measured:
    """One day of a machine of the sample: how much there was, what it took, what it left."""

    frames: int
    hours: float
    runs: int
    cpu_seconds: Mapping[str, float]
    bytes_of: Mapping[str, float]


def main() -> None:
    """Prints what was measured, then the table."""
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ["RECALL_HOME"] = f"{folder}/home"
        os.environ["RECALL_SERVICE_FOLDER"] = f"{folder}/service"
        measured = _measure(load_settings())
    print(f"{measured.frames} frames in {measured.hours:.1f} active hours of machines, made in {measured.runs} runs")
    for what, seconds in sorted(measured.cpu_seconds.items(), key=lambda item: -item[1]):
        print(f"CPU, {what}: {seconds:.1f} s, {seconds / measured.frames:.3f} s a frame")
    for what, size in sorted(measured.bytes_of.items(), key=lambda item: -item[1]):
        print(f"disk, {what}: {size / 1e6:.2f} MB, {size / measured.frames:,.0f} bytes a frame")
    _print_table(measured)


def _print_table(measured: Measured) -> None:
    """Per day and machine, then ten years; the resource that ten machines use up first stands first."""
    a_day = HOURS / measured.hours
    frames_a_day = measured.frames * a_day
    cpu = sum(measured.cpu_seconds.values()) * a_day
    images = measured.bytes_of["images"] * a_day
    rows = sum(size for what, size in measured.bytes_of.items() if what not in ("images", "Dagster")) * a_day
    runs = HOURS * REVIEWS_AN_HOUR * RUNS_A_REVIEW
    dagster = measured.bytes_of["Dagster"] / measured.runs * runs
    days = YEARS * DAYS_A_YEAR
    print(f"\n{HOURS} active hours a day{'':<24}{'1 machine':>14}{f'{MACHINES} machines':>14}   enough for {MACHINES}")
    table = [
        ("frames, ten years", frames_a_day * days, 1e6, "million", SEARCHED_FRAMES / frames_a_day),
        ("CPU seconds a day", cpu, 1, "s", None if cpu * MACHINES < CPU_SECONDS_A_DAY else 0.0),
        (f"images, kept {IMAGES_KEPT_DAYS} days", images * IMAGES_KEPT_DAYS, 1e9, "GB", None),
        ("images, kept for ever, ten years", images * days, 1e9, "GB", DISK_BYTES / images),
        ("text, index and rows, ten years", rows * days, 1e9, "GB", DISK_BYTES / rows),
        ("Dagster, nothing pruned, ten years", dagster * days, 1e9, "GB", DISK_BYTES / dagster),
        ("partitions, ten years", float(days), 1, "", None),
    ]
    for what, one, unit, name, enough_days in table:
        lasts = "-" if enough_days is None else f"{enough_days / MACHINES / DAYS_A_YEAR:.1f} years"
        print(f"{what:<37}{one / unit:>14,.1f}{one * MACHINES / unit:>14,.1f} {name:<8} {lasts}")
    print(f"\nLimits: {DISK_BYTES / 1e12:.0f} TB, {CPU_SECONDS_A_DAY:,.0f} CPU seconds a day, search shown at "
          f"{SEARCHED_FRAMES:,} frames; {frames_a_day:,.0f} frames and {runs} runs a day and machine.")  # fmt: skip


def _measure(settings: Settings) -> Measured:
    found = find_recording(SAMPLE / "laptop" / "2026-11-09")
    with running_postgres(settings) as database:
        engine = connect(database.url)
        migrate(engine, dump_folder=None)
        empty = _table_bytes(engine)
        cpu = _Cpu(settings)
        import_recording(settings, engine, found)
        cpu.turn_to("import and ingest")
        with engine.connect() as connection:
            day = connection.execute(select(func.min(frames.c.day))).scalar_one()
        made = materialize_days(settings, engine, day, day, progress=cpu.progress)
        cpu.turn_to(cpu.doing)
        assert not made.failed, made.failed
        with engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(frames)).scalar_one()
            hours = _active_hours(connection)
            images = connection.execute(select(func.sum(frames.c.image_bytes))).scalar_one()
        sizes = Counter({what: size - empty[what] for what, size in _table_bytes(engine).items()})
        engine.dispose()
        sizes |= {"images": int(images), "Dagster": _dagster_bytes(database)}
    return Measured(count, hours, len(made.runs), cpu.seconds, sizes)


class _Cpu:
    """CPU of this process, its ended children and the database server, split by what was being made."""

    def __init__(self, settings: Settings) -> None:
        state = server_state(settings)
        assert state is not None
        self._server = psutil.Process(state.pid)
        self._before = self._used()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.doing = "import and ingest"

    def progress(self, what: str, _done: int, _total: int) -> None:
        """Is called with what is made now: the assets of a run."""
        assets = what.rpartition(": ")[2]
        if assets != self.doing:
            self.turn_to(self.doing)
            self.doing = assets

    def turn_to(self, finished: str) -> None:
        """Counts what was used since the last call for what has just been finished."""
        own, server = self._used()
        self.seconds[finished] += own - self._before[0]
        self.seconds["PostgreSQL, for all of these"] += server - self._before[1]
        self._before = own, server

    def _used(self) -> tuple[float, float]:
        times = os.times()
        server = [self._server, *self._server.children()]
        ours = sum(sum(process.cpu_times()[:2]) for process in server) + sum(self._server.cpu_times()[2:4])
        return sum(times[:4]), ours


def _table_bytes(engine: Engine) -> Counter[str]:
    """Bytes of the tables with their indexes, by what they are for; without what deleted rows left."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum full"))
        sized = connection.execute(
            text("select relname, pg_total_relation_size(c.oid) from pg_class c join pg_namespace n "
                 "on n.oid = relnamespace where nspname = :schema and relkind = 'r'"),
            {"schema": SCHEMA},
        )  # fmt: skip
        found: Counter[str] = Counter()
        for name, size in sized:
            found["text" if name in _TEXT else "search index" if name in _SEARCH else "other rows"] += size
    return found


def _dagster_bytes(database: Database) -> int:
    engine = create_engine(database.dagster_url)
    with engine.connect() as connection:
        size: int = connection.execute(
            text("select sum(pg_total_relation_size(relid)) from pg_stat_user_tables")
        ).scalar_one()
    engine.dispose()
    return int(size)


def _active_hours(connection: Connection) -> float:
    """Hours of machines in which something was kept: quarters with a frame."""
    quarter = func.date_bin(text("interval '15 minutes'"), frames.c.captured_at, text("timestamptz '2000-01-01'"))
    used = select(frames.c.deployment_id, quarter).distinct().subquery()
    quarters: int = connection.execute(select(func.count()).select_from(used)).scalar_one()
    return quarters / 4


if __name__ == "__main__":
    main()
