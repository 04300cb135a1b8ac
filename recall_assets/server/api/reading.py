"""What can be read: one function a route, each a few queries.

/days  /days/{day}             /activities  /{id}      /frames  /{id}                /transcripts  /{id}
/summaries                     /projects  /{id}        /suggestions                    /deployments
/search                        /lineage/{id}           /stats
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy import Connection, Engine

from recall_assets import search as searching
from recall_assets.errors import UnknownIdError
from recall_assets.server.api import models
from recall_assets.server.api.routing import new_router
from recall_assets.server.api.values import (
    Cursor,
    Day,
    Limit,
    MachineId,
    Page,
    Words,
    cursor_of,
    day_of,
    page_of,
    place_of,
)
from recall_assets.settings import Settings
from recall_assets.store import lineage
from recall_assets.store.timeline import activities, days, frames, pages, projects, spans
from recall_assets.store.timeline.totals import By, totals
from recall_assets.watch import watched

_MONTH = timedelta(days=30)

router = new_router()


def reading(request: Request) -> Iterator[Connection]:
    """A connection for as long as the request is answered."""
    engine: Engine = request.app.state.engine
    with engine.connect() as connection:
        yield connection


def settings_of(request: Request) -> Settings:
    """The server's settings."""
    settings: Settings = request.app.state.settings
    return settings


Reading = Annotated[Connection, Depends(reading)]
Set = Annotated[Settings, Depends(settings_of)]


@router.get("/days")
def list_days(connection: Reading, cursor: Cursor = None, limit: Limit = 31) -> Page[models.DayGlance]:
    """The days of which something is known."""
    found = pages.days(connection, day_of(cursor), limit)
    glances = spans.read_glances(connection, found[-1], found[0]) if found else {}
    return page_of(found, limit, lambda day: _glance(day, glances.get(day)), date.isoformat)


@router.get("/days/{day}")
def read_day(connection: Reading, day: Day) -> models.Day:
    """A day over all machines; empty where nothing is known of it."""
    return models.Day.model_validate(days.read_day(connection, day))


@router.get("/summaries")
def list_summaries(
    connection: Reading,
    deployment_id: Annotated[MachineId | None, Query(description="None: over all machines.")] = None,
    cursor: Cursor = None,
    limit: Limit = 31,
) -> Page[models.DaySummary]:
    """The summaries of days, each sentence with what it rests on."""
    found = pages.summaries(connection, deployment_id, day_of(cursor), limit)

    def shown(row: tuple[date, days.ShownSummary]) -> models.DaySummary:
        told = models.Summary.model_validate(row[1]).model_dump()
        return models.DaySummary(day=row[0], deployment_id=deployment_id, **told)

    return page_of(found, limit, shown, lambda row: row[0].isoformat())


