"""`recall search`: what answers a question, best first.

$ recall search 'rate limiter app:firefox after:monday'
activity  Mon 9 Nov 10:02-10:41  laptop  Rate limiter of the gateway
          … the bucket is refilled every second …
"""

import json
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection

from recall_assets.cli.said_days import today
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.records import Hit
from recall_assets.search import LEGS, LIMIT
from recall_assets.search import search as find
from recall_assets.settings import load_settings
from recall_assets.stages.search import Query, parse
from recall_assets.stages.search.days import DaySpan
from recall_assets.store.timeline.rows import home_zone, machines
from recall_assets.store.timeline.spans import first_and_last_day

_MINUTE = timedelta(minutes=1)
_HELP = """Find what you saw, said or did: activities, frames, speech, summaries and memories that answer the words.

Ask as you would ask a person, days and hours too: yesterday, on monday, last week, in october, this morning, at 3 pm.

Words are found in any form (change, changed); a hit need not have all of them. "Quotes" keep words together, -word
leaves hits with that word out.

Filters, each also more than once; the same one twice means either:

  app:firefox  project:ledger  deployment:laptop  url:example.org

  kind:activity   or day, project, frame, transcript, memory

  after:monday  before:2026-11-09  on:yesterday  on:"last week"

Examples:

  recall search "what did I do on thursday afternoon"

  recall search "when did I last talk to Jonas"

  recall search "how long did I work on ledger last week"

  recall search "rate limiter app:firefox after:monday"

  recall search 'what did Jonas say about the invoice last week'

  recall search '"half up" -draft kind:frame' --json
"""


def search(
    typed: Annotated[list[str], typer.Argument(metavar="QUESTION", help="Words and filters, quoted for the shell.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many hits.")] = LIMIT,
    legs: Annotated[str, typer.Option(help="What answers: text (words), vector (meaning), or both.")] = ",".join(LEGS),
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects, best first.")] = False,
) -> None:
    chosen = [leg.strip() for leg in legs.split(",")]
    if not chosen or not {*chosen} <= {*LEGS}:
        raise InputError(f"There is no leg '{legs}'.", f"Give --legs {','.join(LEGS)}, or one of them.")
    asked = " ".join(typed)
    query = parse(asked, today())
    with opened_database(load_settings()) as database, database.connect() as connection:
        hits = find(connection, asked, today=today(), limit=limit, legs=chosen)
        if as_json:
            print(json.dumps([as_object(hit) for hit in hits], ensure_ascii=False, indent=1))
            return
        console = Console()
        if query.when:
            console.print(Text(f"{query.when}\n", "dim"))
        known, home = machines(connection), home_zone(connection)
        for hit in hits:
            machine = known.get(hit.deployment_id or "")
            console.print(_told(hit, ZoneInfo(machine.timezone if machine else home)))
        if not hits:
            console.print(_nothing(connection, query))


search.__doc__ = _HELP


def as_object(hit: Hit) -> dict[str, Any]:
    """A hit as programs read it."""
    return {
        "id": str(hit.id),
        "kind": hit.kind,
        "deployment_id": hit.deployment_id,
        "start_at": hit.start_at.isoformat(),
        "end_at": hit.end_at.isoformat(),
        "activity_id": None if hit.activity_id is None else str(hit.activity_id),
        "project_id": None if hit.project_id is None else str(hit.project_id),
        "title": hit.title,
        "snippet": hit.snippet,
        "score": round(hit.score, 4),
    }


def _nothing(connection: Connection, query: Query) -> str:
    known = first_and_last_day(connection)
    if known is None:
        return "Nothing is known yet: `recall status` says whether a machine is captured."
    if not query.words and query.days != DaySpan():
        return f"Nothing is known of that time. There are activities from {known[0]} to {known[1]}."
    return "Nothing was found. Fewer words or filters find more: recall search --help"


def _told(hit: Hit, zone: ZoneInfo) -> Text:
    line = Text.assemble((f"{hit.kind:<12}", "bold green"), (_span(hit, zone), "cyan"))
    line.append(f"  {hit.deployment_id or 'all machines'}  ", "dim")
    line.append("" if hit.kind == "day" else hit.title or "", "bold")
    if hit.count > 1:
        line.append(f"  ({hit.count} alike)", "dim")
    shown = Text(hit.snippet)
    for start, end in hit.highlights:
        shown.stylize("bold yellow", start, end)
    for part in (shown, Text(str(hit.id)[:13], "dim")):
        line.append_text(Text.assemble("\n" if part else "", part))
    line.append("\n")
    return line


def _span(hit: Hit, zone: ZoneInfo) -> str:
    start, end = hit.start_at.astimezone(zone), hit.end_at.astimezone(zone)
    year = "" if start.year == today().year else f" {start.year}"
    if hit.kind in ("day", "memory", "project"):
        return f"{start:%a %-d %b}{year}"
    until = f"-{end:%H:%M}" if end.date() == start.date() and end - start >= _MINUTE else ""
    return f"{start:%a %-d %b}{year} {start:%H:%M}{until}"
