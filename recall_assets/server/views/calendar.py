"""Months and weeks: which days held something, how much, and of what.

GET /calendar, /calendar/2026-11      GET /week, /week/2026-W46
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Engine

from recall_assets.server.charts.bars import Bar, bars_of
from recall_assets.server.charts.days import columns_of
from recall_assets.server.charts.heat import level, weeks_of
from recall_assets.server.charts.lanes import Axis, Stretch
from recall_assets.server.refusal import Refusal
from recall_assets.server.views.groups import active, app_bars, by_project, grouped, machine_bars, project_figures
from recall_assets.server.views.rendering import page
from recall_assets.store.timeline.days import newest_day
from recall_assets.store.timeline.rows import ProjectTag, home_zone, machines
from recall_assets.store.timeline.spans import Glance, Span, first_and_last_day, read_glances, read_spans

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month."""

    day: date
    in_month: bool
    glance: Glance | None
    active: timedelta
    level: int
    pieces: tuple[tuple[ProjectTag | None, float], ...]  # the projects, each with its share of the day


@dataclass(frozen=True, slots=True)
class Row:
    """A day of a week: its blocks on the week's hours, a line a machine."""

    day: date
    glance: Glance | None
    active: timedelta
    lines: tuple[tuple[tuple[Span, Stretch], ...], ...]


def add_calendar_pages(router: APIRouter, engine: Engine) -> None:
    """Adds the routes."""

    @router.get("/calendar")
    def this_month() -> Response:
        with engine.connect() as connection:
            day = newest_day(connection) or _today(connection)
        return RedirectResponse(f"/calendar/{day:%Y-%m}", 303)

    @router.get("/calendar/{month}")
    def month_page(request: Request, month: str) -> Response:
        first = _month(month)
        weeks = list(weeks_of(first))
        with engine.connect() as connection:
            glances = read_glances(connection, weeks[0][0], weeks[-1][-1])
            spans = read_spans(connection, weeks[0][0], weeks[-1][-1])
            today, reach = _today(connection), first_and_last_day(connection)
        cells = [[_cell(day, first, glances.get(day), spans) for day in week] for week in weeks]
        own = [span for span in spans if (span.day.year, span.day.month) == (first.year, first.month)]
        days = [(day, project_figures(group)) for day, group in _by_day(own, _month_days(first))]
        values = {
            "first": first,
            "weeks": cells,
            "today": today,
            "earlier": (first - _DAY).replace(day=1),
            "later": (first + timedelta(days=31)).replace(day=1),
            "reach": reach,
            "active": sum((cell.active for week in cells for cell in week if cell.in_month), timedelta()),
            "day_count": sum(cell.active > timedelta() for week in cells for cell in week if cell.in_month),
            "columns": columns_of(days),
            "legend": by_project(own),
        }
        return page(request, "calendar.html", values)

    @router.get("/week")
    def this_week() -> Response:
        with engine.connect() as connection:
            day = newest_day(connection) or _today(connection)
        return RedirectResponse(f"/week/{week_name(day)}", 303)

    @router.get("/week/{week}")
    def week_page(request: Request, week: str) -> Response:
        monday = _monday(week)
        with engine.connect() as connection:
            glances = read_glances(connection, monday, monday + 6 * _DAY)
            spans = read_spans(connection, monday, monday + 6 * _DAY)
            today, known = _today(connection), machines(connection)
        by_day = list(_by_day(spans, [monday + number * _DAY for number in range(7)]))
        hours = _hours(spans)
        values = {
            "monday": monday,
            "today": today,
            "earlier": week_name(monday - _WEEK),
            "later": week_name(monday + _WEEK),
            "rows": [_row(day, group, glances.get(day), hours) for day, group in by_day],
            "axis": Axis(datetime(2000, 1, 1, hours[0], tzinfo=UTC), _end(date(2000, 1, 1), hours[1])),
            "active": sum((active(group) for _, group in by_day), timedelta()),
            "legend": by_project(spans),
            "columns": columns_of([(day, project_figures(group)) for day, group in by_day]),
            "bars": {
                "project": bars_of(project_figures(spans)),
                "app": _apps(glances),
                "machine": machine_bars(spans, known),
            },
        }
        return page(request, "week.html", values)


def week_name(day: date) -> str:
    """`2026-W46`, the week that a day is in."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _today(connection: Connection) -> date:
    return datetime.now(ZoneInfo(home_zone(connection))).date()


def _month(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}", text):
        raise Refusal(404, "There is no such month.", "Months are written as 2026-11.")
    try:
        return _shown(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise Refusal(404, "There is no such month.", "Months are written as 2026-11.") from None


def _monday(text: str) -> date:
    try:
        year, _, week = text.partition("-W")
        return _shown(date.fromisocalendar(int(year), int(week), 1))
    except ValueError:
        raise Refusal(404, "There is no such week.", "Weeks are written as 2026-W46.") from None


def _shown(day: date) -> date:
    """The day, where those beside it can be reckoned.

    Raises:
        ValueError: the calendar ends there.
    """
    if not date.min.year < day.year < date.max.year:
        raise ValueError
    return day


def _month_days(first: date) -> list[date]:
    return [day for week in weeks_of(first) for day in week if day.month == first.month]


def _by_day(spans: Sequence[Span], days: Sequence[date]) -> Iterator[tuple[date, list[Span]]]:
    groups = grouped(spans, lambda span: span.day)
    for day in days:
        yield day, groups.get(day, [])


def _cell(day: date, first: date, glance: Glance | None, spans: Sequence[Span]) -> Cell:
    own = [span for span in spans if span.day == day]
    spent = active(own)
    lengths = by_project(own)
    total = sum((time for _, time in lengths), timedelta())
    pieces = tuple((tag, round(100 * (time / total), 2)) for tag, time in lengths) if total else ()
    return Cell(day, (day.year, day.month) == (first.year, first.month), glance, spent, level(spent), pieces)


def _hours(spans: Sequence[Span]) -> tuple[int, int]:
    """The hours of the clock, [first, last), that hold every span of a week; 8 to 18 where there is none."""
    if not spans:
        return 8, 18
    first = min(span.start_at.hour for span in spans)
    over = any(span.end_at.date() > span.start_at.date() for span in spans)
    last = 24 if over else max(span.end_at.hour + (span.end_at.minute > 0) for span in spans)
    return min(first, 20), max(last, first + 4)


def _row(day: date, spans: Sequence[Span], glance: Glance | None, hours: tuple[int, int]) -> Row:
    lines = []
    for _, own in sorted(grouped(spans, lambda span: span.deployment_id).items()):
        zone = own[0].start_at.tzinfo
        start = datetime(day.year, day.month, day.day, hours[0], tzinfo=zone)
        axis = Axis(start, _end(day, hours[1]).replace(tzinfo=zone))
        lines.append(tuple((span, axis.stretch(span.start_at, span.end_at)) for span in own))
    return Row(day, glance, active(spans), tuple(lines))


def _end(day: date, hour: int) -> datetime:
    """That hour of a day; 24 is midnight after it."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def _apps(glances: Mapping[date, Glance]) -> list[Bar]:
    total: dict[str, int] = {}
    for glance in glances.values():
        for app, minutes in glance.app_minutes.items():
            total[app] = total.get(app, 0) + minutes
    return app_bars(total)
