"""`recall import recording`: a recorded set, deployment or day, sent as an agent would send it.

days ─► deployment: enrolled, or a token for this import ─► ingest of the running server, or of our own ─► report
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from capture_agent.protocol import Kind, Outcome
from capture_agent.seal import sender_tag_key, trusted_landing_key
from capture_agent.upload import Uploader, UploadError
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError, RecallError
from recall_assets.importers.recorded_days import Problem, Recording, find_recording
from recall_assets.importers.recording import Counts, DayReport, send_day
from recall_assets.server.child import reachable_server
from recall_assets.settings import Settings, load_settings
from recall_assets.store import deployments, tokens

# Longer than any import, so that a token that was left behind by a power cut ends by itself.
_TOKEN_LIFETIME = timedelta(hours=24)
_NAMES = {Kind.FRAME: "frames", Kind.AUDIO: "audio segments"}


def recording(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a set, a deployment or a day.")],
    deployment: Annotated[
        str | None, typer.Option(help="Deployment id, in place of the name of the deployment's folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import recorded days through the ingest endpoint; importing them again changes nothing."""
    settings = load_settings()
    found = find_recording(folder, deployment)
    with opened_database(settings) as engine:
        reports = import_recording(settings, engine, found)
    problems = [*found.problems, *(problem for report in reports for problem in report.problems)]
    if as_json:
        print(json.dumps(_as_json(reports, problems), indent=2))
    else:
        _print(reports, problems)
    if problems:
        raise typer.Exit(1)


def import_recording(settings: Settings, engine: Engine, found: Recording) -> list[DayReport]:
    """What became of each day of a recording; enrols what is new, and shows a bar where there is a terminal.

    Raises:
        RecallError: a deployment is revoked, or the server takes nothing more; what it has taken stays.
    """
    reports: list[DayReport] = []
    tag_key = sender_tag_key(settings.home.keys)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with reachable_server(settings) as url, bar:
        for deployment_id, group in groupby(found.days, key=lambda day: day.deployment_id):
            days = list(group)
            task = bar.add_task(f"sending {deployment_id}", total=sum(day.count_lines() for day in days))
            with (
                import_token(engine, days[0].deployment_id, days[0].timezone) as token,
                Uploader(url, token) as uploader,
            ):
                try:
                    landing_key = trusted_landing_key(uploader.landing_key())
                except UploadError as error:
                    raise RecallError(error.problem, error.remedy) from error
                advance = partial(bar.advance, task)
                reports += [send_day(day, uploader, to=landing_key, tag_key=tag_key, advance=advance) for day in days]
    return reports


@contextmanager
def import_token(engine: Engine, deployment_id: str, timezone: str) -> Iterator[str]:
    """A token for this import alone; the ones that the deployment's agent has stay as they are.

    Args:
        timezone: of a deployment that is not enrolled yet.
    """
    with engine.begin() as connection:
        known = deployments.read(connection, deployment_id)
        if known is None:
            deployments.enrol(connection, deployment_id, timezone=timezone)
        elif known.revoked_at is not None:
            raise InputError(f"Deployment {known.id} is revoked.", f"Run `recall deployments enrol {known.id}` again.")
        token = tokens.make(connection, label="import", deployment_id=deployment_id, lifetime=_TOKEN_LIFETIME)
    try:
        yield token
    finally:
        with engine.begin() as connection:
            tokens.revoke(connection, token)


def _totals(reports: list[DayReport]) -> dict[str, Counts]:
    totals: dict[str, Counts] = {}
    for report in reports:
        totals.setdefault(report.day.deployment_id, Counter()).update(report.counts)
    return totals


def _as_json(reports: list[DayReport], problems: list[Problem]) -> dict[str, object]:
    return {
        "deployments": [
            {"id": deployment_id}
            | {
                name.replace(" ", "_"): {
                    outcome.value: counts[kind, outcome] for outcome in Outcome if counts[kind, outcome]
                }
                for kind, name in _NAMES.items()
            }
            for deployment_id, counts in _totals(reports).items()
        ],
        "problems": [
            {"file": str(problem.file), "line": problem.line, "reason": problem.reason} for problem in problems
        ],
    }


def _print(reports: list[DayReport], problems: list[Problem]) -> None:
    changed = False
    for deployment_id, counts in _totals(reports).items():
        parts = [
            f"{counts[kind, outcome]} {name} {outcome}"
            for kind, name in _NAMES.items()
            for outcome in Outcome
            if counts[kind, outcome]
        ]
        changed = changed or any(outcome is Outcome.STORED and number for (_, outcome), number in counts.items())
        print(f"{deployment_id}: {', '.join(parts) or 'nothing to send'}")
    if reports and not changed:
        print("Nothing changed: all of it was here already." if not problems else "Nothing changed.")
    errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    for problem in problems:
        errors.print(str(problem))
    if problems:
        errors.print(f"{len(problems)} could not be imported; the rest is.")
