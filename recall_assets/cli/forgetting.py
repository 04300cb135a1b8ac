"""`recall forget`: shows what would go, asks, and lets it go for good.

$ recall forget --from "yesterday 14:00" --to "yesterday 15:00"
from Sun 22 Nov 2026 14:00 to 15:00, all machines
  184 frames, 3.1 MB of images    laptop 184
  Firefox 120, Slack 64
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Engine, make_url

from recall_assets import forgetting
from recall_assets.cli.dagster_home import opened_dagster
from recall_assets.cli.materialize import progress_bar
from recall_assets.cli.session import opened_database
from recall_assets.cli.up_record import running_record
from recall_assets.engines.postgres import Database
from recall_assets.errors import RunError
from recall_assets.forgetting import Asked, Forgot, lines_of
from recall_assets.records import DeploymentDay, ForgetCriteria
from recall_assets.settings import Settings, load_settings
from recall_assets.store import partitions
from recall_assets.store.forgetting.counting import Chosen
from recall_assets.store.timeline.rows import home_zone

_HELP = """Forget what was captured: for good, everywhere in this home, and wherever it may still arrive from.

Everything that you say must hold. First you are shown what would go, then you are asked. Days of which something is
left are made again from that; activities, summaries, projects and memories that rest on nothing go as well.

Words of --app, --url and --text are whole words in a row, in any case: --url example.org/docs is every page below it.
--text looks at everything that was read, told, said or remembered. Times are said as people say them: yesterday,
"monday 9:00", 2026-11-09, "last week"; what comes after this moment is never forgotten.

Backups and exports that you made before still hold it: delete those.

Examples:

  recall forget --from "yesterday 14:00" --to "yesterday 15:00"

  recall forget --app slack --deployment laptop --dry-run

  recall forget --text "marigold foundry" --yes
"""


def forget(
    begin: Annotated[str, typer.Option("--from", metavar="WHEN", help="From then on.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help="Up to then; of a day, the whole of it.")] = "",
    deployment: Annotated[list[str] | None, typer.Option(help="Of this machine; also more than once.")] = None,
    app: Annotated[str, typer.Option(help="What showed this program, in front or not.")] = "",
    url: Annotated[str, typer.Option(help="What showed this address, or one below it.")] = "",
    project: Annotated[str, typer.Option(help="What belongs to this project, by name or id.")] = "",
    text: Annotated[str, typer.Option(help="What says these words.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="End orders that were interrupted.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; with --dry-run or --yes.")] = False,
) -> None:
    settings = load_settings()
    if finish:
        _finish(settings)
        return
    asked = Asked(begin, end, tuple(deployment or ()), app, url, project, text)
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            now = datetime.now(ZoneInfo(home_zone(connection)))
            criteria = forgetting.criteria_of(connection, asked, now)
        with progress_bar() as progress:
            progress("looking", 0, 1)
            chosen = forgetting.look(engine, settings.home, criteria)
        if as_json and dry_run:
            print(json.dumps(_as_json(chosen), default=str))
        if not as_json:
            _print(criteria, chosen, now)
        if dry_run:
            return
        if not yes:
            question = "Keep away what still arrives of it?" if chosen.is_empty else "Forget this for good?"
            typer.confirm(question, abort=True)
        with progress_bar() as progress:
            done = forgetting.forget(engine, settings.home, criteria, progress)
            failed = _make_again(settings, engine, done.stale, progress)
            whole = forgetting.erase(engine, settings.home, progress)
    if as_json:
        print(json.dumps({"order": done.order_id, "rows": dict(done.rows), "made_again": list(done.stale)}))
    else:
        _print_done(done, whole=whole)
    if failed:
        raise RunError("Not all days could be made again:\n" + "\n".join(failed), "`recall up` tries them again.")


forget.__doc__ = _HELP


def _finish(settings: Settings) -> None:
    with opened_database(settings) as engine, progress_bar() as progress:
        done = forgetting.go_on(engine, settings.home, progress)
        stale = tuple(sorted({key for one in done for key in one.stale}))
        _make_again(settings, engine, stale, progress)
        whole = forgetting.erase(engine, settings.home, progress)
    for one in done:
        _print_done(one, whole=whole)
    if not done:
        print("No order was interrupted, and nothing of any is left; the database's files are written anew.")


def _make_again(settings: Settings, engine: Engine, keys: tuple[str, ...], progress: Any) -> list[str]:
    """Makes what is stale of what is left; where Recall runs, it does so itself. Which runs failed."""
    if not keys or running_record(settings.home) is not None:
        return []
    days = [DeploymentDay.from_partition_key(key) for key in keys]
    own = sorted(one for one in days if one.deployment_id)
    with engine.connect() as connection:
        dates = {one.day for one in days}
        left = [one for day in dates for one in partitions.with_frames(connection, day, day)]
    others = [one for one in left if one not in own]
    address = Database.at(make_url(engine.url.render_as_string(hide_password=False)))
    with opened_dagster(settings, address) as instance:
        from recall_assets.cli import graph_runs  # reads the days of the partitions from the database just named

        planned = graph_runs.plan(own, others, graph_runs.stages_from("activities"))
        alone = [one for one in others if one.day not in {each.day for each in own}]
        planned += graph_runs.plan(alone, [], graph_runs.stages_from("projects"))
        runs = graph_runs.execute(instance, planned, progress=progress)
    return [f"{run.planned} (run {run.run_id})" for run in runs if run.failed_assets]


def _print(criteria: ForgetCriteria, chosen: Chosen, now: datetime) -> None:
    console = Console(highlight=False, soft_wrap=True)
    until = criteria.to_at.astimezone(now.tzinfo)
    since = criteria.from_at and criteria.from_at.astimezone(now.tzinfo)
    begin = f"from {since:%a %-d %b %Y %H:%M}" if since else "everything up"
    machines = ", ".join(criteria.deployment_ids) or "all machines"
    console.print(f"[bold]{begin} to {until:%a %-d %b %Y %H:%M}[/bold] ({now:%Z}), {machines}")
    if chosen.is_empty:
        console.print("Nothing that is here would go.")
        return
    for line in lines_of(chosen, now.tzinfo):
        console.print(f"  {line}")
    console.print(
        "Late uploads and imports of it are dropped. Backups and exports that you made still hold it.", style="dim"
    )


def _print_done(done: Forgot, *, whole: bool) -> None:
    if done.order_id is None:
        print("All of it was forgotten before; nothing changed.")
        return
    gone = ", ".join(f"{number:,} {table}" for table, number in done.rows.items())
    print(f"Forgotten: {gone or 'nothing was here; what arrives of it is dropped'}.")
    if not whole:
        print("Your server's statistics and log hold old versions until it lets go: vacuum full as its owner.")
    print("`recall doctor` looks whether anything of it is left.")


def _as_json(chosen: Chosen) -> Mapping[str, object]:
    return {**asdict(chosen), "items": dict(chosen.items), "days": [one.partition_key for one in chosen.days]}
