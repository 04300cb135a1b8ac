"""`recall lineage`: why a summary says what it says, and what became of a frame.

$ recall lineage 3f2a91c0
sentence  Ledgerly took 2 h 10 min …
├── made from                     each row: what it says, then asset · partition · run · code
│   └── activity …
└── made of it
    └── day summary …
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from recall_assets.cli.session import opened_database
from recall_assets.settings import load_settings
from recall_assets.store.lineage import Lineage, find, newest_summary, trace
from recall_assets.store.lineage_rows import Making, Row

# A summary's activity has some hundred frames; a tree of them all hides the rest of it.
FRAMES_SHOWN = 3

Edges = Mapping[UUID, tuple[UUID, ...]]


def lineage(
    row_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="Of a sentence, activity, project, memory, day summary, frame, transcript or secret; 8 digits do.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object, with every row.")] = False,
) -> None:
    """Show what a row was made from and what was made of it, down to frames and speech, and up to day summaries.

    Each row names its Dagster asset, partition key, run and code version. Without an ID: the sentences of the newest
    day summary, with theirs.
    """
    with opened_database(load_settings()) as database, database.connect() as connection:
        if row_id is None:
            day, sentences = newest_summary(connection)
            _print_beginnings(day.isoformat(), sentences, as_json)
            return
        found = trace(connection, *find(connection, row_id))
    if as_json:
        print(json.dumps(as_object(found), ensure_ascii=False, indent=1))
    else:
        Console(soft_wrap=False).print(as_tree(found))


def as_object(found: Lineage) -> dict[str, Any]:
    """The row, with `made_from` and `made_of_it` nested below it."""
    row = found.rows[found.root]
    return {
        **_values(row),
        "made_from": _nested(found, found.made_from, found.root, "made_from"),
        "made_of_it": _nested(found, found.made_of_it, found.root, "made_of_it"),
    }


def as_tree(found: Lineage) -> Tree:
    """The row as a tree for a terminal; a row that is reached twice shows what is below it once."""
    tree = Tree(_label(found.rows[found.root]), guide_style="dim")
    for title, edges in (("made from", found.made_from), ("made of it", found.made_of_it)):
        if found.root in edges:
            _grow(tree.add(Text(title, "bold")), found, edges, found.root, {found.root})
    return tree


def _print_beginnings(day: str, sentences: list[tuple[UUID, str]], as_json: bool) -> None:
    if as_json:
        print(
            json.dumps([{"id": str(row_id), "text": text} for row_id, text in sentences], ensure_ascii=False, indent=1)
        )
        return
    console = Console()
    console.print(Text(f"Sentences of {day} over all machines", "bold"))
    for row_id, text in sentences:
        console.print(Text.assemble((_short(row_id), "cyan"), "  ", text))
    console.print(Text(f"\nWhat one rests on:  recall lineage {_short(sentences[0][0])}", "dim"))


def _grow(branch: Tree, found: Lineage, edges: Edges, row_id: UUID, shown: set[UUID]) -> None:
    frames = 0
    for other in edges.get(row_id, ()):
        row = found.rows[other]
        if row.kind == "frame":
            frames += other not in shown
            if frames > FRAMES_SHOWN or other in shown:
                continue
        grown = branch.add(_label(row))
        if other not in shown:
            shown.add(other)
            _grow(grown, found, edges, other, shown)
    if frames > FRAMES_SHOWN:
        branch.add(Text(f"and {frames - FRAMES_SHOWN} more frames (--json lists them)", "dim"))


def _label(row: Row) -> Text:
    kind = row.kind.replace("_", " ")
    label = Text.assemble((f"{kind}  ", "bold green"), (_short(row.id), "cyan"), "  ")
    if row.kind in ("frame", "transcript", "activity") and isinstance(row.at, datetime):
        label.append(f"{row.at:%H:%M}  " if row.kind == "activity" else f"{row.at:%H:%M:%S}  ")
    label.append(row.title)
    if row.seen:
        label.append(f"\n  {row.seen}", "italic")
    for making in row.makings:
        label.append(f"\n  {_made(making)}", "dim")
    return label


def _made(making: Making) -> str:
    run = f"run {str(making.run_id)[:8]}" if making.run_id else "landed"  # as the Dagster UI shortens it
    version = f" · code {making.code_version}" if making.code_version else ""
    return f"{making.asset} · {making.partition} · {run}{version}"


def _short(row_id: UUID) -> str:
    """Enough digits to name a row, and few enough to type."""
    return str(row_id)[:13]


def _values(row: Row) -> dict[str, Any]:
    makings = [
        {name: value if value is None else str(value) for name, value in asdict(making).items()}
        for making in row.makings
    ]
    told = {"kind": row.kind, "id": str(row.id), "title": row.title, "at": row.at.isoformat(), "assets": makings}
    return told | ({"vision": row.seen} if row.seen else {})


def _nested(found: Lineage, edges: Edges, row_id: UUID, name: str) -> list[dict[str, Any]]:
    return [_values(found.rows[other]) | {name: _nested(found, edges, other, name)} for other in edges.get(row_id, ())]
