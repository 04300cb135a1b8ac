"""The API's nouns, read from the rows of the timeline.

store.timeline, records ─► from attributes ─► JSON: ids as text, ISO 8601 with offset, lengths in seconds
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from recall_assets.records import SourceKind
from recall_assets.store.timeline.projects import ProjectRow, ShownProject


def seconds(value: timedelta | float) -> float:
    """A length of time in seconds."""
    return round(value.total_seconds(), 1) if isinstance(value, timedelta) else value


Seconds = Annotated[float, BeforeValidator(seconds)]


class Noun(BaseModel):
    """What is read from the attributes of a row."""

    model_config = ConfigDict(from_attributes=True)


class Problem(BaseModel):
    """Why something is refused, and what to do about it."""

    problem: str
    remedy: str


class Made(Noun):
    """By which Dagster run and code version a row was made, and when; `owner` where you wrote it yourself."""

    run_id: UUID | None
    code_version: str
    at: datetime


class Source(Noun):
    """A row that a sentence rests on."""

    kind: SourceKind
    id: UUID


class Sentence(Noun):
    """One sentence, and what it rests on."""

    id: UUID
    text: str
    kind: str
    sources: list[Source]


class ProjectName(Noun):
    """A project where something belongs to it."""

    id: UUID
    name: str


class Interruption(Noun):
    """A short stretch that served something else."""

    start_at: datetime
    end_at: datetime
    app: str = Field(validation_alias="app_name")


class Activity(Noun):
    """A stretch of time [start_at, end_at) with one purpose on one machine."""

    id: UUID
    deployment_id: str
    day: date
    start_at: datetime
    end_at: datetime
    active_seconds: Seconds = Field(validation_alias="active")
    label: str
    title: str
    sentences: list[Sentence]
    project: ProjectName | None
    suggested_project: ProjectName | None = Field(validation_alias="suggested")
    project_score: float | None
    interruptions: list[Interruption]
    locked: bool = Field(description="You edited it: no run cuts it again.")
    frames: int
    picture_frame_id: UUID | None = Field(validation_alias="picture")
    made: Made


class Spoken(Noun):
    """What was said in a row."""

    id: UUID
    started_at: datetime
    ended_at: datetime
    speaker: str | None = Field(description="me, others, or null where unknown.")
    text: str


class Transcript(Spoken):
    """What was said in a row, and where."""

    deployment_id: str
    day: date
    language: str | None
    confidence: float | None


class WholeActivity(Noun):
    """An activity with what was said meanwhile, and the secrets that were blacked out, by kind."""

    activity: Activity
    spoken: list[Spoken]
    described: str | None
    hidden: Mapping[str, int]
    earlier: UUID | None
    later: UUID | None


class ListedFrame(Noun):
    """A captured image without its text; `status`: 0 pending, 1 read, 2 unreadable, 3 skipped."""

    id: UUID
    deployment_id: str
    day: date
    captured_at: datetime
    seen_until: datetime
    monitor: int
    app: str | None
    title: str | None
    url: str | None
    status: int
    has_image: bool
    activity_id: UUID | None


class Frame(ListedFrame):
    """A captured image with its text."""

    width: int | None
    height: int | None
    text: str
    layout: Mapping[str, Any] | None = Field(description="Word boxes, in pixels of the image.")
    engine: str | None
    confidence: float | None
    project: ProjectName | None
    hidden: Mapping[str, int]
    made: Made | None


class Summary(Noun):
    """What a day held: sentences, and the same in numbers."""

    id: UUID
    kind: str
    sentences: list[Sentence]
    facts: Mapping[str, Any]
    made: Made


class DaySummary(Summary):
    """A summary with its day; without a deployment, over all machines."""

    day: date
    deployment_id: str | None


class Machine(Noun):
    """A machine as a lane of a day names it."""

    id: str
    name: str
    timezone: str


class Lane(Noun):
    """A machine's day: its frames, and those that are in no activity yet."""

    machine: Machine
    frames: int
    unreadable: int
    pending: int
    pending_from: datetime | None
    pending_to: datetime | None


class Day(Noun):
    """A day over all machines."""

    day: date
    lanes: list[Lane]
    activities: list[Activity]
    summary: Summary | None
    earlier: date | None
    later: date | None


