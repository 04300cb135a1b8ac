"""The owner's edits in forms: projects renamed, merged, split; activities put right; suggestions judged; all undone.

POST /projects/{id}/rename | merge | split       POST /activities/{id}/words | release | project
GET  /suggestions     POST /suggestions/{id}/accept | reject
GET  /edits           POST /edits/undo

What an edit does stands in `recall_assets.edits`; a form leads on to the page that shows it, with the way back.
"""

from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import parse_qs
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Engine

from recall_assets import edits
from recall_assets.errors import InputError
from recall_assets.records import Edit
from recall_assets.server.requests import read_body
from recall_assets.server.views.rendering import page
from recall_assets.store import edits as journal
from recall_assets.store.timeline.projects import read_suggestions
from recall_assets.store.timeline.rows import machines

_MOST_BYTES = 64_000


async def sent(request: Request) -> dict[str, list[str]]:
    """The fields of a form."""
    body = await read_body(request, _MOST_BYTES)
    return parse_qs(body.decode(errors="replace"), keep_blank_values=True)


Form = Annotated[dict[str, list[str]], Depends(sent)]


def add_editing_pages(router: APIRouter, engine: Engine) -> None:
    """Adds the routes."""

    def edited(edit: Callable[[Connection], Edit], path: str) -> Response:
        with engine.begin() as connection:
            done = edit(connection)
        return RedirectResponse(f"{path.format(subject=done.subject)}?edited={done.id}", 303)

    _add_project_forms(router, edited)
    _add_activity_forms(router, edited)

    @router.get("/suggestions")
    def suggestions(request: Request) -> Response:
        with engine.connect() as connection:
            values = {"found": read_suggestions(connection), "machines": machines(connection)}
            return page(request, "suggestions.html", values | {"edited": edited_by(connection, request)})

    @router.post("/suggestions/{activity_id}/accept")
    def accept(activity_id: UUID) -> Response:
        return edited(lambda connection: edits.accept_suggestion(connection, activity_id), "/suggestions")

    @router.post("/suggestions/{activity_id}/reject")
    def reject(activity_id: UUID) -> Response:
        return edited(lambda connection: edits.reject_suggestion(connection, activity_id), "/suggestions")

    @router.get("/edits")
    def edits_page(request: Request) -> Response:
        with engine.connect() as connection:
            newest = journal.newest_standing(connection)
            values = {"found": journal.newest_first(connection), "newest": newest[0].id if newest else None}
        return page(request, "edits.html", values)

    @router.post("/edits/undo")
    def undo(form: Form) -> Response:
        edit_id = _number(field_of(form, "edit"))
        return edited(lambda connection: edits.undo(connection, edit_id), "/edits")


def edited_by(connection: Connection, request: Request) -> Edit | None:
    """The edit that led to this page, while it can be undone at once."""
    newest = journal.newest_standing(connection)
    if newest is None or str(newest[0].id) != request.query_params.get("edited"):
        return None
    return newest[0]


def _add_project_forms(router: APIRouter, edited: Callable[[Callable[[Connection], Edit], str], Response]) -> None:
    @router.post("/projects/{project_id}/rename")
    def rename(project_id: UUID, form: Form) -> Response:
        name = field_of(form, "name")
        return edited(lambda connection: edits.rename_project(connection, project_id, name), "/projects/{subject}")

    @router.post("/projects/{project_id}/merge")
    def merge(project_id: UUID, form: Form) -> Response:
        kept = _id(form, "into")
        return edited(lambda connection: edits.merge_projects(connection, project_id, kept), "/projects/{subject}")

    @router.post("/projects/{project_id}/split")
    def split(project_id: UUID, form: Form) -> Response:
        name, chosen = field_of(form, "name"), [_uuid(one) for one in form.get("activity", [])]
        if not chosen:
            raise InputError("No activity is chosen.", "Tick those that make a project of their own.")
        return edited(
            lambda connection: edits.split_project(connection, project_id, chosen, name), "/projects/{subject}"
        )


def _add_activity_forms(router: APIRouter, edited: Callable[[Callable[[Connection], Edit], str], Response]) -> None:
    @router.post("/activities/{activity_id}/words")
    def words(activity_id: UUID, form: Form) -> Response:
        title, lines = field_of(form, "title"), field_of(form, "sentences").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        return edited(
            lambda connection: edits.edit_activity(connection, activity_id, title=title, sentences=said),
            f"/activities/{activity_id}",
        )

    @router.post("/activities/{activity_id}/release")
    def release(activity_id: UUID) -> Response:
        return edited(lambda connection: edits.release_activity(connection, activity_id), f"/activities/{activity_id}")

    @router.post("/activities/{activity_id}/project")
    def assign(activity_id: UUID, form: Form) -> Response:
        project_id = _id(form, "project") if field_of(form, "project") else None
        return edited(
            lambda connection: edits.assign(connection, [activity_id], project_id), f"/activities/{activity_id}"
        )


def field_of(form: Mapping[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]


def _id(form: Mapping[str, list[str]], name: str) -> UUID:
    return _uuid(field_of(form, name))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InputError("Nothing is chosen.", "Choose one from the list.") from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise InputError("There is no such edit.", "Your edits are listed at /edits.")
    return int(text)