@router.get("/activities")
def list_activities(
    connection: Reading,
    first: Day | None = None,
    last: Day | None = None,
    deployment_id: MachineId | None = None,
    project_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[models.Activity]:
    """Activities of these days, this machine, this project."""
    wanted = pages.Wanted(first, last, deployment_id, project_id)
    found = pages.activity_page(connection, wanted, place_of(cursor), limit)
    return page_of(found, limit, models.Activity.model_validate, lambda row: cursor_of(row.start_at, row.id))


@router.get("/activities/{activity_id}")
def read_activity(connection: Reading, activity_id: UUID) -> models.WholeActivity:
    """An activity with what was said meanwhile; /v1/frames?activity_id= lists its frames."""
    found = activities.read_activity(connection, activity_id)
    if found is None:
        raise UnknownIdError(f"There is no activity {activity_id}.", "GET /v1/activities lists them.")
    return models.WholeActivity(
        activity=models.Activity.model_validate(found.activity),
        spoken=[models.Spoken.model_validate(one) for one in found.spoken],
        described=found.described[0] if found.described else None,
        hidden=found.hidden,
        earlier=found.earlier,
        later=found.later,
    )


@router.get("/suggestions")
def list_suggestions(connection: Reading, cursor: Cursor = None, limit: Limit = 50) -> Page[models.Activity]:
    """Activities without a project for which Recall suggests one."""
    found = pages.suggestion_page(connection, place_of(cursor), limit)
    return page_of(found, limit, models.Activity.model_validate, lambda row: cursor_of(row.start_at, row.id))


@router.get("/frames")
def list_frames(
    connection: Reading,
    first: Day | None = None,
    last: Day | None = None,
    deployment_id: MachineId | None = None,
    activity_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[models.ListedFrame]:
    """Frames of these days, this machine, this activity, without their text."""
    wanted = pages.Wanted(first, last, deployment_id, activity_id=activity_id)
    found = pages.frame_page(connection, wanted, place_of(cursor), limit)
    return page_of(found, limit, models.ListedFrame.model_validate, lambda row: cursor_of(row.captured_at, row.id))


@router.get("/frames/{frame_id}")
def read_frame(connection: Reading, frame_id: UUID) -> models.Frame:
    """A frame with its redacted text and where each word stands."""
    found = frames.read_frame(connection, frame_id)
    if found is None:
        raise UnknownIdError(f"There is no frame {frame_id}.", "GET /v1/frames lists them.")
    return models.Frame.model_validate(found)


@router.get("/transcripts")
def list_transcripts(
    connection: Reading,
    first: Day | None = None,
    last: Day | None = None,
    deployment_id: MachineId | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[models.Transcript]:
    """What was said."""
    found = pages.spoken_page(connection, pages.Wanted(first, last, deployment_id), place_of(cursor), limit)
    return page_of(found, limit, models.Transcript.model_validate, lambda row: cursor_of(row.started_at, row.id))


@router.get("/transcripts/{transcript_id}")
def read_transcript(connection: Reading, transcript_id: UUID) -> models.Transcript:
    """What was said in a row."""
    found = pages.spoken(connection, transcript_id)
    if found is None:
        raise UnknownIdError(f"There is no transcript {transcript_id}.", "GET /v1/transcripts lists them.")
    return models.Transcript.model_validate(found)


@router.get("/projects")
def list_projects(connection: Reading) -> Page[models.ListedProject]:
    """All projects on one page, the one that was seen last first."""
    found = projects.read_projects(connection)
    return Page(items=[models.listed_project(row) for row in found], next=None)


@router.get("/projects/{project_id}")
def read_project(connection: Reading, project_id: UUID) -> models.Project:
    """A project; the id of one that was merged leads to the other."""
    found = projects.read_project(connection, project_id, most=0)
    if found is None:
        raise UnknownIdError(f"There is no project {project_id}.", "GET /v1/projects lists them.")
    return models.project_of(found)


@router.get("/search")
def search(
    connection: Reading,
    q: Annotated[Words, Query(description="Words and filters, as `recall search` takes them.")],
    today: Annotated[Day | None, Query(description="From which `yesterday` is seen; none: by this clock.")] = None,
    limit: Limit = searching.LIMIT,
) -> Page[models.Hit]:
    """What answers a question, best first, on one page."""
    seen_from = today or datetime.now().astimezone().date()
    found = searching.with_boxes(connection, searching.search(connection, q, today=seen_from, limit=limit))
    return Page(items=[models.Hit.model_validate(hit) for hit in found], next=None)


@router.get("/lineage/{row_id}")
def read_lineage(connection: Reading, row_id: UUID) -> models.Lineage:
    """What a sentence, activity, project, summary, frame, transcript or secret was made from, and what of it."""
    found = lineage.trace(connection, *lineage.find(connection, str(row_id)))
    return models.Lineage(
        id=found.root,
        rows={key: models.LineageRow.model_validate(row) for key, row in found.rows.items()},
        made_from={key: list(near) for key, near in found.made_from.items()},
        made_of_it={key: list(near) for key, near in found.made_of_it.items()},
    )


@router.get("/stats")
def stats(
    connection: Reading, by: By = By.PROJECT, first: Day | None = None, last: Day | None = None
) -> list[models.Total]:
    """Time of these days, both included, by project, program or machine; without days, of the last thirty."""
    until = last or datetime.now().astimezone().date()
    since = first or until - _MONTH
    return [models.Total.model_validate(one) for one in totals(connection, by, since, until)]


@router.get("/deployments")
def deployments(connection: Reading, settings: Set) -> models.Machines:
    """Every machine, and whether it is captured as it should be."""
    now = datetime.now(UTC)
    machines = [machine.as_json() for machine in watched(connection, settings, now)]
    return models.Machines.model_validate({"now": now, "machines": machines})


def _glance(day: date, known: spans.Glance | None) -> models.DayGlance:
    if known is None:
        return models.DayGlance(day=day, frames=0, pending=0, sentence=None, app_minutes={})
    text = known.sentence.text if known.sentence else None
    counts = {"frames": known.frames, "pending": known.pending}
    return models.DayGlance(day=day, sentence=text, app_minutes=known.app_minutes, **counts)