class DayGlance(Noun):
    """A day in a list."""

    day: date
    frames: int
    pending: int
    sentence: str | None
    app_minutes: Mapping[str, int]


class ListedProject(Noun):
    """A project and the active time of each of its days."""

    id: UUID
    name: str
    first_seen: date
    last_seen: date
    activities: int
    active_seconds: Seconds
    seconds_by_day: Mapping[date, Seconds]


class Project(Noun):
    """A project with its time by day, machine and kind of work; /v1/activities?project_id= lists its activities."""

    id: UUID
    name: str
    name_source: str
    first_seen: date
    last_seen: date
    activity_count: int
    active_seconds: Seconds
    seconds_by_day: Mapping[date, Seconds]
    seconds_by_machine: Mapping[str, Seconds]
    seconds_by_label: Mapping[str, Seconds]
    sentences: list[Sentence]
    made: Made


def listed_project(row: ProjectRow) -> ListedProject:
    """A project of a list."""
    return ListedProject(
        id=row.tag.id,
        name=row.tag.name,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        activities=row.activities,
        active_seconds=seconds(row.active),
        seconds_by_day={day: seconds(time) for day, time in row.days.items()},
    )


def project_of(found: ShownProject) -> Project:
    """A project in full."""
    return Project(
        id=found.tag.id,
        name=found.tag.name,
        name_source=found.name_source,
        first_seen=found.first_seen,
        last_seen=found.last_seen,
        activity_count=found.activity_count,
        active_seconds=seconds(found.active),
        seconds_by_day={day: seconds(time) for day, time in found.days.items()},
        seconds_by_machine={name: seconds(time) for name, time in found.machines.items()},
        seconds_by_label={name: seconds(time) for name, time in found.labels.items()},
        sentences=[Sentence.model_validate(one) for one in found.sentences],
        made=Made.model_validate(found.made),
    )


class Box(Noun):
    """A rectangle in pixels of a frame's image."""

    x: int
    y: int
    width: int
    height: int


class Hit(Noun):
    """What a search found; `highlights` are characters [start, end) of the snippet, `count` how many it stands for."""

    id: UUID
    kind: str
    deployment_id: str | None
    start_at: datetime
    end_at: datetime
    title: str
    snippet: str
    score: float
    highlights: list[tuple[int, int]]
    activity_id: UUID | None
    project_id: UUID | None
    frame_id: UUID | None
    boxes: list[Box]
    count: int


class Making(Noun):
    """The asset, partition and Dagster run that made a row; no run: it was landed."""

    asset: str
    partition: str
    run_id: UUID | None
    code_version: str | None
    made_at: datetime


class LineageRow(Noun):
    """A row of a lineage, in one line."""

    id: UUID
    kind: str
    title: str
    at: datetime | date
    assets: list[Making] = Field(validation_alias="makings")


class Lineage(Noun):
    """A row, and all rows that it was made from and that were made of it, as edges from row to rows."""

    id: UUID
    rows: Mapping[UUID, LineageRow]
    made_from: Mapping[UUID, list[UUID]]
    made_of_it: Mapping[UUID, list[UUID]]


class Total(Noun):
    """Time of one project, program or machine; `key` is null for what belongs to no project."""

    key: str | None
    name: str | None
    seconds: Seconds = Field(validation_alias="time")
    seconds_by_day: Mapping[date, Seconds] = Field(validation_alias="days")


class WatchedMachine(BaseModel):
    """A machine, and whether it is captured as it should be; `agent` is what its agent said last of itself."""

    id: str
    name: str
    timezone: str
    standing: str
    alarm: bool
    why: str
    heard_at: datetime | None
    lag_seconds: int
    agent: Mapping[str, Any] | None


class Machines(BaseModel):
    """Every live machine at a moment."""

    now: datetime
    machines: list[WatchedMachine]


class Edit(Noun):
    """Something that you changed; `partitions` are made again for it, by and by."""

    id: int
    at: datetime
    kind: str
    told: str
    subject: UUID = Field(description="The project or activity that it is about.")
    partitions: list[str]
    undone_at: datetime | None
