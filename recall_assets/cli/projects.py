"""`recall projects`: what the work belongs to, and the owner's word about it.

list ─ show ─ suggestions          rename ─ merge ─ split ─ assign ─ accept ─ reject ─► undo
"""

import json
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from recall_assets import edits
from recall_assets.cli.bars import bar, length
from recall_assets.cli.session import opened_database
from recall_assets.cli.showing import show
from recall_assets.errors import InputError, UnknownIdError
from recall_assets.records import Edit
from recall_assets.server.api import models
from recall_assets.settings import load_settings
from recall_assets.store.lineage import find
from recall_assets.store.timeline.projects import read_projects, read_suggestions

_WIDTH = 12
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Its name, or the first 8 digits of its id.")]
Activity = Annotated[str, typer.Argument(metavar="ACTIVITY", help="The first 8 digits of its id.")]
Activities = Annotated[list[str], typer.Argument(metavar="ACTIVITY...", help="Ids, of `recall timeline`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the API tells it.")]


def projects(context: typer.Context, as_json: AsJson = False) -> None:
    """List the projects, the one that was seen last first; a word behind it changes one.

    What you say here no later run changes: a name stays, what you merged stays one, what you assigned stays there.
    """
    if context.invoked_subcommand is None:
        list_projects(as_json)


def list_projects(as_json: AsJson = False) -> None:
    """List the projects with their time, the one that was seen last first."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = read_projects(connection)
    if as_json:
        told = [models.listed_project(row).model_dump(mode="json") for row in found]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("id", "project", "last seen", "time", "", "activities"):
        table.add_column(name, justify="right" if name == "activities" else "left", no_wrap=name != "project")
    longest = max((row.active for row in found), default=None)
    for row in found:
        share = bar(row.active / longest, _WIDTH) if longest else ""
        cells = (str(row.tag.id)[:8], str(row.last_seen), length(row.active), share, str(row.activities))
        table.add_row(Text(cells[0], "dim cyan"), Text(row.tag.name, "bold"), *cells[1:])
    Console().print(table if found else "There are no projects yet: `recall materialize --day D` finds those of a day.")


def show_project(project: Project, as_json: AsJson = False) -> None:
    """Show a project with its newest activities."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = _project(connection, project)
    show(str(found), as_json)


def suggestions(as_json: AsJson = False) -> None:
    """List activities without a project for which one is suggested."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = read_suggestions(connection)
    if as_json:
        told = [models.Activity.model_validate(one).model_dump(mode="json") for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console = Console()
    for one in found:
        suggested = one.suggested.name if one.suggested else ""
        when = f"{one.start_at:%a %Y-%m-%d %H:%M} – {one.end_at:%H:%M}  {one.deployment_id}  "
        console.print(Text.assemble((f"{str(one.id)[:8]}  ", "cyan"), (when, "dim"), one.title))
        console.print(
            Text.assemble("          perhaps ", (suggested, "bold cyan"), f" ({one.project_score or 0:.0%} alike)")
        )
    if found:
        console.print(Text("\nrecall projects accept ID, or reject ID", "dim"))
    else:
        console.print("Nothing is suggested: every activity has its project, or clearly none.")


def rename(
    project: Project, name: Annotated[str, typer.Argument(help="The new name.")], as_json: AsJson = False
) -> None:
    """Give a project another name; no run changes it back."""
    _edit(lambda connection: edits.rename_project(connection, _project(connection, project), name), as_json)


def merge(
    project: Project,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The project that stays.")],
    as_json: AsJson = False,
) -> None:
    """Make a project a part of another, which keeps its name; the id of the first leads there."""
    _edit(
        lambda connection: edits.merge_projects(connection, _project(connection, project), _project(connection, into)),
        as_json,
    )


def split(
    project: Project,
    activities: Activities,
    name: Annotated[str, typer.Option(help="Of the new project.")],
    as_json: AsJson = False,
) -> None:
    """Make a project of its own from activities of this one."""

    def change(connection: Connection) -> Edit:
        ids = [_activity(connection, one) for one in activities]
        return edits.split_project(connection, _project(connection, project), ids, name)

    _edit(change, as_json)


def assign(
    activities: Activities,
    to: Annotated[str | None, typer.Option(metavar="PROJECT", help="Where they belong.")] = None,
    nowhere: Annotated[bool, typer.Option("--none", help="They belong to no project.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put activities into a project, or take them out of theirs."""
    if (to is None) != nowhere:
        raise InputError("Say where the activities belong.", "Give --to PROJECT, or --none.")

    def change(connection: Connection) -> Edit:
        ids = [_activity(connection, one) for one in activities]
        return edits.assign(connection, ids, None if to is None else _project(connection, to))

    _edit(change, as_json)


def accept(activity: Activity, as_json: AsJson = False) -> None:
    """The project that is suggested for an activity is right."""
    _edit(lambda connection: edits.accept_suggestion(connection, _activity(connection, activity)), as_json)


def reject(activity: Activity, as_json: AsJson = False) -> None:
    """It is not: the activity stays without a project."""
    _edit(lambda connection: edits.reject_suggestion(connection, _activity(connection, activity)), as_json)


def undo(as_json: AsJson = False) -> None:
    """Take back your newest edit that stands; said again, the one before it."""
    _edit(edits.undo, as_json)


def _edit(change: Callable[[Connection], Edit], as_json: bool) -> None:
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        edit = change(connection)
    if as_json:
        print(models.Edit.model_validate(edit).model_dump_json())
        return
    print(f"{edit.told}. Take it back: recall projects undo")
    if edit.partitions:
        days = sorted({key.partition("|")[0] for key in edit.partitions})
        said = f"the summary of {days[0]} tells" if len(days) == 1 else f"the summaries of {len(days)} days tell"
        print(f"Everything shows it now; {said} of it once `recall up` has made them again.")


def _project(connection: Connection, said: str) -> UUID:
    """The project of that name or id."""
    named = [row.tag.id for row in read_projects(connection) if row.tag.name.casefold() == said.strip().casefold()]
    if len(named) == 1:
        return named[0]
    if len(named) > 1:
        raise InputError(f"{len(named)} projects have the name {said!r}.", "Name it by its id: recall projects")
    try:
        kind, found = find(connection, said)
    except InputError:
        kind, found = "", UUID(int=0)
    if kind != "project":
        raise UnknownIdError(f"There is no project {said!r}.", "`recall projects` lists them.")
    return found


def _activity(connection: Connection, said: str) -> UUID:
    kind, found = find(connection, said)
    if kind != "activity":
        raise UnknownIdError(f"{said} is the id of a {kind}, not of an activity.", "`recall timeline` shows those.")
    return found
