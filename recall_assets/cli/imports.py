"""`recall import list` and `recall import undo`: what was brought in from other systems, and its way back.

imports ─► list ─► undo ID ─► rows gone, days to make again named
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from recall_assets.cli.session import opened_database
from recall_assets.importers import undoing
from recall_assets.importers.whole import Advance, Imported
from recall_assets.settings import load_settings
from recall_assets.store import imports


@contextmanager
def bar(said: str, total: int) -> Iterator[Advance]:
    """A bar of rows, where there is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task(said, total=total)
        yield lambda rows: shown.advance(task, rows)


def print_written(done: Imported) -> None:
    """What an import wrote, and what can be done next."""
    new = {target: number for target, number in done.result.new.items() if number}
    if not new:
        print("Nothing changed: all of it was here already.")
        return
    wrote = ", ".join(f"{number:,} {target}" for target, number in new.items())
    print(f"Wrote {wrote}; each row was read back and is the same.")
    print(f"To take it back: recall import undo {done.import_id}")
    print("`recall up` makes the days of it; or run `recall backfill --from DAY --to DAY`.")


def list_imports() -> None:
    """List what was imported from other systems: when, from where, how many rows, how it stands."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = imports.read_all(connection)
    if not found:
        print("Nothing was imported yet.")
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("import", "source", "began", "rows", "state"):
        shown.add_column(column, justify="right" if column == "rows" else "left", no_wrap=column == "import")
    for one in found:
        state = "undone" if one.undone_at else "finished" if one.finished_at else "interrupted: run the import again"
        began = one.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
        shown.add_row(str(one.id), one.source, began, f"{one.rows:,}", state)
    Console(highlight=False, markup=False).print(shown)


def undo(
    import_id: Annotated[str, typer.Argument(metavar="ID", help="The import's id, or its beginning or end.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take an import back: every row that it wrote, sealed values too; what you captured yourself stays."""
    if not yes:
        typer.confirm(f"Delete everything that import {import_id} brought in?", abort=True)
    with opened_database(load_settings()) as engine:
        undone = undoing.undo(engine, import_id)
    print(f"Gone: {', '.join(f'{number:,} {table}' for table, number in undone.rows.items()) or 'nothing was left'}.")
    if undone.days:
        first, last = undone.days[0], undone.days[-1]
        print(f"Make the days again that held more: recall backfill --from {first} --to {last}")
