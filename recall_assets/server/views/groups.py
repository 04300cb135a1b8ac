"""Time by project, program and machine, as figures for charts; what two machines share counts once.

spans ─► grouped ─► union of each group's times ─► Figure
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from recall_assets.server.charts.bars import Bar, Figure, bars_of
from recall_assets.server.views.rendering import colour
from recall_assets.stages.day_summaries.day import covered
from recall_assets.store.timeline.rows import Machine, ProjectTag


class Spent(Protocol):
    """Time that was spent: an activity, or its span alone."""

    @property
    def deployment_id(self) -> str: ...
    @property
    def start_at(self) -> datetime: ...
    @property
    def end_at(self) -> datetime: ...
    @property
    def project(self) -> ProjectTag | None: ...


_Spent = TypeVar("_Spent", bound=Spent)
_Key = TypeVar("_Key", bound=Hashable)


def grouped(spent: Iterable[_Spent], key: Callable[[_Spent], _Key]) -> dict[_Key, list[_Spent]]:
    """The spans by key, each group in the order given."""
    groups: defaultdict[_Key, list[_Spent]] = defaultdict(list)
    for one in spent:
        groups[key(one)].append(one)
    return dict(groups)


def active(spent: Iterable[Spent]) -> timedelta:
    """The time that the spans cover together."""
    return covered((one.start_at, one.end_at) for one in spent)


def by_project(spent: Iterable[Spent]) -> list[tuple[ProjectTag | None, timedelta]]:
    """The projects with their time, longest first, what has no project last."""
    lengths = [(tag, active(group)) for tag, group in grouped(spent, lambda one: one.project).items()]
    return sorted(lengths, key=lambda row: (row[0] is None, -row[1], row[0].name if row[0] else ""))


def project_figures(spent: Iterable[Spent]) -> list[Figure]:
    """Time by project, under its colour, with the way to its page."""
    return [
        Figure(tag.name, time, colour(tag), f"/projects/{tag.id}") if tag else Figure("no project", time, colour(None))
        for tag, time in by_project(spent)
    ]


def machine_bars(spent: Sequence[Spent], machines: Mapping[str, Machine]) -> list[Bar]:
    """Time at each machine."""
    groups = grouped(spent, lambda one: one.deployment_id)
    return bars_of(Figure(machines[name].name, active(group)) for name, group in groups.items())


def app_bars(minutes: Mapping[str, int]) -> list[Bar]:
    """Time that each program was in front, as summaries count it."""
    return bars_of(Figure(app, timedelta(minutes=count)) for app, count in minutes.items())
