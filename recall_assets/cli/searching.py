"""`recall search`: what answers a question, best first.

$ recall search 'rate limiter app:firefox after:monday'
activity  Mon 9 Nov 10:02-10:41  laptop  Rate limiter of the gateway
          … the bucket is refilled every second …
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.records import Hit
from recall_assets.search import LEGS, LIMIT
from recall_assets.search import search as find
from recall_assets.settings import load_settings

_MINUTE = timedelta(minutes=1)
_HELP = """Find what you saw, said or did: activities, frames, speech, summaries and memories that answer the words.

Words are found in any form (change, changed); a hit need not have all of them. "Quotes" keep words together, -word
leaves hits with that word out. Days may be said as people say them: yesterday, on monday, last week, in october.

Filters, each also more than once; the same one twice means either:

  app:firefox  project:ledger  deployment:laptop  url:example.org

  kind:activity   or day, project, frame, transcript, memory

  after:monday  before:2026-11-09  on:yesterday  on:"last week"

Examples:

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
    today = datetime.now().astimezone().date()
    with opened_database(load_settings()) as database, database.connect() as connection:
        hits = find(connection, " ".join(typed), today=today, limit=limit, legs=chosen)
    if as_json:
        print(json.dumps([as_object(hit) for hit in hits], ensure_ascii=False, indent=1))
    else:
        _print(hits)


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


def _print(hits: Sequence[Hit]) -> None:
    console = Console()
    if not hits:
        console.print("Nothing was found. Fewer words or filters find more: recall search --help")
        console.print(
            "Days from before this release are found once `recall backfill --stage search_index` made them so."
        )
    for hit in hits:
        console.print(_told(hit, datetime.now().astimezone().date()))


def _told(hit: Hit, today: date) -> Text:
    line = Text.assemble((f"{hit.kind:<10}", "bold green"), (_span(hit, today), "cyan"))
    line.append(f"  {hit.deployment_id or 'all machines'}  ", "dim")
    line.append(hit.title or "", "bold")
    if hit.count > 1:
        line.append(f"  ({hit.count} alike)", "dim")
    shown = Text(hit.snippet)
    for start, end in hit.highlights:
        shown.stylize("bold yellow", start, end)
    line.append("\n")
    line.append_text(shown)
    line.append(f"\n{str(hit.id)[:13]}\n", "dim")
    return line


def _span(hit: Hit, today: date) -> str:
    start, end = hit.start_at.astimezone(), hit.end_at.astimezone()
    year = "" if start.year == today.year else f" {start.year}"
    if hit.kind in ("day", "memory"):
        return f"{start:%a %-d %b}{year}"
    until = f"-{end:%H:%M}" if end.date() == start.date() and end - start >= _MINUTE else ""
    return f"{start:%a %-d %b}{year} {start:%H:%M}{until}"
