"""When an asset's partition is made again: as soon as what it is made from was, and never otherwise.

    landed (sensor) ─► frames ─► ocr_text, secrets, activities      one run: the chain of one deployment's day
                    └► audio_segments ─► transcripts ─┘             the same; a day without sound has no transcripts
                                      ├─► vision_summaries    a run of its own, where a vision model is set
                                      └─► projects                  one run: that day, when no chain of it runs
                                            ├─► the memories of the day, all kinds in one run
                                            │     └─► core_memory   nightly, where one changed
                                            └─► day_summaries       of every deployment that has that day
                                                  └─► combined_day_summaries
    search_index                        in the run of the chain, and once more after combined_day_summaries and memories
    catch_up (schedule)  nightly: see defs.maintenance

Stock `eager()` looks at the newest days only, and holds a combined summary back where one machine lacks that day.
`code_version_changed()` is left out: an upgrade would request all partitions at once; it is a backfill, on purpose.
"""

from collections.abc import Sequence

import dagster as dg
from dagster import AutomationCondition as Condition

# How often sensor and conditions look; a deployment whose review delay is zero waits that long at most.
LOOK_EVERY_SECONDS = 10
AUTOMATION = "automation"


def follows(*triggers: str, optional: Sequence[str] = ("transcripts",)) -> dg.AutomationCondition:  # type: ignore[type-arg]
    """True for partitions whose dependencies were made since this was last made or asked for.

    A dependency that is missing at that moment is no reason to wait for it: its coming is the next trigger. While a
    dependency or the asset itself is being made, the answer waits.

    Args:
        triggers: the assets whose making counts; none: any dependency's.
        optional: whose absence is no reason to wait: most days have no sound.
    """
    updated = Condition.any_deps_updated()
    if triggers:
        updated = updated.allow(dg.AssetSelection.assets(*triggers))
    missing = Condition.any_deps_missing().ignore(dg.AssetSelection.assets(*optional))
    return _when_quiet(updated & ~missing)


def follows_when_made() -> dg.AutomationCondition:  # type: ignore[type-arg]
    """As `follows`, but in a run of its own, begun when its dependencies are made: nothing waits for a slow one."""
    return _when_quiet(Condition.any_deps_match(Condition.newly_updated()) & ~Condition.any_deps_missing())


def follows_any_deployment(trigger: str | None = None) -> dg.AutomationCondition:  # type: ignore[type-arg]
    """As `follows`, for an asset of the day: a deployment that lacks the day does not count as missing."""
    updated = Condition.any_deps_updated()
    return _when_quiet(updated if trigger is None else updated.allow(dg.AssetSelection.assets(trigger)))


def nightly() -> dg.AutomationCondition:  # type: ignore[type-arg]
    """Once a night, where a dependency was made since: for what changes slowly and would cost a run each time."""
    handled = Condition.newly_requested() | Condition.newly_updated()
    night = Condition.cron_tick_passed("35 4 * * *").since(handled)
    return _when_quiet(Condition.any_deps_updated()) & night


def _when_quiet(updated: dg.AutomationCondition) -> dg.AutomationCondition:  # type: ignore[type-arg]
    # Not `since_last_handled()`: that also forgets what is due when the days of the partitions change, as a lowered
    # start does.
    due = updated.since(Condition.newly_requested() | Condition.newly_updated())
    return due & ~Condition.any_deps_in_progress() & ~Condition.in_progress()


automation = dg.AutomationConditionSensorDefinition(
    AUTOMATION,
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    # One run for one partition: with backfills, assets of different policies would be made in different runs.
    emit_backfills=False,
    description="Requests each partition whose dependencies were made since; one run holds the chain of one partition.",
)
