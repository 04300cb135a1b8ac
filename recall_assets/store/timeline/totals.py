"""Time in numbers, day by day: by project, by program, by machine.

project, machine   the time that activities cover, as pages show it; what two machines share counts once for a project
app                minutes in front, as the summary of the day over all machines counted them
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select, true

from recall_assets.store.tables import activities, day_summaries, deployments, projects
from recall_assets.store.timeline.spent import spent_by

_Day = tuple[str | None, str | None, date, timedelta]  # key, name, day, time


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
    for key, name, day, time in _DAYS[by](connection, first, last):
        days[key, name][day] = time
    found = [
        Total(key, name, sum(own.values(), timedelta()), dict(sorted(own.items()))) for (key, name), own in days.items()
    ]
    return sorted(found, key=lambda one: (-one.time, one.name or ""))


def _by_project(connection: Connection, first: date, last: date) -> Iterator[_Day]:
    names = {one.id: one.name for one in connection.execute(select(projects.c.id, projects.c.name))}
    c = activities.c
    for (id_, day), spent in spent_by(connection, c.day.between(first, last), c.project_id, c.day).items():
        yield id_ and str(id_), names.get(id_), day, spent.time


def _by_machine(connection: Connection, first: date, last: date) -> Iterator[_Day]:
    names = {one.id: one.name for one in connection.execute(select(deployments.c.id, deployments.c.name))}
    c = activities.c
    for (id_, day), spent in spent_by(connection, c.day.between(first, last), c.deployment_id, c.day).items():
        yield id_, names[id_], day, spent.time


def _by_app(connection: Connection, first: date, last: date) -> Iterator[_Day]:
    c = day_summaries.c
    minutes = func.jsonb_each_text(c.facts["apps"]).table_valued("key", "value")
    rows = connection.execute(
        select(minutes.c.key, c.day, minutes.c.value)
        .select_from(day_summaries.join(minutes, true()))
        .where(c.deployment_id.is_(None), c.day.between(first, last), func.jsonb_typeof(c.facts["apps"]) == "object")
    )
    for app, day, count in rows:
        yield app, app, day, timedelta(minutes=float(count))


_DAYS: Mapping[By, Callable[[Connection, date, date], Iterator[_Day]]] = {
    By.PROJECT: _by_project,
    By.MACHINE: _by_machine,
    By.APP: _by_app,
}
