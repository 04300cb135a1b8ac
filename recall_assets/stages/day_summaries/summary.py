"""The summary of a day: on one deployment, or over all machines of the person.

activities + projects + frames + speech ─► Day ─┬► facts
                                                └► sentences
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from recall_assets.records import RECALL_NAMESPACE, Activity, DaySummary, DeploymentDay, Frame, Project, Transcript
from recall_assets.stages.day_summaries.composition import sentences_of_day
from recall_assets.stages.day_summaries.day import Day, day_of
from recall_assets.stages.day_summaries.facts import facts_of


def summarise_deployment(
    partition: DeploymentDay,
    activities: Sequence[Activity],
    projects: Sequence[Project],
    frames: Sequence[Frame],
    transcripts: Sequence[Transcript] = (),
) -> DaySummary | None:
    """What a deployment's day held; None for a day without activities.

    Args:
        activities: of this partition, in any order, described and assigned to projects.
        projects: at least those that the activities belong to.
        frames: at least those of the activities, with text.
        transcripts: at least what was said during the activities.
    """
    own = [activity for activity in activities if activity.deployment_id == partition.deployment_id]
    return _summary(partition, own, projects, frames, transcripts)


def summarise_person(
    day: date,
    activities: Sequence[Activity],
    projects: Sequence[Project],
    frames: Sequence[Frame],
    transcripts: Sequence[Transcript] = (),
) -> DaySummary | None:
    """What the day held over all machines, overlaps counted once; None for a day without activities."""
    return _summary(day, activities, projects, frames, transcripts)


def summarise(scope: DeploymentDay | date, day: Day) -> DaySummary:
    """The summary of a deployment's day, or of a date over all machines."""
    deployment_id = scope.deployment_id if isinstance(scope, DeploymentDay) else None
    on = scope.day if isinstance(scope, DeploymentDay) else scope
    return DaySummary(summary_id(deployment_id, on), deployment_id, on, sentences_of_day(day), facts=facts_of(day))


def summary_id(deployment_id: str | None, day: date) -> UUID:
    """The id of a deployment's summary of a day, or of the person's."""
    return uuid5(RECALL_NAMESPACE, f"{deployment_id or '*'}/{day.isoformat()}")


def _summary(
    scope: DeploymentDay | date,
    activities: Sequence[Activity],
    projects: Sequence[Project],
    frames: Sequence[Frame],
    transcripts: Sequence[Transcript],
) -> DaySummary | None:
    on = scope.day if isinstance(scope, DeploymentDay) else scope
    of_day = [activity for activity in activities if activity.day == on]
    return summarise(scope, day_of(of_day, projects, frames, transcripts)) if of_day else None
