"""One activity: what it was, what its screens showed, what was said.

GET /activities/{id}
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine

from recall_assets.server.charts.bars import Figure, bars_of
from recall_assets.server.charts.lanes import Axis, Stretch
from recall_assets.server.refusal import Refusal
from recall_assets.server.views.editing import edited_by
from recall_assets.server.views.rendering import page
from recall_assets.stages.day_summaries.day import covered
from recall_assets.store.timeline.activities import ActivityPage, Moment, read_activity
from recall_assets.store.timeline.rows import project_tags

MOST_PICTURES = 12
_MOST_WINDOWS = 12


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the activity and how long it was in front; `frame` is the first that shows it."""

    app: str
    title: str
    url: str | None
    time: timedelta
    frame: UUID


def add_activity_page(router: APIRouter, engine: Engine) -> None:
    """Adds the route."""

    @router.get("/activities/{activity_id}")
    def activity_page(request: Request, activity_id: UUID) -> Response:
        with engine.connect() as connection:
            shown = read_activity(connection, activity_id)
            tags, edited = project_tags(connection), edited_by(connection, request)
        if shown is None:
            raise Refusal(404, "There is no such activity.", "Its day was made again since; look at the day.")
        windows = windows_of(shown.moments)
        values = {
            "shown": shown,
            "one": shown.activity,
            "pictures": pictures_of(shown.moments),
            "windows": windows[:_MOST_WINDOWS],
            "bars": bars_of(_apps(shown.moments)),
            "pauses": _pauses(shown),
            "projects": sorted(tags.values(), key=lambda tag: tag.name.casefold()),
            "edited": edited,
        }
        return page(request, "activity.html", values)


def pictures_of(moments: Sequence[Moment], most: int = MOST_PICTURES) -> list[Moment]:
    """At most that many pictures: those with which another window came to the front, else evenly over the time."""
    own = [one for one in moments if one.has_image and one.same_as is None]
    fresh = [
        one
        for number, one in enumerate(own)
        if number == 0 or (one.app, one.title) != (own[number - 1].app, own[number - 1].title)
    ]
    shown = fresh if len(fresh) >= min(most, len(own)) // 2 else own
    if len(shown) <= most:
        return shown
    return [shown[round(number * (len(shown) - 1) / (most - 1))] for number in range(most)]


def windows_of(moments: Sequence[Moment]) -> list[Window]:
    """The windows by the time that they were in front, longest first."""
    spans: dict[tuple[str, str], list[Moment]] = {}
    for one in moments:
        if one.title:
            spans.setdefault((one.app or "", one.title), []).append(one)
    found = [
        Window(app, title, next((one.url for one in own if one.url), None), _time(own), own[0].id)
        for (app, title), own in spans.items()
    ]
    return sorted(found, key=lambda window: (-window.time, window.title))


def _apps(moments: Iterable[Moment]) -> Iterable[Figure]:
    spans: dict[str, list[Moment]] = {}
    for one in moments:
        if one.app:
            spans.setdefault(one.app, []).append(one)
    return (Figure(app, _time(own)) for app, own in spans.items())


def _time(moments: Iterable[Moment]) -> timedelta:
    return covered((one.captured_at, one.seen_until) for one in moments)


def _pauses(shown: ActivityPage) -> list[tuple[Stretch, str, datetime, datetime]]:
    """Where its interruptions lie on a strip of its own time."""
    axis = Axis(shown.activity.start_at, shown.activity.end_at)
    return [
        (axis.stretch(one.start_at, one.end_at), one.app_name, one.start_at, one.end_at)
        for one in shown.activity.interruptions
    ]
