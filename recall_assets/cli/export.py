"""`recall export`: everything of a range of days as one object that other programs read.

store.export ─► JSON ─► standard output, or a file that only the owner can read
"""

import json
import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.settings import load_settings
from recall_assets.store.export import export_days


class Format(StrEnum):
    """What an export can be written as."""

    JSON = "json"


def export(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, included.")],
    written_as: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.JSON,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="A file instead of standard output.")] = None,
) -> None:
    """Write machines, frames, transcripts, activities, projects, summaries and findings of a range of days.

    Texts are redacted; of a secret there is its kind and its place, never its value.
    """
    if last < first:
        raise InputError("The last day lies before the first.", "Give --from and --to in that order.")
    with opened_database(load_settings()) as database, database.connect() as connection:
        told = export_days(connection, first.date(), last.date())
    if file is None:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.", "Name a file in a folder of yours.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False, indent=1)
