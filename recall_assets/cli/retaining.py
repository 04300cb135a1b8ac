"""`recall retention` and `recall deployments retention`: how long images are kept, and letting the others go.

recall deployments retention laptop --images 30 --keyframes 365 --gigabytes 20
recall retention --dry-run
"""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from recall_assets.cli.materialize import progress_bar
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.retention import Kept, Report, let_go, told
from recall_assets.settings import load_settings
from recall_assets.store import deployments
from recall_assets.store import retention as stored

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; nothing does.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Let go of images that are older than you want them, or beyond the budget; the text on them stays.

    `recall up` does it each night, as the asset kept_images. How long: recall deployments retention, or images_days,
    keyframes_days and images_gigabytes in recall.toml.
    """
    settings = load_settings()
    with opened_database(settings) as engine, progress_bar() as progress:
        report = let_go(engine, settings.home, settings, datetime.now(UTC), dry_run=dry_run, progress=progress)
    if as_json:
        print(json.dumps(_as_json(report), indent=1))
    else:
        _print(report)


def of_deployment(
    deployment_id: Annotated[str, typer.Argument(metavar="ID", help="The machine.")],
    images: Annotated[int | None, typer.Option(metavar="DAYS", min=0, help="Every image; 0: without limit.")] = None,
    keyframes: Annotated[
        int | None, typer.Option(metavar="DAYS", min=0, help="Then one an activity until so old; 0: without limit.")
    ] = None,
    gigabytes: Annotated[float | None, typer.Option(min=0, help="All of its images; 0: no budget of its own.")] = None,
    as_settings: Annotated[bool, typer.Option("--as-settings", help="As recall.toml says, like all others.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Set how long a machine's images are kept; without options, say how long. Their text stays in any case."""
    days = {"images_days": images, "keyframes_days": keyframes}
    chosen: dict[str, int | None] = {name: value or None for name, value in days.items() if value is not None}
    if gigabytes is not None:
        chosen["bytes"] = int(gigabytes * 1e9) or None
    if as_settings and chosen:
        raise InputError("These options exclude each other.", "Give --as-settings, or the others.")
    settings = load_settings()
    with opened_database(settings) as engine, engine.begin() as connection:
        deployments.require(connection, deployment_id)
        said = stored.said(connection).get(deployment_id, {})
        if as_settings or chosen:
            stored.set_retention(connection, deployment_id, {} if as_settings else said | chosen)
        now = stored.retentions(connection, settings.retention)[deployment_id]
    if as_json:
        print(json.dumps(_rule(Kept(deployment_id, now))))
        return
    print(f"{deployment_id}: {told(now)}.")
    if chosen or as_settings:
        print("What goes by that goes tonight; to see it: recall retention --dry-run")


def _print(report: Report) -> None:
    going = "would go" if report.dry_run else "let go"
    table = Table("machine", "rule", "images", "MB", "since", going, "MB freed", box=None, pad_edge=False)
    for column in (2, 3, 5, 6):
        table.columns[column].justify = "right"
    table.columns[0].no_wrap = True
    for row in report.rows:
        since = "" if row.oldest is None else row.oldest.isoformat()
        sizes = (f"{row.bytes / 1e6:.1f}", since, str(row.let_go), f"{row.freed / 1e6:.1f}")
        table.add_row(row.deployment_id, told(row.retention), str(row.images), *sizes)
    console = Console()
    console.print(table)
    if waiting := sum(row.waiting_days for row in report.rows):
        console.print(f"{waiting} days are left for later: they are being read, or frames of them wait to be.")
    if report.over:
        console.print(
            f"{report.over / 1e6:.1f} MB more than the budget are kept: what is of the last two days, or waits, stays."
        )


def _as_json(report: Report) -> dict[str, object]:
    return {
        "dry_run": report.dry_run,
        "let_go": report.let_go,
        "freed_bytes": report.freed,
        "over_budget_bytes": report.over,
        "deployments": [
            {
                **_rule(row),
                "images": row.images,
                "bytes": row.bytes,
                "since": None if row.oldest is None else row.oldest.isoformat(),
                "let_go": row.let_go,
                "freed_bytes": row.freed,
                "days_left_for_later": row.waiting_days,
            }
            for row in report.rows
        ],
    }


def _rule(row: Kept) -> dict[str, object]:
    rule = row.retention
    return {
        "id": row.deployment_id,
        "images_days": None if rule.images is None else rule.images.days,
        "keyframes_days": None if rule.keyframes is None else rule.keyframes.days,
        "budget_bytes": rule.bytes,
    }
