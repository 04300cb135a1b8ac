"""Deals a summary's few sentences to the day's activities, by project and in order of time.

project A   a1 a2 a3 a4      ┐ 3 slots      [a1] [a2] [a3 a4]     the shortest neighbours share
project B   b1               ┘              [b1]                  every project speaks while slots last
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from recall_assets.records import Activity
from recall_assets.stages.day_summaries.day import Day, union_length

MOST_TOGETHER = 3  # activities that share one sentence; the rest of its five sources are frames

Group = tuple[Activity, ...]


def groups_of(day: Day, slots: int) -> list[list[Group]]:
    """For each project, in order of its first activity, the groups of activities that get a sentence each.

    What belongs to no project comes last. Where slots are short, the shortest projects and activities are left out.
    """
    by_project: defaultdict[UUID | None, list[Activity]] = defaultdict(list)
    for activity in day.activities:
        project = day.project_of(activity)
        by_project[project.id if project else None].append(activity)
    longest = sorted(by_project.values(), key=lambda own: (-union_length(own), own[0].start_at, own[0].id))[:slots]
    dealt = _deal([len(own) for own in longest], slots)
    spoken = sorted(
        zip(longest, dealt, strict=True),
        key=lambda pair: (day.project_of(pair[0][0]) is None, pair[0][0].start_at, pair[0][0].id),
    )
    return [_together(own, count) for own, count in spoken]


def _deal(sizes: Sequence[int], slots: int) -> list[int]:
    """One slot for each, then by highest average (D'Hondt), never more than there are activities."""
    dealt = [1] * len(sizes)
    while sum(dealt) < slots:
        open_ = [index for index, size in enumerate(sizes) if dealt[index] < size]
        if not open_:
            break
        dealt[max(open_, key=lambda index: (sizes[index] / (dealt[index] + 1), -index))] += 1
    return dealt


def _together(activities: Sequence[Activity], count: int) -> list[Group]:
    """The activities in at most `count` groups of neighbours; the shortest are left out where groups are full."""
    kept = _longest(activities, count * MOST_TOGETHER)
    groups: list[Group] = [(activity,) for activity in kept]
    while len(groups) > count:
        at = min(range(len(groups) - 1), key=lambda at: (_cost(groups[at] + groups[at + 1]), at))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return [tuple(_longest(group, MOST_TOGETHER)) for group in groups]


def stretches_of(group: Group) -> list[Group]:
    """The group cut where the kind of work or the machine changes; what lies between is told as one."""
    return [tuple(own) for _, own in groupby(group, key=lambda activity: (activity.deployment_id, activity.label))]


def _cost(group: Group) -> tuple[bool, int, float]:
    """Neighbours share a sentence rather when they are few, of one kind, and short."""
    return len(group) > MOST_TOGETHER, len(stretches_of(group)), union_length(group).total_seconds()


def _longest(activities: Sequence[Activity], count: int) -> list[Activity]:
    """The `count` longest, in order of time."""
    by_length = sorted(activities, key=lambda activity: (activity.start_at - activity.end_at, activity.start_at))
    return sorted(by_length[:count], key=lambda activity: (activity.start_at, activity.id))
