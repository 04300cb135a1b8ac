"""A day as a person reads it in a terminal: what it held, and each machine's activities.

╭ 2026-11-09 over all machines ╮      laptop
│ 3f2a91c0  sentence           │      4be1c02d  07:44 – 08:10  Inbox, replies …  email   Brightwater
╰──────────────────────────────╯      90aa3b61  08:10 – 09:32  …
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from recall_assets.records import Activity, DaySummary
from recall_assets.store import activities, day_summaries, deployments, projects
from recall_assets.store.sentences import sentence_id

# In the order of a day's projects, most time first; distinct on light and dark backgrounds.
PROJECT_STYLES = ("cyan", "magenta", "green", "yellow", "blue", "red")


def day_view(connection: Connection, day: date) -> Iterator[RenderableType]:
    """The summary over all machines, then each machine's table; nothing where the day holds nothing."""
    summary = day_summaries.read_day(connection, day)
    if summary is not None:
        yield _summary(summary)
    done = activities.read_day(connection, day)
    names = {project.id: project.name for project in projects.read_all(connection)}
    styles = _styles(done)
    for machine in deployments.read_all(connection):
        mine = [activity for activity in done if activity.deployment_id == machine.id]
        if mine:
            yield _machine(machine.name, mine, ZoneInfo(machine.timezone), names, styles)


def _styles(done: Sequence[Activity]) -> Mapping[UUID | None, str]:
    seconds: dict[UUID | None, float] = {}
    for activity in done:
        seconds[activity.project_id] = seconds.get(activity.project_id, 0) + activity.active_seconds
    ranked = sorted((project for project in seconds if project), key=lambda project: -seconds[project])
    return dict(zip(ranked, PROJECT_STYLES, strict=False))


def _summary(summary: DaySummary) -> Panel:
    lines = Table.grid(padding=(0, 2))
    for position, sentence in enumerate(summary.sentences):
        lines.add_row(Text(str(sentence_id(summary.id, position))[:8], "dim cyan"), Text(sentence.text))
    title = Text(f" {summary.day:%A}, {summary.day}, over all machines ", "bold")
    return Panel(lines, title=title, title_align="left", border_style="green", padding=(1, 1))


def _machine(
    name: str, done: Sequence[Activity], zone: ZoneInfo, names: Mapping[UUID, str], styles: Mapping[UUID | None, str]
) -> Table:
    table = Table(title=Text(name, "bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("id", style="dim cyan", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("min", justify="right")
    table.add_column("activity", ratio=1)
    table.add_column("project")
    for activity in done:
        start, end = activity.start_at.astimezone(zone), activity.end_at.astimezone(zone)
        project = names.get(activity.project_id, "") if activity.project_id else ""
        table.add_row(
            str(activity.id)[:8],
            f"{start:%H:%M} – {end:%H:%M}",
            f"{activity.active_seconds / 60:.0f}",
            Text.assemble(activity.title, (f"  {activity.label}", "dim")),
            Text(project, styles.get(activity.project_id, "")),
        )
    return table
