"""`recall alerts`: what the owner should look at, and what to do about it.

$ recall alerts
since              about              what is wrong
2026-11-22 14:02   partition secrets  2 partitions of secrets failed, 2026-11-21|laptop the newest.
                                      → /dagster/assets/secrets says why ...
"""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from recall_assets.alerts import try_out
from recall_assets.cli.session import opened_database
from recall_assets.records import Alert
from recall_assets.settings import load_settings
from recall_assets.store.alerts import latest, open_alerts

_PAST = 100


def alerts(
    past: Annotated[bool, typer.Option("--past", help="Cleared ones too, the newest first.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Send one message over every way that is set.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the alerts that are open; exits with 1 where there is one.

    `recall up` looks each minute, and tells each alert once: in its log, on the desktop (alert_desktop), to a webhook
    (alert_webhook).
    """
    settings = load_settings()
    if test:
        _print_ways(try_out(settings), as_json=as_json)
        return
    with opened_database(settings) as engine, engine.connect() as connection:
        found = latest(connection, _PAST) if past else open_alerts(connection)
    if as_json:
        print(json.dumps([_as_json(one) for one in found], indent=1))
    elif found:
        _print(found)
    else:
        print("Nothing is wrong that `recall up` would have noticed.")
    if any(one.cleared_at is None for one in found):
        raise typer.Exit(1)


def _print_ways(ways: dict[str, bool], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(ways))
    else:
        for way, took in ways.items():
            print(f"{way:<8} {'told' if took else 'did not take it'}")
        if "webhook" not in ways:
            print("webhook  not set: alert_webhook in recall.toml")
    if not all(ways.values()):
        raise typer.Exit(1)


def _print(found: list[Alert]) -> None:
    table = Table("since", "until", "about", "what is wrong", box=None, pad_edge=False)
    for one in found:
        until = "" if one.cleared_at is None else f"{one.cleared_at.astimezone():%Y-%m-%d %H:%M}"
        about = f"{one.trouble.key.kind.value} {one.trouble.key.subject}".strip()
        told = Text(one.trouble.told, "" if until else "bold")
        if not until:
            told.append(f"\n→ {one.trouble.remedy}", "dim")
        table.add_row(f"{one.raised_at.astimezone():%Y-%m-%d %H:%M}", until, about, told)
    Console().print(table)


def _as_json(one: Alert) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.trouble.key.kind.value,
        "subject": one.trouble.key.subject,
        "told": one.trouble.told,
        "remedy": one.trouble.remedy,
        "raised_at": one.raised_at.isoformat(),
        "cleared_at": None if one.cleared_at is None else one.cleared_at.isoformat(),
    }
