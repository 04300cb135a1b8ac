"""`recall stats`: where the time went, as bars.

$ recall stats --by app --from "last week"
firefox    ██████████████████████    11 h 20 min   2 h 16 min a day
"""

import json
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from recall_assets.cli.bars import bar, length
from recall_assets.cli.said_days import EXAMPLES, days_said, today
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.server.api import models
from recall_assets.settings import load_settings
from recall_assets.store.timeline import spans
from recall_assets.store.timeline.totals import By, Total, totals

_WIDTH = 24
_SHOWN = 20


def stats(
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help=f"{EXAMPLES}; last week. Without: all.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The last day. Without: today.")] = None,
    by: Annotated[By, typer.Option(help="What time is counted by.")] = By.PROJECT,
    as_json: Annotated[bool, typer.Option("--json", help="A list with every day, as the API tells it.")] = False,
) -> None:
    """Show where the time went: by project, by program in front, or by machine.

    What two machines were active on at once counts on both; by project and by program, once.
    """
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        known = spans.first_and_last_day(connection)
        since = days_said(first)[0] if first else known[0] if known else today()
        until = days_said(last)[1] if last else _end(first)
        if until < since:
            raise InputError("The last day lies before the first.", "Give --from and --to in that order.")
        found = totals(connection, by, since, until)
    if as_json:
        told = [models.Total.model_validate(one).model_dump(mode="json") for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console = Console()
    console.print(Text(f"{since} to {until}, by {by.value}", "bold"))
    console.print(_table(found) if found else "Nothing is known of these days: `recall timeline` shows the newest.")


def _end(first: str | None) -> date:
    """Where only the beginning was said: its own end, if it names more than a day, as last week does; else today."""
    since, until = days_said(first) if first else (today(), today())
    return until if since < until else today()


def _table(found: list[Total]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for one in found[:_SHOWN]:
        days: set[date] = set(one.days)
        name = one.name or "no project"
        share = bar(one.time / found[0].time, _WIDTH)
        each = length(one.time / len(days)) + " a day" if len(days) > 1 else ""
        style = "cyan" if one.key else "dim"
        table.add_row(Text(name, style), Text(share, style), Text(length(one.time)), Text(each, "dim"))
    if rest := found[_SHOWN:]:
        table.add_row(
            f"{len(rest)} more", "", length(sum((one.time for one in rest), timedelta())), "--json lists them"
        )
    return table
