"""The sensor that has made again what the owner's edits changed: what tells a name, a title or whose time it was.

    edits 1 2 3 4 5     partitions of each ─┬─ 2026-11-09|laptop ─► activities of that day
              └ cursor                      └─ 2026-11-09        ─► its projects, summary over all machines and memories
                                               what follows from either follows by its condition

Days in a row are one run. The rows themselves were changed with the edit; the day's page says that its sentences are
being rewritten. Its owner looks at it now, so that they are made first, and not after each machine's own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import dagster as dg

from recall_assets.defs.automation import LOOK_EVERY_SECONDS
from recall_assets.defs.resources import Recall
from recall_assets.partitions import has_partition
from recall_assets.records import DeploymentDay, MemoryKind
from recall_assets.store import edits

# Somebody waits for these seconds; frames that land meanwhile are read after them.
_PRIORITY = {"dagster/priority": "1"}
_OF_MACHINE = ("activities",)
_OF_DAY = ("projects", "combined_day_summaries", *(kind.asset for kind in MemoryKind))


@dg.sensor(
    asset_selection=dg.AssetSelection.assets(*_OF_MACHINE, *_OF_DAY),
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Requests the days whose summaries tell something that the owner has edited since.",
)
def edited(context: dg.SensorEvaluationContext, recall: Recall) -> dg.SensorResult:
    """One look at the journal."""
    with recall.transaction() as connection:
        new = edits.since(connection, int(context.cursor or 0))
    cursor = str(new[-1].id) if new else context.cursor
    keys = {key for edit in new for key in edit.partitions}
    return dg.SensorResult(run_requests=[*requests(keys, f"edit/{cursor}")], cursor=cursor)


def requests(keys: Iterable[str], name: str) -> Iterator[dg.RunRequest]:
    """The runs that make these partitions again: activities of a machine's day, what tells of a day.

    Args:
        keys: Dagster's, of a deployment's day or of a day; those that the definitions do not know are left out.
        name: begins each request's key.
    """
    partitions: defaultdict[str, set[date]] = defaultdict(set)
    for key in keys:
        named = DeploymentDay.from_partition_key(key)
        if has_partition(named.day):
            partitions[named.deployment_id].add(named.day)
    for machine, days in sorted(partitions.items()):
        for span in _spans(days):
            begin, end = (DeploymentDay(machine, day).partition_key if machine else day.isoformat() for day in span)
            tags = {"dagster/asset_partition_range_start": begin, "dagster/asset_partition_range_end": end}
            yield dg.RunRequest(
                run_key=f"{name}/{begin}/{end}",
                partition_key=begin if begin == end else None,
                tags=_PRIORITY | (tags if begin != end else {}),
                asset_selection=[dg.AssetKey(asset) for asset in (_OF_MACHINE if machine else _OF_DAY)],
            )


def _spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """The days as unbroken stretches."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans
