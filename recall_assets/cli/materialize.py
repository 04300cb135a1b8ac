"""`recall materialize` and `recall backfill`: make days now, in this process, as runs that the UI shows.

days ─► partitions that hold frames or sound ─► graph_runs.plan ─► execute, with a progress bar ─► what was made
"""

import json
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import dagster as dg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from sqlalchemy import Connection, Engine, make_url

from recall_assets.cli.dagster_home import opened_dagster
from recall_assets.cli.said_days import EXAMPLES, days_said, range_said
from recall_assets.cli.session import opened_database
from recall_assets.engines.postgres import Database
from recall_assets.errors import RunError
from recall_assets.records import DeploymentDay
from recall_assets.settings import Settings, load_settings
from recall_assets.store import deployments, erasure, secrets
from recall_assets.store import partitions as stored

# A log or a pipe learns this often how far a long backfill is.
LINE_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class MadePartition:
    """How the frames and the sound of a deployment's day stand after its runs."""

    deployment_id: str
    day: date
    frames: int
    read: int
    unreadable: int
    pending: int
    sounds: int
    heard: int
    without_engine: int


@dataclass(frozen=True, slots=True)
class MadeDays:
    """What a call made: the partitions, and the ids of the runs that made them."""

    partitions: tuple[MadePartition, ...]
    runs: tuple[str, ...]
    failed: tuple[str, ...]
    imported_secrets: int = 0  # found in what was imported


