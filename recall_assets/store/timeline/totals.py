"""Time in numbers, day by day: by project, by program, by machine.

project, machine   active time of the activities; what two machines share counts on both
app                minutes in front, as the summary of the day over all machines counted them
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, func, select, true

from recall_assets.store.tables import activities, day_summaries, deployments, projects


class By(StrEnum):
    """What time is counted by."""

    PROJECT = "project"
    APP = "app"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Total:
    """Time of one project, program or machine; without a `key`, of activities that belong to no project."""

    key: str | None
    name: str | None
    time: timedelta
    days: Mapping[date, timedelta]


def totals(connection: Connection, by: By, first: date, last: date) -> list[Total]:
    """The time of the days `first` to `last`, both included, the longest first."""
    days: defaultdict[tuple[str | None, str | None], dict[date, timedelta]] = defaultdict(dict)
    for key, name, day, seconds in connection.execute(_QUERIES[by](first, last)):
        days[key, name][day] = timedelta(seconds=float(seconds))
    found = [
        Total(key, name, sum(own.values(), timedelta()), dict(sorted(own.items()))) for (key, name), own in days.items()
    ]
    return sorted(found, key=lambda one: (-one.time, one.name or ""))


def _by_project(first: date, last: date) -> Select[Any]:
    c = activities.c
    return (
        select(cast(c.project_id, Text), projects.c.name, c.day, func.sum(c.active_seconds))
        .outerjoin(projects, projects.c.id == c.project_id)
        .where(c.day.between(first, last))
        .group_by(c.project_id, projects.c.name, c.day)
    )


def _by_machine(first: date, last: date) -> Select[Any]:
    c = activities.c
    return (
        select(c.deployment_id, deployments.c.name, c.day, func.sum(c.active_seconds))
        .join(deployments, deployments.c.id == c.deployment_id)
        .where(c.day.between(first, last))
        .group_by(c.deployment_id, deployments.c.name, c.day)
    )


def _by_app(first: date, last: date) -> Select[Any]:
    c = day_summaries.c
    minutes = func.jsonb_each_text(c.facts["apps"]).table_valued("key", "value")
    return (
        select(minutes.c.key, minutes.c.key, c.day, 60 * cast(minutes.c.value, activities.c.active_seconds.type))
        .select_from(day_summaries.join(minutes, true()))
        .where(c.deployment_id.is_(None), c.day.between(first, last), func.jsonb_typeof(c.facts["apps"]) == "object")
    )


_QUERIES: Mapping[By, Callable[[date, date], Select[Any]]] = {
    By.PROJECT: _by_project,
    By.MACHINE: _by_machine,
    By.APP: _by_app,
}
