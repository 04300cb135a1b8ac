"""The counted side of a day summary: minutes by project, label, app and machine.

    activities ─► spans ─► union ─► whole minutes
    frames     ─► spans by app, clipped to the activity ─► union ─► whole minutes

All values are JSON; times carry their offset. What two machines or two monitors share counts once in each figure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from recall_assets.records import Activity
from recall_assets.stages.day_summaries.day import Day, covered, union_length

_Key = TypeVar("_Key")


def facts_of(day: Day) -> dict[str, object]:
    """The day in numbers; keys: active_minutes, first_at, last_at, activities, machines, labels, projects, apps."""
    first = min(day.activities, key=lambda activity: activity.start_at)
    last = max(day.activities, key=lambda activity: activity.end_at)
    return {
        "active_minutes": minutes(union_length(day.activities)),
        "first_at": day.start(first).isoformat(timespec="seconds"),
        "last_at": day.end(last).isoformat(timespec="seconds"),
        "activities": len(day.activities),
        "machines": _minutes_by(day.activities, lambda activity: activity.deployment_id),
        "labels": _minutes_by(day.activities, lambda activity: activity.label),
        "projects": _projects(day),
        "apps": _apps(day),
    }


def minutes(length: timedelta) -> int:
    """Whole minutes, rounded; something is never nothing."""
    return max(1, round(length / timedelta(minutes=1))) if length else 0


def _minutes_by(activities: Iterable[Activity], key: Callable[[Activity], str]) -> dict[str, int]:
    groups: defaultdict[str, list[Activity]] = defaultdict(list)
    for activity in activities:
        groups[key(activity)].append(activity)
    return _longest_first({name: minutes(union_length(group)) for name, group in groups.items()})


def _projects(day: Day) -> list[dict[str, object]]:
    """Minutes of each project; `id` and `name` are null for what belongs to none."""
    groups: defaultdict[str | None, list[Activity]] = defaultdict(list)
    for activity in day.activities:
        project = day.project_of(activity)
        groups[str(project.id) if project else None].append(activity)
    names = {str(project.id): project.name for project in day.projects.values()}
    rows = [(minutes(union_length(group)), key, names.get(key) if key else None) for key, group in groups.items()]
    rows.sort(key=lambda row: (-row[0], row[1] or "~"))
    return [{"id": key, "name": name, "minutes": length} for length, key, name in rows]


def _apps(day: Day) -> dict[str, int]:
    """Minutes that each app was in front, from the spans of the frames."""
    spans: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for activity in day.activities:
        for frame in day.frames[activity.id]:
            start, end = max(frame.captured_at, activity.start_at), min(frame.seen_until, activity.end_at)
            if frame.app_name and start < end:
                spans[frame.app_name].append((start, end))
    return _longest_first({app: minutes(covered(found)) for app, found in spans.items()})


def _longest_first(figures: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(figures.items(), key=lambda item: (-item[1], item[0])))
