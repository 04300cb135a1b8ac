"""What of a language model's words stands in rows: what a partition's data version and its checks look at.

activity_titles      titles of activities           rest on the activity's frames
project_summaries    names and sentences            rest on activities
extracted_memories   facts                          rest on frames and activities
secret_reviews       a verdict, no words            rests on the finding's frame
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from recall_assets.model_settings import Purpose
from recall_assets.records import DeploymentDay
from recall_assets.store import activities, memories, projects, secrets, sentences


@dataclass(frozen=True, slots=True)
class Kept:
    """Words of a model in a row, and on how many rows they rest."""

    id: UUID
    text: str = field(repr=False)
    sources: int


def kept(connection: Connection, purpose: Purpose, scope: DeploymentDay | date) -> list[Kept]:
    """What a model said for this purpose and is told of the partition now, in an order of its own."""
    if isinstance(scope, DeploymentDay):
        found = _titles(connection, scope) if purpose == "activity_titles" else _verdicts(connection, scope)
    else:
        found = _projects(connection, scope) if purpose == "project_summaries" else _facts(connection, scope)
    return sorted(found, key=lambda one: (str(one.id), one.text))


def _titles(connection: Connection, partition: DeploymentDay) -> Iterator[Kept]:
    for one in activities.read_day(connection, partition):
        if one.title_source == "llm":
            yield Kept(one.id, one.title, len(one.frame_ids))


def _verdicts(connection: Connection, partition: DeploymentDay) -> Iterator[Kept]:
    for one in secrets.found_on(connection, partition.day):
        if one.review is not None and one.deployment_id == partition.deployment_id:
            yield Kept(one.id, one.review, int(one.frame_id is not None))


def _projects(connection: Connection, day: date) -> Iterator[Kept]:
    own = activities.read_day(connection, day)
    living = {one.id: one for one in projects.read_all(connection)}
    seen = {one.project_id for one in own if one.project_id in living}
    told = sentences.sentences_of(connection, "project_id", [one for one in seen if one is not None])
    for id_, said in told.items():
        yield from (Kept(id_, one.text, len(one.sources)) for one in said if one.kind == "inference")
    for project in (living[one] for one in seen if one is not None):
        if project.name_source == "llm":
            yield Kept(project.id, project.name, sum(one.project_id == project.id for one in own))


def _facts(connection: Connection, day: date) -> Iterator[Kept]:
    for one in memories.read_day(connection, day, summary_kind="llm"):
        yield Kept(one.id, f"{one.summary}\n{one.details}".strip(), len(one.sources))
