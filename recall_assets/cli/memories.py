"""`recall memories`: what days left behind that is worth having today.

$ recall memories --about "vat rounding"
╭ semantic ╮
  3f2a91c0  LED-412: VAT total differs by one cent     ledgerly   39 min on 2 days, last 2026-11-10
            Status: In progress …
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from sqlalchemy import Connection

from recall_assets import remembering
from recall_assets.cli.said_days import EXAMPLES, days_said
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.records import MemoryKind, VaultEntry
from recall_assets.settings import load_settings
from recall_assets.store import core_memory, memory_edits
from recall_assets.store.lineage import find
from recall_assets.store.remembered import Remembered, counts, history

_SHOWN = 12  # of each kind, where none was asked for
_LINES = 3

Id = Annotated[str, typer.Argument(metavar="ID", help="Of a memory; its first 8 digits do.")]


def memories(
    context: typer.Context,
    kind: Annotated[MemoryKind | None, typer.Option(help="Only this kind.")] = None,
    about: Annotated[str | None, typer.Option(metavar="WORDS", help="Only what has one of these words.")] = None,
    project: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this project.")] = None,
    day: Annotated[str | None, typer.Option(metavar="DAY", help=f"Only what this day knows of, {EXAMPLES}.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One list, with sources.")] = False,
) -> None:
    """Show what is remembered: best first where words are given, else the newest.

    Each memory rests on frames, speech or activities: `recall lineage ID` shows them. What you edit no run changes;
    what you forget no run brings back.
    """
    if context.invoked_subcommand is not None:
        return
    on = None if day is None else days_said(day)[0]
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = remembering.recall_memories(connection, kind=kind, about=about, project=project, day=on, limit=limit)
        standing = counts(connection)
    if as_json:
        print(json.dumps([as_object(one) for one in found], ensure_ascii=False, indent=1))
        return
    console = Console()
    if not found:
        console.print(_nothing(sum(standing.values())))
    for name, own in groupby(sorted(found, key=lambda one: [*MemoryKind].index(one.memory.kind)), _kind):
        _print_kind(console, name, [*own], standing[name], whole=kind is not None or about is not None)


def show(row_id: Id, as_json: Annotated[bool, typer.Option("--json", help="One object.")] = False) -> None:
    """Show one memory: all it says, and what it said before."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        memory_id = _memory(connection, row_id)
        one, rows = remembering.recall_memory(connection, memory_id), history(connection, memory_id)
    if as_json:
        print(json.dumps(as_object(one), ensure_ascii=False, indent=1))
        return
    console = Console()
    console.print(_line(one))
    console.print(Padding(Text("\n".join((one.memory.details, _particulars(one)))), (0, 0, 1, 2)))
    for row in rows:
        until = "valid" if row.valid_to is None else f"until {row.valid_to:%Y-%m-%d %H:%M}"
        by = "in your words" if row.locked else f"from {row.day}" if row.day else "imported"
        console.print(Text.assemble((f"  {str(row.id)[:13]}  ", "cyan"), f"{by}, {until}, {len(row.sources)} sources"))
    if isinstance(one.memory.particulars, VaultEntry):
        console.print(Text(f"\nTo open it:  recall vault reveal {one.memory.particulars.secret_id}", "dim"))
    console.print(Text(f"\nOn what it rests:  recall lineage {str(one.memory.id)[:13]}", "dim"))


def edit(
    row_id: Id,
    summary: Annotated[str | None, typer.Option(help="What it says in one line.")] = None,
    details: Annotated[str | None, typer.Option(help="What it says below that; an empty text for nothing.")] = None,
) -> None:
    """Say a memory in your words; from then on no run changes it."""
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        one = remembering.rewrite(connection, _memory(connection, row_id), summary=summary, details=details)
    print(f"{str(one.memory.id)[:13]}  {one.memory.summary}")


def forget(row_id: Id) -> None:
    """Delete a memory with all its earlier versions; what it was made from stays, and no run makes it again."""
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        rows = memory_edits.forget(connection, _memory(connection, row_id))
    print(f"Forgotten, {rows} {'row' if rows == 1 else 'rows'}.")


def consolidate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be merged.")] = False,
) -> None:
    """Merge memories that say the same under different names; the one known for longer keeps its id."""
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        found = remembering.consolidate(connection, dry_run=dry_run)
    console = Console()
    for one in found:
        console.print(Text.assemble((f"{str(one.memory.id)[:8]}  ", "cyan"), one.memory.summary))
        console.print(
            Text.assemble("  → ", (f"{str(one.into.id)[:8]}  ", "cyan"), f"{one.into.summary}  ({one.because})")
        )
    print(f"{len(found)} {'would be merged; without --dry-run they are' if dry_run else 'merged'}.")


