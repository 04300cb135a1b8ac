"""`recall import activitywatch`: windows, pages and absence that ActivityWatch exported, as frames without an image.

export ─► one host's events ─► looked through ─► written ─► days that the graph can make
"""

from collections import Counter
from pathlib import Path
from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Engine

from recall_assets.cli.imports import bar, print_written
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.forgetting import forgotten_of
from recall_assets.importers import whole
from recall_assets.importers.activitywatch import WINDOWS, Export, Watched, read_export
from recall_assets.importers.whole import Begun
from recall_assets.importers.writing import Into
from recall_assets.intake.imported import Redactor
from recall_assets.settings import Home, load_settings
from recall_assets.store import deployments, imports


def activitywatch(
    file: Annotated[Path, typer.Argument(metavar="EXPORT.json", help="All buckets, exported as JSON.")],
    deployment: Annotated[str, typer.Option(help="The machine that they are of; enrolled if it is new.")],
    host: Annotated[str | None, typer.Option(help="Host in the export, where it holds several.")] = None,
    tz: Annotated[
        str | None, typer.Option("--tz", help="Zone of the machine; needed where it is not enrolled yet.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, write nothing.")] = False,
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave out the values of secrets instead of sealing them.")
    ] = False,
) -> None:
    """Import the window events of ActivityWatch; importing a later export again adds what is new.

    Each event becomes a frame without an image: program, title and page, cut where nobody was there. Activities,
    projects and summaries are made of them as of any other frame.
    """
    settings = load_settings()
    export = read_export(file)
    named = _host(export, host)
    with opened_database(settings) as engine, imports.alone(engine):
        watched = _watched(engine, settings.home, export, named, deployments.check_id(deployment), tz)
        redactor, into = Redactor(), Into(watched.import_id, deployment, seals=not without_secrets)
        events = sum(len(bucket.events) for bucket in export.of(named, WINDOWS))
        with bar("looking at events", events) as advance:
            counted = whole.look(watched.items(), redactor, advance)
        _print(named, counted.rows["windows"], counted.targets["frames"], counted.dropped["windows"])
        if dry_run:
            print("Nothing was written: this was a dry run.")
            return
        whole.check_vault(engine, settings.home, counted, into)
        with engine.begin() as connection:
            if deployments.read(connection, deployment) is None:
                deployments.enrol(connection, deployment, timezone=str(watched.zone))
        begun = Begun(_source(named), "", {"host": named, "deployment": deployment})
        with bar("writing", events) as advance:
            done = whole.carry_out(
                engine,
                settings.home,
                begun,
                watched.items(),
                into,
                redactor,
                counted,
                report=dict(counted.dropped["windows"]),
                advance=advance,
            )
    print_written(done)


def _source(host: str) -> str:
    return f"activitywatch {host}"


def _host(export: Export, asked: str | None) -> str:
    if asked is None and len(export.hosts) == 1:
        return export.hosts[0]
    if asked not in export.hosts:
        problem = "The export holds several hosts" if asked is None else f"The export holds no host {asked!r}"
        raise InputError(f"{problem}: {', '.join(export.hosts)}.", "Import them one by one with --host NAME.")
    return asked


def _watched(engine: Engine, home: Home, export: Export, host: str, deployment: str, tz: str | None) -> Watched:
    with engine.connect() as connection:
        known = deployments.read(connection, deployment)
        zone = tz or (known.timezone if known else None)
        if zone is None:
            raise InputError(f"{deployment} is not enrolled, so its zone is unknown.", "Give --tz, e.g. Europe/Berlin.")
        import_id = imports.unfinished(connection, _source(host)) or uuid4()
        orders = forgotten_of(connection, home, deployment)
    return Watched(export, host, deployment, ZoneInfo(deployments.check_timezone(zone)), import_id, orders)


def _print(host: str, events: int, frames: int, dropped: Counter[str]) -> None:
    left = "; ".join(f"{number:,} {why}" for why, number in dropped.items())
    print(f"{host}: {events:,} window events become {frames:,} frames{f'; left out: {left}' if left else ''}.")