def materialize_days(
    settings: Settings,
    engine: Engine,
    first: date,
    last: date,
    *,
    deployment_id: str | None = None,
    stage: str = "frames",
    recompute: bool = False,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> MadeDays:
    """Makes `stage` and all that follows from it, of all days from `first` to `last` that hold frames or sound.

    Args:
        deployment_id: only its chain is made; what spans machines is made of all of them.
        stage: from `ocr_text` on, frames are read again that another engine or version has read; `secrets` scans also
            what was imported, of whatever day, and makes the days again that this changes.
        recompute: frames that were read or given up are read again, and sound that is still there is heard again.
        progress: called with what is being made, how much is done and how much there is.

    Raises:
        InputError: no such stage or deployment, or a day outside the partitions.
    """
    address = Database.at(make_url(engine.url.render_as_string(hide_password=False)))
    with opened_dagster(settings, address) as instance:
        warnings.simplefilter("ignore", dg.BetaWarning)  # partition mappings and backfill policies, used on purpose
        from recall_assets.cli import graph_runs  # reads the days of the partitions from the database just named
        from recall_assets.intake.imported_again import ImportsScanned, rescan_imports

        stages = graph_runs.stages_from(stage)
        with engine.connect() as connection:
            if deployment_id is not None:
                deployments.require(connection, deployment_id)
            wanted = stored.with_frames(connection, first, last, deployment_id)
            others = _with_activities(instance, stored.with_frames(connection, first, last))
            sound = stored.with_audio(connection, first, last, deployment_id)
        scanned = ImportsScanned()
        if stage == "secrets":
            scanned = rescan_imports(engine, settings.home, None, partial(progress, "imports"))
            wanted = sorted({*wanted, *scanned.partitions})
        planned = graph_runs.plan(wanted, others, stages, with_sound=sound)
        again = "all" if recompute else "stale" if stage == "ocr_text" else None
        runs = graph_runs.execute(instance, planned, again=again, progress=progress)
    with engine.connect() as connection:
        made = tuple(_made(connection, partition) for partition in sorted({*wanted, *sound}))
    failed = tuple(
        f"{run.planned} (run {run.run_id}, in {', '.join(run.failed_assets)})" for run in runs if run.failed_assets
    )
    return MadeDays(made, tuple(run.run_id for run in runs), failed, scanned.secrets)


def materialize(
    day: Annotated[str, typer.Option(metavar="DAY", help=f"The day to make, {EXAMPLES}.")],
    deployment: Annotated[str | None, typer.Option(help="Only this machine's chain.")] = None,
    recompute: Annotated[bool, typer.Option(help="Read frames again that were read before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Make one day now: text, secrets, transcripts, activities, projects, summaries."""
    _make(*days_said(day), deployment, "frames", recompute, as_json)


def backfill(
    first: Annotated[str, typer.Option("--from", metavar="DAY", help=f"The first day, {EXAMPLES}.")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, included.")],
    stage: Annotated[str, typer.Option(help="This asset and all that follows from it.")] = "frames",
    deployment: Annotated[str | None, typer.Option(help="Only this machine's chain.")] = None,
    recompute: Annotated[bool, typer.Option(help="Read frames again that were read before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Make a range of days again, those that hold frames or sound; with `--stage secrets`, scan all imports too."""
    _make(*range_said(first, last), deployment, stage, recompute, as_json)


def _erase(settings: Settings, engine: Engine, runs: Iterable[str], imported: int) -> None:
    """Where a scan took out what had been stored: writes the tables anew, and says what may still hold it."""
    with engine.connect() as connection:
        if not erasure.is_due(connection):
            return
        days = secrets.days_found_by(connection, [UUID(run) for run in runs])
    whole = erasure.erase(engine)
    console = Console(stderr=True)
    total = sum(days.values()) + imported
    where = f"what was stored of {len(days)} days" if days else "what was imported"
    console.print(f"{total} secrets lay in clear in {where}: they are redacted and erased.")
    for day, count in days.items():
        console.print(f"  {day}  {count}")
    if imported and days:
        console.print(f"  imports     {imported}")
    dumps = sorted(settings.home.dumps.glob("*.dump"))
    console.print("Copies made before now still hold them: backups of yours" + (", and" if dumps else "."))
    for dump in dumps:
        console.print(f"  {dump}", soft_wrap=True)
    if not whole:
        console.print("Your server's statistics and log hold old versions until it lets go: vacuum full as its owner.")
    console.print("Consider those that still open something as known to whoever has such a copy: change them.")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr that follows what is being made; where stderr is no terminal, a line now and then."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def _lines(console: Console) -> Callable[[str, int, int], None]:
    told_at = time.monotonic()

    def report(what: str, done: int, total: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= LINE_EVERY.total_seconds():
            told_at = time.monotonic()
            console.print(f"{what}: {done} of {total}", soft_wrap=True, highlight=False)

    return report


def _make(first: date, last: date, deployment_id: str | None, stage: str, recompute: bool, as_json: bool) -> None:
    settings = load_settings()
    with opened_database(settings) as engine, progress_bar() as progress:
        made = materialize_days(
            settings,
            engine,
            first,
            last,
            deployment_id=deployment_id,
            stage=stage,
            recompute=recompute,
            progress=progress,
        )
        _erase(settings, engine, made.runs, made.imported_secrets)
    if as_json:
        print(json.dumps(asdict(made), default=str))
    else:
        _print(made, first, last)
    if made.failed:
        raise RunError(
            f"{len(made.failed)} of {len(made.runs)} runs failed:\n" + "\n".join(made.failed),
            "Open the run in the Dagster UI (`recall up`), or see $RECALL_HOME/logs.",
        )


def _print(made: MadeDays, first: date, last: date) -> None:
    if not made.partitions:
        print(f"No machine has frames or sound from {first} to {last}; nothing to make.")
    for partition in made.partitions:
        line = f"{partition.day}  {partition.deployment_id:<20} {partition.frames:>6} frames, {partition.read} read"
        if partition.unreadable:
            line += f", {partition.unreadable} unreadable (status 2)"
        if partition.pending:
            line += f", {partition.pending} pending"
        if partition.sounds:
            line += f"; {partition.sounds} stretches of sound, {partition.heard} heard"
        print(line)
    if any(partition.without_engine for partition in made.partitions):
        print("Sound waits, sealed, for a speech engine: `recall doctor` says which. Then run this again.")
    if made.partitions and not made.failed:
        print(f"{len(made.runs)} runs. See `recall lineage`, or the runs in the Dagster UI.")


def _with_activities(instance: dg.DagsterInstance, partitions: list[DeploymentDay]) -> list[DeploymentDay]:
    made: Any = instance.get_materialized_partitions(dg.AssetKey("activities"))
    return [partition for partition in partitions if partition.partition_key in made]


def _made(connection: Connection, partition: DeploymentDay) -> MadePartition:
    landed, recorded = stored.landed(connection, partition), stored.recorded(connection, partition)
    return MadePartition(
        partition.deployment_id,
        partition.day,
        landed.frames,
        landed.read,
        landed.unreadable,
        landed.pending,
        recorded.segments,
        recorded.heard,
        recorded.without_engine,
    )