def core_show(as_json: Annotated[bool, typer.Option("--json", help="One list.")] = False) -> None:
    """Show the core: what you wrote about yourself, and what can be counted."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        blocks = core_memory.read_all(connection)
    if as_json:
        print(json.dumps([asdict(one) for one in blocks], ensure_ascii=False, indent=1))
        return
    console = Console()
    for one in blocks:
        by = "yours" if one.locked else "counted"
        console.print(Text.assemble((one.label, "bold"), (f"  {by}, version {one.version}", "dim")))
        console.print(Padding(Text(one.value), (0, 0, 1, 2)))
    if not any(one.locked for one in blocks):
        console.print(Text('Say who you are:  recall memories core set owner "…"', "dim"))


def core_set(
    label: Annotated[str, typer.Argument(help="As owner, preferences, or anything else.")],
    value: Annotated[str | None, typer.Argument(help="The text; without it, standard input.")] = None,
) -> None:
    """Write a block of the core, of at most 5000 characters."""
    text = sys.stdin.read() if value is None else value
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        remembering.set_core(connection, label, text.strip())
    print(f"{label}: {len(text.strip())} characters.")


def core_remove(label: Annotated[str, typer.Argument(help="Which block.")]) -> None:
    """Delete a block of the core; a counted one comes back with the next run."""
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        if not core_memory.remove(connection, label):
            raise InputError(f"There is no block {label!r}.", "`recall memories core show` lists them.")
    print(f"{label} is deleted.")


def as_object(one: Remembered) -> dict[str, Any]:
    """A memory as JSON can say it."""
    row = one.memory
    particulars = {name: _plain(value) for name, value in asdict(row.particulars).items()}
    return {
        "id": str(row.id),
        "kind": row.kind.value,
        "summary": row.summary,
        "details": row.details,
        f"{row.kind.value}": particulars,
        "deployment_id": row.deployment_id,
        "tree_path": list(row.tree_path),
        "valid_from": row.valid_from.isoformat(),
        "seconds": round(one.seconds, 1),
        "times": one.times,
        "days": one.days,
        "first_day": _plain(one.first_day),
        "last_day": _plain(one.last_day),
        "confidence": round(row.confidence, 2),
        "locked": row.locked,
        "sources": [{"kind": source.kind.value, "id": str(source.id)} for source in row.sources],
    }


def _memory(connection: Connection, part: str) -> UUID:
    kind, row_id = find(connection, part)
    if kind != "memory":
        raise InputError(f"{part} is the id of a {kind.replace('_', ' ')}.", "`recall memories` lists memories.")
    return row_id


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | tuple) else str(value)


def _kind(one: Remembered) -> MemoryKind:
    return one.memory.kind


def _nothing(standing: int) -> Text:
    if standing:
        return Text(f"Nothing of the {standing} memories fits.")
    return Text("Nothing is remembered yet: `recall materialize --day D` makes a day's memories.")


def _print_kind(console: Console, kind: MemoryKind, own: list[Remembered], standing: int, *, whole: bool) -> None:
    console.print(Text.assemble((kind.value.replace("_", " "), "bold green"), (f"  {standing}", "dim")))
    for one in own if whole else own[:_SHOWN]:
        console.print(_line(one))
        lines = one.memory.details.splitlines()
        shown = lines if whole else lines[:_LINES]
        if shown:
            console.print(Padding(Text("\n".join(shown), "dim"), (0, 0, 0, 12)))
    if not whole and len(own) > _SHOWN:
        console.print(Text(f"  and more:  recall memories --kind {kind.value}", "dim"))
    console.print()


def _line(one: Remembered) -> Text:
    line = Text.assemble(("  " + str(one.memory.id)[:8], "cyan"), "  ", one.memory.summary)
    told = [*one.memory.tree_path, *([] if one.memory.deployment_id is None else [one.memory.deployment_id])]
    told += [_length(one.seconds)] if one.seconds >= 30 else []
    if one.days > 1:
        told.append(f"on {one.days} days, last {one.last_day}")
    elif one.last_day:
        told.append(str(one.last_day))
    told += ["in your words"] if one.memory.locked else []
    return line.append("  " + " · ".join(told), "dim")


def _length(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{max(1, minutes)} min"


def _particulars(one: Remembered) -> str:
    values: Iterable[tuple[str, object]] = asdict(one.memory.particulars).items()
    hidden = ("steps", "secret_id")
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in values if value and name not in hidden)
