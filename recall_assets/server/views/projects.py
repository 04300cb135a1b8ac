"""Projects: all of them with the time that they took, and each through its days.

GET /projects      GET /projects/{id}?before=2026-11-09
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from recall_assets.server.charts.bars import Figure, bars_of
from recall_assets.server.charts.days import Columns, columns_of
from recall_assets.server.refusal import Refusal
from recall_assets.server.views.editing import edited_by
from recall_assets.server.views.rendering import colour, label, page
from recall_assets.store.timeline.projects import (
    ProjectRow,
    ShownProject,
    count_suggestions,
    read_project,
    read_projects,
)
from recall_assets.store.timeline.rows import ShownActivity, home_zone, machines, project_tags

SPARK_WEEKS = 16
_CHART_DAYS = 42


@dataclass(frozen=True, slots=True)
class Listed:
    """A project of the list; `weeks` are shares of its fullest week, the newest last."""

    row: ProjectRow
    recent: timedelta
    weeks: tuple[float, ...]


def add_project_pages(router: APIRouter, engine: Engine) -> None:
    """Adds the routes."""

    @router.get("/projects")
    def list_page(request: Request) -> Response:
        with engine.connect() as connection:
            rows, suggestions = read_projects(connection), count_suggestions(connection)
            today = datetime.now(ZoneInfo(home_zone(connection))).date()
        newest = max((row.last_seen for row in rows), default=today)
        values = {"rows": [listed(row, newest) for row in rows], "weeks": SPARK_WEEKS, "suggestions": suggestions}
        return page(request, "projects.html", values)

    @router.get("/projects/{project_id}")
    def project_page(request: Request, project_id: UUID, before: date | None = None) -> Response:
        with engine.connect() as connection:
            shown = read_project(connection, project_id, before=before)
            known, tags = machines(connection), project_tags(connection)
            edited = edited_by(connection, request)
        if shown is None:
            raise Refusal(404, "There is no such project.", "It may be gone after its days were made again.")
        if shown.tag.id != project_id:
            return RedirectResponse(f"/projects/{shown.tag.id}", 303)
        bars = {
            "machine": bars_of(Figure(known[name].name, time) for name, time in shown.machines.items()),
            "kind": bars_of(Figure(label(name) or "other", time) for name, time in shown.labels.items()),
        }
        values = {
            "shown": shown,
            "days": by_day(shown.activities),
            "before": before,
            "columns": _columns(shown),
            "bars": bars,
            "edited": edited,
            "others": sorted((tag for tag in tags.values() if tag != shown.tag), key=lambda tag: tag.name.casefold()),
            "machines": known,
        }
        return page(request, "project.html", values)


def listed(row: ProjectRow, newest: date) -> Listed:
    """A row with its last weeks, of which `newest` is in the last."""
    monday = newest - timedelta(days=newest.weekday())
    totals = [timedelta()] * SPARK_WEEKS
    for day, time in row.days.items():
        back = (monday - (day - timedelta(days=day.weekday()))).days // 7
        if 0 <= back < SPARK_WEEKS:
            totals[SPARK_WEEKS - 1 - back] += time
    fullest = max(totals)
    shares = tuple(round(100 * (total / fullest), 1) if fullest else 0.0 for total in totals)
    return Listed(row, sum(totals[-4:], timedelta()), shares)


def by_day(activities: Sequence[ShownActivity]) -> Mapping[date, list[ShownActivity]]:
    """The activities of each day, days and activities in the order given."""
    days: dict[date, list[ShownActivity]] = {}
    for one in activities:
        days.setdefault(one.day, []).append(one)
    return days


def _columns(shown: ShownProject) -> Columns:
    """The days from its first to its last, of a long project the last six weeks."""
    last = max(shown.days, default=shown.last_seen)
    first = max(min(shown.days, default=last), last - timedelta(days=_CHART_DAYS - 1))
    first = min(first, last - timedelta(days=13))  # two days alone would be two walls
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    name, of = shown.tag.name, colour(shown.tag)
    return columns_of([(day, [Figure(name, shown.days[day], of)] if day in shown.days else []) for day in days])
