"""Sentences and their sources, activities, projects, day summaries, and the owner's edits of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class SourceKind(StrEnum):
    """What a sentence (none of the last two) or a memory (no project) may rest on."""

    FRAME = "frame"
    TRANSCRIPT = "transcript"
    ACTIVITY = "activity"
    PROJECT = "project"
    SECRET = "secret"  # noqa: S105
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Source:
    """The row that a sentence or a memory rests on."""

    kind: SourceKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a summary; `kind` is `fact` (counted or quoted) or `inference`."""

    text: str
    sources: tuple[Source, ...]
    kind: str = "fact"


@dataclass(frozen=True, slots=True)
class Interruption:
    """A short stretch inside an activity that served something else."""

    start_at: datetime
    end_at: datetime
    app_name: str


@dataclass(frozen=True, slots=True)
class Activity:
    """A stretch of time [start_at, end_at) with one purpose on one deployment."""

    id: UUID
    deployment_id: str
    day: date
    start_at: datetime
    end_at: datetime
    frame_ids: tuple[UUID, ...]
    label: str = "other"
    title: str = ""
    title_source: str = "auto"  # or "llm", or "owner"
    sentences: tuple[Sentence, ...] = ()
    summary_kind: str = "extractive"  # or "llm", or "owner"
    project_id: UUID | None = None
    project_score: float | None = None  # likeness to the project, or to the one suggested; none: not asked yet
    suggested_project_id: UUID | None = None
    active_seconds: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    interruptions: tuple[Interruption, ...] = ()
    locked: bool = False  # the owner edited it; no run re-cuts it

    @property
    def summary(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Project:
    """What activities belong to; its id never changes."""

    id: UUID
    name: str
    first_seen: date
    last_seen: date
    name_source: str = "auto"  # or "llm", or "owner"
    summary: str = ""
    terms: Mapping[str, float] = field(default_factory=dict)
    status: str = "active"


@dataclass(frozen=True, slots=True)
class DocumentFrequency:
    """In how many of `documents` past activities each term stood; an empty one where there is no past."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectConstraint:
    """An order of the owner about projects that every run obeys.

    `must_link` and `cannot_link` tie an activity to a project or keep it out; `merge` makes `other_project_id` a part
    of `project_id`.
    """

    id: UUID
    kind: str
    project_id: UUID
    activity_id: UUID | None = None
    other_project_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a run of `projects` decided for a day: its activities, the projects made or changed, old id to kept id."""

    activities: tuple[Activity, ...]
    projects: tuple[Project, ...]
    aliases: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that the owner changed.

    `subject` is the project or activity that it is about, `partitions` Dagster's keys of what is to be made again.
    """

    id: int
    at: datetime
    kind: str  # rename, merge, split, assign, reject, edit, undo, forget
    told: str  # in words
    subject: UUID
    partitions: tuple[str, ...]
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DaySummary:
    """What a deployment's day held; without a deployment, what the person's day held over all machines."""

    id: UUID
    deployment_id: str | None
    day: date
    sentences: tuple[Sentence, ...]
    summary_kind: str = "extractive"
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)
