"""The day page: what it held, lanes of every machine, where the time went, a card an activity.

GET /day/2026-11-09      GET /  the day that it is
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from recall_assets.server.charts.bars import bars_of
from recall_assets.server.charts.lanes import Axis, Stretch, axis_of
from recall_assets.server.views.groups import active, app_bars, by_project, grouped, machine_bars, project_figures
from recall_assets.server.views.rendering import page
from recall_assets.store.timeline.days import Lane, ShownDay, newest_day, read_day
from recall_assets.store.timeline.rows import ShownActivity, home_zone

AWAY = timedelta(minutes=5)  # as `activities` cuts: a shorter pause is none


@dataclass(frozen=True, slots=True)
class Block:
    """An activity where it lies in its lane."""

    activity: ShownActivity
    at: Stretch


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A machine's blocks, and where frames wait that are in no activity yet."""

    lane: Lane
    blocks: tuple[Block, ...]
    waiting: Stretch | None
    active: timedelta


@dataclass(frozen=True, slots=True)
class Entry:
    """A card of the list; `away` is how long nobody was at any machine before it."""

    activity: ShownActivity
    away: timedelta | None


def add_day_page(router: APIRouter, engine: Engine) -> None:
    """Adds the routes."""

    @router.get("/")
    def today() -> Response:
        with engine.connect() as connection:
            zone = ZoneInfo(home_zone(connection))
        return RedirectResponse(f"/day/{datetime.now(zone).date()}", 303)

    @router.get("/day/{day}")
    def day_page(request: Request, day: date) -> Response:
        with engine.connect() as connection:
            shown = read_day(connection, day)
            home = ZoneInfo(home_zone(connection))
            newest = None if shown.activities else newest_day(connection)
        return page(request, "day.html", drawn(shown, home, datetime.now(UTC)) | {"newest": newest})


def warm_up(engine: Engine) -> None:
    """Draws the newest day once: what its first visitor would wait for is made and in memory."""
    with engine.connect() as connection:
        home = ZoneInfo(home_zone(connection))
        now = datetime.now(UTC)
        drawn(read_day(connection, newest_day(connection) or now.astimezone(home).date()), home, now)


def drawn(shown: ShownDay, home: tzinfo, now: datetime) -> dict[str, Any]:
    """What the template of a day needs."""
    zone = _zone(shown.activities) or home
    axis = axis_of(_spans(shown), zone)
    machines = {lane.machine.id: lane.machine for lane in shown.lanes}
    return {
        "shown": shown,
        "axis": axis,
        "lanes": [] if axis is None else [_lane(lane, shown.activities, axis) for lane in shown.lanes],
        "now": axis.now(now) if axis and shown.day == now.astimezone(zone).date() else None,
        "is_today": shown.day == now.astimezone(home).date(),
        "active": active(shown.activities),
        "entries": entries(shown.activities),
        "bars": {
            "project": bars_of(project_figures(shown.activities)),
            "app": app_bars(shown.summary.facts.get("apps", {}) if shown.summary else {}),
            "machine": machine_bars(shown.activities, machines),
        },
        "machines": machines,
        "legend": by_project(shown.activities),
    }


def entries(activities: Sequence[ShownActivity]) -> list[Entry]:
    """The cards in order of time, each with the pause before it, where nobody was at any machine."""
    found = []
    reached: datetime | None = None
    for one in activities:
        away = one.start_at - reached if reached is not None else timedelta()
        found.append(Entry(one, away if away >= AWAY else None))
        reached = one.end_at if reached is None else max(reached, one.end_at)
    return found


def _lane(lane: Lane, activities: Sequence[ShownActivity], axis: Axis) -> DrawnLane:
    own = [one for one in activities if one.deployment_id == lane.machine.id]
    blocks = tuple(Block(one, axis.stretch(one.start_at, one.end_at)) for one in own)
    waiting = None
    if lane.pending_from and lane.pending_to:
        waiting = axis.stretch(lane.pending_from, lane.pending_to)
    return DrawnLane(lane, blocks, waiting, active(own))


def _spans(shown: ShownDay) -> Iterable[tuple[datetime, datetime]]:
    for one in shown.activities:
        yield one.start_at, one.end_at
    for lane in shown.lanes:
        if lane.pending_from and lane.pending_to:
            yield lane.pending_from, lane.pending_to


def _zone(activities: Sequence[ShownActivity]) -> tzinfo | None:
    """The offset of the machine that was used longest."""
    groups = grouped(activities, lambda one: one.deployment_id)
    if not groups:
        return None
    longest = max(groups.values(), key=lambda group: (active(group), group[0].deployment_id))
    return longest[0].start_at.tzinfo
