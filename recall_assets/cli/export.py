"""`recall export`: a range of days for other programs: everything as JSON, or activities and summaries.

store.export ─► JSON, Markdown, CSV, ICS ─► standard output, or a file that only the owner can read
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from recall_assets.cli.said_days import EXAMPLES, range_said
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.settings import load_settings
from recall_assets.stages.export_formats import Exported, as_calendar, as_csv, as_markdown
from recall_assets.store.export import export_days


class Format(StrEnum):
    """What an export can be written as."""

    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"
    ICS = "ics"


def _as_json(exported: Exported) -> str:
    return json.dumps(exported, ensure_ascii=False, indent=1) + "\n"


_WRITERS: Mapping[Format, Callable[[Exported], str]] = {
    Format.JSON: _as_json,
    Format.MARKDOWN: as_markdown,
    Format.CSV: as_csv,
    Format.ICS: as_calendar,
}


def export(
    first: Annotated[str, typer.Option("--from", metavar="DAY", help=f"The first day, {EXAMPLES}.")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, included.")],
    written_as: Annotated[
        Format, typer.Option("--format", help="json: everything; the others: activities and summaries.")
    ] = Format.JSON,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="A file instead of standard output.")] = None,
) -> None:
    """Write a range of days: as JSON everything, as Markdown a text per day, as CSV or a calendar its activities.

    Texts are redacted; of a secret there is its kind and its place, never its value.
    """
    days = range_said(first, last)
    with opened_database(load_settings()) as database, database.connect() as connection:
        written = _WRITERS[written_as](export_days(connection, *days))
    if file is None:
        sys.stdout.write(written)
        return
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.", "Name a file in a folder of yours.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
        out.write(written)
