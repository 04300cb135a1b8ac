"""`recall show ID`: one thing in full, whatever it is.

id, or its first 8 digits ─► lineage.find ─► frame │ activity │ project │ transcript, or its lineage
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection

from recall_assets.cli.bars import length
from recall_assets.cli.lineage import as_object, as_tree
from recall_assets.cli.session import opened_database
from recall_assets.errors import UnknownIdError
from recall_assets.server.api import models
from recall_assets.settings import load_settings
from recall_assets.store.lineage import find, trace
from recall_assets.store.timeline import activities, frames, pages, projects

_LINES = 60  # of a frame's text


def show(
    row_id: Annotated[str, typer.Argument(metavar="ID", help="Of anything; its first 8 digits do.")],
    as_json: Annotated[bool, typer.Option("--json", help="One object, as the API tells it.")] = False,
) -> None:
    """Show a frame's text, an activity, a project, what was said; of anything else what it rests on.

    Ids stand in `recall timeline`, `recall search`, `recall projects` and `recall lineage`.
    """
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        kind, found = find(connection, row_id)
        if kind not in _KINDS:
            told = trace(connection, kind, found)
            if as_json:
                print(json.dumps(as_object(told), ensure_ascii=False, indent=1))
            else:
                Console().print(as_tree(told))
            return
        read, model, lines = _KINDS[kind]
        row = read(connection, found)
        if row is None:
            raise UnknownIdError(f"Nothing has the id {row_id}.", "`recall timeline` shows ids.")
    if as_json:
        shown = model(row).model_dump(mode="json")
        print(json.dumps({"kind": kind} | shown, ensure_ascii=False, indent=1))
        return
    console = Console()
    for line in lines(row):
        console.print(line)
    console.print(Text(f"\nOn what it rests:  recall lineage {str(found)[:8]}", "dim"))


def _of_frame(frame: frames.ShownFrame) -> Iterator[Text]:
    yield Text.assemble(
        ("frame  ", "bold green"), f"{frame.captured_at:%a %Y-%m-%d %H:%M:%S}", (f"  {frame.machine}", "dim")
    )
    yield Text(": ".join(filter(None, (frame.app, frame.title))) or "not read yet", "bold")
    if frame.url:
        yield Text(frame.url, "cyan")
    if frame.activity_id:
        yield Text(f"in activity {str(frame.activity_id)[:8]}  {frame.activity_title}", "dim")
    read = [line for line in frame.text.splitlines() if line.strip()]
    yield Text("\n" + "\n".join(read[:_LINES]))
    if len(read) > _LINES:
        yield Text(f"and {len(read) - _LINES} more lines (--json has them)", "dim")


def _of_activity(found: activities.ActivityPage) -> Iterator[Text]:
    one = found.activity
    yield Text.assemble(
        ("activity  ", "bold green"), f"{one.start_at:%a %Y-%m-%d %H:%M} – {one.end_at:%H:%M}",
        (f"  {found.machine.name}, {length(one.active)} active, {one.label}", "dim"),
    )  # fmt: skip
    yield Text(one.title, "bold")
    if one.project:
        yield Text.assemble("project ", (one.project.name, "cyan"))
    elif one.suggested:
        yield Text.assemble("no project; perhaps ", (one.suggested.name, "cyan"), ": recall projects suggestions")
    if one.locked:
        yield Text("edited by you: no run cuts it again", "dim")
    for sentence in one.sentences:
        yield Text(f"  {sentence.text}")
    for said in found.spoken:
        yield Text.assemble((f"  {said.started_at:%H:%M}  {said.speaker or 'somebody'}: ", "dim"), said.text)
    yield Text(
        f"{one.frames} frames; " + (f"the best: {str(one.picture)[:8]}" if one.picture else "none with an image"), "dim"
    )


def _of_project(found: projects.ShownProject) -> Iterator[Text]:
    yield Text.assemble(
        ("project  ", "bold green"), (found.tag.name, "bold cyan"), (f"  {str(found.tag.id)[:8]}", "dim")
    )
    yield Text(f"{length(found.active)} in {found.activity_count} activities, {found.first_seen} to {found.last_seen}")
    for one in found.activities:
        when = f"{one.start_at:%a %Y-%m-%d %H:%M} – {one.end_at:%H:%M}"
        yield Text.assemble((f"  {str(one.id)[:8]}  ", "cyan"), (f"{when}  {one.deployment_id}  ", "dim"), one.title)
    if found.older:
        yield Text("  and earlier ones: --json, or GET /v1/activities?project_id=", "dim")


def _of_transcript(said: pages.ListedSpoken) -> Iterator[Text]:
    when = f"{said.started_at:%a %Y-%m-%d %H:%M:%S} – {said.ended_at:%H:%M:%S}"
    yield Text.assemble(("said  ", "bold green"), when, (f"  {said.deployment_id}", "dim"))
    yield Text(f"{said.speaker or 'somebody'}: {said.text}")


def _activity_model(found: activities.ActivityPage) -> models.Activity:
    return models.Activity.model_validate(found.activity)


_Kind = tuple[Callable[[Connection, UUID], Any], Callable[[Any], Any], Callable[[Any], Iterator[Text]]]
_KINDS: Mapping[str, _Kind] = {
    "frame": (frames.read_frame, models.Frame.model_validate, _of_frame),
    "activity": (activities.read_activity, _activity_model, _of_activity),
    "project": (projects.read_project, models.project_of, _of_project),
    "transcript": (pages.spoken, models.Transcript.model_validate, _of_transcript),
}
