"""The summary of a day: on one deployment, or over all machines of the person.

activities + projects + frames + speech ─► Day ─┬► facts
                                                └► sentences
"""

from datetime import date
from uuid import UUID, uuid5

from recall_assets.records import RECALL_NAMESPACE, DaySummary, DeploymentDay
from recall_assets.stages.day_summaries.composition import sentences_of_day
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.day_summaries.facts import facts_of


def summarise(scope: DeploymentDay | date, day: Day) -> DaySummary:
    """The summary of a deployment's day, or of a date over all machines."""
    deployment_id = scope.deployment_id if isinstance(scope, DeploymentDay) else None
    on = scope.day if isinstance(scope, DeploymentDay) else scope
    return DaySummary(summary_id(deployment_id, on), deployment_id, on, sentences_of_day(day), facts=facts_of(day))


def summary_id(deployment_id: str | None, day: date) -> UUID:
    """The id of a deployment's summary of a day, or of the person's."""
    return uuid5(RECALL_NAMESPACE, f"{deployment_id or '*'}/{day.isoformat()}")
