"""When an asset's partition is made again: as soon as what it is made from was, and never otherwise.

    landed (sensor) ─► frames ─► ocr_text, secrets, activities      one run: the chain of one deployment's day
                    └► audio_segments ─► transcripts ─┘             the same; a day without sound has no transcripts
                                      ├─► vision_summaries    a run of its own, where a vision model is set
                                      ├─► activity_titles     the same, where a language model is set; where it
                                      │                       changed words, summaries and memories once more
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

# How often sensor and conditions look. A deployment whose review delay is zero waits that long at most, or for the end
# of a run that reads its day.
LOOK_EVERY_SECONDS = 10
AUTOMATION = "automation"


def follows_landing() -> dg.AutomationCondition:  # type: ignore[type-arg]
    """True for partitions of which more landed than their last run was begun with.

    The sensor `landed` reports nothing of a partition while a run reads it: a run that ends after a report began after
    it. Dagster orders by time what it sees in one look, but only where both sides of `since` are one plain condition.
    """
    landed = Condition.any_deps_match(Condition.newly_updated())
    due = landed.since(Condition.newly_updated()) & landed.since(Condition.newly_requested())
    return due & ~Condition.in_progress()


def follows(
    *triggers: str, optional: Sequence[str] = ("transcripts",), words: Sequence[str] = ()
) -> dg.AutomationCondition:  # type: ignore[type-arg]
    """True for partitions whose dependencies were made since this was last made or asked for.

    A dependency that is missing at that moment is no reason to wait for it: its coming is the next trigger. While a
    dependency or the asset itself is being made, the answer waits.

    Args:
        triggers: the assets whose making counts; none: any dependency's.
        optional: whose absence is no reason to wait: most days have no sound.
        words: whose making counts where it changed what they say, and is never waited for.
    """
    updated = Condition.any_deps_updated()
    if triggers:
        updated = updated.allow(dg.AssetSelection.assets(*triggers))
    missing = Condition.any_deps_missing().ignore(dg.AssetSelection.assets(*optional, *words))
    return _when_quiet(updated & ~missing, words, ~missing)


def follows_when_made() -> dg.AutomationCondition:  # type: ignore[type-arg]
    """As `follows`, but in a run of its own, begun when its dependencies are made: nothing waits for a slow one."""
    return _when_quiet(Condition.any_deps_match(Condition.newly_updated()) & ~Condition.any_deps_missing())


def follows_any_deployment(trigger: str | None = None, words: Sequence[str] = ()) -> dg.AutomationCondition:  # type: ignore[type-arg]
    """As `follows`, for an asset of the day: a deployment that lacks the day does not count as missing."""
    updated = Condition.any_deps_updated()
    if trigger is None:
        return _when_quiet(updated)
    own = dg.AssetSelection.assets(trigger)
    return _when_quiet(updated.allow(own), words, ~Condition.any_deps_missing().allow(own))


def nightly() -> dg.AutomationCondition:  # type: ignore[type-arg]
    """Once a night, where a dependency was made since: for what changes slowly and would cost a run each time."""
    handled = Condition.newly_requested() | Condition.newly_updated()
    night = Condition.cron_tick_passed("35 4 * * *").since(handled)
    return _when_quiet(Condition.any_deps_updated()) & night


def _when_quiet(
    updated: dg.AutomationCondition,  # type: ignore[type-arg]
    words: Sequence[str] = (),
    there: dg.AutomationCondition | None = None,  # type: ignore[type-arg]
) -> dg.AutomationCondition:  # type: ignore[type-arg]
    # Not `since_last_handled()`: that also forgets what is due when the days of the partitions change, as a lowered
    # start does.
    # A dependency that is asked for in this look will be newer than whatever has ended before it.
    asked_too = updated & Condition.any_deps_match(Condition.will_be_requested())
    handled = (Condition.newly_requested() | Condition.newly_updated()) & ~asked_too
    due: dg.AutomationCondition = updated.since(handled)  # type: ignore[type-arg]
    making = Condition.any_deps_in_progress()
    if words and there is not None:
        own = dg.AssetSelection.assets(*words)
        due, making = due | _other_words(own, there), making.ignore(own)
    return due & ~making & ~Condition.in_progress()


def _other_words(own: dg.AssetSelection, there: dg.AutomationCondition) -> dg.AutomationCondition:  # type: ignore[type-arg]
    """True from when these assets say something else until that was surely read.

    A run that was asked for or ended in the very look that sees a change may have read before it, and so may one that
    was under way then: better made once more than never.
    """
    changed = Condition.any_deps_match(Condition.data_version_changed()).allow(own)
    asked, made = Condition.newly_requested(), Condition.newly_updated()
    seen_at_rest = (changed & there).since((asked | made) & ~changed)
    seen_under_way = (changed & Condition.in_progress()).since(asked & ~changed)
    return seen_at_rest | seen_under_way


automation = dg.AutomationConditionSensorDefinition(
    AUTOMATION,
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    # One run for one partition: with backfills, assets of different policies would be made in different runs.
    emit_backfills=False,
    description="Requests each partition whose dependencies were made since; one run holds the chain of one partition.",
)
