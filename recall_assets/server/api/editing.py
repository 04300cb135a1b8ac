"""The owner's edits over HTTP: each route is one function of `recall_assets.edits`, in one transaction.

PATCH /projects/{id}             name            PATCH /activities/{id}            title, sentences
POST  /projects/{id}/merge       into            POST  /activities/{id}/release    back to Recall
POST  /projects/{id}/split       activities      POST  /activities/assign          project, or none
GET   /edits  POST /edits/undo                   POST  /suggestions/{id}           accept, or not
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine

from recall_assets import edits
from recall_assets.errors import InputError
from recall_assets.server.api import models
from recall_assets.server.api.reading import Reading
from recall_assets.server.api.routing import new_router
from recall_assets.server.api.values import Cursor, Limit, Page, Words, page_of
from recall_assets.store import edits as journal

_BIGGEST = 2**63 - 1
Activities = Annotated[list[UUID], Field(min_length=1, max_length=1000)]

router = new_router()


def engine_of(request: Request) -> Engine:
    """Where an edit is written, in a transaction that ends before the answer."""
    engine: Engine = request.app.state.engine
    return engine


Writing = Annotated[Engine, Depends(engine_of)]


class _Order(BaseModel):
    """What is asked for; a field that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Rename(_Order):
    """A project's new name."""

    name: Words


class Merge(_Order):
    """The project that this one becomes a part of."""

    into: UUID


class Split(_Order):
    """The activities that become a project of their own, and its name."""

    activity_ids: Activities
    name: Words


class Assign(_Order):
    """The project of these activities; null: none."""

    activity_ids: Activities
    project_id: UUID | None


class Rewrite(_Order):
    """Your words for an activity; what is left out stays."""

    title: Words | None = None
    sentences: Annotated[list[Words], Field(max_length=edits.MOST_SENTENCES)] | None = None


class Answer(_Order):
    """Whether a suggestion is right."""

    accept: bool


class Undo(_Order):
    """The edit that is meant, to be sure; left out: the newest that stands."""

    id: Annotated[int, Field(ge=1, le=_BIGGEST)] | None = None


@router.get("/edits")
def list_edits(connection: Reading, cursor: Cursor = None, limit: Limit = 50) -> Page[models.Edit]:
    """What you have changed."""
    found = journal.newest_first(connection, below=_below(cursor), limit=limit + 1)
    return page_of(found, limit, models.Edit.model_validate, lambda edit: str(edit.id))


@router.post("/edits/undo")
def undo(engine: Writing, order: Undo) -> models.Edit:
    """Takes back the newest edit that stands."""
    with engine.begin() as connection:
        return models.Edit.model_validate(edits.undo(connection, order.id))


@router.patch("/projects/{project_id}")
def rename(engine: Writing, project_id: UUID, order: Rename) -> models.Edit:
    """Renames a project."""
    with engine.begin() as connection:
        return models.Edit.model_validate(edits.rename_project(connection, project_id, order.name))


@router.post("/projects/{project_id}/merge")
def merge(engine: Writing, project_id: UUID, order: Merge) -> models.Edit:
    """Makes a project a part of another; its id leads there from now on."""
    with engine.begin() as connection:
        return models.Edit.model_validate(edits.merge_projects(connection, project_id, order.into))


@router.post("/projects/{project_id}/split")
def split(engine: Writing, project_id: UUID, order: Split) -> models.Edit:
    """Makes a project of its own from activities of this one; it is the edit's subject."""
    with engine.begin() as connection:
        edit = edits.split_project(connection, project_id, order.activity_ids, order.name)
        return models.Edit.model_validate(edit)


@router.post("/activities/assign")
def assign(engine: Writing, order: Assign) -> models.Edit:
    """Puts activities into a project, or takes them out of theirs."""
    with engine.begin() as connection:
        return models.Edit.model_validate(edits.assign(connection, order.activity_ids, order.project_id))


@router.patch("/activities/{activity_id}")
def rewrite(engine: Writing, activity_id: UUID, order: Rewrite) -> models.Edit:
    """Gives an activity your words; no run changes or cuts it again."""
    with engine.begin() as connection:
        edit = edits.edit_activity(connection, activity_id, title=order.title, sentences=order.sentences)
        return models.Edit.model_validate(edit)


@router.post("/activities/{activity_id}/release")
def release(engine: Writing, activity_id: UUID) -> models.Edit:
    """Lets Recall describe and cut an activity again."""
    with engine.begin() as connection:
        return models.Edit.model_validate(edits.release_activity(connection, activity_id))


@router.post("/suggestions/{activity_id}")
def answer(engine: Writing, activity_id: UUID, order: Answer) -> models.Edit:
    """Says whether the project that is suggested for an activity is right."""
    decide = edits.accept_suggestion if order.accept else edits.reject_suggestion
    with engine.begin() as connection:
        return models.Edit.model_validate(decide(connection, activity_id))


def _below(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and int(cursor) <= _BIGGEST):
        raise InputError("That is no cursor.", "Give `next` of the page before, or none.")
    return int(cursor)
