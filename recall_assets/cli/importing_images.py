"""`recall import images`: any folder of dated screenshots, as frames of a machine.

folder ─► dated pictures ─► ingest of the running server, or of our own ─► what was taken in, what could not be dated
"""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recall_assets.cli.importing import import_token
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.importers.dated_images import DatedImage, Undated, find_images
from recall_assets.importers.images import Sent, send_images
from recall_assets.server.child import reachable_server
from recall_assets.settings import load_settings
from recall_assets.store import deployments

_SHOWN = 20


def images(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Pictures, in folders of any depth.")
    ],
    deployment: Annotated[str, typer.Option(help="The machine that they are of; enrolled if it is new.")],
    tz: Annotated[
        str | None, typer.Option("--tz", help="Zone of times that say none; the machine's, where it is enrolled.")
    ] = None,
    by_file_time: Annotated[
        bool, typer.Option("--by-file-time", help="Where nothing else dates a picture, take the time of its file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import a folder of screenshots; importing it again changes nothing.

    A picture's time is what its EXIF says, else its name or its folder's: `Screenshot 2024-05-03 at 10.15.30.png`,
    `2024-05-03/10-15-30.png`, `20240503_101530.webp`, seconds of Unix. What cannot be dated is listed and stays out.
    """
    settings = load_settings()
    deployments.check_id(deployment)
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            known = deployments.read(connection, deployment)
        zone = tz or (known.timezone if known else None)
        if zone is None:
            raise InputError(f"{deployment} is not enrolled, so its zone is unknown.", "Give --tz, e.g. Europe/Berlin.")
        found = [*find_images(folder, ZoneInfo(deployments.check_timezone(zone)), by_file_time=by_file_time)]
        dated = [one for one in found if isinstance(one, DatedImage)]
        sent = Sent()
        if dated:
            console = Console(stderr=True)
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with (
                reachable_server(settings) as url,
                import_token(engine, deployment, zone) as token,
                Progress(*columns, console=console, disable=not console.is_terminal) as bar,
            ):
                task = bar.add_task("sending pictures", total=len(dated))
                keys = settings.home.keys
                sent = send_images(
                    dated, deployment, url=url, token=token, keys=keys, advance=lambda: bar.advance(task)
                )
    problems = [*(one for one in found if isinstance(one, Undated)), *sent.problems]
    _report(dated, sent, problems, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _report(dated: list[DatedImage], sent: Sent, problems: list[Undated], *, as_json: bool) -> None:
    by = Counter(image.dated_by.value for image in dated)
    outcomes = {outcome.value: number for outcome, number in sent.outcomes.items()}
    if as_json:
        listed = [{"file": str(one.file), "reason": one.reason} for one in problems]
        print(json.dumps({"dated_by": by, "outcomes": outcomes, "problems": listed}, indent=2))
        return
    told = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
    print(
        f"{told or 'No picture to send'}; dated by {', '.join(f'{way} {number}' for way, number in by.items()) or '-'}."
    )
    if sent.first and sent.last:
        print(f"Taken from {sent.first.date()} to {sent.last.date()}.")
        print(f"`recall up` reads them; or run `recall backfill --from {sent.first.date()} --to {sent.last.date()}`.")
    errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    for problem in problems[:_SHOWN]:
        errors.print(f"{problem.file}: {problem.reason}")
    if len(problems) > _SHOWN:
        errors.print(f"... and {len(problems) - _SHOWN} more; --json lists all.")
    if problems:
        errors.print(f"{len(problems)} could not be imported; the rest is.")
