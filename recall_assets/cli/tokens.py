"""`recall tokens`: what lets programs, assistants and browsers in; make one, list them, revoke them.

make ─► the token, printed once          list ─► ID, scope, label, until when, last used          revoke ID
"""

import json
import re
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.settings import load_settings
from recall_assets.store import audit, tokens

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_LENGTHS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Scope(StrEnum):
    """What a token that the owner makes is for."""

    API = "api"
    MCP = "mcp"
    METRICS = "metrics"


def make(
    scope: Annotated[Scope, typer.Option(help="api: programs. mcp: assistants, who only read. metrics: Prometheus.")],
    label: Annotated[str, typer.Option(help="What to call it in the list, e.g. the program.")] = "",
    expires: Annotated[str, typer.Option(metavar="LENGTH", help="As 12h, 30d, 8w, or never.")] = "90d",
    as_json: _AsJson = False,
) -> None:
    """Make a token for a program or an assistant, and print it, this once."""
    lifetime = _length(expires)
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        token = tokens.make(connection, label=label or scope.value, scope=scope.value, lifetime=lifetime)
    if as_json:
        print(json.dumps({"token": token, "id": tokens.short_id(token), "scope": scope.value}))
        return
    print(f"A token of scope {scope.value}, shown only now:\n\n  {token}\n")
    print(
        f"Programs send it as `Authorization: Bearer TOKEN`. To end it: recall tokens revoke {tokens.short_id(token)}"
    )


def list_tokens(as_json: _AsJson = False) -> None:
    """List what lets programs, assistants and browsers in, and is live."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = tokens.of_the_owner(connection)
    if as_json:
        print(json.dumps([each.as_json() for each in found], indent=2))
        return
    if not found:
        print("There is none. For a browser: recall open. For an assistant: recall tokens make --scope mcp")
        return
    table = Table("id", "for", "label", "made", "until", "last used", box=None, pad_edge=False)
    for each in found:
        kind = "browser" if each.scope == "session" else each.scope
        times = (_told(each.made_at), _told(each.expires_at, "revoked"), _told(each.last_used_at, "never"))
        table.add_row(each.id, kind, Text(each.label, no_wrap=True, overflow="ellipsis"), *times)
    Console().print(table)


def audit_calls(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many calls.")] = 50, as_json: _AsJson = False
) -> None:
    """List what assistants asked, newest first: by which token, which tool, how many rows; no text is kept of it."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = audit.latest(connection, limit)
    if as_json:
        print(json.dumps([asdict(each) | {"at": each.at.isoformat()} for each in found], indent=2))
        return
    table = Table("at", "token", "asked", "with", "rows", box=None, pad_edge=False)
    for each in found:
        told = ", ".join(f"{name}: {value}" for name, value in each.arguments.items())
        table.add_row(_told(each.at), Text(each.label or "a program of yours"), each.route, Text(told), str(each.rows))
    Console().print(table)


def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="As `recall tokens list` shows it.")] = "",
    sessions: Annotated[bool, typer.Option("--sessions", help="Log every browser out.")] = False,
) -> None:
    """Refuse a token from now on, or log every browser out."""
    if bool(token_id) == sessions:
        raise InputError("Say which.", "recall tokens revoke ID, or recall tokens revoke --sessions")
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        if sessions:
            print(f"Logged out: {tokens.end_logins(connection)}. Log in anew with `recall open`.")
            return
        called = [each for each in tokens.of_the_owner(connection) if each.id.startswith(token_id)]
        if len(called) != 1:
            raise InputError(
                f"{'No' if not called else 'More than one'} token is called {token_id}.", "recall tokens list"
            )
        tokens.end(connection, called[0].hash)
    print(f"{called[0].id} ({called[0].label}) is refused from now on.")


def _length(text: str) -> timedelta | None:
    """How long a token lives; None: until it is revoked."""
    if text == "never":
        return None
    said = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", text)
    if said is None:
        raise InputError(f"{text} is no length of time.", "Say e.g. 12h, 30d, 8w or never.")
    return int(said[1]) * _LENGTHS[said[2]]


def _told(time: datetime | None, none: str = "") -> str:
    return none if time is None else f"{time.astimezone():%Y-%m-%d %H:%M}"
