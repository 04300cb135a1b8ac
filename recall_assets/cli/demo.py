"""`recall demo`: two invented machines, from pixels to what their day held.

    sample/ ─► enrol ─► import both days ─► materialise the first ─► print ─► (not --once) recall up
                        the second is left for the reader to backfill: its machines are reviewed on demand

It has a home of its own beside your data, needs no vault, and finds everything in place when it runs again.
"""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import platformdirs
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, Engine

import recall_assets
from capture_agent.protocol import Kind, Outcome
from recall_assets.cli.day_view import day_view
from recall_assets.cli.importing import import_recording
from recall_assets.cli.lineage import as_tree
from recall_assets.cli.materialize import MadeDays, materialize_days, progress_bar
from recall_assets.cli.running import up
from recall_assets.cli.up_record import running_record
from recall_assets.engines.ports import is_free
from recall_assets.engines.postgres import running_postgres
from recall_assets.errors import InputError, RunError
from recall_assets.importers.recorded_days import Recording, find_recording
from recall_assets.records import DaySummary, Review, SourceKind
from recall_assets.settings import Settings, load_settings
from recall_assets.store import day_summaries, deployments
from recall_assets.store.condition import condition
from recall_assets.store.database import check_server, connect
from recall_assets.store.lineage import trace
from recall_assets.store.review import set_review
from recall_assets.store.schema import migrate
from recall_assets.store.sentences import sentence_id

SAMPLE = Path(recall_assets.__file__).parents[1] / "sample"
LANDED = Outcome.STORED, Outcome.KNOWN


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after printing, instead of running the UI.")] = False,
    recording: Annotated[Path, typer.Option(help="A recorded set in place of the sample.", hidden=True)] = SAMPLE,
) -> None:
    """Read, redact and summarise a sample day of two machines, and show what it held."""
    console = Console()
    found = find_recording(recording)
    settings = _own_home()
    first, *others = sorted({date.fromisoformat(day.folder.name) for day in found.days})
    began = time.monotonic()
    with _prepared_database(settings) as engine:
        _land(settings, engine, found, console)
        console.print(f"Making {first}. Each frame is read by the OCR engine, which takes minutes.", highlight=False)
        with progress_bar() as progress:
            made = materialize_days(settings, engine, first, first, progress=progress)
        if made.failed:
            raise RunError(f"The sample could not be made: {made.failed[0]}.", f"See {settings.home.logs}.")
        with engine.connect() as connection:
            _show(connection, console, first, made, time.monotonic() - began)
    _show_what_next(console, settings, first, others, runs_on=not once)
    if not once:
        _run(settings, console)


def _own_home() -> Settings:
    """Settings of the demo's own home, or of the one that RECALL_HOME names; child processes see the same."""
    os.environ["RECALL_AGENT"] = ""  # a demo captures nobody
    if "RECALL_HOME" not in os.environ:
        data = Path(platformdirs.user_data_dir("recall"))
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["RECALL_HOME"] = str(data / "demo")
        os.environ.pop("RECALL_DATABASE_URL", None)  # what lies there is not the demo's
        if not is_free(8787):
            os.environ.setdefault("RECALL_SERVER_PORT", "0")
    return load_settings()


@contextmanager
def _prepared_database(settings: Settings) -> Iterator[Engine]:
    with running_postgres(settings) as database:
        engine = connect(database.url)
        try:
            check_server(engine)
            migrate(engine, dump_folder=settings.home.dumps)
            yield engine
        finally:
            engine.dispose()


def _enrol(connection: Connection, found: Recording) -> None:
    zones = {day.deployment_id: day.timezone for day in found.days}
    if strangers := {machine.id for machine in deployments.read_all(connection)} - zones.keys():
        raise InputError(
            f"This Recall holds machines that are not the demo's: {', '.join(sorted(strangers))}.",
            "Unset RECALL_HOME: the demo then has a home of its own.",
        )
    for deployment_id, zone in zones.items():
        if deployments.read(connection, deployment_id) is None:
            deployments.enrol(connection, deployment_id, timezone=zone)
            set_review(connection, deployment_id, Review(delay=None))  # on demand: the later days wait for the reader


def _land(settings: Settings, engine: Engine, found: Recording, console: Console) -> None:
    with engine.begin() as connection:
        _enrol(connection, found)
    reports = import_recording(settings, engine, found)
    landed, known = (sum(report.counts[Kind.FRAME, outcome] for report in reports) for outcome in LANDED)
    if problems := [problem for report in reports for problem in report.problems]:
        raise InputError(f"{len(problems)} items of the recording could not be imported. {problems[0]}")
    here = f" ({known} were here already)" if known else ""
    console.print(f"Landed {landed + known} frames of {len(reports)} days, sealed{here}.", highlight=False)


def _show(connection: Connection, console: Console, day: date, made: MadeDays, seconds: float) -> None:
    frames, unreadable = (sum(getattr(one, what) for one in made.partitions) for what in ("frames", "unreadable"))
    console.print(f"Read {frames} frames of {day} ({unreadable} unreadable) after {seconds:.0f} s.\n", highlight=False)
    for part in day_view(connection, day):
        console.print(part)
    summary = day_summaries.read_day(connection, day)
    if summary is None or not summary.sentences:
        return
    position = _plainest(summary)
    console.print(Text("Why does it say so? The lineage of one sentence:\n", "bold"))
    console.print(as_tree(trace(connection, "sentence", sentence_id(summary.id, position))))
    if sealed := condition(connection).sealed_after_reading:
        console.print(
            f"\n{sealed} frames showed a secret: blacked out in text and image. The demo has no vault, "
            "so what they showed waits sealed in the landing; `recall vault init` makes one.",
            highlight=False,
        )


def _plainest(summary: DaySummary) -> int:
    """The position of the sentence whose lineage is shortest among those that rest on an activity."""
    positions = range(len(summary.sentences))
    about = [n for n in positions if any(source.kind is SourceKind.ACTIVITY for source in summary.sentences[n].sources)]
    return min(about or positions, key=lambda n: len(summary.sentences[n].sources))


def _show_what_next(
    console: Console, settings: Settings, first: date, others: Sequence[date], *, runs_on: bool
) -> None:
    steps = Table.grid(padding=(0, 2))
    steps.add_column(no_wrap=True)
    for other in others:
        steps.add_row(f"  recall backfill --from {other} --to {other}", "the next day waits for you")
    steps.add_row(f"  recall search 'what did I do on {first}'", "the day, and what was done in turn")
    steps.add_row("  recall lineage", "any sentence, down to its frames")
    steps.add_row(f"  recall export --from {first} --to {first}", "everything as JSON")
    steps.add_row(f"  recall {'open' if runs_on else 'up'}", "pages of these days, and the asset graph")
    console.print(Text(f"\nWhat to try next{', in another terminal' if runs_on else ''}", "bold"))
    if shutil.which("recall") is None:
        activate = shlex.quote(str(Path(sys.executable).with_name("activate")))
        console.print(f"  . {activate}", highlight=False, soft_wrap=True)
    console.print(f"  export RECALL_HOME={shlex.quote(str(settings.home_path))}", highlight=False, soft_wrap=True)
    console.print(steps)


def _run(settings: Settings, console: Console) -> None:
    record = running_record(settings.home)
    if record is not None:
        console.print("\nRecall runs already; see it: recall open", highlight=False)
        return
    console.print(Text("\nStarting the server and Dagster", "bold"))
    up()
