"""`recall timeline`: what a day or a week held.

$ recall timeline --day thursday
╭ Thursday, 2026-11-12, over all machines ╮     ledgerly  ██████████  2 h 10 min
│ 3f2a91c0  sentence                      │     laptop    08:10 – 09:32  4be1  Rate limiter ...
╰─────────────────────────────────────────╯
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from recall_assets.cli.bars import bar, length
from recall_assets.cli.day_view import PROJECT_STYLES, day_view
from recall_assets.cli.said_days import EXAMPLES, days_said, today
from recall_assets.cli.session import opened_database
from recall_assets.server.api import models
from recall_assets.settings import load_settings
from recall_assets.store.timeline import days, spans

_WIDTH = 40


def timeline(
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help=f"{EXAMPLES}; or several: last week. Without: the newest.")
    ] = None,
    week: Annotated[bool, typer.Option("--week", help="The whole week of that day.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A list of days, as the API tells them.")] = False,
) -> None:
    """Show what a day held: its summary, its time by project, and each machine's activities.

    What did I do on Thursday?   recall timeline --day thursday

    And last week?               recall timeline --day "last week"

    The first column is an id: `recall show` tells more of it, `recall lineage` on what it rests.
    """
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        first, last = days_said(day) if day is not None else (days.newest_day(connection) or today(),) * 2
        if week:
            first, last = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
        wanted = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
        if as_json:
            known = spans.read_glances(connection, first, last)
            told = [models.Day.model_validate(days.read_day(connection, one)) for one in wanted if one in known]
            print(json.dumps([one.model_dump(mode="json") for one in told], ensure_ascii=False, indent=1))
            return
        shown = list(_one(connection, first) if first == last else _several(connection, first, last))
        console = Console()
        for part in shown:
            console.print(part)
        if not shown:
            console.print(_nothing(connection, first, last))


def _one(connection: Connection, day: date) -> Iterator[RenderableType]:
    found = spans.read_spans(connection, day, day)
    parts = list(day_view(connection, day))
    if parts:
        yield from parts[:1]
        yield _by_project(found)
        yield Text()
        yield from parts[1:]


def _several(connection: Connection, first: date, last: date) -> Iterator[RenderableType]:
    """A line a day: how long, on what, and what the summary says first."""
    found = spans.read_spans(connection, first, last)
    glances = spans.read_glances(connection, first, last)
    if not found:
        return
    by_day: defaultdict[date, list[spans.Span]] = defaultdict(list)
    for one in found:
        by_day[one.day].append(one)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("day", "time", "on", "what"):
        table.add_column(name, style="bold" if name == "day" else "", ratio=1 if name == "what" else None)
    longest = max(_active(own) for own in by_day.values())
    for day, own in sorted(by_day.items()):
        glance = glances.get(day)
        said = glance.sentence.text if glance and glance.sentence else ""
        table.add_row(f"{day:%a} {day}", length(_active(own)), bar(_active(own) / longest, 12), Text(said))
    yield table
    yield Text()
    yield _by_project(found)


def _by_project(found: Sequence[spans.Span]) -> Table:
    time: defaultdict[str, timedelta] = defaultdict(timedelta)
    for one in found:
        time[one.project.name if one.project else "no project"] += one.end_at - one.start_at
    longest = max(time.values(), default=timedelta(seconds=1))
    table = Table.grid(padding=(0, 2, 0, 0))
    ranked = sorted(time.items(), key=lambda item: (item[0] == "no project", -item[1]))
    for place, (name, own) in enumerate(ranked):
        style = PROJECT_STYLES[place] if place < len(PROJECT_STYLES) and name != "no project" else "dim"
        table.add_row(Text(name, style), Text(bar(own / longest, _WIDTH), style), Text(length(own)))
    return table


def _active(found: Sequence[spans.Span]) -> timedelta:
    return sum((one.end_at - one.start_at for one in found), timedelta())


def _nothing(connection: Connection, first: date, last: date) -> str:
    known = spans.first_and_last_day(connection)
    said = f"{first:%A}, {first}" if first == last else f"{first} to {last}"
    if known is None:
        return f"Nothing is known of {said}, nor of any other day: `recall status` says whether a machine is captured."
    return f"Nothing is known of {said}. There are activities from {known[0]} to {known[1]}: recall timeline --day ..."
