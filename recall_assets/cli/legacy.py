"""`recall import legacy`: the predecessor's database, looked through, then written, then proven.

source, read only ─► report of every table ─► --dry-run ends here ─► written in batches ─► counts and digests agree
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from recall_assets.cli.imports import bar, print_written
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.importers.legacy import run
from recall_assets.importers.legacy.owner_map import read_map, template
from recall_assets.importers.legacy.run import Looked
from recall_assets.importers.legacy.source import Source, names_in, open_source, users_of
from recall_assets.importers.whole import Imported
from recall_assets.settings import load_settings
from recall_assets.store import foreign, imports


def legacy(
    dsn: Annotated[str, typer.Option(envvar="RECALL_LEGACY_DSN", help="postgresql://user@host/name; it is only read.")],
    map_file: Annotated[Path | None, typer.Option("--map", help="Whose rows are whose; see --write-map.")] = None,
    write_map: Annotated[
        Path | None, typer.Option("--write-map", help="Write a map with every name of the source, and stop.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at every row, write nothing.")] = False,
    naive_tz: Annotated[str | None, typer.Option("--naive-tz", help="Zone of times that carry none.")] = None,
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave out the values of secrets instead of sealing them.")
    ] = False,
    schema: Annotated[str, typer.Option(help="Schema of the source.")] = "public",
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import the database of Recall's predecessor: every generation of it, as often as you like.

    First write a map and finish it, then look, then import:

      recall import legacy --dsn URL --write-map map.toml
      recall import legacy --dsn URL --map map.toml --dry-run
      recall import legacy --dsn URL --map map.toml

    Importing again changes nothing. An import that was interrupted goes on where it stopped. `recall import undo`
    takes one back. docs/import.md walks through it, with backup and rollback.
    """
    with foreign.snapshot(dsn) as connection:
        source = open_source(connection, schema)
        if not source.tables:
            raise InputError(f"Schema {schema!r} holds none of the predecessor's tables.", "Check --dsn and --schema.")
        if write_map is not None:
            _write_map(write_map, source, make_url(dsn).database or "legacy")
            return
        if map_file is None:
            raise InputError(
                "There is no map.", "Write one with --write-map map.toml, finish it, then give --map map.toml."
            )
        owner_map, zone = read_map(map_file), run.zone_named(naive_tz)
        settings = load_settings()
        with opened_database(settings) as engine, imports.alone(engine):
            with bar("looking at rows", source.rows) as advance:
                seals = not without_secrets
                looked = run.look(
                    engine, settings.home, source, owner_map, naive_zone=zone, seals=seals, advance=advance
                )
            if not as_json:
                _print_report(looked, seals=seals)
            done: Imported | None = None
            added: tuple[str, ...] = ()
            if not dry_run:
                with bar("writing", source.rows) as advance:
                    done, added = run.write(engine, settings.home, looked, owner_map, advance=advance)
    if as_json:
        print(json.dumps(_as_json(looked.report, looked.counted.secrets, done), indent=2))
    else:
        _print_done(done, added)


def _write_map(file: Path, source: Source, name: str) -> None:
    zones = {str(row["id"]): zone for row in users_of(source) if (zone := _zone_of(row.get("timezone")))}
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(
                template(
                    "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")) or "legacy",
                    names_in(source),
                    zones,
                )
            )
    except FileExistsError as error:
        raise InputError(f"{file} is there already.", "Name another file, or remove it.") from error
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.", "Name a file in a folder of yours.") from error
    print(f"Wrote {file}. Finish it, then run the same command with --map {file} --dry-run.")


def _zone_of(said: object) -> str | None:
    """The zone in a text such as `Europe/Berlin (UTC+1:00)`."""
    try:
        zone = run.zone_named(str(said or "").partition(" ")[0] or None)
    except InputError:
        return None
    return None if zone is None else str(zone)


def _print_report(looked: Looked, *, seals: bool) -> None:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("table", "generation", "rows", "becomes", "left out, and why"):
        shown.add_column(column, justify="right" if column == "rows" else "left")
    for line in looked.report:
        became = ", ".join(f"{target} {number:,}" for target, number in line["became"].items())
        dropped = "; ".join(f"{number:,} {why}" if number else why for why, number in line["dropped"].items())
        shown.add_row(line["table"], line["generation"], f"{line['rows']:,}", became or "-", dropped)
    Console(highlight=False, markup=False).print(shown)
    if looked.source.views:
        print(f"Views are not read: {', '.join(looked.source.views)}.")
    values = "sealed to the vault" if seals else "their values are left out"
    print(f"{looked.counted.secrets:,} secrets stand in texts; they are redacted there, and {values}.")


def _print_done(done: Imported | None, added: tuple[str, ...]) -> None:
    if done is None:
        print("Nothing was written: this was a dry run.")
        return
    if added:
        print(f"Added: {', '.join(added)}.")
    print_written(done)


def _as_json(report: list[dict[str, Any]], secrets: int, done: Imported | None) -> dict[str, Any]:
    told: dict[str, Any] = {"tables": report, "secrets_in_texts": secrets, "written": None}
    if done is not None:
        new = {target: number for target, number in done.result.new.items() if number}
        told["written"] = {"import": str(done.import_id or ""), "new": new, "known": dict(done.result.known)}
    return told
